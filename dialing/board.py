"""What a supervisor sees first: problems, the campaigns that are on, dialers, loads and callbacks.

Two ages: what costs as much as the lists are long (states, contacts left, calls a minute) is counted anew at
most every COUNTED_SECONDS; everything else is that of the moment. The original's reports lag by 10 to 15
seconds, too (outbound-option.md 11).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from callbacks.models import PersonalCallback
from campaigns.models import Campaign, ImportJob, ImportState
from dialing.campaign_figures import LIVE, AbandonRate, abandon_rate
from dialing.campaign_state import LEFT, Kind, State, list_parts, look_around, state_of
from dialing.charts import points
from dialing.models import (
    CallHistory,
    CampaignCounters,
    CampaignManagerOptions,
    Dialer,
    Lease,
    LeaseState,
    StopReport,
)
from dialing.service_day import day_of
from dnc.models import FileImport, ImportRule
from outbound_site.health import HEARTBEAT_LIMIT
from outbound_site.jobs import JobState
from outbound_site.models import Heartbeat
from outbound_site.server_time import begin_of, to_wall

COUNTED_SECONDS = 10
MINUTES = 30
# How long a failure stays on the board, and after what time a Do Not Call list is old: the Telemarketing
# Sales Rule (16 CFR 310.4) asks for one that is not older than 31 days.
RECENT = timedelta(days=1)
OLD_LIST = timedelta(days=31)
FIRST = {kind: place for place, kind in enumerate([Kind.PROBLEM, Kind.DIALING, Kind.WAITING, Kind.OFF])}
SUMMED = ["attempted_count", *LIVE]
NOTHING = dict.fromkeys(SUMMED, 0)


@dataclass(frozen=True)
class Problem:
    """`page` and `key`: the admin page that helps, as a URL name with its argument."""

    text: str
    page: str = ""
    key: int | None = None


@dataclass(frozen=True)
class Counted:
    """Of one campaign, some seconds old; `line`: calls a minute as the points of a line."""

    state: State
    left: int
    line: str


@dataclass(frozen=True)
class Row:
    pk: int
    name: str
    counted: Counted
    attempts: int
    voice: int
    abandon: AbandonRate
    out: int

    @property
    def is_problem(self) -> bool:
        return self.counted.state.kind == Kind.PROBLEM or self.abandon.above


def rows(at: datetime) -> list[Row]:
    """The campaigns that are on, problems first."""
    enabled = Campaign.objects.active().filter(enabled=True)
    # Whole campaigns have 40 columns, which cost more than all else here.
    campaigns = list(enabled.values_list("pk", "name", "abandon_enabled", "abandon_percent"))
    counted = counted_lists({pk for pk, *_ in campaigns}, at)
    sums, out = _sums(at), _records_out("campaign")
    found = []
    for pk, name, limited, limit in campaigns:
        counts = sums.get(pk, NOTHING)
        abandon = abandon_rate(counts, limit if limited else None)
        attempts, voice = counts["attempted_count"], counts["voice_count"]
        found.append(Row(pk, name, counted[pk], attempts, voice, abandon, out.get(pk, 0)))
    return sorted(found, key=lambda row: (not row.is_problem, FIRST[row.counted.state.kind], row.name))


def counted_lists(campaigns: Collection[int], at: datetime) -> dict[int, Counted]:
    """By campaign; when one came on since the last count, all are counted anew."""
    known: dict[int, Counted] = cache.get("board", {})
    if not known.keys() >= set(campaigns):
        known = _count(at, campaigns)
        cache.set("board", known, COUNTED_SECONDS)
    return known


def _count(at: datetime, ids: Collection[int]) -> dict[int, Counted]:
    campaigns = Campaign.objects.filter(pk__in=ids).select_related("time_zone")
    parts, around, lines = list_parts(ids, at), look_around(ids, at), _calls_a_minute(at)
    return {
        campaign.pk: Counted(
            state=state_of(campaign, parts[campaign.pk], around, at),
            left=sum(part.contacts for part in parts[campaign.pk] if part.status in LEFT),
            line=points(lines[campaign.pk]),
        )
        for campaign in campaigns
    }


def _calls_a_minute(at: datetime) -> dict[int, list[int]]:
    """For each of the last MINUTES full minutes, the oldest first; a minute that is over is counted once."""
    end = at.replace(second=0, microsecond=0)
    minutes = [end - timedelta(minutes=back) for back in range(MINUTES, 0, -1)]
    keys = {f"calls-{minute:%H%M}": minute for minute in minutes}
    known = cache.get_many(keys)
    new = {key: _calls_in(minute) for key, minute in keys.items() if key not in known}
    cache.set_many(new, 60 * MINUTES)
    lines: dict[int, list[int]] = defaultdict(lambda: [0] * MINUTES)
    for place, key in enumerate(keys):
        for campaign, count in (known | new)[key].items():
            lines[campaign][place] = count
    return lines


def _calls_in(minute: datetime) -> dict[int, int]:
    calls = CallHistory.objects.filter(at__gte=minute, at__lt=minute + timedelta(minutes=1)).order_by()
    return dict(calls.values_list("campaign").annotate(Count("pk")))


def _sums(at: datetime) -> dict[int, dict[str, int]]:
    """Today's counters of the campaigns that are on, added up over dialers and lists."""
    today = CampaignCounters.objects.filter(day=day_of(at), campaign__enabled=True)
    sums: dict[int, list[int]] = defaultdict(lambda: [0] * len(SUMMED))
    for campaign, *values in today.values_list("campaign", *SUMMED):
        sums[campaign] = [old + new for old, new in zip(sums[campaign], values, strict=True)]
    return {campaign: dict(zip(SUMMED, values, strict=True)) for campaign, values in sums.items()}


