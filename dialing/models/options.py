from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from campaigns.models.contact import CallStatus
from outbound_site.core.validators import InRange

PURGEABLE = {CallStatus.CLOSED, CallStatus.MAX_ATTEMPTS_REACHED, CallStatus.DIALED, CallStatus.AGENT_REJECTED}
SEPARATORS = str.maketrans("", "", ",-;: ")


def purgeable(letters: str) -> None:
    if unknown := set(letters.upper().translate(SEPARATORS)) - PURGEABLE:
        allowed = ", ".join(sorted(PURGEABLE))
        raise ValidationError(f"Write letters of {allowed}; not {', '.join(sorted(unknown))}.")


def _number(label: str, default: int, low: int, high: int, help_text: str) -> Any:
    return models.PositiveIntegerField(
        label, default=default, validators=[InRange(low, high)], help_text=help_text
    )


class CampaignManagerOptions(models.Model):
    """The one row of the original's registry settings that change behaviour (docs/behaviour.md 9.2, 12, 14).

    In force from the next record on. Times of day and zones are environment variables (docs/settings.md).
    """

    max_attempts_per_number = models.BooleanField(
        default=False, help_text="Count a campaign's attempts for each number, not for the whole contact."
    )
    pending_over_retry = models.BooleanField(
        "pending before retries", default=False, help_text="Numbers never dialed go before retries."
    )
    reschedule_callbacks = models.BooleanField(
        "reschedule missed callbacks",
        default=True,
        help_text="A regular callback that nobody took in time becomes pending at the daily reset.",
    )
    unknown_reset_minutes = _number(
        "unknown becomes pending after", 60, 1, 1440, "Minutes, for records whose dialer was lost."
    )
    lease_minutes = _number(
        "a record stays with its dialer for",
        15,
        1,
        120,
        "Minutes in which a dialer has to dial it; longer than an offer to an agent lasts.",
    )
    dialer_silence_seconds = _number(
        "a dialer is lost after", 60, 5, 3600, "Seconds without any request from it."
    )

    callback_attempts = _number(
        "attempts for agents' callbacks", 5, 1, 20, "Windows in which a personal callback is tried."
    )
    callback_busy_minutes = _number("busy callback again after", 1, 1, 10, "Minutes, inside its window.")
    callback_no_answer_minutes = _number(
        "unanswered callback again after", 20, 5, 60, "Minutes, inside its window."
    )
    callback_agent_minutes = _number(
        "callback without agent again after", 1, 1, 10, "Minutes, inside its window."
    )
    callback_reattempt = models.BooleanField(
        "try personal callbacks again",
        default=True,
        help_text="Off: results 2, 4, 6, 8, 9 and 16 close a personal callback.",
    )
    callback_reattempt_no_ringback = models.BooleanField(
        "no ringback does not count",
        default=True,
        help_text="A personal callback without ringback is tried every minute and uses up no attempt.",
    )
    callback_saturday = models.BooleanField("personal callbacks on Saturdays", default=False)
    callback_sunday = models.BooleanField("personal callbacks on Sundays", default=False)
    callback_with_campaign = models.BooleanField(
        "personal callbacks stop with their campaign",
        default=False,
        help_text="While a campaign is off, its personal callbacks are not made either.",
    )

    purge_days = _number("purge contacts after", 5, 0, 30, "Days since their import; 0 keeps them.")
    purge_statuses = models.CharField(
        "purge contacts that are", max_length=20, default="C,M,D", validators=[purgeable], blank=True
    )
    callback_purge_days = _number("purge callbacks after", 5, 0, 30, "Days since their time; 0 keeps them.")
    callback_purge_statuses = models.CharField(
        "purge callbacks that are", max_length=20, default="C,M,D", validators=[purgeable], blank=True
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "options of the Campaign Manager"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_manager_options")]

    def __str__(self) -> str:
        return "Options of the Campaign Manager"

    @classmethod
    def load(cls) -> "CampaignManagerOptions":
        options, _ = cls._default_manager.get_or_create(pk=1)
        return options

    @property
    def lease_time(self) -> timedelta:
        return timedelta(minutes=self.lease_minutes)

    @property
    def unknown_reset(self) -> timedelta:
        return timedelta(minutes=self.unknown_reset_minutes)

    @property
    def dialer_silence(self) -> timedelta:
        return timedelta(seconds=self.dialer_silence_seconds)


def status_letters(text: str) -> set[str]:
    """The letters of such a setting; separators `, - ; :` are optional."""
    return set(text.upper().translate(SEPARATORS))
