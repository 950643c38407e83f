from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """One row: when a worker last ran the periodic task that proves schedule, broker and worker alive."""

    beaten_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.beaten_at.isoformat()
