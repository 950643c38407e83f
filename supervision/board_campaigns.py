"""The rows of the board: every campaign that is on, or that the latest emergency stop switched off.

What is read every two seconds is read by plain SQL: composing the same query by the ORM takes several times
as long as the database takes to answer it.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

from dialing.service_day import day_of
from supervision.board_lists import MINUTES, Counted, Signs, known_lists
from supervision.campaign_figures import ABANDONED, LIVE, AbandonRate, rate
from supervision.campaign_state import Kind, State, Surroundings
from supervision.charts import points

FIRST = {kind: place for place, kind in enumerate([Kind.PROBLEM, Kind.DIALING, Kind.WAITING, Kind.OFF])}
QUIET = points([0] * MINUTES)
# Of this process, by campaign, with what each was made of.
_rows: dict[int, "tuple[Basis, Row]"] = {}


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
    """What one query tells of a campaign.

    `limit`: of abandoned calls in percent, None without; `done`: contacts that today's calls have closed.
    """

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
    done: int


# Today's counters are added up over dialers and lists. An answered call closes its contact too.
FIGURES = f"""
SELECT id, name, change_stamp, enabled, lines_per_agent, CASE WHEN abandon_enabled THEN abandon_percent END,
    COALESCE(attempts, 0), COALESCE(voice, 0), COALESCE(live, 0), COALESCE(abandoned, 0),
    COALESCE(done, 0)
FROM campaigns_campaign LEFT JOIN (
    SELECT campaign_id, SUM(attempted_count) AS attempts, SUM(voice_count) AS voice,
        SUM({" + ".join(LIVE)}) AS live, SUM({" + ".join(ABANDONED)}) AS abandoned,
        CAST(SUM(voice_count + closed_count) AS BIGINT) AS done
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
        return list(map(Figures._make, cursor.fetchall()))


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


class Basis(NamedTuple):
    """What a row is made of beside the count of its list; `judged_by`: what is the same for all campaigns."""

    figures: Figures
    agents: int | None
    out: int
    line: str
    importing: bool
    judged_by: tuple[Any, ...]

    def signs(self) -> Signs:
        decisive = (self.out > 0, self.agents == 0, *self.judged_by)
        return Signs(self.figures.version, decisive, self.importing, self.figures.done)

    def row(self, count: Counted) -> Row:
        figures = self.figures
        return Row(
            pk=figures.pk,
            name=figures.name,
            state=count.state,
            left=count.left_by(figures.done),
            agents=self.agents,
            out=self.out,
            lines_per_agent=figures.lines_per_agent,
            attempts=figures.attempts,
            voice=figures.voice,
            abandon=rate(figures.abandoned, figures.live, figures.limit),
            line=self.line,
        )


def rows(
    campaigns: Iterable[Figures], around: Surroundings, at_work: Collection[int], at: datetime
) -> list[Row]:
    """Problems first. `at_work`: campaigns whose lists an import is changing. Not for two threads at once."""
    out, agents, drawn = around.out, around.agents, known_lists.lines(at)
    judged_by = (around.dialer_alive, day_of(at))
    bases = {}
    for figures in campaigns:
        pk = figures.pk
        line, importing = drawn.get(pk, QUIET), pk in at_work
        bases[pk] = Basis(figures, agents.get(pk), out.get(pk, 0), line, importing, judged_by)
    changed = {pk for pk, basis in bases.items() if pk not in _rows or _rows[pk][0] != basis}
    counts, new = known_lists.count({pk: bases[pk].signs() for pk in changed}, bases.keys(), around, at)
    for pk in (changed | new) & counts.keys():
        _rows[pk] = bases[pk], bases[pk].row(counts[pk])
    # One may have been removed for good meanwhile.
    return sorted((_rows[pk][1] for pk in bases if pk in counts), key=attrgetter("place"))
