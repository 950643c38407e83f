"""Contacts out of a person's file."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from outbound_site.imports.file_import import ListFile, check_rows, claim, good_rows
from outbound_site.imports.jobs import finish
from outbound_site.imports.queue import slot
from outbound_site.imports.verdicts import Verdicts

from campaigns import near_misses
from campaigns.contact_columns import COLUMNS, HEADINGS, PHONE_NAMES, ContactRows, read_written_contacts
from campaigns.contact_import import add_rows, begin, queue_of, take_list, zoned_phones
from campaigns.models import Campaign, ImportJob
from outbound_site.imports.uploads import ListKind
from timezones.models import ZoneSet


def import_file(file: ListFile, job: ImportJob, *, skip_bad: bool, may_empty: bool = False) -> Verdicts:
    """Store the rows of a prepared job's file in one transaction; with `skip_bad` without the wrong ones.

    Returns what was wrong with the rows left out. Raises BadRows, NothingLeft unless the list `may_empty`,
    Unreadable, ImportedAlready, QueueFull, ValidationError when the campaign has been deleted, and ApiError
    for columns that do not go together, having stored nothing.
    """
    verdicts = check_rows(file, job, read_written_contacts, skip_bad=skip_bad, may_empty=may_empty)
    with slot(queue_of(job.campaign)), transaction.atomic():
        try:
            take_list(job)
        except Campaign.DoesNotExist:
            raise ValidationError("The campaign was deleted meanwhile") from None
        claim(job)
        begin(job)
        for _, table in file.tables(found := Verdicts()):
            add_rows(job, good_rows(table, found, read_written_contacts))
        finish(job)
    near_misses.count_for(job)
    return verdicts


def zones_of(job: ImportJob, lines: Sequence[int], rows: ContactRows) -> Mapping[int, str]:
    """The zones of each row's first phone, in words, by line."""
    zone_sets = zoned_phones(job.campaign, list(lines), rows).first_zone_sets()
    labels = {
        pk: " and ".join(zone.label for zone in zone_set.zones)
        for pk, zone_set in ZoneSet.objects.in_bulk(set(zone_sets.values())).items()
    }
    return {line: labels[pk] for line, pk in zone_sets.items()}


CONTACTS = ListKind(
    noun="contacts",
    columns=COLUMNS,
    headings=HEADINGS,
    read=read_written_contacts,
    numbers=PHONE_NAMES,
    meaning=zones_of,
    meaning_label="Zone of the first phone",
    import_file=import_file,
)
