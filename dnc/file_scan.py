"""Asking for imports: by the regular look at the rules' files, by an upload, or from the command line."""

import os
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from dnc.file_paths import Fingerprint, PathRefused, fingerprint, server_path
from dnc.import_runner import claim
from dnc.models import FileImport, ImportRule
from outbound_site.core.jobs import JobState

Origin, Afterwards = FileImport.Origin, FileImport.Afterwards
# The schedule's beat is not exact to the millisecond.
BEAT_TOLERANCE = timedelta(seconds=1)


# How long a renamed file is looked at for a writer that went on.
GROWTH_WATCHED = timedelta(days=7)
WRITTEN_TO = "The file was written to after its import; what it gained is not in the list"


def scan_rules() -> bool:
    """Look at every rule's file, queue what has stood still for DNC_SETTLE_SECONDS; whether any has."""
    return sum(_look(rule, timezone.now()) for rule in ImportRule.objects.all()) > 0


def find_grown_files() -> None:
    """Mark the imports whose renamed file is no longer what was imported: its writer had only paused."""
    now = timezone.now()
    renamed = FileImport.objects.filter(
        origin=Origin.RULE, file_outcome=FileImport.FileOutcome.RENAMED, grown_at=None
    )
    for batch in renamed.filter(finished_at__gt=now - GROWTH_WATCHED):
        try:
            found = fingerprint(Path(batch.path).with_name(batch.new_name))
        except (OSError, PathRefused):
            continue
        if found and found != batch.fingerprint:
            problem = f"{WRITTEN_TO}: {batch.new_name}"[:300]
            FileImport.objects.filter(pk=batch.pk).update(grown_at=now, file_problem=problem)


def _look(rule: ImportRule, now: datetime) -> bool:
    try:
        found, problem = fingerprint(server_path(rule.file_path)), ""
    except PathRefused as refused:
        found, problem = None, str(refused)
    except OSError as error:
        found, problem = None, f"The file cannot be read: {error.strerror}."
    if problem != rule.problem:
        ImportRule.objects.filter(pk=rule.pk).update(problem=problem)
    if rule.seen_since and rule.seen_since > now:  # The clock was set back.
        ImportRule.objects.filter(pk=rule.pk).update(seen_since=now)
        rule.seen_since = now
    if (
        found is None
        or Fingerprint(rule.seen_size or 0, rule.seen_mtime_ns or 0) != found
        or not rule.seen_since
    ):
        _remember(rule, found, now)
        return False
    time = timedelta(seconds=settings.DNC_SETTLE_SECONDS)
    stood_still = now - rule.seen_since >= time - min(BEAT_TOLERANCE, time / 10)
    return stood_still and not _was_dealt_with(rule, found) and _queue(rule, found)


def _remember(rule: ImportRule, found: Fingerprint | None, now: datetime) -> None:
    seen = (found.size, found.mtime_ns, now) if found else (None, None, None)
    if seen[:2] != (rule.seen_size, rule.seen_mtime_ns):
        size, mtime_ns, since = seen
        ImportRule.objects.filter(pk=rule.pk).update(seen_size=size, seen_mtime_ns=mtime_ns, seen_since=since)


def _was_dealt_with(rule: ImportRule, found: Fingerprint) -> bool:
    """Whether this very file is being imported, has failed, or could not be renamed or deleted."""
    last = rule.imports.first()
    if last is None:
        return False
    ended_well = last.state == JobState.SUCCEEDED and last.file_outcome != FileImport.FileOutcome.LEFT
    busy = last.state in (JobState.QUEUED, JobState.RUNNING)
    return busy or (not ended_well and last.fingerprint == found)


def _queue(rule: ImportRule, found: Fingerprint) -> bool:
    with transaction.atomic():
        # Of two looks at the same time only one gets the row.
        seen = ImportRule.objects.filter(pk=rule.pk, seen_since=rule.seen_since)
        if not seen.update(seen_size=None, seen_mtime_ns=None, seen_since=None):
            return False
        queue_rule(rule, found)
    return True


def queue_rule(rule: ImportRule, found: Fingerprint, user: Any = None) -> FileImport:
    """Ask for the import of a rule's file as it is now; raises PathRefused."""
    path = server_path(rule.file_path)
    return FileImport.objects.create(
        origin=Origin.RULE,
        rule=rule,
        rule_name=rule.name,
        requested_by=user,
        path=str(path),
        file_name=path.name,
        overwrite=rule.overwrite,
        afterwards=Afterwards.RENAME if rule.rename_file_after_import else Afterwards.DELETE,
        size=found.size,
        mtime_ns=found.mtime_ns,
    )


def queue_upload(file: File, overwrite: bool, user: Any) -> FileImport:
    """Keep an uploaded file until its import has ended, and ask for that."""
    uploads = settings.DNC_WORK_DIR / "uploads"
    uploads.mkdir(parents=True, exist_ok=True)
    path = uploads / uuid.uuid4().hex
    with path.open("xb") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        os.fsync(copy.fileno())
    return FileImport.objects.create(
        origin=Origin.UPLOAD,
        requested_by=user,
        path=str(path),
        file_name=Path(file.name or "upload").name[:255],
        overwrite=overwrite,
        afterwards=Afterwards.DELETE,
        size=path.stat().st_size,
    )


def begin_from_command(path: Path, overwrite: bool) -> FileImport | None:
    """An import that this process itself runs, already claimed; None when another one is running."""
    with transaction.atomic():
        batch = FileImport.objects.create(
            origin=Origin.COMMAND,
            path=str(path.resolve()),
            file_name=path.name,
            overwrite=overwrite,
            afterwards=Afterwards.KEEP,
            size=path.stat().st_size,
        )
        claimed = claim(batch.pk)
        if claimed is None:
            batch.delete()
        return claimed
