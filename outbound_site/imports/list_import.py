"""What is kept of an import of a list: who, when, from where, and what became of its rows.

An import job runs within its request or command; jobs that a worker takes over are in core/jobs.py.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from outbound_site.imports.row_errors import RowErrors


class ImportSource(models.TextChoices):
    API = "api", "API"
    UPLOAD = "upload", "upload"
    COMMAND = "command", "command line"


class ImportState(models.TextChoices):
    PREPARED = "prepared", "uploaded, not imported"
    RUNNING = "running", "running"
    SUCCEEDED = "succeeded", "succeeded"
    REFUSED = "refused", "refused"
    UNDONE = "undone", "undone"


class ListImport(models.Model):
    """One import of a list (docs/behaviour.md 8). Subclasses add the files `upload` and `rejects`."""

    upload: Any
    rejects: Any

    source = models.CharField(max_length=7, choices=ImportSource)
    file_name = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    overwrite = models.BooleanField(default=False, help_text="Whether it replaced the rows before it.")
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.RUNNING)
    created_at = models.DateTimeField("started", default=timezone.now)
    finished_at = models.DateTimeField("finished", null=True, blank=True)

    rows_read = models.PositiveIntegerField(default=0)
    rows_stored = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)

    # How a person's file is read; `mapping` has [name in its header, column or ""] for each of its columns.
    # The file itself goes when it has been imported, the rest is remembered for the next one.
    encoding = models.CharField(max_length=32, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    mapping = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def target(self) -> str:
        """Where the rows go, in words."""
        raise NotImplementedError

    def imports_of_target(self) -> models.QuerySet[Any]:
        """The imports that went there too."""
        raise NotImplementedError


def finish(job: ListImport) -> None:
    job.state, job.finished_at = ImportState.SUCCEEDED, timezone.now()
    job.save()


def record_refusal(job: ListImport, errors: RowErrors) -> None:
    """Nothing of the list was stored."""
    job.state, job.finished_at = ImportState.REFUSED, timezone.now()
    job.rows_bad = len(errors.lines)
    job.save()
