from django.conf import settings
from django.db import models
from django.utils import timezone

from campaigns.models import Campaign
from dialing.models.lease import Dialer


class StopReport(models.Model):
    """One emergency stop: who, when, what it switched off, and how far the recall has come."""

    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # The name is kept when the user goes.
    user_name = models.CharField(max_length=150, blank=True)
    every_origin = models.BooleanField(
        default=False, help_text="Whether campaigns of the campaign tool were stopped too."
    )
    records_out = models.PositiveIntegerField(default=0, help_text="Records that dialers held.")
    recalled_at = models.DateTimeField(null=True, help_text="When the last of them was recalled.")
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    campaigns = models.ManyToManyField(Campaign, through="dialing.StoppedCampaign", related_name="stops")

    class Meta:
        verbose_name = "emergency stop"
        ordering = ["-pk"]
        permissions = [("stop_campaigns", "Can stop all campaigns at once")]

    def __str__(self) -> str:
        return f"Emergency stop of {self.at:%Y-%m-%d %H:%M:%S} UTC"


class StoppedCampaign(models.Model):
    report = models.ForeignKey(StopReport, models.CASCADE, related_name="stopped")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    # Of the campaign after the stop; a campaign that somebody changed since then needs another look.
    change_stamp = models.PositiveIntegerField()
    resumed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.campaign)


class StoppedDialer(models.Model):
    """What one dialer held at the stop, and the recall number of it all, which it confirms by asking on."""

    report = models.ForeignKey(StopReport, models.CASCADE, related_name="dialers")
    dialer = models.ForeignKey(Dialer, models.CASCADE, related_name="+")
    records_out = models.PositiveIntegerField()
    recall_number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("report", "dialer", name="one_line_a_dialer")]

    def __str__(self) -> str:
        return f"{self.dialer}: {self.records_out}"

    @property
    def confirmed(self) -> bool:
        return self.dialer.confirmed_recall >= self.recall_number
