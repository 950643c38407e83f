"""Contacts as CSV, in the columns of an import."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, Min

from campaigns.contact_import import COLUMNS
from campaigns.models import CallStatus, Campaign, Contact, ContactPhone, ImportJob, ZoneSource
from campaigns.models.contact import MAX_PHONES, SEARCH_SEPARATOR
from outbound_site.core.spreadsheets import csv_lines, defused
from timezones.models import ZoneSet

# Contacts fetched at once: what a download holds in memory, however long the list is.
CHUNK = 2_000
LINE_END = "\r\n"
# Of the columns, those that hold text; the fields that they come from.
TEXT_FIELDS = "account_number", "first_name", "last_name"
TEXTS = len(TEXT_FIELDS)
# What str.strip removes.
BLANKS = "".join(char for char in map(chr, range(1, 0x10000)) if char.isspace() and char != SEARCH_SEPARATOR)
# Named in a header of the answer.
MOST_NAMED = 50
NO_PHONES = [""] * (MAX_PHONES + 2)


@dataclass(frozen=True)
class Line:
    """A contact as a download writes it."""

    fields: list[Any]
    status: str
    call_result: int
    calls_made: int


def download(campaign: Campaign, delimiter: str) -> Iterator[str]:
    """Its contacts in import order as an import takes them, a piece for every CHUNK of them. Nothing is
    quoted, since an import knows no quotes; values that it cannot read back (`left_out`) are empty.
    """
    yield delimiter.join(COLUMNS) + LINE_END
    for chunk in in_chunks(campaign=campaign.pk):
        for line in chunk:
            line.fields[:TEXTS] = [carried(text, delimiter) for text in line.fields[:TEXTS]]
        yield "".join(delimiter.join(map(str, line.fields)) + LINE_END for line in chunk)


def carried(text: str, delimiter: str) -> str:
    """The text, empty if an import would read another one: it splits at delimiters and line ends, and removes
    blanks around a value.
    """
    is_read_back = text == text.strip() and not {delimiter, "\n", "\r"} & set(text)
    return text if is_read_back else ""


def left_out(campaign: Campaign, delimiter: str) -> tuple[int, list[str]]:
    """How many contacts have values that a download cannot carry, and of the first ones which these are, as
    `17 LastName`.
    """
    # The separator of search_text counts as a blank, but stands between values, not around them.
    ends = f"(^|{SEARCH_SEPARATOR})[{BLANKS}]|[{BLANKS}]({SEARCH_SEPARATOR}|$)"
    within = re.escape(delimiter)
    found = Contact.objects.filter(campaign=campaign, search_text__regex=f"{ends}|[\n\r]|{within}")
    names = COLUMNS[:TEXTS]
    first = []
    for pk, *texts in found.order_by("pk").values_list("pk", *TEXT_FIELDS)[:MOST_NAMED]:
        lost = [name for name, text in zip(names, texts, strict=True) if text != carried(text, delimiter)]
        first.append(" ".join([str(pk), *lost]))
    return (found.count() if len(first) == MOST_NAMED else len(first)), first


def in_chunks(**owner: int) -> Iterator[list[Line]]:
    """All contacts of a campaign, or of a campaign's job, in import order, as plain rows."""
    names = "pk", *TEXT_FIELDS, "status", "call_result", "calls_made"
    ends = Contact.objects.filter(**owner).aggregate(first=Min("pk"), last=Max("pk"))
    # Added to 0 the columns have no index: by one of those every chunk would begin with a sort of the list.
    expressions = {f"{name}_of": F(f"{name}_id") + 0 for name in owner}
    mine = Contact.objects.alias(**expressions).filter(**{f"{name}_of": pk for name, pk in owner.items()})
    ordered = mine.order_by("pk").values_list(*names)
    zones: dict[int, list[Any]] = {}
    last = (ends["first"] or 0) - 1
    while chunk := list(ordered.filter(pk__gt=last, pk__lte=ends["last"] or 0)[:CHUNK]):
        phones = phones_of([row[0] for row in chunk], zones)
        yield [Line([*row[1:4], *phones[row[0]]], *row[4:]) for row in chunk]
        last = chunk[-1][0]


def phones_of(ids: list[int], zones: dict[int, list[Any]]) -> dict[int, list[Any]]:
    """For each contact the fields from Phone01 on; `zones` remembers those of zone sets.

    The zone is given only where the contact's own row gave it, so that the file imports alike.
    """
    found: dict[int, list[Any]] = {pk: [*NO_PHONES] for pk in ids}
    # By the bounds PostgreSQL finds the index even before it has statistics of a list that is new.
    bounds = {"contact__gte": ids[0], "contact__lte": ids[-1]}
    phones = ContactPhone.objects.filter(contact__in=ids, **bounds).order_by()
    for pk, position, number, zone_set, source in phones.values_list(
        "contact_id", "position", "number", "zone_set_id", "zone_source"
    ):
        found[pk][position - 1] = number
        if source == ZoneSource.ROW:
            if zone_set not in zones:
                zone = ZoneSet.objects.get(pk=zone_set).zones[0]
                zones[zone_set] = [zone.bias, str(zone.dst_observed).lower()]
            found[pk][MAX_PHONES:] = zones[zone_set]
    return found


def job_download(job: ImportJob) -> Iterator[str]:
    return export(campaign=job.campaign_id, job=job.pk)


def export(**owner: int) -> Iterator[str]:
    """CSV of the contacts of a campaign or an import for a spreadsheet, with what became of them."""
    yield "\ufeff" + "".join(csv_lines([[*COLUMNS, "CallStatus", "CallResult", "CallsMade"]]))
    for chunk in in_chunks(**owner):
        yield "".join(csv_lines([*map(defused, line.fields), *outcome(line)] for line in chunk))


def outcome(line: Line) -> list[Any]:
    return [CallStatus(line.status).label, line.call_result, line.calls_made]
