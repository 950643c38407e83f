"""What becomes of a file after its import: renamed or deleted, so that it is not imported again."""

import errno
import os
from pathlib import Path

from dnc.file_paths import Fingerprint, PathRefused, directory_of
from dnc.models import FileImport

Afterwards = FileImport.Afterwards
Outcome = FileImport.FileOutcome


def put_away(batch: FileImport) -> tuple[str, str]:
    """Rename or delete the file of an ended import; outcome and, for LEFT, the reason. Repeatable."""
    if batch.afterwards == Afterwards.KEEP:
        return Outcome.KEPT, ""
    path = Path(batch.path)
    try:
        with directory_of(path, confined=batch.origin == FileImport.Origin.RULE) as directory:
            return _put_away(batch, path.name, directory), ""
    except (OSError, PathRefused) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Outcome.LEFT, f"The file could not be {_verb(batch)}: {reason}"


def _verb(batch: FileImport) -> str:
    return "renamed" if batch.afterwards == Afterwards.RENAME else "deleted"


def _put_away(batch: FileImport, name: str, directory: int) -> FileImport.FileOutcome:
    renaming = batch.afterwards == Afterwards.RENAME
    done = Outcome.RENAMED if renaming else Outcome.DELETED
    now = _fingerprint(name, directory)
    imported = Fingerprint(batch.size or 0, batch.mtime_ns or 0)
    if renaming and _fingerprint(batch.new_name, directory) == imported:
        return done
    if now is None:
        return Outcome.REPLACED if renaming else done
    if now != imported:
        return Outcome.REPLACED
    if renaming:
        if _fingerprint(batch.new_name, directory):
            raise FileExistsError(errno.EEXIST, f"{batch.new_name} exists")
        os.rename(name, batch.new_name, src_dir_fd=directory, dst_dir_fd=directory)
    else:
        os.unlink(name, dir_fd=directory)
    return done


def _fingerprint(name: str, directory: int) -> Fingerprint | None:
    try:
        return Fingerprint.of(os.stat(name, dir_fd=directory, follow_symlinks=False))
    except FileNotFoundError:
        return None
