"""Imports of contacts into a campaign (API text, "Import API"): parsed, checked row by row, written.

Lists come from the API, from an upload and from the command line. The rows that pass get the zones of their
phones and are written with their job in one transaction. Imports of a campaign run one after another.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from typing import Any

from django.db import OperationalError, connection, transaction

from campaigns.dialing_list import known_accounts, known_first_phones, lock_list, remove_contacts
from campaigns.models import Campaign, Contact, ContactPhone, ImportJob, ImportSource, ImportState, ZoneSource
from campaigns.models.campaign import DuplicateRows
from campaigns.models.contact import MAX_PHONES, SEARCH_SEPARATOR
from outbound_site.core.validators import InRange
from outbound_site.imports.list_import import finish, record_refusal
from outbound_site.imports.loading import bulk_load, take_ids
from outbound_site.imports.row_errors import RowErrors, content_refused
from outbound_site.imports.table import Table, read_column, read_table
from outbound_site.unifiedconfig.elements import Element, Flag, Integer, element_for
from outbound_site.unifiedconfig.errors import ApiError, ErrorItem
from timezones.models import ZoneSet
from timezones.region_prefixes import RegionPrefixMatcher
from timezones.zones import Zone, write_zones

ACCOUNT_NUMBER = element_for(Contact, "AccountNumber", "account_number")
FIRST_NAME = element_for(Contact, "FirstName", "first_name")
LAST_NAME = element_for(Contact, "LastName", "last_name")
PHONES = {
    position: element_for(ContactPhone, f"Phone{position:02}", "number")
    for position in range(1, MAX_PHONES + 1)
}
# Minutes to add to local standard time to get UTC.
TIME_ZONE_BIAS = Integer("TimeZoneBias", validators=[InRange(-780, 720)])
DST_OBSERVED = Flag("DstObserved")
COLUMNS = [
    element.name
    for element in (ACCOUNT_NUMBER, FIRST_NAME, LAST_NAME, *PHONES.values(), TIME_ZONE_BIAS, DST_OBSERVED)
]
PHONE_NAMES = [element.name for element in PHONES.values()]
# By what people call them (imports/headings.py).
HEADINGS = {
    "account number": [ACCOUNT_NUMBER.name],
    "first name": [FIRST_NAME.name],
    "last name": [LAST_NAME.name],
    "phone": [element.name for element in PHONES.values()],
    "whole name": [LAST_NAME.name],
}
SAMPLE = ["6782", "Henry", "Martin", "2225554444", "2225556262", *[""] * (MAX_PHONES - 2), "300", "true"]


@dataclass
class ContactRows:
    """Rows that passed, by column; a column that was not there is empty text or None throughout."""

    account_numbers: Sequence[str]
    first_names: Sequence[str]
    last_names: Sequence[str]
    # By position, rising; "" where a contact has no such phone.
    phones: Mapping[int, Sequence[str]]
    # Where the row itself says where its phones are.
    zones: Sequence[Zone | None]

    def __len__(self) -> int:
        return len(self.zones)

    def first_phones(self) -> list[str]:
        return [next(filter(None, numbers)) for numbers in zip(*self.phones.values(), strict=True)]

    def only(self, kept: Sequence[bool]) -> "ContactRows":
        def cut(values: Sequence[Any]) -> list[Any]:
            return list(compress(values, kept))

        return ContactRows(
            cut(self.account_numbers),
            cut(self.first_names),
            cut(self.last_names),
            {position: cut(numbers) for position, numbers in self.phones.items()},
            cut(self.zones),
        )


def import_content(
    campaign: Campaign,
    content: str,
    delimiter: str = ",",
    *,
    overwrite: bool = False,
    user: Any,
    key: str = "",
) -> ImportJob:
    """Import the `fileContent` of a request as a whole, or nothing of it (API text, "Import API").

    A request repeated with its `key` gives the job of the first one and stores nothing. Raises ApiError with
    every row that is wrong, or with a key that belongs to another request, and Campaign.DoesNotExist when the
    campaign has been deleted.
    """
    job = ImportJob(campaign=campaign, source=ImportSource.API, user=user, overwrite=overwrite)
    if key:
        job.digest = digest(delimiter, str(overwrite), content)
    errors = RowErrors()
    try:
        table = read_table(content, delimiter, COLUMNS, errors)
        job.rows_read = len(table) + len(errors.lines)
        rows = read_contacts(table, errors)
        errors.refuse()
    except ApiError:
        record_refusal(job, errors)
        raise
    # Not before: a request that was refused may come again, corrected, with its key.
    job.idempotency_key = key
    try:
        with transaction.atomic():
            take_list(job)
            if earlier := earlier_with_key(job):
                job = earlier
            else:
                begin(job)
                add_rows(job, rows)
                finish(job)
    except OperationalError:
        if not was_stored(job):
            raise
    return job


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def check_columns(names: Collection[str]) -> None:
    """The rules over the header. Raises ApiError."""
    if not any(element.name in names for element in PHONES.values()):
        message = "Line 1: at least one of the columns Phone01 to Phone10 is required"
        raise content_refused("invalidInput.fieldRequired", message)
    if DST_OBSERVED.name in names and TIME_ZONE_BIAS.name not in names:
        message = "Line 1: DstObserved needs the column TimeZoneBias"
        raise content_refused("invalidInput.fieldRequired", message)


def read_contacts(table: Table, errors: RowErrors) -> ContactRows:
    """All rows; what is wrong with them is added to `errors`, and such rows are not to be stored.

    Raises ApiError for columns that do not go together.
    """
    check_columns(table.columns)
    nothing = [""] * len(table)

    def text(element: Element) -> Sequence[str]:
        return read_column(element, table, errors) if element.name in table.columns else nothing

    phones = {
        position: text(element) for position, element in PHONES.items() if element.name in table.columns
    }
    check_phones(table, errors)
    zones = read_zones(table, errors)
    return ContactRows(text(ACCOUNT_NUMBER), text(FIRST_NAME), text(LAST_NAME), phones, zones)


def check_phones(table: Table, errors: RowErrors) -> None:
    """Every contact has a phone."""
    columns = [table.columns[element.name] for element in PHONES.values() if element.name in table.columns]
    if all("" in column for column in columns):
        for line, numbers in zip(table.lines, zip(*columns, strict=True), strict=True):
            if not any(numbers):
                errors.add(line, "", "", "invalidInput.fieldRequired", "the row has no phone")


def read_zones(table: Table, errors: RowErrors) -> Sequence[Zone | None]:
    """The zone each row names. Not stated, daylight saving is not observed; stated, it needs the bias."""
    if TIME_ZONE_BIAS.name not in table.columns:
        return [None] * len(table)
    biases = read_column(TIME_ZONE_BIAS, table, errors)
    if DST_OBSERVED.name not in table.columns:
        return [None if bias is None else Zone(bias, False) for bias in biases]
    observed = read_column(DST_OBSERVED, table, errors)
    if "" in table.columns[TIME_ZONE_BIAS.name]:
        sent = zip(*(table.columns[e.name] for e in (TIME_ZONE_BIAS, DST_OBSERVED)), strict=True)
        for line, (bias, flag) in zip(table.lines, sent, strict=True):
            if flag and not bias:
                message = "needs a TimeZoneBias"
                errors.add(line, DST_OBSERVED.name, flag, "invalidInput.fieldRequired", message)
    pairs = list(zip(biases, observed, strict=True))
    zones = {pair: None if pair[0] is None else Zone(pair[0], bool(pair[1])) for pair in set(pairs)}
    return [zones[pair] for pair in pairs]


def take_list(job: ImportJob) -> None:
    """Hold the campaign's list until the transaction ends, and read the campaign as it is now."""
    lock_list(job.campaign_id)
    job.campaign = Campaign.objects.active().select_related("time_zone").get(pk=job.campaign_id)


