"""Files that people upload: prepared as a job, looked at, then imported or left to lapse."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from outbound_site.core.validators import NOT_IN_XML
from outbound_site.imports.encodings import sample_of
from outbound_site.imports.files import TextFormat, detect
from outbound_site.imports.headings import suggest_columns
from outbound_site.imports.list_files import ListFile, ListKind, write_rejects
from outbound_site.imports.list_import import ImportSource, ImportState, ListImport

LAPSES_AFTER = timedelta(days=1)
Job = TypeVar("Job", bound=ListImport)


def prepare(kind: ListKind, job: Job, upload: UploadedFile) -> Job:
    """Keep the file and what is recognised of it with the new job. Raises Unreadable."""
    remove_lapsed(type(job))
    name = NOT_IN_XML.sub("", os.path.basename(upload.name or ""))[:255]
    found = detect(sample_of(upload), name)
    upload.seek(0)
    job.source, job.state = ImportSource.UPLOAD, ImportState.PREPARED
    job.file_name, job.encoding, job.delimiter = name, found.encoding, found.delimiter
    job.upload.save(f"{kind.noun}{Path(name).suffix.lower()[:6]}", upload, save=False)
    try:
        job.mapping = mapping_of(kind, job)
    except BaseException:
        job.upload.delete(save=False)
        raise
    job.save()
    return job


def mapping_of(kind: ListKind, job: ListImport) -> list[tuple[str, str]]:
    """The columns of the file as the last upload to the same target had them, else by their names."""
    uploads = job.imports_of_target().filter(source=ImportSource.UPLOAD).exclude(state=ImportState.PREPARED)
    last = uploads.order_by("-pk").first()
    header = file_of(job).header()
    suggested = suggest_columns(header, last.mapping if last else [], kind.columns, kind.headings)
    return list(zip(header, suggested, strict=True))


def remove_lapsed(jobs: type[ListImport]) -> None:
    """Uploads that nobody imported."""
    before = timezone.now() - LAPSES_AFTER
    for job in jobs._default_manager.filter(state=ImportState.PREPARED, created_at__lt=before):
        job.upload.delete(save=False)
        job.delete()


def file_of(job: ListImport) -> ListFile:
    how = TextFormat(job.encoding, job.delimiter)
    return ListFile(Path(job.upload.path), job.file_name, how, [column for _, column in job.mapping])


def import_prepared(kind: ListKind, job: Job, *, skip_bad: bool, may_empty: bool = False) -> Job:
    """Import the prepared file and keep the rows left out for download. Raises what `import_file` does."""
    file = file_of(job)
    errors = kind.import_file(file, job, skip_bad=skip_bad, may_empty=may_empty)
    if errors:
        job.rejects.save(f"rejects-{job.pk}.csv", ContentFile(b""), save=False)
        with open(job.rejects.path, "w", encoding="utf-8-sig", newline="") as target:
            write_rejects(file, errors, target)
    job.upload.delete(save=False)
    job.save(update_fields=["rejects", "upload"])
    return job
