"""What a supervisor sees first: problems, the campaigns that are on, dialers, loads and callbacks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from dialing.dialers import agents_together
from dialing.models import CampaignManagerOptions, Dialer, StopReport
from outbound_site.core.server_time import to_wall
from supervision.board_campaigns import Row, figures, records_out, rows
from supervision.board_problems import RECENT, Load, Problem, look_beside
from supervision.campaign_state import Surroundings

# What changes slowly is looked at in every third refresh.
BESIDE_SECONDS = 5


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
    """The board of this moment; what is as long as the lists may be older (supervision/board_lists.py)."""
    by_campaign, by_dialer = records_out()
    known, campaigns = dialers(by_dialer, at), figures(at)
    off = [campaign.pk for campaign in campaigns if not campaign.enabled]
    stop = latest_stop(off) if off else None
    beside: Any = cache.get_or_set("board-beside", lambda: look_beside(at), BESIDE_SECONDS)
    alive = [dialer for dialer in known if not dialer.silent]
    around = Surroundings(
        dialer_alive=bool(alive),
        stops=dict.fromkeys(stop.off, stop.user_name) if stop else {},
        out=by_campaign,
        agents=agents_together(dialer.by_campaign for dialer in alive),
    )
    problems = [*beside.no_worker, *_stopped(stop), *_silent(known), *beside.failures]
    found = rows(campaigns, around, beside.at_work, at)
    return Board(at, found, known, problems, beside.loads, beside.callbacks)


def dialers(out: Mapping[int, int], at: datetime) -> list[DialerLine]:
    """Those with records or heard of within a day, the silent ones with records first."""
    told: Any = cache.get_or_set("board-dialers", _all_dialers, BESIDE_SECONDS)
    silence, known = told
    found = [
        DialerLine(pk, name, out.get(pk, 0), len(agents), by_campaign, seen, seen < at - silence)
        for pk, name, agents, by_campaign, seen in known
        if pk in out or seen >= at - RECENT
    ]
    return sorted(found, key=lambda line: (not (line.silent and line.out), line.name))


def _all_dialers() -> tuple[timedelta, list[tuple[Any, ...]]]:
    """After how much silence one is lost, and what is known of each."""
    known = Dialer.objects.values_list("pk", "name", "agents", "agents_by_campaign", "last_seen_at")
    return CampaignManagerOptions.load().dialer_silence, list(known)


def latest_stop(off: list[int]) -> Stop | None:
    report = StopReport.objects.order_by("-pk").values_list("pk", "user_name", "at").first()
    return Stop(*report, off) if report else None


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
