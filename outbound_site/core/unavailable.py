"""A database that cannot be used now: 503 with `Retry-After` on every interface, whatever the cause."""

import errno
import logging
import sqlite3
import time

from django.db import DatabaseError, InterfaceError, OperationalError

RETRY_AFTER_SECONDS = 1
MESSAGE = "The database is not available; try again"
SECONDS_BETWEEN_LOG_LINES = 60.0

# Locked, out of memory, not to be written, not to be read, damaged, full (https://sqlite.org/rescode.html).
SQLITE_CODES = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
# Classes of SQLSTATE: connection, rolled back, resources, not in the right state (a lock, a session),
# operator intervention, system error; and a transaction that may only read.
POSTGRESQL_CLASSES = {"08", "40", "53", "55", "57", "58"}
READ_ONLY_TRANSACTION = "25006"
FILE_SYSTEM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}

logger = logging.getLogger(__name__)
_logged_at = -SECONDS_BETWEEN_LOG_LINES


def is_unavailable(exception: BaseException | None) -> bool:
    """Whether the same request may succeed when it is sent again, unchanged."""
    if isinstance(exception, OSError):
        return exception.errno in FILE_SYSTEM
    if not isinstance(exception, DatabaseError | InterfaceError):
        return False
    cause = exception.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_CODES
    if state := getattr(cause, "sqlstate", None):
        return state[:2] in POSTGRESQL_CLASSES or state == READ_ONLY_TRANSACTION
    # No connection, none from the pool, or one that was closed.
    return isinstance(exception, OperationalError | InterfaceError)


def log_unavailable(exception: BaseException) -> None:
    """One line a minute: every request fails alike, and a full disk is not filled further."""
    global _logged_at
    if time.monotonic() - _logged_at >= SECONDS_BETWEEN_LOG_LINES:
        _logged_at = time.monotonic()
        logger.warning("Database not available: %s", exception)
