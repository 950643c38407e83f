"""The periods of the counters: the day (docs/behaviour.md 12) and the campaign's list (11)."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from campaigns.models import Campaign
from outbound_site.core.server_time import to_utc, to_wall

# Before any list was replaced.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(at: datetime) -> date:
    """The day whose counters that instant adds to; it begins at TIME_TO_RESET_DAILY_STATS, server time."""
    wall = to_wall(at)
    return wall.date() - timedelta(days=wall.time() < settings.TIME_TO_RESET_DAILY_STATS)


def beginning(day: date) -> datetime:
    return to_utc(datetime.combine(day, settings.TIME_TO_RESET_DAILY_STATS))


def next_daily_reset(at: datetime) -> datetime:
    return beginning(day_of(at) + timedelta(days=1))


def list_began(campaign: Campaign) -> datetime:
    """When the campaign's list was last replaced or emptied; the cumulative counters begin there."""
    return campaign.list_began or ALWAYS
