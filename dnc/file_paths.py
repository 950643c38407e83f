"""Where Do Not Call files may lie: inside the configured roots, under a Windows name or ours.

A path is checked twice: by its text and links when a rule is made, and again on the opened directory itself
when the file is read, renamed or deleted, so that a link that is moved in between leads nowhere.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from django.conf import settings


class PathRefused(Exception):
    """The path is not one that files may be read from; the message says why."""


class NotMapped(PathRefused):
    """A Windows path of which this server knows no directory yet."""


@dataclass(frozen=True)
class Fingerprint:
    """What distinguishes a changed file from an unchanged one: size in bytes, time of change in ns."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Fingerprint":
        return cls(status.st_size, status.st_mtime_ns)


def server_path(written: str) -> Path:
    r"""The path on this server of `\\SERVER\C$\dnc\list.txt` (through DNC_SHARES) or of a plain path.

    Raises NotMapped for a share that is not mapped, PathRefused for a path outside DNC_ROOTS.
    """
    if ".." in PureWindowsPath(written).parts or "\0" in written:
        raise PathRefused("The path must not contain '..'.")
    path = _mapped(written) if _is_windows(written) else Path(written)
    if not path.is_absolute():
        raise PathRefused("Write the whole path of the file.")
    _inside_roots(path)
    return path


def _is_windows(written: str) -> bool:
    return written.startswith("\\\\") or written[1:3] == ":\\"


def _mapped(written: str) -> Path:
    wanted = [part for part in written.split("\\") if part]
    for share, directory in settings.DNC_SHARES.items():
        parts = [part for part in share.split("\\") if part]
        if [part.lower() for part in wanted[: len(parts)]] == [part.lower() for part in parts]:
            return Path(directory, *wanted[len(parts) :])
    raise NotMapped("No entry of DNC_SHARES maps this Windows path to a directory of this server.")


def _inside_roots(path: Path) -> None:
    real = Path(os.path.realpath(path.parent))
    if not any(real.is_relative_to(os.path.realpath(root)) for root in settings.DNC_ROOTS):
        raise PathRefused("The path is outside the directories that DNC_ROOTS allows.")


@contextmanager
def directory_of(path: Path, confined: bool) -> Iterator[int]:
    """An open descriptor of the file's directory; raises OSError, PathRefused when a link led outside."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if confined:
            _inside_roots(Path(os.readlink(f"/proc/self/fd/{descriptor}")) / path.name)
        yield descriptor
    finally:
        os.close(descriptor)


def open_file(path: Path, confined: bool) -> int:
    """A descriptor of the file, opened for reading; raises PathRefused when it is no plain file, OSError."""
    with directory_of(path, confined) as directory:
        # O_NONBLOCK: opening a named pipe must not wait for its writer.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (os.O_NOFOLLOW if confined else 0)
        descriptor = os.open(path.name, flags, dir_fd=directory)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PathRefused("This is not a plain file.")
    return descriptor


def fingerprint(path: Path) -> Fingerprint | None:
    """A rule's file as it is now, None when there is none; raises PathRefused, OSError."""
    try:
        descriptor = open_file(path, confined=True)
    except FileNotFoundError:
        return None
    try:
        return Fingerprint.of(os.fstat(descriptor))
    finally:
        os.close(descriptor)
