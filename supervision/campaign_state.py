"""Why a campaign dials or not, in words; for many campaigns in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Min, Q, Value

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.dialers import agents_together
from dialing.eligibility import DIALABLE, Rule, campaign_refusals, window_of
from dialing.models import CampaignManagerOptions, Dialer, Lease, StoppedCampaign
from timezones.local_time import DialingWindow, actual_time, is_inside, next_change
from timezones.models import TimeZone, ZoneSet
from timezones.zones import Zone, read_zones

# What a supervisor still waits for: to be dialed, or with a dialer.
LEFT = {*DIALABLE, CallStatus.ACTIVE, CallStatus.DIALED, CallStatus.UNKNOWN}
MAY_BE_DIALED = "dialable"
# Reasons in the words of pages, where many contacts have them.
WORDS: dict[str, str] = {
    MAY_BE_DIALED: "may be dialed now",
    Rule.STATUS: "done with: closed, attempts used up or callback of one agent",
    Rule.LEASE: "with a dialer",
    Rule.ATTEMPTS: "no attempt is left",
    Rule.DO_NOT_CALL: "every number left is on the Do Not Call list",
    Rule.NUMBER: "a dialer has the number for another record",
    Rule.DUE: "not due now: a retry or a callback at another time",
    Rule.WINDOW: "outside the dialing hours where the customer is",
}
# Of contacts, in the words of pages; the wire has names of its own.
STATUS_WORDS: dict[CallStatus, str] = {
    CallStatus.PENDING: "pending: never called",
    CallStatus.ACTIVE: "with a dialer",
    CallStatus.DIALED: "being called",
    CallStatus.RETRY: "to be called again",
    CallStatus.CALLBACK_REQUESTED: "callback by any agent",
    CallStatus.PERSONAL_CALLBACK_REQUESTED: "callback by one agent",
    CallStatus.CLOSED: "closed",
    CallStatus.MAX_ATTEMPTS_REACHED: "no attempt is left",
    CallStatus.AGENT_REJECTED: "rejected by the agent",
    CallStatus.UNKNOWN: "with a dialer that was lost",
}


class Kind(StrEnum):
    DIALING = "dialing"
    WAITING = "waiting"
    OFF = "off"
    PROBLEM = "problem"


class State(NamedTuple):
    """`until`: when it changes by itself, as far as that is known."""

    kind: Kind
    words: str
    until: datetime | None = None


@dataclass(frozen=True)
class ListPart:
    """A campaign's contacts of one status and one set of zones; `due` of them now, the next at `next_due`.

    `promised`: callbacks not called yet, which are not bound to the dialing window.
    """

    status: CallStatus
    zones: tuple[Zone, ...]
    contacts: int
    due: int
    next_due: datetime | None
    promised: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What is true beside list and configuration, by campaign.

    `stops`: who stopped it; `out`: records with dialers; `agents`: how many dialers tell of, if one does.
    """

    dialer_alive: bool
    stops: dict[int, str]
    out: dict[int, int]
    agents: Mapping[int, int]


def states(campaigns: Sequence[Campaign], at: datetime) -> dict[int, State]:
    ids = [campaign.pk for campaign in campaigns]
    parts, surroundings = list_parts(ids, at), look_around(ids, at)
    return {campaign.pk: state_of(campaign, parts[campaign.pk], surroundings, at) for campaign in campaigns}


def list_parts(
    campaigns: Collection[int], at: datetime, statuses: Collection[CallStatus] = tuple(CallStatus)
) -> dict[int, list[ListPart]]:
    """Contacts of these statuses, by campaign; three queries.

    The cost follows their number: that part of the index `contact_due` is read once.
    """
    contacts = Contact.objects.filter(campaign__in=campaigns).order_by()
    other = contacts.filter(status__in={*statuses} - {CallStatus.CALLBACK_REQUESTED})
    callbacks = contacts.filter(status__in={*statuses} & {CallStatus.CALLBACK_REQUESTED})
    come = Q(callback_at__lte=at)
    in_time = come & Q(callback_at__gte=at - settings.CALLBACK_TIME_LIMIT)
    retried = Q(called_back_at__isnull=False)
    # Apart, since the index tells all of the others.
    found = [
        *_counted(other.annotate(promised=Value(False)), come | Q(callback_at=None), at),
        *_counted(callbacks.annotate(promised=~retried), (retried & come) | (~retried & in_time), at),
    ]
    # Counted first: an import may make zone sets meanwhile.
    zones = {pk: read_zones(members) for pk, members in ZoneSet.objects.values_list("pk", "members")}
    parts: dict[int, list[ListPart]] = defaultdict(list)
    for campaign, status, zone_set, promised, number, due, next_due in found:
        part = ListPart(CallStatus(status), zones[zone_set], number, due, next_due, bool(promised))
        parts[campaign].append(part)
    return parts


def _counted(contacts: Any, due: Q, at: datetime) -> Any:
    groups = contacts.values_list("campaign", "status", "zone_set", "promised")
    coming = Min("callback_at", filter=Q(callback_at__gt=at))
    return groups.annotate(contacts=Count("*"), due=Count("pk", filter=due), next_due=coming)


def look_around(campaigns: Collection[int], at: datetime) -> Surroundings:
    alive = at - CampaignManagerOptions.load().dialer_silence
    held = Lease.objects.held().filter(campaign__in=campaigns)
    stopped = StoppedCampaign.objects.filter(campaign__in=campaigns, campaign__enabled=False, resumed=False)
    told = list(Dialer.objects.filter(last_seen_at__gte=alive).values_list("agents_by_campaign", flat=True))
    return Surroundings(
        dialer_alive=bool(told),
        stops=dict(stopped.order_by("pk").values_list("campaign", "report__user_name")),
        out=dict(held.order_by().values_list("campaign").annotate(Count("pk"))),
        agents=agents_together(told),
    )


