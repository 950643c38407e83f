"""What a supervisor sees first: problems, the campaigns that are on, dialers, loads and callbacks."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q

from dialing.board_lists import MINUTES, Counted, Signs, known_lists, lines
from dialing.board_problems import RECENT, Load, Problem, look_beside
from dialing.campaign_figures import ABANDONED, LIVE, AbandonRate, rate
from dialing.campaign_state import Kind, State, Surroundings
from dialing.charts import points
from dialing.dialers import agents_together
from dialing.models import (
    CampaignManagerOptions,
    Dialer,
    Lease,
    StoppedCampaign,
    StopReport,
)
from dialing.service_day import day_of
from outbound_site.server_time import to_wall

FIRST = {kind: place for place, kind in enumerate([Kind.PROBLEM, Kind.DIALING, Kind.WAITING, Kind.OFF])}
QUIET = points([0] * MINUTES)
# What changes slowly is looked at in every other refresh.
BESIDE_SECONDS = 3


class Row(NamedTuple):
    """`agents`: None where no dialer tells; `out`: records with dialers, each of them a line; `line`: calls a
    minute as the points of a line.
    """

    pk: int
    name: str
    state: State
    left: int
    agents: int | None
    out: int
    lines_per_agent: float
    attempts: int
    voice: int
    abandon: AbandonRate
    line: str

    @property
    def is_problem(self) -> bool:
        return self.state.kind == Kind.PROBLEM or self.abandon.above


class DialerLine(NamedTuple):
    pk: int
    name: str
    out: int
    agents: int
    by_campaign: dict[str, int]
    last_seen_at: datetime
    silent: bool


class Stop(NamedTuple):
    """The latest emergency stop, by the key of its report, and those of its campaigns that are still off."""

    report: int
    user_name: str
    at: datetime
    off: list[int]


class Board(NamedTuple):
    at: datetime
    rows: list[Row]
    dialers: list[DialerLine]
    problems: list[Problem]
    loads: list[Load]
    callbacks: dict[str, int]


def look(at: datetime) -> Board:
    """The board of this moment; what is as long as the lists may be older (dialing/board_lists.py)."""
    by_campaign, by_dialer = records_out()
    known, stop = dialers(by_dialer, at), latest_stop()
    beside: Any = cache.get_or_set("board-beside", lambda: look_beside(at), BESIDE_SECONDS)
    alive = [dialer for dialer in known if not dialer.silent]
    around = Surroundings(
        dialer_alive=bool(alive),
        stops=dict.fromkeys(stop.off, stop.user_name) if stop else {},
        out=by_campaign,
        agents=agents_together(dialer.by_campaign for dialer in alive),
    )
    problems = [*beside.no_worker, *_stopped(stop), *_silent(known), *beside.failures]
    return Board(at, rows(around, beside.at_work, at), known, problems, beside.loads, beside.callbacks)


def rows(around: Surroundings, at_work: Collection[int], at: datetime) -> list[Row]:
    """The campaigns that are on or were just stopped, problems first."""
    campaigns, out, drawn = _figures(around.stops, at), around.out, lines(at)
    signs = {
        figures.pk: Signs(
            version=figures.version,
            decisive=(figures.pk in out, around.dialer_alive, around.agents.get(figures.pk) == 0),
            moving=(out.get(figures.pk, 0), figures.attempts, figures.pk in at_work),
        )
        for figures in campaigns
    }
    counted = known_lists.counted(signs, around, at)
    # One may have been removed for good meanwhile.
    found = [_row(each, counted[each.pk], around, drawn) for each in campaigns if each.pk in counted]
    return sorted(found, key=lambda row: (not row.is_problem, FIRST[row.state.kind], row.name))


def _row(figures: "Figures", counted: Counted, around: Surroundings, drawn: Mapping[int, str]) -> Row:
    pk = figures.pk
    return Row(
        pk,
        figures.name,
        counted.state,
        counted.left,
        around.agents.get(pk),
        around.out.get(pk, 0),
        figures.lines_per_agent,
        figures.attempts,
        figures.voice,
        rate(figures.abandoned, figures.live, figures.limit),
        drawn.get(pk, QUIET),
    )


class Figures(NamedTuple):
    """What one query tells of a campaign; `limit`: of abandoned calls in percent, None without."""

    pk: int
    name: str
    version: int
    lines_per_agent: float
    limit: int | None
    attempts: int
    voice: int
    live: int
    abandoned: int


# Today's counters are added up over dialers and lists. The same by the ORM takes six times as long.
FIGURES = f"""
SELECT id, name, change_stamp, lines_per_agent, CASE WHEN abandon_enabled THEN abandon_percent END,
    COALESCE(attempts, 0), COALESCE(voice, 0), COALESCE(live, 0), COALESCE(abandoned, 0)
