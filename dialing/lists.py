from datetime import UTC, datetime

from campaigns.models import Campaign

# Before any list was replaced.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def list_began(campaign: Campaign) -> datetime:
    """When the campaign's list was last replaced or emptied; the cumulative counters begin there (11)."""
    return campaign.list_began or ALWAYS
