"""A Do Not Call file from disk into the list: one at a time, and taken up again where a worker was lost.

An attempt begins from nothing: it discards what an earlier one wrote, reads the file, writes number
blocks that are not active yet, and makes them active with one small transaction. Only then is the file
renamed or deleted. A later attempt finds `in_force_at` set and goes on with the file.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from dnc import do_not_call_list
from dnc.after_import import rename_or_delete
from dnc.file_contents import Contents
from dnc.file_paths import Fingerprint, PathRefused, open_file
from dnc.file_text import HashedFile, Unreadable
from dnc.models import FileImport
from dnc.number_storage import clean_up, discard, unfinished_cleanups, write_blocks, write_unblocked_numbers
from dnc.sorted_chunks import SortedChunks
from outbound_site.core.jobs import JobState, LeaseLost

RENEW_SECONDS = 1.0
# How long a file may be read while others wait; each further attempt has twice as long.
READING_SECONDS = 60.0
CLEANUP_TIME = timedelta(minutes=5)
log = logging.getLogger(__name__)


class ImportFailed(Exception):
    """The file cannot be imported as it is; the message says why."""


class Deferred(Exception):
    """Reading the file takes long and others wait: they go first."""


# Imports that threads of this process are at work on, perhaps without a lease, waiting for a disk.
_at_work: set[int] = set()


def run_waiting() -> None:
    """Run imports, the oldest first, until none waits or another worker has one; then clean up."""
    while batch := claim_next():
        run(batch)
    clean_up()


def is_work_left() -> bool:
    """Whether imports wait, or the last one ended long ago and its worker has not cleaned up."""
    recent = FileImport.objects.filter(finished_at__gt=timezone.now() - CLEANUP_TIME)
    return FileImport.objects.waiting().exists() or (unfinished_cleanups().exists() and not recent.exists())


def claim_next() -> FileImport | None:
    """Take the import that a lost worker left, else the oldest queued; None while another is running.

    One whose reading hangs in this process, or took too long before, comes after all others.
    """
    with transaction.atomic():
        do_not_call_list.hold_list()
        overdue = FileImport.objects.waiting().filter(state=JobState.RUNNING)
        overdue.filter(pk__in=list(_at_work)).update(
            state=JobState.QUEUED, token=None, lease_until=None, deferred_at=timezone.now()
        )
        running = FileImport.objects.filter(state=JobState.RUNNING).first()
        queued = FileImport.objects.waiting().exclude(pk__in=list(_at_work))
        candidate = running or queued.order_by(F("deferred_at").asc(nulls_first=True), "pk").first()
        return claim(candidate.pk) if candidate else None


def claim(pk: int) -> FileImport | None:
    """Take one import; None when another one is running."""
    try:
        with transaction.atomic():
            return FileImport.objects.claim(pk)
    except IntegrityError:
        return None


def run(batch: FileImport) -> None:
    """Run a claimed import to its end; never raises for what is wrong with the file."""
    _at_work.add(batch.pk)
    try:
        _run_to_the_end(batch)
    except Deferred:
        batch.defer()
    except LeaseLost:
        log.warning("Do Not Call import %s was taken over by another worker", batch.pk)
    finally:
        _at_work.discard(batch.pk)


def _run_to_the_end(batch: FileImport) -> None:
    try:
        if batch.in_force_at is None:
            _load(batch)
    except (ImportFailed, Unreadable, PathRefused) as error:
        _fail(batch, str(error))
    except FileNotFoundError:
        _fail(batch, "The file is not there any more.")
    except OSError as error:
        _fail(batch, f"The file could not be imported: {error.strerror}.")
    except (Deferred, LeaseLost, OperationalError, InterfaceError):
        # The database is away or another worker has the job: it is taken up again when the lease ends.
        raise
    except Exception:
        log.exception("Do Not Call import %s failed", batch.pk)
        _fail(batch, "An error in the server; its log says more.")
    else:
        outcome, problem = rename_or_delete(batch)
        batch.finish(JobState.SUCCEEDED, phase="", file_outcome=outcome, file_problem=problem)


def _fail(batch: FileImport, message: str) -> None:
    if batch.origin == FileImport.Origin.UPLOAD:
        Path(batch.path).unlink(missing_ok=True)
    batch.finish(JobState.FAILED, phase="", message=message[:300])


def _load(batch: FileImport) -> None:
    descriptor = open_file(Path(batch.path), confined=batch.origin == FileImport.Origin.RULE)
    with os.fdopen(descriptor, "rb", buffering=0) as file, _work_directory(batch) as directory:
        found = Fingerprint.of(os.fstat(descriptor))
        if batch.origin == FileImport.Origin.RULE and found != batch.fingerprint:
            raise ImportFailed("The file changed before it was read. It is imported when it has stood still.")
        batch.renew(size=found.size, mtime_ns=found.mtime_ns, started_at=timezone.now(), message="")
        discard(batch)
        keys = SortedChunks(directory)
        contents, sha256, added = _read(batch, file, keys)
        if Fingerprint.of(os.fstat(descriptor)) != found:
            raise ImportFailed("The file changed while it was read.")
        batch.renew(sha256=sha256, **_counts(contents), new_name=_new_name(batch))
        if _is_imported_already(batch):
            batch.renew(message="The file's content is in the list already; it was not imported again.")
            return
        if FileImport.objects.filter(pk__gt=batch.pk, overwrite=True).exclude(in_force_at=None).exists():
            batch.renew(
                message="A file asked for later has replaced the list already; this one was left out."
            )
            return
        added += write_blocks(batch, keys.in_order(), _progress(batch, contents.numbers))
        switch = do_not_call_list.replace if batch.overwrite else do_not_call_list.append
        switch(batch, in_force_at=timezone.now(), added=added, already_there=contents.numbers - added)


def _read(batch: FileImport, opened: IO[bytes], keys: SortedChunks) -> tuple[Contents, str, int]:
    """The contents, the SHA-256, and how many unblocked numbers are new."""
    batch.renew(phase="reading", done=0, total=batch.size)
    added = 0
    begun = renewed = time.monotonic()

    def store_unblocked(numbers: list[str]) -> None:
        nonlocal added
        for start in range(0, len(numbers), 1_000):
            added += write_unblocked_numbers(batch, numbers[start : start + 1_000], batch.renew)

    def progress() -> None:
        nonlocal renewed
        if time.monotonic() - renewed > RENEW_SECONDS:
            batch.renew(done=file.done_bytes, **_counts(contents))
            _demand_time(batch, time.monotonic() - begun)
            renewed = time.monotonic()

    with reject_file(batch.pk).open("w") as rejects:
        contents = Contents(keys, rejects)
        file = HashedFile(opened, progress)
        try:
            contents.read(file, store_unblocked, progress)
        finally:
            batch.renew(done=file.done_bytes, **_counts(contents))
        return contents, file.hexdigest(), added


def _demand_time(batch: FileImport, seconds: float) -> None:
    """Raises Unreadable when reading takes too long, Deferred when it does so while others wait."""
    if seconds > 60 * settings.DNC_READ_MINUTES:
        raise Unreadable(f"Reading took longer than {settings.DNC_READ_MINUTES} minutes (DNC_READ_MINUTES).")
    is_in_the_way = seconds > READING_SECONDS * 2 ** min(batch.attempts - 1, 20)
    # A command runs its import itself.
    if is_in_the_way and batch.origin != FileImport.Origin.COMMAND and FileImport.objects.waiting().exists():
        raise Deferred


def _counts(contents: Contents) -> dict[str, object]:
    return {
        "lines": contents.lines,
        "layout": contents.layout,
        "rejected": contents.rejected.total(),
        "rejected_by_reason": dict(contents.rejected),
    }


def _progress(batch: FileImport, numbers: int) -> Callable[[int], None]:
    batch.renew(phase="writing", done=0, total=numbers)
    return lambda written: batch.renew(done=written)


def _new_name(batch: FileImport) -> str:
    """`docs/behaviour.md` 7.2: the original name, a period, the UTC time."""
    return f"{batch.file_name}.{timezone.now():%Y%m%dT%H%M%S.%fZ}"


def _is_imported_already(batch: FileImport) -> bool:
    """Whether the rule's last import had this content and could not rename or delete its file."""
    ended = FileImport.objects.filter(rule=batch.rule_id, state=JobState.SUCCEEDED)
    last = ended.first() if batch.rule_id else None
    return bool(last and last.file_outcome == FileImport.FileOutcome.LEFT and last.sha256 == batch.sha256)


@contextmanager
def _work_directory(batch: FileImport) -> Iterator[Path]:
    """A directory for sorted chunks. Imports run one at a time: what else is there, a lost worker left."""
    # The name of 0.1.0, so that what its workers left is deleted too.
    work = settings.DNC_WORK_DIR / "runs"
    shutil.rmtree(work, ignore_errors=True)
    directory = work / str(batch.token)
    directory.mkdir(parents=True)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def reject_file(pk: int) -> Path:
    """The bad lines of an import: line number, reason and text, tab-separated."""
    directory = settings.DNC_WORK_DIR / "rejects"
    directory.mkdir(parents=True, exist_ok=True)
    return Path(directory / f"{pk}.txt")
