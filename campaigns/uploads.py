"""Files that people upload: prepared as a job, looked at, then imported or left to lapse."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from campaigns.file_import import ListFile, import_file, write_rejects
from campaigns.list_files import SAMPLE_BYTES, TextFormat, detect, suggest_columns
from campaigns.models import Campaign, ImportJob, ImportSource, ImportState

LAPSES_AFTER = timedelta(days=1)


def prepare(campaign: Campaign, upload: UploadedFile, user: Any) -> ImportJob:
    """Keep the file and what is recognised of it. Raises Unreadable."""
    remove_lapsed()
    name = os.path.basename(upload.name or "")[:255]
    found = detect(upload.read(SAMPLE_BYTES))
    upload.seek(0)
    job = ImportJob(
        campaign=campaign,
        source=ImportSource.UPLOAD,
        state=ImportState.PREPARED,
        user=user,
        file_name=name,
        encoding=found.encoding,
        delimiter=found.delimiter,
    )
    job.upload.save(f"contacts{Path(name).suffix.lower()[:6]}", upload, save=False)
    try:
        job.mapping = mapping_of(job)
    except BaseException:
        job.upload.delete(save=False)
        raise
    job.save()
    return job


def mapping_of(job: ImportJob) -> list[tuple[str, str]]:
    """The columns of the file as this campaign's last upload had them, else as they sound."""
    uploads = job.campaign.import_jobs.filter(source=ImportSource.UPLOAD).exclude(state=ImportState.PREPARED)
    last = uploads.order_by("-pk").first()
    header = file_of(job).header()
    return list(zip(header, suggest_columns(header, dict(last.mapping) if last else {}), strict=True))


def remove_lapsed() -> None:
    """Uploads that nobody imported."""
    before = timezone.now() - LAPSES_AFTER
    for job in ImportJob.objects.filter(state=ImportState.PREPARED, created_at__lt=before):
        job.upload.delete(save=False)
        job.delete()


def file_of(job: ImportJob) -> ListFile:
    how = TextFormat(job.encoding, job.delimiter)
    return ListFile(Path(job.upload.path), job.file_name, how, [column for _, column in job.mapping])


def import_prepared(job: ImportJob, *, skip_bad: bool) -> ImportJob:
    """Import the prepared file and keep the rows left out for download. Raises what `import_file` does."""
    file = file_of(job)
    verdicts = import_file(file, job, skip_bad=skip_bad)
    if verdicts.errors:
        job.rejects.save(f"rejects-{job.pk}.csv", ContentFile(b""), save=False)
        with open(job.rejects.path, "w", encoding="utf-8-sig", newline="") as target:
            write_rejects(file, verdicts, target)
    job.upload.delete(save=False)
    job.save(update_fields=["rejects", "upload"])
    return job
