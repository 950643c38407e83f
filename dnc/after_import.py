"""What becomes of a file after its import: renamed or deleted, so that it is not imported again."""

import errno
import os
from pathlib import Path

from dnc.file_paths import Fingerprint, PathRefused, directory_of
from dnc.models import FileImport

Afterwards = FileImport.Afterwards
Outcome = FileImport.FileOutcome


def rename_or_delete(batch: FileImport) -> tuple[str, str]:
    """Rename or delete the file of an ended import; outcome and, for LEFT, the reason. Repeatable."""
    if batch.afterwards == Afterwards.KEEP:
        return Outcome.KEPT, ""
    path, renaming = Path(batch.path), batch.afterwards == Afterwards.RENAME
    try:
        with directory_of(path, confined=batch.origin == FileImport.Origin.RULE) as directory:
            return (_rename if renaming else _delete)(batch, path.name, directory), ""
    except (OSError, PathRefused) as error:
        verb = "renamed" if renaming else "deleted"
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Outcome.LEFT, f"The file could not be {verb}: {reason}"


def _rename(batch: FileImport, name: str, directory: int) -> FileImport.FileOutcome:
    imported, renamed = batch.fingerprint, _fingerprint(batch.new_name, directory)
    if renamed == imported:
        return Outcome.RENAMED
    if _fingerprint(name, directory) != imported:
        return Outcome.REPLACED
    if renamed:
        raise FileExistsError(errno.EEXIST, f"{batch.new_name} exists")
    os.rename(name, batch.new_name, src_dir_fd=directory, dst_dir_fd=directory)
    return Outcome.RENAMED


def _delete(batch: FileImport, name: str, directory: int) -> FileImport.FileOutcome:
    now = _fingerprint(name, directory)
    if now and now != batch.fingerprint:
        return Outcome.REPLACED
    if now:
        os.unlink(name, dir_fd=directory)
    return Outcome.DELETED


def _fingerprint(name: str, directory: int) -> Fingerprint | None:
    try:
        return Fingerprint.of(os.stat(name, dir_fd=directory, follow_symlinks=False))
    except FileNotFoundError:
        return None
