"""What would happen if the campaign were on: how many contacts could be dialed, hour by hour, and why not.

Counted in sets. Only contacts with a number on the Do Not Call list are looked at one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from campaigns.id_blocks import id_blocks_of
from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing.due_records import zone_groups
from dialing.eligibility import (
    DIALABLE,
    WITH_A_DIALER,
    DialingContext,
    Reason,
    Rule,
    campaign_reasons,
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
NUMBERS_AT_ONCE = 250_000
B = CallStatus.CALLBACK_REQUESTED


@dataclass
class DryRun:
    """`campaign_reasons`: what would keep the whole campaign from dialing now, but for its being off.

    `reasons`: by rule, the contacts whose first reason it is; `hours`: 24 instants an hour apart, the first
    one now, with the contacts that could be dialed then if nobody were dialed before.
    """

    at: datetime
    contacts: int
    campaign_reasons: list[Reason]
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
        self.waiting = rows.filter(status__in=DIALABLE)
        if not self.options.max_attempts_per_number:
            exhausted = self.waiting.filter(calls_made__gte=self.campaign.max_attempts)
            self.reasons[Rule.ATTEMPTS] += exhausted.count()
            self.waiting = self.waiting.filter(calls_made__lt=self.campaign.max_attempts)
        self.count_groups()
        listed, contacts = self.listed()
        for ids in batches(contacts, BATCH):
            self.count_again(listed, ids)
        return self.result(sum(statuses.values()))

    def result(self, contacts: int) -> DryRun:
        hours = []
        for hour, instant in enumerate(self.instants):
            off = any(campaign_reasons(self.campaign, instant))
            hours.append((instant, 0 if off else self.by_hour[hour]))
        reasons = list(campaign_reasons(self.campaign, self.at))
        return DryRun(self.at, contacts, reasons, +self.reasons, hours)

    def count_groups(self) -> None:
        """Every waiting contact by zone group and due time, as if no number were listed."""
        # Callbacks apart, since the index alone counts the others.
        others, callbacks = self.waiting.exclude(status=B), self.waiting.filter(status=B)
        at_once = others.filter(callback_at=None).order_by().values_list("zone_set")
        for zone_set, number in at_once.annotate(Count("pk")):
            self.add(False, zone_set, [number] * HOURS, number)
        self.count_due(others.filter(callback_at__isnull=False), False, self.come)
        self.count_due(callbacks.filter(called_back_at=None), True, self.in_time)
        self.count_due(callbacks.filter(called_back_at__isnull=False), False, self.come)

    def count_due(self, contacts: QuerySet[Contact], promised: bool, due: Callable[[datetime], Q]) -> None:
        by_hour = {f"h{hour}": Count("pk", filter=due(at)) for hour, at in enumerate(self.instants)}
        groups = contacts.order_by().values_list("zone_set").annotate(Count("pk"), **by_hour)
        for zone_set, number, *numbers in groups:
            self.add(promised, zone_set, numbers, number)

    def come(self, at: datetime) -> Q:
        return Q(callback_at__lte=at)

    def in_time(self, at: datetime) -> Q:
        return Q(callback_at__range=(at - settings.CALLBACK_TIME_LIMIT, at))

    def add(self, promised: bool, zone_set: int, due: Sequence[int], contacts: int) -> None:
        """So many contacts of a zone group, of which so many are due at each instant.

        `promised`: callbacks not called yet, which are not bound to the dialing window.
        """
        inside = [True] * HOURS if promised else self.inside[zone_set]
        for hour in range(HOURS):
            self.by_hour[hour] += due[hour] * inside[hour]
        self.reasons[Rule.DUE] += contacts - due[0]
        self.reasons[Rule.WINDOW] += due[0] * (not inside[0])

    def is_inside(self, group: ZoneSet, at: datetime) -> bool:
        return is_inside(window_of(self.campaign), group.zones, self.campaign.time_zone, at)

    def listed(self) -> tuple[set[str], set[int]]:
        """Which numbers of the list are on the Do Not Call list, and the waiting contacts that have them."""
        # By run, since an index has both; a join with the contacts costs more than all the rest. Contacts of
        # other campaigns that share a run are not among the waiting ones.
        phones = ContactPhone.objects.filter(run__in=id_blocks_of(self.campaign.pk))
        numbers, contacts = self.listed_among(phones.values_list("number", "pk"))
        having: set[int] = set()
        for pks in batches(contacts, BATCH):
            open_ones = ContactPhone.objects.filter(pk__in=pks, closed=False)
            having.update(open_ones.values_list("contact", flat=True))
        callbacks = self.waiting.filter(status=B).values_list("callback_number", "pk")
        others, called_back = self.listed_among(callbacks)
        return numbers | others, having | called_back

    def listed_among(self, rows: QuerySet[Any, tuple[str, int]]) -> tuple[set[str], set[int]]:
        numbers: set[str] = set()
        ids: set[int] = set()
        for pairs in batches(rows.order_by().iterator(chunk_size=BATCH), NUMBERS_AT_ONCE):
            found = do_not_call_list.listed_among(number for number, _ in pairs)
            ids |= {pk for number, pk in pairs if number in found}
            numbers |= found
        return numbers, ids

    def count_again(self, listed: set[str], ids: Sequence[int]) -> None:
        """Move contacts to where the list leaves them: to a later time, or to those with a reason."""
        contacts = list(self.waiting.filter(pk__in=ids))
        phones, context = phones_of(contacts), DialingContext(self.campaign, self.options, listed)
        moves: Counter[tuple[str, bool, int, datetime | None]] = Counter()
        for contact in contacts:
            target = choose(contact, phones[contact.pk], context)
            group = (contact.status, contact.is_promised, contact.zone_set_id)
            moves[*group, contact.callback_at] -= 1
            if target.reason:
                self.reasons[target.reason.rule] += 1
                continue
            times = [time for time in (contact.callback_at, target.due) if time]
            moves[*group, max(times, default=None)] += 1
        for (status, promised, zone_set, due), number in moves.items():
            due_then = self.due_at(status, promised, due)
            self.add(promised, zone_set, [number * there for there in due_then], number)

    def due_at(self, status: str, promised: bool, due: datetime | None) -> list[bool]:
        """For each instant, whether a contact with that due time is due."""
        if due is None:
            return [status != B] * HOURS
        end = due + settings.CALLBACK_TIME_LIMIT if promised else datetime.max.replace(tzinfo=UTC)
        return [due <= instant <= end for instant in self.instants]


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
