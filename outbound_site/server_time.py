"""The wall clock of the server's zone (setting SERVER_TIME_ZONE), which the API text calls the Logger's.

One rule for both changes of clocks (fold 0 of PEP 495): a time in the hour that is skipped or repeated is
read with the offset in force before the change. Where clocks go from 02:00 to 03:00, 02:30 is 03:30; where
they go back from 02:00 to 01:00, 01:30 is the first of the two.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def server_zone() -> ZoneInfo:
    return ZoneInfo(settings.SERVER_TIME_ZONE)


def to_utc(wall: datetime) -> datetime:
    """The instant of a time on the server's clock. Raises OverflowError at both ends of time."""
    return wall.replace(tzinfo=server_zone(), fold=0).astimezone(UTC)


def to_wall(at: datetime) -> datetime:
    """What the server's clock shows at that instant, without a zone."""
    return at.astimezone(server_zone()).replace(tzinfo=None, fold=0)


def today() -> date:
    """The day on the server's clock."""
    return to_wall(timezone.now()).date()


def begin_of(day: date) -> datetime:
    """The instant at which that day of the server begins."""
    return to_utc(datetime.combine(day, time()))


def shown(at: datetime) -> str:
    """For people: `Tue 3 Feb 2031, 15:00 EST`"""
    wall = at.astimezone(server_zone())
    return f"{wall:%a} {wall.day} {wall:%b %Y, %H:%M %Z}"
