"""The one decision: may this contact be dialed now, with which phone; if not, why, and from when.

Pure. The record feed selects in sets what this allows one by one; explanations and the dry run ask it too.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from django.conf import settings

from campaigns.models import Campaign
from campaigns.models.campaign import DialingMode
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing.counter_periods import next_daily_reset
from dialing.models import CampaignManagerOptions, Lease, LeaseState
from dialing.transitions import open_phones
from timezones.local_time import DialingWindow, actual_time, is_inside, next_change, next_inside
from timezones.zones import Zone

DIALABLE = (CallStatus.CALLBACK_REQUESTED, CallStatus.RETRY, CallStatus.PENDING)
WITH_A_DIALER = {CallStatus.ACTIVE, CallStatus.DIALED, CallStatus.UNKNOWN}
# Not done with: to be dialed, or with a dialer.
LEFT = {*DIALABLE, *WITH_A_DIALER}


class Rule(StrEnum):
    """In the order in which a reason is given (docs/behaviour.md 5.2), by the names that dialers get."""

    ENABLED = "notEnabled"
    DATES = "outsideDates"
    MODE = "mode"
    RESERVATION = "reservation"
    ZONE = "timeZone"
    STATUS = "status"
    LEASE = "withDialer"
    ATTEMPTS = "attempts"
    DO_NOT_CALL = "doNotCall"
    NUMBER = "numberInUse"
    DUE = "notDue"
    WINDOW = "outsideHours"


@dataclass(frozen=True)
class Reason:
    """A rule against dialing now; `until`: when it may lift by itself, None: not by itself."""

    rule: Rule
    text: str
    until: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """`phone` and `number` to dial now, or `reasons` against it; `phone` is None for another callback number.

    `changes_at`: when the contact may become dialable; None: never by itself, or it is dialable now.
    """

    number: str
    phone: ContactPhone | None
    reasons: tuple[Reason, ...]
    changes_at: datetime | None

    @property
    def dialable(self) -> bool:
        return not self.reasons

    @property
    def first(self) -> Reason | None:
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True)
class DialingContext:
    """All that the decision needs beside the contact.

    `listed`: numbers on the Do Not Call list; `in_use`: numbers that dialers have for other records, with the
    time until when they have them at most; `lease`: the contact's open one.
    """

    campaign: Campaign
    options: CampaignManagerOptions
    listed: Collection[str] = ()
    in_use: Mapping[str, datetime] = field(default_factory=dict)
    lease: Lease | None = None


def decide(
    contact: Contact, phones: Sequence[ContactPhone], context: DialingContext, at: datetime
) -> Decision:
    """The decision on one contact. `phones`: all of its phones, in dialing order."""
    target = choose(contact, phones, context)
    found = tuple(contact_reasons(contact, phones, context, at))
    return Decision(
        number=target.number,
        phone=target.phone,
        reasons=found,
        changes_at=dialable_from(contact, phones, context, at) if found else None,
    )


def contact_reasons(
    contact: Contact, phones: Sequence[ContactPhone], context: DialingContext, at: datetime
) -> Iterator[Reason]:
    """All rules against dialing the contact at that instant, in order."""
    yield from campaign_reasons(context.campaign, at)
    if contact.status not in DIALABLE:
        yield _not_dialable(contact, context)
        return
    target = choose(contact, phones, context)
    yield from number_reasons(contact, target, context, at)
    if not contact.is_promised:
        yield from _outside_window(contact, context.campaign, at)


def campaign_reasons(campaign: Campaign, at: datetime) -> Iterator[Reason]:
    """The rules that hold for all contacts of a campaign (docs/behaviour.md 5.2, 6)."""
    if not campaign.enabled or campaign.deleted_at:
        yield Reason(Rule.ENABLED, "the campaign is not enabled")
    yield from _outside_dates(campaign, at)
    if campaign.dialing_mode == DialingMode.INBOUND:
        yield Reason(Rule.MODE, "the dialing mode is inbound")
    if not campaign.reservation_percentage:
        yield Reason(Rule.RESERVATION, "no agents are reserved: the percentage is 0")
    if campaign.time_zone.retired:
        yield Reason(Rule.ZONE, "the campaign's time zone is no longer in the list of zones")


def number_reasons(
    contact: Contact, target: "Target", context: DialingContext, at: datetime
) -> Iterator[Reason]:
    """The rules that hold for the number which comes next: attempts, Do Not Call, in use, due time."""
    if target.reason:
        yield target.reason
        return
    if until := context.in_use.get(target.number):
        yield Reason(Rule.NUMBER, "a dialer has the number for another record", until)
    if contact.status == CallStatus.CALLBACK_REQUESTED:
        yield from _callback_due(contact, context, at)
    else:
        due = max((time for time in (contact.callback_at, target.due) if time), default=None)
        if due and due > at:
            yield Reason(Rule.DUE, "the next call is due later", due)


def dialable_from(
    contact: Contact, phones: Sequence[ContactPhone], context: DialingContext, at: datetime
) -> datetime | None:
    """The next instant at which the contact may become dialable when nobody does anything."""
    moment = at
    while found := list(contact_reasons(contact, phones, context, moment)):
        times = [reason.until for reason in found]
        if None in times:
            return None
        later = max(time for time in times if time)
        if later <= moment:
            break
        moment = later
    return moment


@dataclass(frozen=True)
class Target:
    """The number to dial next and when it is due; `reason`: why not, when there is none."""

    number: str = ""
    phone: ContactPhone | None = None
    due: datetime | None = None
    reason: Reason | None = None


def choose(contact: Contact, phones: Sequence[ContactPhone], context: DialingContext) -> Target:
    """Which number comes next, due or not (docs/behaviour.md 4.1); listed ones never do."""
    per_number = context.options.max_attempts_per_number
    if contact.status == CallStatus.CALLBACK_REQUESTED:
        return _callback_target(contact, phones, context)
    left = open_phones(phones, contact, context.campaign, per_number)
    allowed = [phone for phone in left if phone.number not in context.listed]
    if not allowed:
        listed = Reason(Rule.DO_NOT_CALL, "every number left is on the Do Not Call list")
        return Target(reason=listed if left else Reason(Rule.ATTEMPTS, "no attempt is left"))
    phone = next_phone(allowed)
    return Target(phone.number, phone, phone.callback_at)


def next_phone(phones: Sequence[ContactPhone]) -> ContactPhone:
    """Each phone once in their order; then the one due first, ties in their order (4.1)."""
    untried = [phone for phone in phones if not phone.calls_made]
    return untried[0] if untried else min(phones, key=_due_first)


def _due_first(phone: ContactPhone) -> tuple[float, int]:
    return (phone.callback_at.timestamp() if phone.callback_at else 0.0, phone.position)


def called_back_phone(contact: Contact, phones: Sequence[ContactPhone]) -> ContactPhone | None:
    """The phone that a callback dials, None when its number is none of the contact's."""
    return next((phone for phone in phones if phone.number == contact.callback_number), None)