def _records_out(owner: str) -> dict[int, int]:
    held = Lease.objects.filter(state__in=[LeaseState.ACTIVE, LeaseState.DIALED])
    return dict(held.order_by().values_list(owner).annotate(Count("pk")))


@dataclass(frozen=True)
class DialerLine:
    dialer: Dialer
    out: int
    silent: bool


def dialers(at: datetime) -> list[DialerLine]:
    """Those with records or heard of within a day, the silent ones with records first."""
    alive, out = at - CampaignManagerOptions.load().dialer_silence, _records_out("dialer")
    known = Dialer.objects.filter(Q(pk__in=out) | Q(last_seen_at__gte=at - RECENT))
    lines = [DialerLine(d, out.get(d.pk, 0), d.last_seen_at < alive) for d in known]
    return sorted(lines, key=lambda line: (not (line.silent and line.out), line.dialer.name))


def problems(at: datetime, lines: Sequence[DialerLine]) -> Iterator[Problem]:
    beat = Heartbeat.objects.values_list("beaten_at", flat=True).first()
    if beat is None or at - beat > HEARTBEAT_LIMIT:
        yield Problem(
            "Background work stands still: no worker is heard of. Imports, recalls and resets wait."
        )
    yield from _stopped()
    for line in lines:
        if line.silent and line.out:
            yield Problem(f"Dialer {line.dialer} is silent and holds {line.out:,} records.")
    yield from _failed_loads(at)


def _stopped() -> Iterator[Problem]:
    off = Count("stopped", filter=Q(stopped__resumed=False, stopped__campaign__enabled=False))
    report = StopReport.objects.annotate(off=off).first()
    if report and report.off:
        when = f"{to_wall(report.at):%Y-%m-%d %H:%M}"
        text = f"Emergency stop by {report.user_name}, {when}: {report.off:,} campaigns are still off."
        yield Problem(text, "admin:dialing_stopreport_change", report.pk)


def _failed_loads(at: datetime) -> Iterator[Problem]:
    recent = FileImport.objects.filter(state=JobState.FAILED, finished_at__gte=at - RECENT)
    for load in recent.order_by("-pk")[:5]:
        text = f"Do Not Call file {load.file_name} was not loaded: {load.message}"
        yield Problem(text, "admin:dnc_fileimport_change", load.pk)
    newest = FileImport.objects.filter(in_force=True).order_by("-in_force_at").first()
    if ImportRule.objects.exists() and (newest is None or (newest.in_force_at or at) < at - OLD_LIST):
        yield Problem(
            "The Do Not Call list is old: no file was loaded for 31 days.", "admin:dnc_fileimport_changelist"
        )
    refused = ImportJob.objects.filter(state=ImportState.REFUSED, created_at__gte=at - RECENT)
    for job in refused.select_related("campaign").order_by("-pk")[:5]:
        text = f"An import into {job.campaign} was refused: {job.rows_bad:,} bad rows."
        yield Problem(text, "admin:campaigns_importjob_change", job.pk)


@dataclass(frozen=True)
class Loads:
    contacts: QuerySet[ImportJob]
    do_not_call: QuerySet[FileImport]


def loads() -> Loads:
    """What is being imported at this moment."""
    running = [JobState.RUNNING, JobState.QUEUED]
    return Loads(
        contacts=ImportJob.objects.filter(state=ImportState.RUNNING).select_related("campaign"),
        do_not_call=FileImport.objects.filter(state__in=running).order_by("pk"),
    )


def callbacks_due(at: datetime) -> dict[str, int]:
    """Personal callbacks still to be made: overdue, in the next hour, and until the server's midnight."""
    midnight = begin_of(to_wall(at).date() + timedelta(days=1))
    still: Any = PersonalCallback.objects.open()
    overdue = Q(callback_date_time__lt=at - settings.CALLBACK_TIME_LIMIT)
    coming = Q(callback_date_time__gte=at)
    counts: dict[str, int] = still.aggregate(
        overdue=Count("pk", filter=overdue),
        hour=Count("pk", filter=coming & Q(callback_date_time__lt=at + timedelta(hours=1))),
        today=Count("pk", filter=coming & Q(callback_date_time__lt=midnight)),
    )
    return counts
