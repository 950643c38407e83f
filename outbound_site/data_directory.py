"""The data directory belongs to the server's user alone: password hashes and customers' numbers lie in it.

What others must reach lies outside: Do Not Call files in DNC_ROOTS, static files for a proxy in STATIC_DIR.
"""

import os
import stat
from pathlib import Path

# Every process of the server imports the settings, which set it.
UMASK = 0o077
DIRECTORY_MODE, FILE_MODE = 0o700, 0o600


class Unusable(Exception):
    """The message names the directory and what to do."""


def open_data_directory(path: Path) -> None:
    """Make it, or close it to others, with all that lies in it, if it was open. Raises Unusable."""
    os.umask(UMASK)
    try:
        path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        mode = path.stat().st_mode
        if mode & stat.S_ISVTX or path in Path(__file__).resolve().parents:
            raise Unusable(f"{path} is used by others too; give the server a directory of its own")
        if stat.S_IMODE(mode) & UMASK:
            close_to_others(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be used ({error.strerror}); it must belong to {_user()}") from None
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise Unusable(
            f"{path} cannot be written; it must belong to {_user()}, on a disk that is not read-only"
        )


def close_to_others(path: Path) -> None:
    """0700 and 0600 for all that lies in the directory, but for links and what belongs to another user."""
    for directory, _, files in os.walk(path):
        _close(directory, DIRECTORY_MODE)
        for name in files:
            _close(os.path.join(directory, name), FILE_MODE)


def _close(path: str, mode: int) -> None:
    try:
        status = os.lstat(path)
        is_ours = os.geteuid() in (0, status.st_uid) and not stat.S_ISLNK(status.st_mode)
        if is_ours and stat.S_IMODE(status.st_mode) & UMASK:
            os.chmod(path, mode)
    except FileNotFoundError:
        # Another process has removed it meanwhile.
        pass


def _user() -> str:
    return f"the user who starts the server (uid {os.geteuid()})"
