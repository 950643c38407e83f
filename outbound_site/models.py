from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """One row: when a worker last ran the periodic task that proves schedule, broker and worker alive."""

    beaten_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.beaten_at.isoformat()


class RequestPlace(models.Model):
    """The place of a bulk request in the queue that all web processes share (outbound_site/bulk/queue.py)."""

    lane = models.CharField(max_length=64, help_text="Requests of one lane run one after another.")
    alive_until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.lane}: {self.pk}"
