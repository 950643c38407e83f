"""What is wrong with a file or disk, in one line that names it and says what to do."""

import os
import sqlite3
from contextlib import closing

from django.conf import settings
from django.db import connection

from outbound_site.logs import is_disk_full


def advice(error: BaseException) -> str | None:
    """What to do about an error of the database that is no fault of the program; None for any other one."""
    words, file = str(error).lower(), settings.DATABASES["default"]["NAME"]
    if is_disk_full(error):
        return f"The disk of the database is full: make room ({error})."
    if connection.vendor != "sqlite":
        return None
    if "not a database" in words or "malformed" in words:
        return (
            f"The database {file} is damaged ({error}). Put the last backup in its place,"
            " or move it away to start with an empty one."
        )
    if "readonly" in words or "unable to open" in words or "attempt to write" in words:
        return f"The database {file} cannot be written ({error}): it must belong to the server's user."
    return None


def check_broker_file() -> str | None:
    """What is wrong with the embedded queue's file; None when it is well, or another broker is used."""
    scheme, _, path = settings.CELERY_BROKER_URL.partition("://localhost/")
    if scheme != "sqlitemq" or not os.path.exists(path):
        return None
    try:
        with closing(sqlite3.connect(path, timeout=30)) as broker:
            broker.execute("PRAGMA user_version = 0")
            broker.execute("PRAGMA quick_check(1)")
    except sqlite3.Error as error:
        return f"The queue's file {path} cannot be used ({error}). Remove it: the jobs are in the database."
    return None
