"""The columns of a list of contacts and the rules over them (API text, "Import API", "header fields")."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from outbound_site.imports.verdicts import Verdicts, content_refused

from campaigns.models.contact import MAX_PHONES, Contact, ContactPhone
from outbound_site.core.validators import InRange
from outbound_site.imports.table import Table, read_column
from outbound_site.imports.written_numbers import explain, with_digits
from outbound_site.unifiedconfig.elements import Element, Flag, Integer, element_for
from timezones.zones import Zone

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
# By what people call them (bulk/headings.py).
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


def check_columns(names: Collection[str]) -> None:
    """The rules over the header. Raises ApiError."""
    if not any(element.name in names for element in PHONES.values()):
        message = "Line 1: at least one of the columns Phone01 to Phone10 is required"
        raise content_refused("invalidInput.fieldRequired", message)
    if DST_OBSERVED.name in names and TIME_ZONE_BIAS.name not in names:
        message = "Line 1: DstObserved needs the column TimeZoneBias"
        raise content_refused("invalidInput.fieldRequired", message)


def read_contacts(table: Table, verdicts: Verdicts) -> ContactRows:
    """All rows; what is wrong with them stands in the verdicts, and such rows are not to be stored.

    Raises ApiError for columns that do not go together.
    """
    check_columns(table.columns)
    nothing = [""] * len(table)

    def text(element: Element) -> Sequence[str]:
        return read_column(element, table, verdicts) if element.name in table.columns else nothing

    phones = {
        position: text(element) for position, element in PHONES.items() if element.name in table.columns
    }
    check_phones(table, verdicts)
    zones = read_zones(table, verdicts)
    return ContactRows(text(ACCOUNT_NUMBER), text(FIRST_NAME), text(LAST_NAME), phones, zones)


def read_written_contacts(table: Table, verdicts: Verdicts) -> ContactRows:
    """The same for people's files: phone numbers are read as people write them."""
    rows = read_contacts(with_digits(table, PHONE_NAMES), verdicts)
    explain(verdicts, PHONE_NAMES)
    return rows


def check_phones(table: Table, verdicts: Verdicts) -> None:
    """Every contact has a phone."""
    columns = [table.columns[element.name] for element in PHONES.values() if element.name in table.columns]
    if all("" in column for column in columns):
        for line, numbers in zip(table.lines, zip(*columns, strict=True), strict=True):
            if not any(numbers):
                verdicts.add(line, "", "", "invalidInput.fieldRequired", "the row has no phone")


def read_zones(table: Table, verdicts: Verdicts) -> Sequence[Zone | None]:
    """The zone each row names. Not stated, daylight saving is not observed; stated, it needs the bias."""
    if TIME_ZONE_BIAS.name not in table.columns:
        return [None] * len(table)
    biases = read_column(TIME_ZONE_BIAS, table, verdicts)
    if DST_OBSERVED.name not in table.columns:
        return [None if bias is None else Zone(bias, False) for bias in biases]
    observed = read_column(DST_OBSERVED, table, verdicts)
    if "" in table.columns[TIME_ZONE_BIAS.name]:
        sent = zip(*(table.columns[e.name] for e in (TIME_ZONE_BIAS, DST_OBSERVED)), strict=True)
        for line, (bias, flag) in zip(table.lines, sent, strict=True):
            if flag and not bias:
                message = "needs a TimeZoneBias"
                verdicts.add(line, DST_OBSERVED.name, flag, "invalidInput.fieldRequired", message)
    pairs = list(zip(biases, observed, strict=True))
    zones = {pair: None if pair[0] is None else Zone(pair[0], bool(pair[1])) for pair in set(pairs)}
    return [zones[pair] for pair in pairs]
