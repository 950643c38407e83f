"""When a personal callback may be set and moved (API text, "callbackDateTime"; docs/behaviour.md 9.3).

All instants are aware datetimes. The limit is the setting CALLBACK_TIME_LIMIT.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

# The original stores no time at all outside of these (docs/behaviour.md 9.3).
FIRST_TIME, LAST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 12, 31, 23, 59, 59, tzinfo=UTC)


def storable(time: datetime) -> None:
    """A validator of the model's field."""
    if not FIRST_TIME <= time <= LAST_TIME:
        message = "This field must lie in the years 1970 to 3000"
        raise ValidationError(message, "invalidInput.invalidValue")


def check_new_time(new: datetime) -> None:
    """Raises ValidationError for a time that is the limit or more before now."""
    if new <= timezone.now() - settings.CALLBACK_TIME_LIMIT:
        message = "This field cannot be %(limit)s minutes or more before the current time"
        raise ValidationError(message, "invalidInput.callbackTimePassed", {"limit": limit_minutes()})


def check_time_change(stored: datetime) -> None:
    """Raises ValidationError unless the stored time is the limit or more after now."""
    if stored < timezone.now() + settings.CALLBACK_TIME_LIMIT:
        message = "This field cannot be changed any more: the time is less than %(limit)s minutes ahead"
        raise ValidationError(message, "invalidInput.callbackTimeTooNear", {"limit": limit_minutes()})


def limit_minutes() -> int:
    return int(settings.CALLBACK_TIME_LIMIT.total_seconds() // 60)
