"""The rows of the board: every campaign that is on, or that the latest emergency stop switched off.

What is read every two seconds is read by plain SQL: composing the same query by the ORM takes several times
as long as the database takes to answer it.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

from django.db import connection

from dialing.board_lists import MINUTES, Signs, known_lists, lines
from dialing.campaign_figures import ABANDONED, LIVE, AbandonRate, rate
from dialing.campaign_state import Kind, State, Surroundings
from dialing.charts import points
from dialing.service_day import day_of

FIRST = {kind: place for place, kind in enumerate([Kind.PROBLEM, Kind.DIALING, Kind.WAITING, Kind.OFF])}
QUIET = points([0] * MINUTES)


@dataclass(frozen=True, eq=False)
class Row:
    """The same object as long as nothing of it changes.

    `agents`: None where no dialer tells; `out`: records with dialers, each of them a line; `line`: calls a
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

    @cached_property
    def is_problem(self) -> bool:
        return self.state.kind == Kind.PROBLEM or self.abandon.above

    @cached_property
    def place(self) -> tuple[bool, int, str]:
        """Problems stand first."""
        return not self.is_problem, FIRST[self.state.kind], self.name


class Figures(NamedTuple):
    """What one query tells of a campaign; `limit`: of abandoned calls in percent, None without."""

    pk: int
    name: str
    version: int
    enabled: bool
    lines_per_agent: float
    limit: int | None
    attempts: int
    voice: int
    live: int
    abandoned: int


# Today's counters are added up over dialers and lists.
FIGURES = f"""
SELECT id, name, change_stamp, enabled, lines_per_agent, CASE WHEN abandon_enabled THEN abandon_percent END,
    COALESCE(attempts, 0), COALESCE(voice, 0), COALESCE(live, 0), COALESCE(abandoned, 0)
FROM campaigns_campaign LEFT JOIN (
    SELECT campaign_id, SUM(attempted_count) AS attempts, SUM(voice_count) AS voice,
        SUM({" + ".join(LIVE)}) AS live, SUM({" + ".join(ABANDONED)}) AS abandoned
    FROM dialing_campaigncounters WHERE day = %s GROUP BY campaign_id
) AS today ON campaign_id = id
WHERE deleted_at IS NULL AND (enabled OR id IN (
    SELECT campaign_id FROM dialing_stoppedcampaign
    WHERE NOT resumed AND report_id = (SELECT MAX(id) FROM dialing_stopreport)
))
"""
HELD = "SELECT campaign_id, dialer_id, COUNT(*) FROM dialing_lease WHERE ended_at IS NULL GROUP BY 1, 2"


def figures(at: datetime) -> list[Figures]:
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [connection.ops.adapt_datefield_value(day_of(at))])
        return [Figures(*row) for row in cursor.fetchall()]


def records_out() -> tuple[Counter[int], Counter[int]]:
    """How many dialers hold, by campaign and by dialer."""
    by_campaign: Counter[int] = Counter()
    by_dialer: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(HELD)
        for campaign, dialer, number in cursor.fetchall():
            by_campaign[campaign] += number
            by_dialer[dialer] += number
    return by_campaign, by_dialer


def rows(
    campaigns: Collection[Figures], around: Surroundings, at_work: Collection[int], at: datetime
) -> list[Row]:
    """Problems first. `at_work`: campaigns whose lists an import is changing."""
    out, agents, drawn = around.out, around.agents, lines(at)
    signs = {
        each.pk: Signs(
            version=each.version,
            decisive=(each.pk in out, around.dialer_alive, agents.get(each.pk) == 0),
            moving=(out.get(each.pk, 0), each.attempts, each.pk in at_work),
        )
        for each in campaigns
    }
    counted = known_lists.counted(signs, around, at)
    found = []
    for each in campaigns:
        pk, known = each.pk, counted.get(each.pk)
        # One may have been removed for good meanwhile.
        if known:
            line = drawn.get(pk, QUIET)
            found.append(_row(each, known.state, known.left, agents.get(pk), out.get(pk, 0), line))
    return sorted(found, key=attrgetter("place"))


@lru_cache(maxsize=3000)
def _row(figures: Figures, state: State, left: int, agents: int | None, out: int, line: str) -> Row:
    return Row(
        pk=figures.pk,
        name=figures.name,
        state=state,
        left=left,
        agents=agents,
        out=out,
        lines_per_agent=figures.lines_per_agent,
        attempts=figures.attempts,
        voice=figures.voice,
        abandon=rate(figures.abandoned, figures.live, figures.limit),
        line=line,
    )
