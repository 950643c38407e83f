"""Background jobs as database rows with a lease.

The row is written in the transaction of the request that asks for the work; a Celery task gets only its
id and is sent after the commit. A worker takes the row with one conditional update, gets a fresh token,
renews its lease with every step it commits and stops when the token is no longer its own. A periodic
sweep sends again what still waits or whose lease ran out, so neither a lost worker nor a lost broker
loses a job. Steps must therefore stand being run twice.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(seconds=30)


class LeaseLost(Exception):
    """Another worker has taken the job over; stop without touching anything."""


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class JobQuerySet(models.QuerySet[Any]):
    def waiting(self, now: datetime | None = None) -> Self:
        """Jobs that a worker may take: queued, or running with a lease that ran out.

        A lease that ends later than any given now is from before the clock was set back.
        """
        now = now or timezone.now()
        ran_out = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
        return self.filter(Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING) & ran_out)

    def claim(self, pk: int) -> Any | None:
        """Take the job, or None when another worker was first."""
        now, token = timezone.now(), uuid.uuid4()
        taken = (
            self.filter(pk=pk)
            .waiting(now)
            .update(
                state=JobState.RUNNING,
                token=token,
                lease_until=now + LEASE,
                attempts=models.F("attempts") + 1,
            )
        )
        return self.filter(pk=pk, token=token).first() if taken else None


class LeasedJob(models.Model):
    """What every kind of job has; subclasses add what the work is."""

    state = models.CharField(max_length=9, choices=JobState, default=JobState.QUEUED, editable=False)
    token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    def renew(self, **changes: Any) -> None:
        """Prolong the lease and store progress; raise LeaseLost when the job is somebody else's now."""
        self._update_own(lease_until=timezone.now() + LEASE, **changes)

    def finish(self, state: JobState, **changes: Any) -> None:
        """Store the outcome; raise LeaseLost when the job is somebody else's now."""
        self._update_own(state=state, finished_at=timezone.now(), lease_until=None, **changes)

    def _update_own(self, **changes: Any) -> None:
        own = type(self)._default_manager.filter(pk=self.pk, token=self.token, state=JobState.RUNNING)
        if not own.update(**changes):
            raise LeaseLost(f"{self._meta.verbose_name} {self.pk}")
        for name, value in changes.items():
            setattr(self, name, value)
