from typing import Any

from django.db import models
from django.db.models import Q

from campaigns.models.campaign import Campaign
from outbound_site.imports.list_import import ListImport


class ImportJob(ListImport):
    """One import of contacts: who, when, from where, and what became of its rows (docs/behaviour.md 8)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="import_jobs")
    rows_duplicate = models.PositiveIntegerField("duplicate rows skipped", default=0)
    phones_by_row = models.PositiveIntegerField("phones zoned by their row", default=0)
    phones_by_prefix = models.PositiveIntegerField("phones zoned by region prefix", default=0)
    phones_by_campaign = models.PositiveIntegerField("phones given the campaign's zone", default=0)
    rows_undone = models.PositiveIntegerField(default=0)
    rows_kept = models.PositiveIntegerField("rows kept by the undo", default=0)
    # Stored, since a page of a list states the list's length: counting millions takes a second.
    rows_present = models.PositiveIntegerField("rows in the list now", default=0)
    near_misses = models.PositiveIntegerField(
        "contacts listed in another form only",
        null=True,
        blank=True,
        help_text="Their number is on the Do Not Call list with another country code or prefix only, so that "
        "they are called. Counted within minutes of the import.",
    )
    rejects = models.FileField(upload_to="contact-rejects/", blank=True)

    upload = models.FileField(upload_to="contact-uploads/", blank=True, editable=False)

    # A repeated request is known by its key, and by the digest of its body (header `Idempotency-Key`).
    idempotency_key = models.CharField(max_length=255, blank=True, editable=False)
    # Of the request's or the file's content.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    # Where an interrupted import of a file goes on.
    lines_done = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-pk"]
        permissions = [("undo_importjob", "Can undo an import of contacts")]
        indexes = [models.Index("state", "finished_at", name="import_by_state_and_end")]
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

    @property
    def target(self) -> str:
        return str(self.campaign)

    def imports_of_target(self) -> models.QuerySet[Any]:
        return ImportJob.objects.filter(campaign=self.campaign)
