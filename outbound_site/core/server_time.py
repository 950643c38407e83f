"""The wall clock of the server's zone (setting SERVER_TIME_ZONE), which the API text calls the Logger's.

One rule for both changes of clocks (fold 0 of PEP 495): a time in the hour that is skipped or repeated is
read with the offset in force before the change. Where clocks go from 02:00 to 03:00, 02:30 is 03:30; where
they go back from 02:00 to 01:00, 01:30 is the first of the two.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

PAGES = "/admin/"


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


def on_server_clock(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Middleware: the pages for people show every time on the server's clock, with its zone."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PAGES):
            return get_response(request)
        with timezone.override(server_zone()):
            return get_response(request)

    return answer
