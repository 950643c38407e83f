"""Local time where a phone is, and the dialing window in it (docs/behaviour.md 6).

A phone's flag says whether daylight saving is observed there; when clocks change is decided by the
campaign's zone. In a campaign whose zone never changes (UTC, for example) no phone gets the hour.
All instants are aware datetimes.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from timezones.models import TimeZone
from timezones.zones import Zone

DAY = timedelta(days=1)
DAYLIGHT_SAVING = timedelta(hours=1)
# Every change of clocks of a zone comes round within this many days.
HORIZON_DAYS = 366


class DialingWindow(NamedTuple):
    """Hours from `start` up to but not including `end`: equal = all day, start after end = over midnight."""

    start: time
    end: time

    def includes(self, local: time) -> bool:
        if self.start < self.end:
            return self.start <= local < self.end
        return self.start == self.end or local >= self.start or local < self.end


def in_daylight_time(zone: TimeZone, at: datetime) -> bool:
    """Whether clocks in the zone run ahead of its standard time.

    Compared with the standard bias and not taken from `dst()`, since IANA calls summer "standard" in some
    zones and winter in others. Zones without IANA rules never change.
    """
    if not (zone.dst_observed and zone.iana):
        return False
    offset = at.astimezone(ZoneInfo(zone.iana)).utcoffset()
    return offset is not None and offset > timedelta(minutes=-zone.bias)


def local_time(zone: Zone, campaign_zone: TimeZone, at: datetime) -> datetime:
    """The clock in `zone`, as the campaign reckons it."""
    offset = timedelta(minutes=-zone.bias)
    if zone.dst_observed and in_daylight_time(campaign_zone, at):
        offset += DAYLIGHT_SAVING
    return at.astimezone(timezone(offset))


def actual_time(zone: TimeZone, at: datetime) -> datetime:
    """The clock on the wall there, by the zone's own rules; standard time where they are not known."""
    return at.astimezone(ZoneInfo(zone.iana) if zone.iana else timezone(timedelta(minutes=-zone.bias)))


def gmt_offset(bias: int) -> int:
    """Minutes east of GMT, 0 to 1439 (API text, "Import API": gmtOffset)."""
    return 1440 - bias if bias > 0 else -bias


def is_inside(window: DialingWindow, zones: Collection[Zone], campaign_zone: TimeZone, at: datetime) -> bool:
    """Whether a phone that may lie in any of these zones is inside its window: it has to suit them all.

    A phone without zones of its own lies in the campaign's: `[campaign_zone.zone]`.
    """
    return all(window.includes(local_time(zone, campaign_zone, at).time()) for zone in zones)


def next_change(
    window: DialingWindow,
    zones: Collection[Zone],
    campaign_zone: TimeZone,
    at: datetime,
    until: datetime | None = None,
) -> datetime | None:
    """The first instant after `at` when the window closes, or opens if it is closed.

    None for never, or not before `until`.
    """
    inside = is_inside(window, zones, campaign_zone, at)
    for moment in _possible_changes(window, zones, campaign_zone, at):
        if until and moment >= until:
            return None
        if moment > at and is_inside(window, zones, campaign_zone, moment) != inside:
            return moment
    return None


def next_inside(
    window: DialingWindow, zones: Collection[Zone], campaign_zone: TimeZone, at: datetime
) -> datetime | None:
    """`at` when that is inside the window, else the next opening; None for never."""
    if is_inside(window, zones, campaign_zone, at):
        return at
    return next_change(window, zones, campaign_zone, at)


def _possible_changes(
    window: DialingWindow, zones: Collection[Zone], campaign_zone: TimeZone, at: datetime
) -> Iterator[datetime]:
    """In order: both ends of the window in every zone on every day, and each change of clocks."""
    ends = {
        (timedelta(hours=end.hour, minutes=end.minute, seconds=end.second) + to_utc) % DAY
        for zone in zones
        for to_utc in _offsets_to_utc(zone)
        for end in (window.start, window.end)
    }
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(HORIZON_DAYS):
        yield from sorted({midnight + end for end in ends} | _changes_of_clocks(campaign_zone, midnight))
        midnight += DAY


def _offsets_to_utc(zone: Zone) -> list[timedelta]:
    standard = timedelta(minutes=zone.bias)
    return [standard, standard - DAYLIGHT_SAVING] if zone.dst_observed else [standard]


def _changes_of_clocks(zone: TimeZone, midnight: datetime) -> set[datetime]:
    """The instant of the day after `midnight` at which the zone's clocks change, to the minute."""
    before = in_daylight_time(zone, midnight)
    if in_daylight_time(zone, midnight + DAY) == before:
        return set()
    minute = bisect_left(
        range(24 * 60),
        True,
        key=lambda minute: in_daylight_time(zone, midnight + timedelta(minutes=minute)) != before,
    )
    return {midnight + timedelta(minutes=minute)}