def earlier_with_key(job: ImportJob) -> ImportJob | None:
    if not job.idempotency_key:
        return None
    earlier = ImportJob.objects.filter(campaign=job.campaign_id, idempotency_key=job.idempotency_key).first()
    if earlier and earlier.digest != job.digest:
        message = "This key was sent with another request"
        raise ApiError(ErrorItem("invalidInput.idempotencyKeyReused", message, "Idempotency-Key"))
    return earlier


def begin(job: ImportJob) -> None:
    if job.overwrite:
        remove_contacts(job.campaign)
    # The job's id is written with every row.
    job.save()


def add_rows(job: ImportJob, rows: ContactRows) -> None:
    """Store the rows that are not duplicates, and count them on the job."""
    kept = without_duplicates(job.campaign, rows)
    job.rows_stored += len(kept)
    job.rows_present += len(kept)
    job.rows_duplicate += len(rows) - len(kept)
    write_contacts(job, kept)


def without_duplicates(campaign: Campaign, rows: ContactRows) -> ContactRows:
    """The rows that are not yet in the campaign, as far as it wants that; of equal rows the first one."""
    match campaign.duplicate_rows:
        case DuplicateRows.SKIP_ACCOUNT_NUMBER:
            keys = lowered(rows.account_numbers)
            seen = known_accounts(campaign.pk, set(keys) - {""})
        case DuplicateRows.SKIP_FIRST_PHONE:
            keys = rows.first_phones()
            seen = known_first_phones(campaign.pk, set(keys))
        case _:
            return rows
    kept = []
    for key in keys:
        kept.append(key not in seen)
        if key:
            seen.add(key)
    return rows.only(kept)


