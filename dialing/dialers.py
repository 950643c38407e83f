"""Dialers and their sign of life: any request of a dialer counts as one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from dialing.models import Dialer

# Closer together, the row is left alone.
RESOLUTION = timedelta(seconds=1)
# How far apart the clocks of two machines may be.
SKEW = timedelta(minutes=1)


def heard_from(name: str, at: datetime | None = None) -> Dialer:
    """The dialer of that name, known from its first request on; notes that it lives."""
    at = at or timezone.now()
    dialer, _ = Dialer.objects.get_or_create(name=name, defaults={"last_seen_at": at})
    # It lies in the future when the clock was set back.
    if not at - RESOLUTION <= dialer.last_seen_at <= at + SKEW:
        Dialer.objects.filter(pk=dialer.pk).update(last_seen_at=at)
        dialer.last_seen_at = at
    return dialer


def note_agents(dialer: Dialer, agents: Mapping[int, int]) -> None:
    """How many agents serve each of the dialer's campaigns; replaces what it reported before."""
    by_campaign = {str(campaign): number for campaign, number in agents.items()}
    if by_campaign != dialer.agents_by_campaign:
        Dialer.objects.filter(pk=dialer.pk).update(agents_by_campaign=by_campaign)


def agents_together(reported: Iterable[Mapping[str, int]]) -> Counter[int]:
    """By campaign over dialers; a campaign that none of them reported is missing."""
    together: Counter[int] = Counter()
    for by_campaign in reported:
        together.update({int(campaign): number for campaign, number in by_campaign.items()})
    return together
