"""What a supervisor sees first: problems, the campaigns that are on, dialers, imports and callbacks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Q

from campaigns.models import Campaign
from dialing import counters
from dialing.eligibility import LEFT
from dialing.models import CampaignManagerOptions, Dialer, Lease, StoppedCampaign, StopReport
from outbound_site.core.server_time import to_wall
from supervision.board_problems import RECENT, Load, Problem, callbacks_due, problems_and_loads
from supervision.campaign_figures import AbandonRate, abandon_rate
from supervision.campaign_state import Kind, State, campaign_activity, state_of
from supervision.charts import points
from supervision.list_counts import MINUTES, CountedList, counted_lists

ORDER = [Kind.PROBLEM, Kind.DIALING, Kind.WAITING, Kind.OFF]
TOTALS = ["left", "out", "attempts", "voice"]


class Row(NamedTuple):
    """A campaign. `agents`: None where no dialer reports them; `out`: records with dialers, each a line.

    `line`: calls in each of the last minutes, as the points of an SVG polyline.
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
    last_seen_at: datetime
    silent: bool


class Board(NamedTuple):
    """`counted_at`: as of when the contacts were counted, the oldest count; None before the first."""

    at: datetime
    counted_at: datetime | None
    rows: list[Row]
    totals: dict[str, int]
    dialers: list[DialerLine]
    agents: int
    problems: list[Problem]
    loads: list[Load]
    callbacks: dict[str, int]


def look(at: datetime) -> Board:
    """The board of this moment; contacts are as the last counting left them."""
    campaigns = campaigns_shown()
    lists = counted_lists([campaign.pk for campaign in campaigns])
    known = dialers(at)
    problems, loads = problems_and_loads(at)
    found = rows(campaigns, lists, at)
    return Board(
        at=at,
        counted_at=min((counted.at for counted in lists.values() if counted.at), default=None),
        rows=found,
        totals={name: sum(getattr(row, name) for row in found) for name in TOTALS},
        dialers=known,
        agents=sum(line.agents for line in known if not line.silent),
        problems=[*_stopped(campaigns), *_silent(known), *problems],
        loads=loads,
        callbacks=callbacks_due(at),
    )


def campaigns_shown() -> list[Campaign]:
    """Those that are on, and those of the latest emergency stop that are still off."""
    latest = StopReport.objects.aggregate(latest=Max("pk"))["latest"]
    stopped = StoppedCampaign.objects.filter(report=latest, resumed=False).values("campaign")
    campaigns = Campaign.objects.active().filter(Q(enabled=True) | Q(pk__in=stopped))
    return list(campaigns.select_related("time_zone"))


def rows(campaigns: list[Campaign], lists: Mapping[int, CountedList], at: datetime) -> list[Row]:
    """Problems first."""
    activity, calls = campaign_activity(at), counters.read([campaign.pk for campaign in campaigns], at)
    found = []
    for campaign in campaigns:
        counted, counts = lists[campaign.pk], calls[campaign.pk]
        row = Row(
            pk=campaign.pk,
            name=campaign.name,
            state=state_of(campaign, counted, activity, at),
            left=sum(part.contacts for part in counted.parts if part.status in LEFT),
            agents=activity.agents.get(campaign.pk),
            out=activity.out.get(campaign.pk, 0),
            lines_per_agent=campaign.lines_per_agent,
            attempts=counts["attempted_count"],
            voice=counts["voice_count"],
            abandon=abandon_rate(counts, campaign.abandon_percent if campaign.abandon_enabled else None),
            line=points(counted.recent_calls or [0] * MINUTES),
        )
        found.append(row)
    return sorted(found, key=lambda row: (not row.is_problem, ORDER.index(row.state.kind), row.name))


def dialers(at: datetime) -> list[DialerLine]:
    """Those with records or heard of within a day, the silent ones with records first."""
    silence = CampaignManagerOptions.load().dialer_silence
    out = Counter(dict(Lease.objects.held().order_by().values_list("dialer").annotate(Count("pk"))))
    lines = [
        DialerLine(d.pk, d.name, out[d.pk], len(d.agents), d.last_seen_at, d.last_seen_at < at - silence)
        for d in Dialer.objects.filter(Q(pk__in=out) | Q(last_seen_at__gte=at - RECENT))
    ]
    return sorted(lines, key=lambda line: (not (line.silent and line.out), line.name))


def _stopped(campaigns: Iterable[Campaign]) -> Iterator[Problem]:
    if off := [campaign for campaign in campaigns if not campaign.enabled]:
        report = StopReport.objects.latest("pk")
        when = f"{to_wall(report.at):%Y-%m-%d %H:%M}"
        number = f"{len(off):,} campaign{' is' if len(off) == 1 else 's are'}"
        text = (
            f"Emergency stop by {report.user_name}, {when} {settings.SERVER_TIME_ZONE}: {number} still off."
        )
        yield Problem(text, "admin:dialing_stopreport_change", report.pk)


def _silent(known: Iterable[DialerLine]) -> Iterator[Problem]:
    for line in known:
        if line.silent and line.out:
            records = f"{line.out:,} record{'' if line.out == 1 else 's'}"
            yield Problem(f"Dialer {line.name} is silent and holds {records}.")