def state_of(campaign: Campaign, parts: Iterable[ListPart], around: Surroundings, at: datetime) -> State:
    parts = list(parts)
    if not campaign.enabled:
        stopper = around.stops.get(campaign.pk)
        return State(Kind.OFF, f"stopped by {stopper}" if stopper else "off")
    # Whether maxAttempts is being applied anew shows for a moment only and is left out.
    if refusal := next(campaign_refusals(campaign, at), None):
        kind = Kind.WAITING if refusal.until or refusal.rule == Rule.MODE else Kind.PROBLEM
        return State(kind, refusal.reason, refusal.until)
    if not parts:
        return State(Kind.PROBLEM, "no contacts: import a list")
    if callable_now := [part for part in parts if part.due and _may_be_called(campaign, part, at)]:
        return _with_work(campaign, callable_now, around, at)
    return _without_work(campaign, parts, around, at)


def _with_work(campaign: Campaign, parts: list[ListPart], around: Surroundings, at: datetime) -> State:
    """`until`: when the hours of the last of these contacts end."""
    ends = [_hours_change(window_of(campaign), part.zones, campaign.time_zone, at) for part in parts]
    until = max((end for end in ends if end), default=None)
    if around.agents.get(campaign.pk) == 0:
        return State(Kind.PROBLEM, "no agents", until)
    if around.out.get(campaign.pk):
        return State(Kind.DIALING, "dialing", until)
    if around.dialer_alive:
        return State(Kind.WAITING, "ready, no dialer has asked for records", until)
    return State(Kind.PROBLEM, "ready, but no dialer is connected", until)


def _without_work(campaign: Campaign, parts: list[ListPart], around: Surroundings, at: datetime) -> State:
    """Nobody may be called at this moment: because of the hour, of a time not yet come, or for good."""
    waiting = [part for part in parts if part.status in DIALABLE]
    outside = [part for part in waiting if part.due and not part.promised]
    if outside:
        openings = [_next_inside(campaign, part, at) for part in outside]
        if known := [opening for opening in openings if opening]:
            until = min(known)
            return State(Kind.WAITING, f"outside hours until {clock(until, campaign.time_zone, at)}", until)
        return State(Kind.PROBLEM, "outside hours for good: no hour suits all zones of the customers")
    if times := [part.next_due for part in waiting if part.next_due]:
        until = min(times)
        due = f"next call due {clock(until, campaign.time_zone, at)}"
        dialing = bool(around.out.get(campaign.pk))
        return State(Kind.DIALING, f"dialing, {due}", until) if dialing else State(Kind.WAITING, due, until)
    if around.out.get(campaign.pk):
        return State(Kind.DIALING, "dialing the last records")
    if waiting:
        return State(Kind.WAITING, "only missed callbacks are left, until the daily reset")
    return State(Kind.WAITING, "list exhausted")


def contacts_by_reason(campaign: Campaign, parts: Iterable[ListPart], at: datetime) -> Counter[str]:
    """Why contacts are not dialed at this moment, or that they may be; Do Not Call is asked later."""
    refusal = next(campaign_refusals(campaign, at), None)
    reasons: Counter[str] = Counter()
    for part in parts:
        if part.status not in DIALABLE:
            reasons[STATUS_WORDS[part.status]] += part.contacts
        elif refusal:
            reasons[refusal.reason] += part.contacts
        else:
            due = MAY_BE_DIALED if _may_be_called(campaign, part, at) else Rule.WINDOW
            reasons[WORDS[due]] += part.due
            reasons[WORDS[Rule.DUE]] += part.contacts - part.due
    return +reasons


def _may_be_called(campaign: Campaign, part: ListPart, at: datetime) -> bool:
    if part.promised:
        return True
    return part.status in DIALABLE and _inside(window_of(campaign), part.zones, campaign.time_zone, at)


def _next_inside(campaign: Campaign, part: ListPart, at: datetime) -> datetime | None:
    window, zone = window_of(campaign), campaign.time_zone
    return at if _inside(window, part.zones, zone, at) else _hours_change(window, part.zones, zone, at)


def _inside(window: DialingWindow, zones: tuple[Zone, ...], zone: TimeZone, at: datetime) -> bool:
    return _inside_in_minute(window, zones, zone, at.replace(second=0, microsecond=0))


def _hours_change(
    window: DialingWindow, zones: tuple[Zone, ...], zone: TimeZone, at: datetime
) -> datetime | None:
    return _change_after_minute(window, zones, zone, at.replace(second=0, microsecond=0))


# Hundreds of campaigns share few hours and zones, and hours begin and end with a minute.
_inside_in_minute = lru_cache(maxsize=1024)(is_inside)
_change_after_minute = lru_cache(maxsize=1024)(next_change)


def clock(moment: datetime, zone: TimeZone, now: datetime) -> str:
    """`08:00 Chicago` on the day that it is there now, else with weekday or date."""
    local, today = actual_time(zone, moment), actual_time(zone, now).date()
    days = (local.date() - today) / timedelta(days=1)
    day = "" if not days else f"{local:%a} " if 0 < days < 7 else f"{local:%Y-%m-%d} "
    return f"{day}{local:%H:%M} {city(zone)}"


def city(zone: TimeZone) -> str:
    """The place that stands for a zone: `Chicago`."""
    return zone.iana.rsplit("/")[-1].replace("_", " ") if zone.iana else zone.name
