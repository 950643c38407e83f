from datetime import datetime

from campaigns.models import Campaign
from dialing.eligibility import campaign_reasons


def running_campaigns(at: datetime) -> list[Campaign]:
    """The campaigns that a dialer runs at that instant, of either origin (docs/behaviour.md 5.2)."""
    enabled = Campaign.objects.active().filter(enabled=True).with_parts().order_by("pk")
    return [campaign for campaign in enabled if not any(campaign_reasons(campaign, at))]
