from datetime import datetime
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import Contact
from dialing import counters
from dialing.eligibility import LEFT
from outbound_site.core.server_time import to_wall

# In the order of the API text's example, which is that of the alphabet.
NAMES = sorted([*counters.WIRE_NAMES, "dateTime", "totalCount"])


def run_time_stats(campaign: Campaign, at: datetime | None = None) -> dict[str, Any]:
    """The 26 values of `runtimeStatus` by wire name; `dateTime` is the last change, on the server's clock."""
    at = at or timezone.now()
    counts = counters.read([campaign.pk], at)[campaign.pk]
    values = {wire: counts[name] for wire, name in counters.WIRE_NAMES.items()}
    # As the text and its example have it; the original's database counts all records (11).
    values["totalCount"] = Contact.objects.filter(campaign=campaign, status__in=LEFT).count()
    values["dateTime"] = to_wall(counts["updated_at"] or at).strftime("%Y-%m-%dT%H:%M:%S")
    return {name: values[name] for name in NAMES}
