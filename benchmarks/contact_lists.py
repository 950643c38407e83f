"""Data and databases of the benchmarks of contacts."""

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time

ROWS, PHONES = 10_000, 3
HEADER = "AccountNumber,FirstName,LastName,Phone01,Phone02,Phone03"


@contextmanager
def database() -> Iterator[None]:
    """An empty SQLite file of its own; with DATABASE_URL that PostgreSQL database, emptied of contacts."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_DIR")) as data_dir:
        os.environ["DATA_DIR"] = data_dir
        os.environ["ALLOWED_HOSTS"] = "127.0.0.1"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from benchmarks.servers import PASSWORD, USER
        from timezones.loading import load_region_prefixes, load_time_zones

        call_command("migrate", verbosity=0)
        load_time_zones()
        load_region_prefixes()
        from django.contrib.auth.models import User

        if not User.objects.filter(username=USER).exists():
            User.objects.create_superuser(USER, password=PASSWORD)
        clear()
        print(f"database: {connection.vendor}", flush=True)
        yield
        clear()


def clear() -> None:
    """Nothing that an earlier run left."""
    from django.db import connection

    from campaigns.models import Campaign, Contact, ContactPhone, ImportJob

    for model in (ContactPhone, Contact):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            verb = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
            cursor.execute(f"{verb} {table}")
    ImportJob.objects.all().delete()
    Campaign.objects.filter(name__startswith="bench").delete()


def make_campaign(name: str) -> object:
    from campaigns.models import Campaign, Origin
    from timezones.models import TimeZone

    return Campaign.objects.create(
        name=name,
        origin=Origin.API,
        time_zone=TimeZone.objects.get(name="Eastern Standard Time"),
        start_date=date(2020, 1, 1),
        end_date=date(2040, 1, 1),
        start_time=time(8),
        end_time=time(21),
    )


def make_lines(rng: random.Random, rows: int = ROWS) -> list[str]:
    """Rows in no order: account numbers and phones fall anywhere into an index."""
    return [
        f"A{rng.randrange(10**9):09},First{n % 500},Last{n % 3000},"
        + ",".join(str(rng.randrange(2012000000, 9899999999)) for _ in range(PHONES))
        for n in range(rows)
    ]


def make_content(rng: random.Random, rows: int = ROWS) -> str:
    return "\n".join([HEADER, *make_lines(rng, rows)])
