from django.db import models
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus
from dialing.counter_periods import ALWAYS


class CallHistory(models.Model):
    """One row an attempt or Do Not Call hit (docs/behaviour.md 16.3). It outlives contact, dialer and lease.

    Rows are never changed but for `closing`: raising `maxAttempts` opens contacts again.
    """

    at = models.DateTimeField(default=timezone.now, help_text="End of the call.")
    # The day of the daily counters, which begins at TIME_TO_RESET_DAILY_STATS in the server's zone.
    day = models.DateField()
    dialed_at = models.DateTimeField(null=True)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, related_name="calls", db_constraint=False, db_index=False
    )
    campaign_version = models.PositiveIntegerField(default=0)
    list_began = models.DateTimeField(default=ALWAYS)
    contact_id = models.PositiveBigIntegerField(null=True)
    personal_callback_id = models.PositiveBigIntegerField(null=True)
    lease = models.UUIDField(null=True, unique=True, help_text="None for a Do Not Call hit at the hand-out.")
    dialer = models.CharField(max_length=64)
    mode = models.CharField(max_length=17, blank=True, help_text="None for a Do Not Call hit.")

    phone = models.PositiveSmallIntegerField(null=True)
    number = models.CharField(max_length=20)
    zones = models.CharField(
        max_length=255, blank=True, help_text="The customer's, as zone sets are written."
    )
    account_number = models.CharField(max_length=30, blank=True)
    first_name = models.CharField(max_length=50, blank=True)
    last_name = models.CharField(max_length=50, blank=True)

    call_result = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=1, choices=CallStatus, help_text="Of the record afterwards.")
    closing = models.BooleanField(
        default=False, help_text="Whether it closed the contact without a live customer reached."
    )
    agent = models.CharField(max_length=32, blank=True)
    talk_seconds = models.PositiveIntegerField(default=0)
    wrapup_seconds = models.PositiveIntegerField(default=0)
    callback_at = models.DateTimeField(null=True)
    callback_number = models.CharField(max_length=20, blank=True)
    # Without a default, so that the upgrade need not write a table of millions of rows anew.
    callback_listed = models.BooleanField(
        null=True,
        editable=False,
        help_text="Whether the number to call back was on the Do Not Call list when the call ended.",
    )

    class Meta:
        verbose_name_plural = "call history"
        indexes = [
            models.Index("campaign", "day", name="calls_of_a_day"),
            models.Index("at", name="calls_by_end"),
            models.Index("contact_id", name="calls_of_a_contact"),
            models.Index("number", name="calls_to_a_number"),
            models.Index(
                "at",
                name="calls_asking_for_callbacks",
                condition=models.Q(callback_at__isnull=False),
            ),
            models.Index(
                "campaign", "contact_id", name="calls_that_closed", condition=models.Q(closing=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M} UTC: {self.call_result}"

    @property
    def is_personal(self) -> bool:
        """Whether it belongs to a personal callback, or made one."""
        return self.personal_callback_id is not None or self.status == CallStatus.PERSONAL_CALLBACK_REQUESTED
