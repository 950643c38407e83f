"""What the log says of sign-ins and a full disk."""

import errno
import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

DISK_FULL = ("disk is full", "no space left on device", "could not extend file")
LINE_SECONDS = 60.0


class FullDiskFilter(logging.Filter):
    """One line a minute while a disk is full, for all processes together, instead of every traceback.

    `mark` is an empty file whose time is that of the last line: a time can be set on a full disk, too.
    """

    def __init__(self, mark: Path) -> None:
        super().__init__()
        self.mark = mark
        self.logged_at = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not is_disk_full(error, record):
            return True
        if time.monotonic() - self.logged_at < LINE_SECONDS or not self._is_ours():
            return False
        self.logged_at = time.monotonic()
        record.levelno, record.levelname = logging.ERROR, "ERROR"
        record.msg = f"The disk is full and nothing can be stored: make room in {self.mark.parent}"
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
        return True

    def _is_ours(self) -> bool:
        """Whether no other process has logged it within the minute."""
        with suppress(OSError):
            if abs(time.time() - self.mark.stat().st_mtime) < LINE_SECONDS:
                return False
        # Where there is no room even for that, each process logs its own line.
        with suppress(OSError):
            self.mark.touch()
        return True


def is_disk_full(error: BaseException | None, record: logging.LogRecord | None = None) -> bool:
    while error:
        text = str(error).lower()
        if getattr(error, "errno", None) == errno.ENOSPC or any(words in text for words in DISK_FULL):
            return True
        error = error.__cause__ or error.__context__
    return record is not None and any(words in record.getMessage().lower() for words in DISK_FULL)


def log_failed_sign_in(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """Of the admin, the API and dialers alike; names are written so that none can forge a line."""
    name = str(credentials.get("username", ""))[:150]
    address = request.META.get("REMOTE_ADDR") if request else None
    logging.getLogger("outbound_site.sign_in").warning("Sign-in failed: user %r from %s", name, address)
