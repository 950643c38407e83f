"""10,000 contacts with 3 phones each over HTTP, against the bare write of the same rows and against the ORM.

The bare write is one transaction with `executemany` on SQLite and `COPY` on PostgreSQL, of rows that lie
ready with ids and zones. The ORM stores one row after the other, each after a look-up of its account number.
"""

import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.contact_lists import ROWS, database, make_campaign, make_content

ROUNDS = 9
ORM_ROWS = 500
GOAL_BARE, GOAL_ORM = 2.5, 10.0


def main() -> None:
    with database():
        measure()


def measure() -> None:
    from benchmarks.servers import Client, gunicorn
    from campaigns.models import Contact, ContactPhone

    rng = random.Random(1)
    bodies = [
        f"<import><fileContent><![CDATA[{make_content(rng)}]]></fileContent></import>" for _ in range(ROUNDS)
    ]
    campaign, bare_campaign = make_campaign("bench_import"), make_campaign("bench_bare")
    with gunicorn("outbound_site.settings") as port:
        client = Client(port)
        path = f"/unifiedconfig/config/campaign/{campaign.pk}/import"  # type: ignore[attr-defined]
        ours, bare = [], []
        for body in bodies:
            ours.append(seconds(client.request, "POST", path, body))
            contacts, phones = prepared_rows(bare_campaign)
            bare.append(seconds(write_bare, [(Contact, contacts), (ContactPhone, phones)]))
    # The first request of a process signs the user in and imports modules.
    ours, bare = ours[1:], bare[1:]
    orm = seconds(store_by_orm, make_campaign("bench_orm"), ORM_ROWS) / ORM_ROWS * ROWS
    print(
        f"10,000 contacts, 30,000 phones: over HTTP {median(ours) * 1000:.0f} ms, bare write "
        f"{median(bare) * 1000:.0f} ms, ORM row by row {orm * 1000:,.0f} ms"
    )
    print(f"contacts_import_to_bare_write {median(ours) / median(bare):.2f} {GOAL_BARE}")
    print(f"contacts_orm_to_import {orm / median(ours):.1f} {GOAL_ORM}")


def seconds(function: Callable[..., Any], *arguments: Any) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def prepared_rows(campaign: Any) -> tuple[list[list[Any]], list[list[Any]]]:
    """The rows that the import of this round has just stored, for another campaign and with other ids."""
    from campaigns.models import Contact, ContactPhone, ImportJob

    imported = ImportJob.objects.exclude(campaign=campaign).latest("pk")
    job = ImportJob.objects.create(campaign=campaign, source="api")
    first = Contact.objects.filter(job=imported).order_by("pk").first()
    shift, phone_shift = free_id(Contact), free_id(ContactPhone)
    contacts = [
        changed(Contact, row, campaign_id=campaign.pk, job_id=job.pk, id=row["id"] - first.pk + shift)
        for row in Contact.objects.filter(job=imported).order_by("pk").values()
    ]
    phones = [
        changed(
            ContactPhone,
            row,
            contact_id=row["contact_id"] - first.pk + shift,
            id=phone_shift + at,
        )
        for at, row in enumerate(ContactPhone.objects.filter(contact__job=imported).order_by("pk").values())
    ]
    return contacts, phones


def free_id(model: Any) -> int:
    """Far from what PostgreSQL's sequence gives."""
    return max(100_000_000, model.objects.latest("pk").pk + 1)


def changed(model: Any, row: dict[str, Any], **changes: Any) -> list[Any]:
    from django.db import connection

    prepare = (
        connection.ops.adapt_datetimefield_value if connection.vendor == "sqlite" else lambda value: value
    )
    row |= changes
    values = (row[field.attname] for field in stored_fields(model))
    return [prepare(value) if hasattr(value, "tzinfo") else value for value in values]


def stored_fields(model: Any) -> list[Any]:
    """Without those that the database makes."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def write_bare(tables: list[tuple[Any, list[list[Any]]]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in tables:
            columns = ", ".join(field.column for field in stored_fields(model))
            target = f"{model._meta.db_table} ({columns})"
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)


def store_by_orm(campaign: Any, count: int) -> None:
    from django.db import transaction

    from campaigns.models import Contact, ContactPhone, ImportJob
    from timezones.models import ZoneSet

    job = ImportJob.objects.create(campaign=campaign, source="api")
    zone = ZoneSet.objects.first()
    with transaction.atomic():
        for n in range(count):
            account = f"orm{n}"
            if Contact.objects.filter(campaign=campaign, account_key=account).exists():
                continue
            contact = Contact.objects.create(
                campaign=campaign, job=job, account_number=account, account_key=account, zone_set=zone
            )
            for position in range(1, 4):
                ContactPhone.objects.create(
                    contact=contact,
                    position=position,
                    number="2125550100",
                    zone_set=zone,
                    zone_source="C",
                )


if __name__ == "__main__":
    main()
