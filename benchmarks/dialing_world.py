"""Lists, servers and dialers for the benchmarks of dialing."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from benchmarks.dnc_data import environment, manage, scratch_database
from benchmarks.servers import PASSWORD, USER, free_port, wait_for
from dialer.client import Interface

# Standard biases; every zone is inside the window of these campaigns, which dial all day.
ZONES = ["300", "360", "420", "480"]
WEB_PROCESSES, WEB_THREADS = 2, 40


def number_given(default: int) -> int:
    """The first number on the command line."""
    return next((int(option) for option in sys.argv[1:] if option.isdigit()), default)


def on_each_database(measure: Callable[[bool], None]) -> None:
    """Call it with True for PostgreSQL and with False for SQLite, each in a process of its own."""
    for postgresql in (True, False):
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(postgresql,))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)


@contextmanager
def world(*, postgresql: bool) -> Iterator[dict[str, str]]:
    """A migrated, seeded database of its own; Django is set up on it, and the environment is yielded."""
    with tempfile.TemporaryDirectory() as name, scratch_database("dialing_benchmark") as url:
        settings = environment(Path(name), (url or "") if postgresql else "")
        (Path(name) / "static").mkdir()
        for command in ("migrate", "seed"):
            manage(settings, command)
        os.environ.update(settings)
        django.setup()
        from django.contrib.auth.models import User
        from django.db import connection

        User.objects.create_superuser(USER, password=PASSWORD)
        try:
            yield settings
        finally:
            connection.close()
            getattr(connection, "close_pool", lambda: None)()


def fill(contacts: int) -> Any:
    """An enabled campaign with so many contacts of one phone, a third of them not due."""
    from django.db import connection

    from campaigns.models import Campaign, Contact, ContactPhone, ImportJob
    from timezones.models import TimeZone, ZoneSet

    zones = [ZoneSet.objects.get_or_create(members=zone, campaign=None)[0].pk for zone in ZONES]
    campaign = Campaign(
        name=f"bench{Campaign.objects.count():05}",
        enabled=True,
        origin="api",
        dialing_mode="PROGRESSIVEONLY",
        time_zone=TimeZone.objects.get(name="UTC"),
        start_date="2020-01-01",
        end_date="2040-12-31",
        start_time="00:00",
        end_time="00:00",
    )
    campaign.save()
    job = ImportJob.objects.create(campaign=campaign, source="upload", state="succeeded")
    first = (Contact.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    zone = f"CASE i % 4 {' '.join(f'WHEN {n} THEN {pk}' for n, pk in enumerate(zones))} END"
    number = f"CAST(2000000000 + {first} + i AS TEXT)"
    status = "CASE i % 6 WHEN 0 THEN 'R' WHEN 3 THEN 'C' ELSE 'P' END"
    later = "CASE i % 6 WHEN 0 THEN '2039-01-01 00:00:00' END"
    if connection.vendor == "postgresql":
        later = f"({later})::timestamptz"
    with connection.cursor() as cursor:
        contact = Contact(campaign=campaign, job=job, pk=0)
        columns = {"id": f"{first} + i", "status": status, "callback_at": later, "zone_set_id": zone}
        write_rows(cursor, contact, contacts, columns)
        phone = ContactPhone(position=1, zone_source="C", pk=0)
        columns = {"id": f"{first} + i", "contact_id": f"{first} + i", "number": number, "zone_set_id": zone}
        write_rows(cursor, phone, contacts, columns)
    return campaign


def analyze() -> None:
    """What autovacuum does soon after imports."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write_rows(cursor: Any, row: Any, count: int, expressions: dict[str, str]) -> None:
    """`count` rows like this one, with SQL expressions of `i` (0, 1, ...) for some columns."""
    from django.db import connection

    columns = {field.column: field for field in row._meta.concrete_fields if not field.generated}
    constant = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for name, field in columns.items()
        if name not in expressions
    ]
    places = ", ".join(expressions.get(name, "%s") for name in columns)
    quoted = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})"
        f" INSERT INTO {row._meta.db_table} ({quoted}) SELECT {places.replace('i %', 'i %%')} FROM n",
        constant,
    )


@contextmanager
def running(settings: dict[str, str], *command: str, **environment: str) -> Iterator[None]:
    """A module of Python as a program beside this one."""
    program = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=settings | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        program.terminate()
        program.wait()


@contextmanager
def web_server(settings: dict[str, str]) -> Iterator[str]:
    """The URL of a web server as in production, on one machine."""
    port = free_port()
    where = ("--config", "python:outbound_site.web_server", "-b", f"127.0.0.1:{port}")
    size = {"WEB_WORKERS": str(WEB_PROCESSES), "WEB_THREADS": str(WEB_THREADS), "DATABASE_POOL_SIZE": "16"}
    with running(settings, "gunicorn", "outbound_site.wsgi", *where, **size):
        wait_for(port)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def worker(settings: dict[str, str]) -> Iterator[None]:
    options = ("-P", "threads", "-c", "2", "-Q", "urgent", "--without-gossip", "--without-mingle")
    with running(settings, "celery", "--quiet", "-A", "outbound_site", "worker", *options):
        time.sleep(5)
        yield


def dialers(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run the work in a process for each tuple of arguments, at once; what each returns."""
    with multiprocessing.get_context("spawn").Pool(len(arguments)) as pool:
        return pool.starmap(work, arguments)


def interface(url: str, name: str) -> Interface:
    """Signed in: the first request of a process verifies the password."""
    found = Interface(url, USER, PASSWORD, name)
    for _ in range(3 * WEB_PROCESSES):
        found.heartbeat()
    return found


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
