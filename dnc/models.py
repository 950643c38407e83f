from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dnc.file_paths import Fingerprint, NotMapped, PathRefused, server_path
from dnc.numbers import MAX_TEXT, BadNumber, clean_number
from outbound_site.core.errors import duplicate_name
from outbound_site.core.jobs import JobQuerySet, JobState, LeasedJob
from outbound_site.core.validators import name_characters
from outbound_site.unifiedconfig.references import ref_url


def validate_file_path(value: str) -> None:
    """A Windows path may be mapped later; until then nothing is read and the rule shows its problem."""
    try:
        server_path(value)
    except NotMapped:
        return
    except PathRefused as refused:
        raise ValidationError(str(refused)) from refused


def validate_number(value: str) -> None:
    try:
        number = clean_number(value)
    except BadNumber as bad:
        raise ValidationError(f"{value}: {bad}", "invalid_character") from bad
    if number != value:
        raise ValidationError(f"{value}: write {number}", "invalid_character")


class ImportRule(models.Model):
    """Where a Do Not Call file is looked for and what becomes of it (API text, "Do Not Call API")."""

    name = models.CharField(
        max_length=32,
        validators=[name_characters],
    )
    file_path = models.CharField(max_length=255, validators=[validate_file_path])
    overwrite = models.BooleanField(
        default=False, help_text="The file replaces what all files listed before."
    )
    rename_file_after_import = models.BooleanField(
        default=True, help_text="After the import: on, the file is renamed; off, it is deleted."
    )
    change_stamp = models.PositiveIntegerField(default=0, editable=False)

    # The file at the last check; it is imported when it has not changed for one interval.
    seen_size = models.BigIntegerField(null=True, editable=False)
    seen_mtime_ns = models.BigIntegerField(null=True, editable=False)
    seen_since = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["seen_size", "seen_mtime_ns", "seen_since", "problem"])

    class Meta:
        verbose_name = "import rule"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="import_rule_name", violation_error_message="This name is already in use."
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref_url(self) -> str:
        return ref_url("dnc", self.pk)

    def clean(self) -> None:
        if ImportRule.objects.filter(name__iexact=self.name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": duplicate_name("dnc")})


class FileImportQuerySet(JobQuerySet):
    def active(self) -> Self:
        return self.filter(in_force=True)


class FileImport(LeasedJob):
    """One file imported into the list, now or in the past; its number blocks count while it is active."""

    class Origin(models.TextChoices):
        RULE = "rule", "import rule"
        UPLOAD = "upload", "upload"
        COMMAND = "command", "command line"

    class Afterwards(models.TextChoices):
        RENAME = "rename"
        DELETE = "delete"
        KEEP = "keep"

    class FileOutcome(models.TextChoices):
        RENAMED = "renamed"
        DELETED = "deleted"
        KEPT = "kept"
        LEFT = "left", "could not be renamed or deleted"
        REPLACED = "replaced", "replaced by another file"

    origin = models.CharField(max_length=7, choices=Origin)
    rule = models.ForeignKey(ImportRule, models.SET_NULL, null=True, blank=True, related_name="imports")
    rule_name = models.CharField(max_length=32, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    path = models.CharField(max_length=1024)
    file_name = models.CharField(max_length=255)
    overwrite = models.BooleanField(default=False)
    afterwards = models.CharField(max_length=6, choices=Afterwards)

    size = models.BigIntegerField(null=True)
    mtime_ns = models.BigIntegerField(null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    layout = models.CharField("read as", max_length=60, blank=True)
    started_at = models.DateTimeField(null=True)
    phase = models.CharField(max_length=40, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    added = models.BigIntegerField(default=0)
    already_there = models.BigIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    rejected_by_reason = models.JSONField(default=dict)
    message = models.CharField(max_length=300, blank=True)
    near_misses = models.PositiveIntegerField(
        "contacts listed in another form only",
        null=True,
        blank=True,
        help_text="Their number is on the Do Not Call list with another country code or prefix only, so that "
        "they are called. Counted within minutes of the import.",
    )

    # When reading it was last broken off for the imports that wait (`dnc/import_runner.py`).
    deferred_at = models.DateTimeField(null=True)
    # When its file, renamed after the import, was found to have grown.
    grown_at = models.DateTimeField(null=True)

    in_force = models.BooleanField("active", default=False)
    in_force_at = models.DateTimeField("active since", null=True)
    tidied = models.BooleanField("cleaned up", default=False)
    new_name = models.CharField(max_length=300, blank=True)
    file_outcome = models.CharField(max_length=8, choices=FileOutcome, blank=True)
    file_problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = FileImportQuerySet.as_manager()

    class Meta:
        verbose_name = "file import"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state=JobState.RUNNING), name="dnc_one_import_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["rule", "-id"], name="dnc_imports_of_a_rule")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.created_at:%Y-%m-%d %H:%M} UTC)"

    @property
    def fingerprint(self) -> Fingerprint:
        """The file as it was when it was read, or asked for by a rule."""
        return Fingerprint(self.size or 0, self.mtime_ns or 0)

    def defer(self) -> None:
        """Queue it behind the others; raises LeaseLost."""
        self._update_own(state=JobState.QUEUED, lease_until=None, deferred_at=timezone.now(), phase="")

    @property
    def source(self) -> str:
        """What people call the source of the numbers of this import."""
        return (
            f"rule {self.rule_name}"
            if self.origin == self.Origin.RULE
            else f"{self.get_origin_display()} {self.pk}"
        )


class Page(models.Model):  # noqa: DJ008, there are hundreds of thousands and nobody sees one
    """A number block: the numbers of one import that share all but their last four digits.

    `dnc/numbers.py` has the keys, `dnc/number_blocks.py` the members. The prefix comes first in the key, so
    that a look-up costs one seek a block however many imports there are.
    """

    pk = models.CompositePrimaryKey("prefix", "batch_id")
    prefix = models.BigIntegerField()
    batch = models.ForeignKey(FileImport, models.PROTECT, related_name="blocks", db_index=False)
    members = models.BinaryField()


class OddNumber(models.Model):  # noqa: DJ008
    """An unblocked number, which fits no number block: short, very long, with `#`, `*` or an extension."""

    pk = models.CompositePrimaryKey("number", "batch_id")
    number = models.CharField(max_length=MAX_TEXT)
    batch = models.ForeignKey(FileImport, models.PROTECT, related_name="unblocked_numbers")


class HandEntry(models.Model):
    """A manual entry: a number that a person put on the list; no file takes it off."""

    number = models.CharField(max_length=MAX_TEXT, unique=True, validators=[validate_number])
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=255)

    class Meta:
        verbose_name = "manual entry"
        verbose_name_plural = "manual entries"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class HandRemoval(models.Model):
    """The record of a number that a person took off the list."""

    number = models.CharField(max_length=MAX_TEXT, db_index=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=255)
    removed_from = models.TextField(help_text="The sources that had listed it.")

    class Meta:
        verbose_name = "manual removal"
        verbose_name_plural = "manual removals"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
