from django.db import models
from django.utils import timezone

from campaigns.models import Campaign


class AttemptRule(models.Model):
    """The rule by which a campaign's contacts were last told from those that have no attempt left.

    While it differs from the campaign's, no record leaves (outbound-option.md 4.2).
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="attempt_rule")
    max_attempts = models.PositiveIntegerField()
    per_number = models.BooleanField()
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.max_attempts} a {'number' if self.per_number else 'contact'}"
