"""Why a campaign or a contact is or is not being dialed, for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing import attempt_rule
from dialing.due_records import due_by_priority, due_contacts, groups_inside, zone_groups
from dialing.eligibility import Circumstances, Refusal, Verdict, campaign_refusals, decide, window_of
from dialing.models import AttemptRule, CampaignManagerOptions, Lease
from dialing.record_feed import phones_of
from dnc import do_not_call_list
from timezones.local_time import next_change
from timezones.models import ZoneSet


@dataclass(frozen=True)
class ZoneState:
    """A zone group of the campaign: inside its window or not, and when that changes; None: never."""

    group: ZoneSet
    inside: bool
    changes_at: datetime | None


@dataclass(frozen=True)
class CampaignExplanation:
    """`against`: what keeps the whole campaign from dialing; `due`: whether a record is due now.

    `by_status`: contacts by status letter; `zones`: the groups of those that wait; `changes_at`: the next
    instant at which a window opens or closes, a campaign day begins or a record becomes due.
    """

    against: tuple[Refusal, ...]
    due: bool
    by_status: dict[str, int]
    zones: tuple[ZoneState, ...]
    changes_at: datetime | None

    @property
    def dialing(self) -> bool:
        return self.due and not self.against


def campaign_explanation(campaign: Campaign, at: datetime | None = None) -> CampaignExplanation:
    """A handful of queries, whose cost hardly depends on the list but for the count by status."""
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    rule = AttemptRule.objects.filter(campaign=campaign)
    in_force = not rule.exists() or attempt_rule.in_force(campaign, options.max_attempts_per_number)
    against = tuple(campaign_refusals(campaign, in_force, at))
    rows = Contact.objects.filter(campaign=campaign).order_by()
    zones = tuple(_zone_states(campaign, at))
    times = [state.changes_at for state in zones] + [refusal.until for refusal in against]
    times.append(_next_due(campaign, at))
    return CampaignExplanation(
        against=against,
        due=any(
            due_contacts(campaign, portions, 1).exists()
            for _, portions in due_by_priority(campaign, options, at)
        ),
        by_status=dict(rows.values_list("status").annotate(Count("pk"))),
        zones=zones,
        changes_at=min((time for time in times if time and time > at), default=None),
    )


def _zone_states(campaign: Campaign, at: datetime) -> list[ZoneState]:
    groups = zone_groups(campaign)
    inside = {group.pk for group in groups_inside(campaign, groups, at)}
    window, zone = window_of(campaign), campaign.time_zone
    return [
        ZoneState(group, group.pk in inside, next_change(window, group.zones, zone, at)) for group in groups
    ]


def _next_due(campaign: Campaign, at: datetime) -> datetime | None:
    """When the first record becomes due that is not yet."""
    waiting = Contact.objects.filter(campaign=campaign, callback_at__gt=at)
    times = [
        waiting.filter(status=status, zone_set=group).order_by("callback_at").values("callback_at")[:1]
        for group in zone_groups(campaign)
        for status in (CallStatus.CALLBACK_REQUESTED, CallStatus.RETRY, CallStatus.PENDING)
    ]
    found = [row["callback_at"] for query in times for row in query]
    return min((time for time in found if time), default=None)


def contact_verdict(contact: Contact, at: datetime | None = None) -> Verdict:
    """The decision on one stored contact, with all that it depends on read from the database."""
    return contact_verdicts([contact], at)[0]


def contact_verdicts(contacts: Sequence[Contact], at: datetime | None = None) -> list[Verdict]:
    """The same for several contacts of one campaign, in a constant number of queries."""
    if not contacts:
        return []
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    campaign = Campaign.objects.select_related("time_zone").get(pk=contacts[0].campaign_id)
    phones = phones_of(contacts)
    numbers = {phone.number for own in phones.values() for phone in own}
    listed = do_not_call_list.contains(numbers | {contact.callback_number for contact in contacts})
    held = Lease.objects.open().select_related("dialer").filter(contact__in=contacts)
    leases = {lease.contact_id: lease for lease in held}
    return [
        decide(c, phones[c.pk], Circumstances(campaign, options, listed, lease=leases.get(c.pk)), at)
        for c in contacts
    ]