FROM campaigns_campaign LEFT JOIN (
    SELECT campaign_id, SUM(attempted_count) AS attempts, SUM(voice_count) AS voice,
        SUM({" + ".join(LIVE)}) AS live, SUM({" + ".join(ABANDONED)}) AS abandoned
    FROM dialing_campaigncounters WHERE day = %s GROUP BY campaign_id
) AS today ON campaign_id = id
WHERE deleted_at IS NULL AND (enabled OR id IN ({{stopped}}))
"""


def _figures(stopped: Collection[int], at: datetime) -> list[Figures]:
    day = connection.ops.adapt_datefield_value(day_of(at))
    query = FIGURES.format(stopped=", ".join(["%s"] * len(stopped)) or "NULL")
    with connection.cursor() as cursor:
        cursor.execute(query, [day, *stopped])
        return [Figures(*row) for row in cursor.fetchall()]


def records_out() -> tuple[Counter[int], Counter[int]]:
    """How many dialers hold, by campaign and by dialer."""
    held = Lease.objects.held().order_by()
    by_campaign: Counter[int] = Counter()
    by_dialer: Counter[int] = Counter()
    for campaign, dialer, number in held.values_list("campaign", "dialer").annotate(Count("pk")):
        by_campaign[campaign] += number
        by_dialer[dialer] += number
    return by_campaign, by_dialer


def dialers(out: Mapping[int, int], at: datetime) -> list[DialerLine]:
    """Those with records or heard of within a day, the silent ones with records first."""
    alive = at - CampaignManagerOptions.load().dialer_silence
    known = Dialer.objects.filter(Q(pk__in=list(out)) | Q(last_seen_at__gte=at - RECENT))
    found = [
        DialerLine(pk, name, out.get(pk, 0), len(agents), by_campaign, seen, seen < alive)
        for pk, name, agents, by_campaign, seen in known.values_list(
            "pk", "name", "agents", "agents_by_campaign", "last_seen_at"
        )
    ]
    return sorted(found, key=lambda line: (not (line.silent and line.out), line.name))


def latest_stop() -> Stop | None:
    off = StoppedCampaign.objects.filter(
        report=StopReport.objects.order_by("-pk").values("pk")[:1],
        resumed=False,
        campaign__enabled=False,
        campaign__deleted_at=None,
    )
    found = list(off.values_list("campaign", "report", "report__user_name", "report__at"))
    return Stop(*found[0][1:], [campaign for campaign, *_ in found]) if found else None


def _stopped(stop: Stop | None) -> Iterator[Problem]:
    if stop:
        when = f"{to_wall(stop.at):%Y-%m-%d %H:%M}"
        number = f"{len(stop.off):,} campaign{' is' if len(stop.off) == 1 else 's are'}"
        text = f"Emergency stop by {stop.user_name}, {when} {settings.SERVER_TIME_ZONE}: {number} still off."
        yield Problem(text, "admin:dialing_stopreport_change", stop.report)


def _silent(known: Iterable[DialerLine]) -> Iterator[Problem]:
    for line in known:
        if line.silent and line.out:
            records = f"{line.out:,} record{'' if line.out == 1 else 's'}"
            yield Problem(f"Dialer {line.name} is silent and holds {records}.")
