"""The figures of a campaign's page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from campaigns.models import Campaign
from dialing import result_codes
from dialing.counter_periods import beginning, day_of
from dialing.counters import ABANDONED_COLUMNS, LIVE_COLUMNS, run_time_stats
from dialing.models import CallHistory
from dialing.result_codes import RESULT_CODES

HOUR = timedelta(hours=1)
# The counters of `runtimestats`, as people look for them, with their names here.
GROUPS: dict[str, dict[str, str]] = {
    "Reached": {
        "voiceCount": "Answered",
        "wrongNumberCount": "Wrong number",
        "customerNotHomeCount": "Customer not home",
        "callBackCount": "Callback agreed, any agent",
        "personalCallbackCount": "Callback agreed, own agent",
    },
    "Abandoned": {
        "abandonDetectCount": "By the dialer",
        "abandonToIvrCount": "To the IVR",
        "customerAbandonDetectCount": "By the customer",
    },
    "Nobody there": {
        "noAnswerDetectCount": "No answer",
        "busyCount": "Busy",
        "noRingBackDetectCount": "No ringback",
        "noDialToneDetectCount": "No dial tone",
        "cancelledDetectCount": "Cancelled",
    },
    "Machines": {
        "answeringMachineCount": "Answering machine",
        "networkAnsMachineCount": "Machine of the network",
        "faxDetectCount": "Fax or modem",
        "sitToneDetectCount": "Number invalid (SIT tone)",
    },
    "Agents": {
        "agentRejectedCount": "Rejected",
        "agentClosedCount": "Rejected and closed",
        "talkTimeCount": "Talk, seconds",
        "wrapupTimeCount": "Wrap-up, seconds",
    },
    "List": {
        "attemptedCount": "Attempts today",
        "totalCount": "Available to dial",
        "totalVoiceCount": "Answered, whole list",
        "closedCount": "Closed, whole list",
        "dateTime": "Last change",
    },
}


@dataclass(frozen=True)
class AbandonRate:
    """Percent of live connections; None before the first one."""

    percent: float | None
    limit: float | None

    @property
    def above(self) -> bool:
        return self.percent is not None and self.limit is not None and self.percent > self.limit


def abandon_rate(counts: dict[str, Any], limit: float | None) -> AbandonRate:
    abandoned, live = (sum(counts[name] for name in names) for names in (ABANDONED_COLUMNS, LIVE_COLUMNS))
    return rate(abandoned, live, limit)


def rate(abandoned: int, live: int, limit: float | None) -> AbandonRate:
    """Of live connections (docs/behaviour.md 10.2, "Rates")."""
    return AbandonRate(100 * abandoned / live if live else None, limit)


def grouped_counters(campaign: Campaign, at: datetime) -> dict[str, list[tuple[str, str, Any]]]:
    """All 26 counters by heading, as (label, wire name, value)."""
    values = run_time_stats(campaign, at)
    return {
        heading: [(label, name, values[name]) for name, label in names.items()]
        for heading, names in GROUPS.items()
    }


def calls_by_hour(campaign: Campaign, at: datetime) -> list[tuple[datetime, int]]:
    """Calls placed in each hour of the day of the counters."""
    start = beginning(day_of(at))
    hours = [start + hour * HOUR for hour in range(24)]
    counts = {
        f"h{place}": Count("pk", filter=Q(at__gte=hour, at__lt=hour + HOUR))
        for place, hour in enumerate(hours)
    }
    found = _calls_of_day(campaign, at).aggregate(**counts)
    return [(hour, found[f"h{place}"]) for place, hour in enumerate(hours)]


def calls_by_result(campaign: Campaign, at: datetime) -> Counter[str]:
    """Of the day of the counters, by the meaning of the result."""
    rows = _calls_of_day(campaign, at).order_by().values_list("call_result").annotate(Count("pk"))
    return Counter({RESULT_CODES[code].meaning: count for code, count in rows})


def _calls_of_day(campaign: Campaign, at: datetime) -> Any:
    calls = CallHistory.objects.filter(campaign=campaign, day=day_of(at))
    return calls.exclude(call_result=result_codes.NOT_ATTEMPTED)
