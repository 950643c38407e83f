"""Contacts as CSV, in the columns of an import."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from campaigns.contact_columns import COLUMNS, PHONES
from campaigns.models import Contact, ContactPhone, ImportJob, ZoneSource
from outbound_site.bulk.file_import import defused

# Contacts fetched at once: what a download holds in memory, however long the list is.
CHUNK = 2_000


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Quoted where a value needs it."""
    written: list[str] = []
    writer = csv.writer(_Lines(written))
    for row in rows:
        writer.writerow(row)
        yield written.pop()


class _Lines:
    def __init__(self, written: list[str]) -> None:
        self.write = written.append


def download(contacts: QuerySet[Contact]) -> Iterator[str]:
    """CSV of the contacts in import order, a piece for every CHUNK of them; values are given as they are."""
    yield "".join(csv_lines([COLUMNS]))
    for chunk in in_chunks(contacts):
        yield "".join(csv_lines(map(row_of, chunk)))


def in_chunks(contacts: QuerySet[Contact]) -> Iterator[list[Contact]]:
    """All contacts in import order, with their phones."""
    phones = Prefetch("phones", ContactPhone.objects.select_related("zone_set").order_by("position"))
    ordered = contacts.order_by("pk").prefetch_related(phones)
    last = 0
    while chunk := list(ordered.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def row_of(contact: Contact) -> list[Any]:
    """The fields of COLUMNS; the zone only where the contact's own row gave it, so that it imports alike."""
    phones = {phone.position: phone for phone in contact.phones.all()}
    first = next(iter(phones.values()), None)
    zone = first.zone_set.zones[0] if first and first.zone_source == ZoneSource.ROW else None
    return [
        contact.account_number,
        contact.first_name,
        contact.last_name,
        *(phones[position].number if position in phones else "" for position in PHONES),
        zone.bias if zone else "",
        str(zone.dst_observed).lower() if zone else "",
    ]


def job_download(job: ImportJob) -> Iterator[str]:
    """CSV of the contacts of an import for a spreadsheet, with what became of them."""
    yield "\ufeff" + "".join(csv_lines([[*COLUMNS, "CallStatus", "CallResult", "CallsMade"]]))
    for chunk in in_chunks(job.contacts.all()):
        yield "".join(csv_lines([*map(defused, row_of(contact)), *outcome(contact)] for contact in chunk))


def outcome(contact: Contact) -> list[Any]:
    return [contact.get_status_display(), contact.call_result, contact.calls_made]
