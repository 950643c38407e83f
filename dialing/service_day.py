"""The day of the daily counters: it begins at TIME_TO_RESET_DAILY_STATS on the server's clock (12)."""

from datetime import date, datetime, timedelta

from django.conf import settings

from outbound_site.core.server_time import to_utc, to_wall


def day_of(at: datetime) -> date:
    """The day to whose counters that instant belongs."""
    wall = to_wall(at)
    return wall.date() - timedelta(days=wall.time() < settings.TIME_TO_RESET_DAILY_STATS)


def beginning(day: date) -> datetime:
    return to_utc(datetime.combine(day, settings.TIME_TO_RESET_DAILY_STATS))


def next_daily_reset(at: datetime) -> datetime:
    return beginning(day_of(at) + timedelta(days=1))
