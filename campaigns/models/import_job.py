from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaign import Campaign


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


class ImportJob(models.Model):
    """One import of contacts: who, when, from where, and what became of its rows (outbound-option.md 8)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="import_jobs")
    source = models.CharField(max_length=7, choices=ImportSource)
    file_name = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    overwrite = models.BooleanField(default=False, help_text="Whether it replaced the contacts before it.")
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.RUNNING)
    created_at = models.DateTimeField("started", default=timezone.now)
    finished_at = models.DateTimeField("finished", null=True, blank=True)

    rows_read = models.PositiveIntegerField(default=0)
    rows_stored = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    rows_duplicate = models.PositiveIntegerField("duplicate rows skipped", default=0)
    phones_by_row = models.PositiveIntegerField("phones zoned by their row", default=0)
    phones_by_prefix = models.PositiveIntegerField("phones zoned by region prefix", default=0)
    phones_by_campaign = models.PositiveIntegerField("phones given the campaign's zone", default=0)
    rows_undone = models.PositiveIntegerField(default=0)
    rows_kept = models.PositiveIntegerField("rows kept by the undo", default=0)
    rejects = models.FileField(upload_to="contact-rejects/", blank=True)

    # How a person's file is read; `mapping` has [name in its header, column or ""] for each of its columns.
    # The file itself goes when it has been imported, the rest is remembered for the campaign's next one.
    upload = models.FileField(upload_to="contact-uploads/", blank=True, editable=False)
    encoding = models.CharField(max_length=32, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    mapping = models.JSONField(default=list, blank=True, editable=False)

    # A repeated request is known by its key, and by the digest of its body (header `Idempotency-Key`).
    idempotency_key = models.CharField(max_length=255, blank=True, editable=False)
    # Of the request's or the file's content.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    # Where an interrupted import of a file goes on.
    lines_done = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "campaign",
                "idempotency_key",
                name="one_import_an_idempotency_key",
                condition=~Q(idempotency_key=""),
            )
        ]

    def __str__(self) -> str:
        return f"Import {self.pk} of {self.campaign}"
