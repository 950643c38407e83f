from django.db import models
from django.utils import timezone

from campaigns.models import Campaign


class AttemptRule(models.Model):
    """The rule by which a campaign's contacts were last separated from those that have no attempt left.

    While it differs from the campaign's, no record leaves (docs/behaviour.md 4.2).
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="attempt_rule")
    max_attempts = models.PositiveIntegerField()
    per_number = models.BooleanField()
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.max_attempts} a {'number' if self.per_number else 'contact'}"


class NewestTime(models.Model):
    """The one row of the newest time at which a record was asked for or a worker was at work."""

    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_newest_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC"
