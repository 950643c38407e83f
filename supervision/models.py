from django.db import models

from campaigns.models import CallStatus, Campaign
from timezones.models import ZoneSet


class ListCount(models.Model):
    """When the contacts of a campaign were last counted, and in which version of the campaign.

    `next_change`: when contacts become due, or miss their callback, by the passing of time alone.
    `recent_calls`: of each of the last minutes, the oldest first.
    """

    # No constraints here and below: a purge during a counting would fail for rows that nobody needs.
    campaign = models.OneToOneField(
        Campaign, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    version = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    next_change = models.DateTimeField(null=True)
    recent_calls = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.campaign} at {self.counted_at.isoformat()}"


class ContactCount(models.Model):
    """A campaign's contacts of one status and one set of zones; `due` of them now, the next at `next_due`.

    `promised`: callbacks not called yet, which are not bound to the dialing window.
    """

    list = models.ForeignKey(
        ListCount, models.CASCADE, related_name="counts", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=1, choices=CallStatus)
    zone_set = models.ForeignKey(ZoneSet, models.PROTECT, related_name="+", db_index=False)
    promised = models.BooleanField()
    contacts = models.PositiveIntegerField()
    due = models.PositiveIntegerField()
    next_due = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "list", "status", "zone_set", "promised", name="one_count_a_status_and_zone_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.list}: {self.contacts} {self.status}"


class Counting(models.Model):
    """One row: when the last counting began, and before when no other begins."""

    began_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"next {self.next_at}"
