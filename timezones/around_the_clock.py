"""What time it is everywhere, and where dialing hours let people be called in the next 24 hours.

The clock is the one on the wall there; the hours are those of a campaign in that zone, which reckons daylight
saving as an hour (timezones/local_time.py), so that Lord Howe Island's half hour shows for half an hour.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from timezones.local_time import DAY, DialingWindow, actual_time, is_inside, next_change
from timezones.models import TimeZone

HOUR = timedelta(hours=1)
# Every third hour is named on a strip.
NAMED = 3


@dataclass(frozen=True)
class Clock:
    """Zones whose clocks agree for the next day. `until`: when `inside` changes, on the clock there.

    The strip begins with the hour in which `now` falls: `openings` as begin and length, `hours` as place and
    name, all in minutes from there.
    """

    places: list[str]
    now: datetime
    inside: bool
    until: datetime | None
    openings: list[tuple[int, int]]
    hours: list[tuple[int, str]]

    @property
    def offset(self) -> str:
        return f"UTC{self.now.isoformat()[-6:]}"

    @property
    def now_at(self) -> int:
        return self.now.minute


def clocks(zones: Iterable[TimeZone], window: DialingWindow, at: datetime) -> list[Clock]:
    """West to east."""
    alike: defaultdict[tuple[timedelta, timedelta], list[TimeZone]] = defaultdict(list)
    for zone in zones:
        alike[offset_of(zone, at), offset_of(zone, at + DAY)].append(zone)
    return [clock(alike[offsets], window, at) for offsets in sorted(alike)]


def offset_of(zone: TimeZone, at: datetime) -> timedelta:
    return actual_time(zone, at).utcoffset() or timedelta()


def clock(zones: list[TimeZone], window: DialingWindow, at: datetime) -> Clock:
    zone = zones[0]
    # In UTC: between instants of one zone Python reckons by the clock on the wall.
    begin = actual_time(zone, at).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    until = next_change(window, [zone.zone], zone, at)
    return Clock(
        places=[zone.display_name.partition(") ")[2] for zone in zones],
        now=actual_time(zone, at),
        inside=is_inside(window, [zone.zone], zone, at),
        until=until and actual_time(zone, until),
        openings=[
            (minutes(opens - begin), minutes(closes - opens))
            for opens, closes in openings(zone, window, begin)
        ],
        hours=[
            (minutes(hour - begin), f"{local:%H}")
            for hour in (begin + number * HOUR for number in range(24))
            if (local := actual_time(zone, hour)).hour % NAMED == 0
        ],
    )


def openings(zone: TimeZone, window: DialingWindow, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when to when calls may be made in the day from `begin` on."""
    moment, end = begin, begin + DAY
    while moment < end:
        change = min(next_change(window, [zone.zone], zone, moment) or end, end)
        if is_inside(window, [zone.zone], zone, moment):
            yield moment, change
        moment = change


def minutes(length: timedelta) -> int:
    return int(length / timedelta(minutes=1))
