"""A campaign that grows import by import: its imports, its list's pages and its download.

CONTACTS (default 1,000,000; the goal for imports is meant at 10,000,000) is the length it reaches. Its first
and last imports are made and timed; between them the database copies the first ones.
"""

import os
import random
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contact_lists import ROWS, database, make_campaign, make_content

CONTACTS = int(os.environ.get("CONTACTS", "1000000"))
LISTED = int(os.environ.get("LISTED", "1000000"))
# Imports that are made; the rest is copied from them.
BASE, COMPARED = 20, 15
GOAL_IMPORT, GOAL_PAGE, GOAL_MEMORY = 1.3, 3.0, 1.3


def main() -> None:
    with database():
        campaign = make_campaign("bench_long")
        rng = random.Random(2)
        first = [import_once(campaign, make_content(rng)) for _ in range(BASE)]
        copy_imports(campaign, LISTED // ROWS)
        measure_list(campaign)
        copy_imports(campaign, CONTACTS // ROWS - COMPARED)
        last = [import_once(campaign, make_content(rng)) for _ in range(COMPARED)]
        # The very first ones warm caches up.
        before, now = median(first[-COMPARED:]), median(last)
        print(
            f"10,000 rows at the start {before * 1000:.0f} ms, at {CONTACTS:,} contacts {now * 1000:.0f} ms"
        )
        print(f"contacts_import_at_{CONTACTS}_to_first {now / before:.2f} {GOAL_IMPORT}")


def copy_imports(campaign: Any, wanted: int) -> None:
    """Fill the campaign up to `wanted` imports with copies of the first ones, by the database alone."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    from campaigns.models import Contact, ContactPhone, ImportJob

    first = campaign.import_jobs.order_by("pk").first().pk
    while (have := campaign.import_jobs.count()) < wanted:
        last = first + min(BASE, wanted - have) - 1
        moved = {
            model: model.objects.latest("pk").pk + 1 - model.objects.earliest("pk").pk
            for model in (ImportJob, Contact, ContactPhone)
        }
        with transaction.atomic():
            for model in moved:
                copy_rows(model, moved, first, last)
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), [*moved]):
                    cursor.execute(statement)
    with connection.cursor() as cursor:
        # As the database's own upkeep would do in time.
        cursor.execute("ANALYZE")


def copy_rows(model: Any, moved: dict[Any, int], first: int, last: int) -> None:
    """Copy what belongs to these jobs, its ids and references moved."""
    from django.db import connection

    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(field.column for field in fields)
    values = ", ".join(
        f"{field.column} + {moved[field.related_model or model]}"
        if field.primary_key or field.related_model in moved
        else field.column
        for field in fields
    )
    table = model._meta.db_table
    belongs = {
        "importjob": "id BETWEEN %s AND %s",
        "contact": "job_id BETWEEN %s AND %s",
        # Their contacts' ids follow each other.
        "contactphone": "contact_id BETWEEN (SELECT min(id) FROM campaigns_contact WHERE job_id = %s)"
        " AND (SELECT max(id) FROM campaigns_contact WHERE job_id = %s)",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}"
            f" WHERE {belongs[model._meta.model_name]} ORDER BY id",
            [first, last],
        )


def import_once(campaign: Any, content: str) -> float:
    from campaigns.contact_import import import_content

    start = time.perf_counter()
    import_content(campaign, content, user=None)
    return time.perf_counter() - start


def measure_list(campaign: Any) -> None:
    from benchmarks.servers import Client, gunicorn
    from campaigns.models import Contact

    total = Contact.objects.filter(campaign=campaign).count()
    path = f"/unifiedconfig/config/campaign/{campaign.pk}/import"
    with gunicorn("outbound_site.settings") as port:
        client = Client(port)
        client.request("GET", path)
        pages = {"first": 0, "middle": total // 2, "last": total - 25}
        took = {name: page_seconds(client, f"{path}?startIndex={start}") for name, start in pages.items()}
        shown = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in took.items())
        print(f"pages of a list of {total:,}: {shown}", flush=True)
        print(f"contacts_last_page_to_first {took['last'] / took['first']:.2f} {GOAL_PAGE}")
    short = make_campaign("bench_short")
    import_once(short, make_content(random.Random(3)))
    peaks = [download_peak(pk) for pk in (short.pk, campaign.pk)]  # type: ignore[attr-defined]
    print(
        f"CSV of {ROWS:,} contacts: server at {peaks[0]:.0f} MB; of {total:,}: {peaks[1]:.0f} MB", flush=True
    )
    print(f"contacts_csv_memory {peaks[1] / peaks[0]:.2f} {GOAL_MEMORY}")


def page_seconds(client: Any, path: str) -> float:
    found = []
    for _ in range(5):
        start = time.perf_counter()
        client.request("GET", path)
        found.append(time.perf_counter() - start)
    return median(found)


def download_peak(campaign_id: int) -> float:
    """Peak memory, in MB, of a web process while it serves this one download."""
    from benchmarks.servers import Client, gunicorn

    with gunicorn("outbound_site.settings") as port:
        client = Client(port)
        path = f"/unifiedconfig/config/campaign/{campaign_id}/import/csv"
        client.connection.request("GET", path, headers=client.headers)
        response = client.connection.getresponse()
        peak = 0.0
        while response.read(1 << 20):
            peak = max(peak, worker_memory())
        return peak


def worker_memory() -> float:
    """Of the one web process that runs, the child of this process's child; without pages of mapped files."""
    (master,) = children(os.getpid())
    (worker,) = children(master)
    status = Path(f"/proc/{worker}/status").read_text()
    anonymous = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(anonymous.split()[1]) / 1024


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
