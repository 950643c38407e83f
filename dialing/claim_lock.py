"""The lock between hand-outs and stops: a stop waits for the hand-outs under way and holds off new ones.

On PostgreSQL an advisory lock, which queues fairly: a stop is not starved by dialers that ask all the
time. On SQLite every writing transaction is alone, but whoever waits for it tries again now and then and
the luckiest goes first; a mark beside the database makes hand-outs stand aside for a stop.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

LOCK_ID = 0x6F75_7462_6F75_6E64
# A stop that was killed leaves its mark behind; older than this it counts no longer.
MARK_SECONDS = 10
LOOK_SECONDS = 0.02


@contextmanager
def shared_claim_lock() -> Iterator[None]:
    """A transaction that hands records out."""
    while _is_marked():
        time.sleep(LOOK_SECONDS)
    with transaction.atomic():
        _take("pg_advisory_xact_lock_shared")
        yield


@contextmanager
def exclusive_claim_lock() -> Iterator[None]:
    """A transaction after whose commit nothing more may be handed out."""
    if mark := _mark():
        mark.touch()
    try:
        with transaction.atomic():
            _take("pg_advisory_xact_lock")
            yield
    finally:
        if mark:
            mark.unlink(missing_ok=True)


def _take(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK_ID])


def _mark() -> Path | None:
    return Path(f"{connection.settings_dict['NAME']}-stop") if connection.vendor == "sqlite" else None


def _is_marked() -> bool:
    try:
        return (mark := _mark()) is not None and abs(time.time() - mark.stat().st_mtime) < MARK_SECONDS
    except FileNotFoundError:
        return False
