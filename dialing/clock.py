"""Whether the server's clock can be believed: a clock that was set back would call people at night.

One small row holds the newest time known; every hand-out and every question before a call compares.
"""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from dialing.models import CallHistory, Dialer, NewestTime

# Clocks of several machines differ by less.
BEHIND = timedelta(minutes=1)
# Newer by less, the row is left alone.
RESOLUTION = timedelta(seconds=5)


def is_behind(at: datetime) -> bool:
    """Whether the clock is more than a minute behind the newest time stored; notes a newer one."""
    newest = note_time(at)
    return at < newest - BEHIND


def note_time(at: datetime | None = None) -> datetime:
    """The newest time known; it never goes back."""
    at = at or timezone.now()
    newest = NewestTime.objects.filter(pk=1).values_list("at", flat=True).first()
    if newest is None:
        newest = max([at, *filter(None, _newest_in_use())])
        NewestTime.objects.get_or_create(pk=1, defaults={"at": newest})
    elif newest + RESOLUTION < at:
        NewestTime.objects.filter(pk=1, at__lt=at).update(at=at)
    return newest


def _newest_in_use() -> list[datetime | None]:
    """Where the row is missing: what an older release has stored."""
    calls = CallHistory.objects.aggregate(at=Max("at"))["at"]
    return [calls, Dialer.objects.aggregate(at=Max("last_seen_at"))["at"]]


def accept_clock(at: datetime | None = None) -> None:
    """The clock is right as it is now; it had been ahead before."""
    NewestTime.objects.update_or_create(pk=1, defaults={"at": at or timezone.now()})
