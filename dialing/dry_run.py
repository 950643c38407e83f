"""What would happen if the campaign were on: how many contacts could be dialed, hour by hour, and why not.

Counted in sets. Only contacts with a number on the Do Not Call list are looked at one by one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing.due_records import zone_groups
from dialing.eligibility import (
    DIALABLE,
    WITH_A_DIALER,
    Circumstances,
    Refusal,
    Rule,
    campaign_refusals,
    choose,
    window_of,
)
from dialing.models import CampaignManagerOptions
from dialing.record_feed import phones_of
from dnc import do_not_call_list
from timezones.local_time import is_inside
from timezones.models import ZoneSet

HOURS = 24
BATCH = 10_000
B = CallStatus.CALLBACK_REQUESTED


@dataclass
class DryRun:
    """`against`: what would keep the whole campaign from dialing now, but for its being off.

    `reasons`: by rule, the contacts whose first reason it is; `hours`: 24 instants an hour apart, the first
    one now, with the contacts that could be dialed then if nobody were dialed before.
    """

    at: datetime
    contacts: int
    against: list[Refusal]
    reasons: Counter[Rule] = field(default_factory=Counter)
    hours: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def dialable(self) -> int:
        return self.hours[0][1]


def dry_run(campaign: Campaign, at: datetime | None = None) -> DryRun:
    """The dry run of a campaign as it stands, on or off; nothing is changed."""
    at = at or timezone.now()
    campaign = copy(campaign)
    campaign.enabled = True
    return _Count(campaign, at).run()


class _Count:
    def __init__(self, campaign: Campaign, at: datetime) -> None:
        self.campaign, self.at, self.options = campaign, at, CampaignManagerOptions.load()
        self.instants = [at + timedelta(hours=hour) for hour in range(HOURS)]
        self.by_hour: Counter[int] = Counter()
        self.reasons: Counter[Rule] = Counter()
        self.inside: dict[int, list[bool]] = {
            group.pk: [self.is_inside(group, instant) for instant in self.instants]
            for group in zone_groups(campaign)
        }

    def run(self) -> DryRun:
        rows = Contact.objects.filter(campaign=self.campaign)
        statuses = dict(rows.order_by().values_list("status").annotate(Count("pk")))
        for status, number in statuses.items():
            if status not in DIALABLE:
                self.reasons[Rule.LEASE if status in WITH_A_DIALER else Rule.STATUS] += number
        self.count_groups(rows.filter(status__in=DIALABLE))
        for contacts in self.with_listed_numbers():
            self.count_again(contacts)
        return self.result(sum(statuses.values()))

    def result(self, contacts: int) -> DryRun:
        hours = []
        for hour, instant in enumerate(self.instants):
            off = any(campaign_refusals(self.campaign, True, instant))
            hours.append((instant, 0 if off else self.by_hour[hour]))
        against = list(campaign_refusals(self.campaign, True, self.at))
        return DryRun(self.at, contacts, against, +self.reasons, hours)

    def count_groups(self, rows: QuerySet[Contact]) -> None:
        """Every waiting contact by status, zone group and due time, as if no number were listed."""
        if not self.options.max_attempts_per_number:
            self.reasons[Rule.ATTEMPTS] += rows.filter(self.spent()).count()
            rows = rows.filter(~self.spent())
        at_once = rows.filter(callback_at=None).order_by().values_list("status", "zone_set")
        for status, zone_set, number in at_once.annotate(Count("pk")):
            self.add(status, zone_set, [number * (status != B)] * HOURS, number)
        due = {f"h{hour}": Count("pk", filter=self.due(at)) for hour, at in enumerate(self.instants)}
        groups = rows.filter(callback_at__isnull=False).order_by().values_list("status", "zone_set")
        for status, zone_set, number, *by_hour in groups.annotate(Count("pk"), **due):
            self.add(status, zone_set, by_hour, number)

    def spent(self) -> Q:
        return Q(calls_made__gte=self.campaign.max_attempts)

    def due(self, at: datetime) -> Q:
        late = Q(status=B, callback_at__lt=at - settings.CALLBACK_TIME_LIMIT)
        return Q(callback_at__lte=at) & ~late

    def add(self, status: str, zone_set: int, due: Sequence[int], contacts: int) -> None:
        """So many contacts of a zone group, of which so many are due at each instant."""
        inside = [True] * HOURS if status == B else self.inside[zone_set]
        for hour in range(HOURS):
            self.by_hour[hour] += due[hour] * inside[hour]
        self.reasons[Rule.DUE] += contacts - due[0]
        self.reasons[Rule.WINDOW] += due[0] * (not inside[0])

    def is_inside(self, group: ZoneSet, at: datetime) -> bool:
        return is_inside(window_of(self.campaign), group.zones, self.campaign.time_zone, at)

    def with_listed_numbers(self) -> Iterator[list[Contact]]:
        """The waiting contacts that have a listed number, in portions."""
        waiting = Contact.objects.filter(campaign=self.campaign, status__in=DIALABLE)
        phones = ContactPhone.objects.filter(closed=False, contact__in=waiting).order_by()
        callbacks = waiting.filter(status=B).order_by().values_list("pk", "callback_number")
        seen: set[int] = set()
        for rows in (phones.values_list("contact", "number"), callbacks):
            for pairs in portions(rows.iterator(chunk_size=BATCH), BATCH):
                listed = do_not_call_list.contains(number for _, number in pairs)
                hit = {contact for contact, number in pairs if number in listed} - seen
                seen |= hit
                yield list(waiting.filter(pk__in=hit))

    def count_again(self, contacts: Sequence[Contact]) -> None:
        """Take contacts out of their group and count them with what the list leaves them to dial."""
        phones = phones_of(contacts)
        numbers = {phone.number for own in phones.values() for phone in own}
        numbers |= {contact.callback_number for contact in contacts}
        circumstances = Circumstances(self.campaign, self.options, do_not_call_list.contains(numbers))
        per_number, most = self.options.max_attempts_per_number, self.campaign.max_attempts
        for contact in contacts:
            if contact.calls_made >= most and not per_number:
                continue
            self.add(contact.status, contact.zone_set_id, self.negative(contact, contact.callback_at), -1)
            target = choose(contact, phones[contact.pk], circumstances)
            if target.why:
                self.reasons[target.why.rule] += 1
                continue
            times = [time for time in (contact.callback_at, target.due) if time]
            due = [-number for number in self.negative(contact, max(times, default=None))]
            self.add(contact.status, contact.zone_set_id, due, 1)

    def negative(self, contact: Contact, due: datetime | None) -> list[int]:
        """-1 for each instant at which the contact is due."""
        if contact.status != B:
            return [-(due is None or due <= instant) for instant in self.instants]
        limit = settings.CALLBACK_TIME_LIMIT
        return [-(due is not None and due <= instant <= due + limit) for instant in self.instants]


def portions(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while portion := list(islice(iterator, size)):
        yield portion