def _callback_target(contact: Contact, phones: Sequence[ContactPhone], context: DialingContext) -> Target:
    phone = called_back_phone(contact, phones)
    per_number = context.options.max_attempts_per_number
    counted_phone = phone or phones[0]
    made = counted_phone.calls_made if per_number else contact.calls_made
    if contact.callback_number in context.listed:
        return Target(reason=Reason(Rule.DO_NOT_CALL, "the callback's number is on the Do Not Call list"))
    if made >= context.campaign.max_attempts:
        return Target(reason=Reason(Rule.ATTEMPTS, "no attempt is left for the callback"))
    return Target(contact.callback_number, phone, contact.callback_at)


def _not_dialable(contact: Contact, context: DialingContext) -> Reason:
    status = CallStatus(contact.status)
    if status not in WITH_A_DIALER:
        return Reason(Rule.STATUS, f"the contact is {status.label}")
    lease = context.lease
    if lease is None:
        return Reason(Rule.LEASE, f"the contact is {status.label}")
    if lease.state == LeaseState.UNKNOWN:
        until = (lease.ended_at or lease.expires_at) + context.options.unknown_reset
        return Reason(Rule.LEASE, f"the dialer {lease.dialer} was lost", until)
    # A dialed number is never dialed again by itself (2.2).
    until = lease.expires_at if lease.state == LeaseState.ACTIVE else None  # type: ignore[assignment]
    return Reason(Rule.LEASE, f"the dialer {lease.dialer} has it", until)


def _outside_dates(campaign: Campaign, at: datetime) -> Iterator[Reason]:
    """Judged in the campaign's zone (5.2)."""
    local = actual_time(campaign.time_zone, at)
    if local.date() < campaign.start_date:
        start = datetime.combine(campaign.start_date, time(), local.tzinfo)
        yield Reason(Rule.DATES, f"the campaign starts on {campaign.start_date}", start)
    elif local.date() > campaign.end_date:
        yield Reason(Rule.DATES, f"the campaign ended on {campaign.end_date}")


def _callback_due(contact: Contact, context: DialingContext, at: datetime) -> Iterator[Reason]:
    """The promised call is bound to its own time limit, and not to the window as its retries are (5.4)."""
    due = contact.callback_at
    if due is None or due > at:
        yield Reason(Rule.DUE, "the callback is due later", due)
    elif contact.is_promised and at > due + settings.CALLBACK_TIME_LIMIT:
        missed = "the callback's time has passed"
        reset = next_daily_reset(at) if context.options.reschedule_callbacks else None
        yield Reason(Rule.DUE, missed, reset)


def _outside_window(contact: Contact, campaign: Campaign, at: datetime) -> Iterator[Reason]:
    """By the zones of the first phone; with several, all of them have to be inside (4.1, 6)."""
    window, zones = window_of(campaign), contact.zone_set.zones
    if not is_inside(window, zones, campaign.time_zone, at):
        opens = next_inside(window, zones, campaign.time_zone, at)
        yield Reason(Rule.WINDOW, "outside the dialing hours in the customer's time", opens)


def window_closes(campaign: Campaign, zones: Collection[Zone], at: datetime, latest: datetime) -> datetime:
    """When the dialing window of a customer who is inside it closes, `latest` at most."""
    return next_change(window_of(campaign), zones, campaign.time_zone, at, until=latest) or latest


def callback_window_ends(due: datetime) -> datetime:
    """From when on a callback of that time is missed; the last instant of its limit is still inside (5.4)."""
    return due + settings.CALLBACK_TIME_LIMIT + timedelta.resolution


def last_day_ends(campaign: Campaign, latest: datetime) -> datetime:
    """When the campaign's last day ends, `latest` at most."""
    local = actual_time(campaign.time_zone, latest)
    if local.date() <= campaign.end_date:
        return latest
    return datetime.combine(campaign.end_date + timedelta(days=1), time(), local.tzinfo).astimezone(UTC)


def window_of(campaign: Campaign) -> DialingWindow:
    return DialingWindow(campaign.start_time, campaign.end_time)
