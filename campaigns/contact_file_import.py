"""Contacts out of a person's file."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import near_misses
from campaigns.contact_import import (
    COLUMNS,
    HEADINGS,
    PHONE_NAMES,
    ContactRows,
    add_rows,
    begin,
    queue_of,
    read_contacts,
    take_list,
    zoned_phones,
)
from campaigns.models import Campaign, ImportJob
from outbound_site.imports.bulk_requests import slot
from outbound_site.imports.list_files import ListFile, ListKind, check_rows, claim, good_rows
from outbound_site.imports.list_import import finish
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.table import Table
from outbound_site.imports.written_numbers import explain, with_digits
from timezones.models import ZoneSet


class ContactList(ListKind):
    noun = "contacts"
    columns = COLUMNS
    headings = HEADINGS
    numbers = PHONE_NAMES
    meaning_label = "Zone of the first phone"

    def read(self, table: Table, errors: RowErrors) -> ContactRows:
        rows = read_contacts(with_digits(table, PHONE_NAMES), errors)
        explain(errors, PHONE_NAMES)
        return rows

    def meaning(self, job: ImportJob, lines: Sequence[int], rows: ContactRows) -> Mapping[int, str]:
        """The zones of each row's first phone."""
        zone_sets = zoned_phones(job.campaign, list(lines), rows).first_zone_sets()
        labels = {
            pk: " and ".join(zone.label for zone in zone_set.zones)
            for pk, zone_set in ZoneSet.objects.in_bulk(set(zone_sets.values())).items()
        }
        return {line: labels[pk] for line, pk in zone_sets.items()}

    def import_file(
        self, file: ListFile, job: ImportJob, *, skip_bad: bool, may_empty: bool = False
    ) -> RowErrors:
        errors = check_rows(self, file, job, skip_bad=skip_bad, may_empty=may_empty)
        with slot(queue_of(job.campaign)), transaction.atomic():
            try:
                take_list(job)
            except Campaign.DoesNotExist:
                raise ValidationError("The campaign was deleted meanwhile") from None
            claim(job)
            begin(job)
            for _, table in file.tables(found := RowErrors()):
                add_rows(job, good_rows(self, table, found))
            finish(job)
        near_misses.count_for(job)
        return errors


CONTACTS = ContactList()