def lowered(values: Sequence[str]) -> list[str]:
    return list(map(str.lower, values))


def write_contacts(job: ImportJob, rows: ContactRows) -> None:
    """Store the rows as contacts of the job and count on it what gave their phones the zones."""
    ids = take_ids(Contact, len(rows))
    phones = zoned_phones(job.campaign, ids, rows)
    zone_sets = phones.first_zone_sets()
    accounts = lowered(rows.account_numbers)
    names = zip(accounts, lowered(rows.first_names), lowered(rows.last_names), strict=True)
    contacts = {
        "id": ids,
        "campaign_id": job.campaign_id,
        "job_id": job.pk,
        "account_number": rows.account_numbers,
        "first_name": rows.first_names,
        "last_name": rows.last_names,
        "account_key": accounts,
        "search_text": list(map(SEARCH_SEPARATOR.join, names)),
        "import_date": job.created_at,
        "zone_set_id": [zone_sets[contact] for contact in ids],
    }
    bulk_load(Contact, contacts, len(rows))
    columns = {
        "contact_id": phones.contact_ids,
        "position": phones.positions,
        "number": phones.numbers,
        "zone_set_id": phones.zone_set_ids,
        "zone_source": phones.sources,
    }
    bulk_load(ContactPhone, columns, len(phones.numbers))
    job.phones_by_row += phones.sources.count(ZoneSource.ROW)
    job.phones_by_prefix += phones.sources.count(ZoneSource.PREFIX)
    job.phones_by_campaign += phones.sources.count(ZoneSource.CAMPAIGN)


@dataclass
class Phones:
    """All phones of some rows, contact by contact."""

    contact_ids: list[int]
    positions: list[int]
    numbers: list[str]
    zone_set_ids: list[int]
    sources: list[str]

    def first_zone_sets(self) -> dict[int, int]:
        """The zone set of each contact's first phone."""
        return dict(zip(reversed(self.contact_ids), reversed(self.zone_set_ids), strict=True))


def zoned_phones(campaign: Campaign, ids: Sequence[int], rows: ContactRows) -> Phones:
    """Each phone with the zone its row names, else that of its region prefix, else the campaign's."""
    width = len(rows.phones)
    numbers = list(chain.from_iterable(zip(*rows.phones.values(), strict=True)))
    contact_ids = each_times(ids, width)
    positions = [*rows.phones] * len(rows)
    zone_sets = ZoneSet.objects.ids({write_zones([zone]) for zone in set(rows.zones) if zone})
    named = {zone: zone_sets[write_zones([zone])] if zone else None for zone in set(rows.zones)}
    of_row = each_times([named[zone] for zone in rows.zones], width)
    if "" in numbers:
        contact_ids, positions, of_row, numbers = (
            list(compress(column, numbers)) for column in (contact_ids, positions, of_row, numbers)
        )
    unstated = [number for zone, number in zip(of_row, numbers, strict=True) if not zone]
    by_prefix = iter(RegionPrefixMatcher.from_database().zone_set_ids(unstated))
    found = [zone or next(by_prefix) for zone in of_row]
    default = ZoneSet.objects.id_of_campaign(campaign.pk, campaign.time_zone.zone)
    row, prefix, fallback = ZoneSource.ROW.value, ZoneSource.PREFIX.value, ZoneSource.CAMPAIGN.value
    sources = [
        row if stated else prefix if zone else fallback for stated, zone in zip(of_row, found, strict=True)
    ]
    return Phones(contact_ids, positions, numbers, [zone or default for zone in found], sources)


def each_times(values: Sequence[Any], times: int) -> list[Any]:
    return list(chain.from_iterable(zip(*repeat(values, times), strict=True)))


def was_stored(job: ImportJob) -> bool:
    """Asked when the connection was lost, perhaps after the commit but before the database's word of it."""
    connection.close()
    return ImportJob.objects.filter(pk=job.pk, state=ImportState.SUCCEEDED).exists()


def queue_of(campaign: Campaign) -> str:
    return f"campaign {campaign.pk}"
