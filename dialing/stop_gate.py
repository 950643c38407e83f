"""The gate between hand-outs and stops: a stop waits for the hand-outs under way and holds off new ones.

On PostgreSQL an advisory lock, which queues fairly: a stop is not starved by dialers that ask all the
time. On SQLite every writing transaction is alone anyway.
"""

from django.db import connection

GATE = 0x6F75_7462_6F75_6E64


def pass_gate() -> None:
    """Inside a transaction that hands records out."""
    _take("pg_advisory_xact_lock_shared")


def shut_gate() -> None:
    """Inside a transaction after whose commit nothing more may be handed out."""
    _take("pg_advisory_xact_lock")


def _take(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [GATE])
