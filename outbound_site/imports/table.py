"""Delimited text as clients send it, taken apart by column (docs/wire-format.md 12).

Whole columns are checked at once: 10,000 rows hold 100,000 fields, but a column is one text to search.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.validators import MaxLengthValidator

from outbound_site.core.validators import NOT_IN_XML, Characters, MaxBytes, printable
from outbound_site.imports.row_errors import RowErrors, content_refused
from outbound_site.unifiedconfig.elements import Element, Text
from outbound_site.unifiedconfig.errors import ApiError

MAX_ROWS = 10_000


@dataclass
class Table:
    """`columns` by name, all as long as `lines`: the number of each row's line, the header being line 1."""

    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def without(self, lines: Collection[int]) -> "Table":
        """The rows that stand on other lines."""
        kept = [index for index, line in enumerate(self.lines) if line not in lines]
        columns = {name: [values[index] for index in kept] for name, values in self.columns.items()}
        return Table(columns, [self.lines[index] for index in kept])


def read_table(content: str, delimiter: str, known: Collection[str], errors: RowErrors) -> Table:
    """The rows of a `fileContent`; rows with too few or too many fields are left out and reported.

    Lines may be indented, end in blanks or be empty. Nothing is quoted: the delimiter cannot stand in a
    value. Raises ApiError for more than MAX_ROWS rows, no row at all, and a header that is not made of
    different names out of `known`.
    """
    text = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    stripped = list(map(str.strip, text.split("\n")))
    numbered = [(number, line) for number, line in enumerate(stripped, 1) if line]
    header = [name.strip() for name in numbered[0][1].split(delimiter)] if numbered else []
    check_header(header, known)
    check_size(len(numbered) - 1)
    width = len(header)
    widths = {number: line.count(delimiter) + 1 for number, line in numbered[1:]}
    if report_wrong_widths(widths, width, errors):
        numbered = [
            numbered[0],
            *((number, line) for number, line in numbered[1:] if widths[number] == width),
        ]
    # One list for all fields: 10,000 small ones keep the garbage collector busy for longer than this takes.
    fields = delimiter.join([line for _, line in numbered]).split(delimiter)
    columns = {name: list(map(str.strip, fields[at + width :: width])) for at, name in enumerate(header)}
    return Table(columns, [number for number, _ in numbered[1:]])


def report_wrong_widths(widths: Mapping[int, int], width: int, errors: RowErrors) -> bool:
    """`widths`: number of fields by line. Whether there was any other than the header's."""
    wrong = {line: found for line, found in widths.items() if found != width}
    for line, found in wrong.items():
        message = f"{found} fields where the header has {width}"
        errors.add(line, "", "", "invalidInput.columnCount", message)
    return bool(wrong)


def check_size(rows: int) -> None:
    if rows < 1:
        raise content_refused("invalidInput.fieldRequired", "The content has no record")
    if rows > MAX_ROWS:
        message = f"The import exceeds the maximum of {MAX_ROWS} records"
        raise content_refused("limitExceeded.importRecords", message, max=MAX_ROWS, actual=rows)


def check_header(header: Sequence[str], known: Collection[str]) -> None:
    """Raises ApiError with every name that is unknown or stands twice."""
    errors = RowErrors()
    for position, name in enumerate(header):
        if name not in known:
            errors.add(1, "", name, "invalidInput.unknownColumn", f"{shown(name)} is not a known column")
        elif name in header[:position]:
            errors.add(1, name, name, "invalidInput.repeatedColumn", "stands twice")
    errors.refuse()


def shown(name: str) -> str:
    return f"“{name[:50]}”"


def read_column(element: Element, table: Table, errors: RowErrors) -> Sequence[Any]:
    """The values of the element's column: text as it stands, anything else parsed, None for an empty field.

    What the element or its validators refuse is reported, and None stands in its place.
    """
    values = table.columns[element.name]
    may_be_empty = not element.required or "" not in values
    if isinstance(element, Text) and may_be_empty and all_pass(element.validators, values):
        return values
    read = {text: _read(element, text) for text in set(values)}
    for line, text in zip(table.lines, values, strict=True):
        if isinstance(read[text], ApiError):
            errors.add_api_errors(line, element.name, text, read[text].errors)
    return [None if isinstance(read[text], ApiError) else read[text] for text in values]


def _read(element: Element, text: str) -> Any:
    """The element's value, or the ApiError."""
    try:
        return element.to_internal_value(text, partial=True).get(element.attribute)
    except ApiError as refusal:
        return refusal


def all_pass(validators: Iterable[Callable[[Any], None]], values: Sequence[str]) -> bool:
    """Whether all values pass, checked together; False says nothing about any one of them."""
    together = "".join(values)
    longest = max(map(len, values), default=0)
    return not NOT_IN_XML.search(together) and all(
        _passes(validator, together, longest) for validator in validators
    )


def _passes(validator: Callable[[Any], None], together: str, longest: int) -> bool:
    match validator:
        case Characters(first=""):
            return validator.matches(together)
        case MaxBytes():
            return longest * (1 if together.isascii() else 4) <= validator.limit
        case MaxLengthValidator():
            return longest <= validator.limit_value
    return validator is printable
