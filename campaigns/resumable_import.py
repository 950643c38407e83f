"""Imports of files of any size: step by step, each step committed with the line where the next one begins.

An import that was killed is continued by the next one with the same file and campaign, and no row is stored
twice. With overwrite the contacts before it leave at the last step: until then both lists stand.
"""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction

from campaigns.contact_file_import import CONTACTS
from campaigns.contact_import import add_rows, queue_of, take_list
from campaigns.dialing_list import remove_contacts
from campaigns.models import Campaign, ImportJob, ImportSource, ImportState
from outbound_site.imports.bulk_requests import slot
from outbound_site.imports.list_files import ImportedAlready, ListFile, good_rows
from outbound_site.imports.list_import import finish
from outbound_site.imports.row_errors import RowErrors

# SQLite's lock goes to whoever asks at the right moment: without a pause web requests would wait for long.
BREATH_SECONDS = 0.02


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_job(campaign: Campaign, file: ListFile, *, overwrite: bool, again: bool) -> ImportJob:
    """The job to go on with, else a new one. Raises ImportedAlready unless the file may come `again`."""
    digest = file_digest(file.path)
    jobs = ImportJob.objects.filter(campaign=campaign, source=ImportSource.COMMAND, digest=digest)
    if interrupted := jobs.filter(state=ImportState.RUNNING, overwrite=overwrite).first():
        return interrupted
    if not again and jobs.filter(state=ImportState.SUCCEEDED).exists():
        raise ImportedAlready("this file has been imported into this campaign")
    return ImportJob.objects.create(
        campaign=campaign,
        source=ImportSource.COMMAND,
        file_name=file.name[:255],
        digest=digest,
        overwrite=overwrite,
    )


def store_steps(job: ImportJob, file: ListFile) -> Iterator[int]:
    """Store what is left of the file without the rows that are wrong; after each step the rows done so far.

    Raises ImportedAlready when another process has gone on with the job, BadRows for too many errors.
    """
    errors, counted = RowErrors(), 0
    for count, table in file.tables(errors, skip=job.lines_done):
        rows = good_rows(CONTACTS, table, errors)
        with slot(queue_of(job.campaign)), transaction.atomic():
            _hold(job)
            add_rows(job, rows)
            job.lines_done += count
            bad = len(errors.lines)
            job.rows_bad, counted = job.rows_bad + bad - counted, bad
            job.save()
        yield job.lines_done
        if connection.vendor == "sqlite":
            time.sleep(BREATH_SECONDS)
    with transaction.atomic():
        _hold(job)
        if job.overwrite:
            remove_contacts(job.campaign, but=job)
        job.rows_read = job.lines_done
        finish(job)


def _hold(job: ImportJob) -> None:
    take_list(job)
    stored = ImportJob.objects.only("lines_done", "state", "rows_present").get(pk=job.pk)
    if (stored.lines_done, stored.state) != (job.lines_done, ImportState.RUNNING):
        raise ImportedAlready("another process is importing this file")
    # Less than was stored when the list has been emptied since.
    job.rows_present = stored.rows_present
