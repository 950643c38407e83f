"""Why a campaign dials or not, in words; for many campaigns in a constant number of queries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus
from dialing.dialers import agents_together
from dialing.eligibility import DIALABLE, Rule, campaign_reasons, window_of
from dialing.models import CampaignManagerOptions, Dialer, Lease, StoppedCampaign
from supervision.list_counts import CountedList, ListPart, counted_lists
from timezones.local_time import actual_time, is_inside, next_change
from timezones.models import TimeZone

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
class CampaignActivity:
    """What happens around the campaigns, by campaign.

    `stops`: who stopped it; `out`: records with dialers; `agents`: how many dialers report, if one does.
    """

    dialer_alive: bool
    stops: dict[int, str]
    out: dict[int, int]
    agents: Mapping[int, int]


def states(campaigns: Sequence[Campaign], at: datetime) -> dict[int, State]:
    ids = [campaign.pk for campaign in campaigns]
    lists, activity = counted_lists(ids), campaign_activity(at)
    return {campaign.pk: state_of(campaign, lists[campaign.pk], activity, at) for campaign in campaigns}


def campaign_activity(at: datetime) -> CampaignActivity:
    alive = at - CampaignManagerOptions.load().dialer_silence
    stopped = StoppedCampaign.objects.filter(campaign__enabled=False, resumed=False)
    reported = Dialer.objects.filter(last_seen_at__gte=alive).values_list("agents_by_campaign", flat=True)
    held = Lease.objects.held().order_by().values_list("campaign").annotate(Count("pk"))
    return CampaignActivity(
        dialer_alive=bool(reported),
        stops=dict(stopped.order_by("pk").values_list("campaign", "report__user_name")),
        out=dict(held),
        agents=agents_together(reported),
    )


def state_of(campaign: Campaign, counted: CountedList, activity: CampaignActivity, at: datetime) -> State:
    if not campaign.enabled:
        stopper = activity.stops.get(campaign.pk)
        return State(Kind.OFF, f"stopped by {stopper}" if stopper else "off")
    # Whether maxAttempts is being applied anew shows for a moment only and is left out.
    if reason := next(campaign_reasons(campaign, at), None):
        kind = Kind.WAITING if reason.until or reason.rule == Rule.MODE else Kind.PROBLEM
        return State(kind, reason.text, reason.until)
    if counted.at is None:
        return State(Kind.WAITING, "the contacts are being counted")
    if not counted.parts:
        return State(Kind.PROBLEM, "no contacts: import a list")
    if callable_now := [part for part in counted.parts if part.due and _may_be_called(campaign, part, at)]:
        return _with_work(campaign, callable_now, activity, at)
    return _without_work(campaign, counted.parts, activity, at)


def _with_work(campaign: Campaign, parts: list[ListPart], activity: CampaignActivity, at: datetime) -> State:
    """`until`: when the hours of the last of these contacts end."""
    until = max(_hours_changes(campaign, parts, at), default=None)
    if activity.agents.get(campaign.pk) == 0:
        return State(Kind.PROBLEM, "no agents", until)
    if activity.out.get(campaign.pk):
        return State(Kind.DIALING, "dialing", until)
    if activity.dialer_alive:
        return State(Kind.WAITING, "ready, no dialer has asked for records", until)
    return State(Kind.PROBLEM, "ready, but no dialer is connected", until)


def _without_work(
    campaign: Campaign, parts: Sequence[ListPart], activity: CampaignActivity, at: datetime
) -> State:
    """Nobody may be called at this moment: because of the hour, of a time not yet come, or for good."""
    waiting = [part for part in parts if part.status in DIALABLE]
    outside = [part for part in waiting if part.due and not part.promised]
    if outside:
        if openings := _hours_changes(campaign, outside, at):
            until = min(openings)
            return State(Kind.WAITING, f"outside hours until {clock(until, campaign.time_zone, at)}", until)
        return State(Kind.PROBLEM, "outside hours for good: no hour suits all zones of the customers")
    if times := [part.next_due for part in waiting if part.next_due]:
        until = min(times)
        due = f"next call due {clock(until, campaign.time_zone, at)}"
        dialing = bool(activity.out.get(campaign.pk))
        return State(Kind.DIALING, f"dialing, {due}", until) if dialing else State(Kind.WAITING, due, until)
    if activity.out.get(campaign.pk):
        return State(Kind.DIALING, "dialing the last records")
    if waiting:
        return State(Kind.WAITING, "only missed callbacks are left, until the daily reset")
    return State(Kind.WAITING, "list exhausted")


def contacts_by_reason(campaign: Campaign, parts: Iterable[ListPart], at: datetime) -> Counter[str]:
    """Why contacts are not dialed at this moment, or that they may be; Do Not Call is asked later."""
    reason = next(campaign_reasons(campaign, at), None)
    reasons: Counter[str] = Counter()
    for part in parts:
        if part.status not in DIALABLE:
            reasons[STATUS_WORDS[part.status]] += part.contacts
        elif reason:
            reasons[reason.text] += part.contacts
        else:
            due = MAY_BE_DIALED if _may_be_called(campaign, part, at) else Rule.WINDOW
            reasons[WORDS[due]] += part.due
            reasons[WORDS[Rule.DUE]] += part.contacts - part.due
    return +reasons


def _may_be_called(campaign: Campaign, part: ListPart, at: datetime) -> bool:
    if part.promised:
        return True
    minute = at.replace(second=0, microsecond=0)
    return part.status in DIALABLE and _inside_in_minute(
        window_of(campaign), part.zones, campaign.time_zone, minute
    )


def _hours_changes(campaign: Campaign, parts: Iterable[ListPart], at: datetime) -> list[datetime]:
    """When the hours of these contacts, all inside or all outside, end or begin, where they ever do."""
    window, minute = window_of(campaign), at.replace(second=0, microsecond=0)
    zone_sets = {part.zones for part in parts}
    changes = [_change_after_minute(window, zones, campaign.time_zone, minute) for zones in zone_sets]
    return [change for change in changes if change]


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
