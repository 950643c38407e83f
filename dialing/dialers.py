"""Dialers and their sign of life: any request of a dialer counts as one."""

from datetime import datetime, timedelta

from django.utils import timezone

from dialing.models import Dialer

# Closer together, the row is left alone.
RESOLUTION = timedelta(seconds=1)


def heard_from(name: str, at: datetime | None = None) -> Dialer:
    """The dialer of that name, known from its first request on; notes that it lives."""
    at = at or timezone.now()
    dialer, _ = Dialer.objects.get_or_create(name=name, defaults={"last_seen_at": at})
    if dialer.last_seen_at + RESOLUTION < at:
        Dialer.objects.filter(pk=dialer.pk).update(last_seen_at=at)
        dialer.last_seen_at = at
    return dialer
