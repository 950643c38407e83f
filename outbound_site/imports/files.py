"""Lists from people as files: text in any encoding and with any usual delimiter, and spreadsheets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from outbound_site.imports.encodings import detect_encoding, in_words
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.rows import WHOLE_ROW, Row, Unreadable, stated_delimiter, text_rows
from outbound_site.imports.sheets import is_sheet, sheet_rows_of
from outbound_site.imports.table import Table

DELIMITERS = {",": "comma", ";": "semicolon", "|": "pipe", "\t": "tab"}
MAX_COLUMNS = 200


@dataclass(frozen=True)
class TextFormat:
    """How a text file is to be read; a spreadsheet has none of it."""

    encoding: str
    delimiter: str

    def __str__(self) -> str:
        delimiter = DELIMITERS.get(self.delimiter, self.delimiter)
        return f"{in_words(self.encoding)}, {delimiter} between fields" if self.encoding else "spreadsheet"


def detect(sample: bytes, file_name: str) -> TextFormat:
    """Encoding and delimiter by the first bytes of the file."""
    if is_sheet(file_name):
        return TextFormat("", "")
    encoding = detect_encoding(sample)
    first = sample.decode(encoding, "replace").lstrip("\ufeff\r\n").splitlines()[:1]
    if first and stated_delimiter(first[0]) in DELIMITERS:
        return TextFormat(encoding, stated_delimiter(first[0]))
    counts = {delimiter: first[0].count(delimiter) if first else 0 for delimiter in DELIMITERS}
    return TextFormat(encoding, max(counts, key=lambda delimiter: counts[delimiter]))


def rows_of(path: Path, file_name: str, text_format: TextFormat) -> Iterator[Row]:
    """Line number and fields of each line that is not blank, the header first. Raises Unreadable."""
    return sheet_rows_of(path, file_name) if is_sheet(file_name) else _text_rows(path, text_format)


def _text_rows(path: Path, text_format: TextFormat) -> Iterator[Row]:
    try:
        with path.open(encoding=text_format.encoding, newline="") as file:
            yield from text_rows(file, text_format.delimiter)
    except (ValueError, LookupError) as error:
        where = line_of_error(path, text_format.encoding) if isinstance(error, UnicodeDecodeError) else ""
        reason = where or str(error)
        raise Unreadable(
            f"The file is no text in the encoding {in_words(text_format.encoding)}: {reason}"
        ) from None


def line_of_error(path: Path, encoding: str) -> str:
    """Where the text ceases to be one, as far as its lines can be separated in bytes."""
    if encoding.startswith(("utf-16", "utf-32")):
        return ""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                letters = line[error.start : error.end].hex(" ")
                return f"line {number} holds bytes that are no letter in it ({letters})"
    return ""


def tables_of(
    rows: Iterator[Row], columns: Sequence[str], size: int, errors: RowErrors
) -> Iterator[tuple[int, Table]]:
    """For each `size` rows their number and those of the right width; `columns` names for each field the
    column that it is, "" for none.

    A row that is too short lacks its last fields, as spreadsheets leave them out; longer ones, and those with
    a problem in a column that is used, are added to `errors`.
    """
    used = [(position, column) for position, column in enumerate(columns) if column]
    while chunk := list(islice(rows, size)):
        kept: list[Row] = chunk
        if any(row.problems for row in chunk):
            kept = list(without_problems(chunk, columns, errors))
        if {len(row.fields) for row in kept} != {len(columns)}:
            kept = list(of_width(kept, len(columns), errors))
        fields: Sequence[Sequence[str]] = list(zip(*(row.fields for row in kept), strict=True))
        values = {column: fields[position] if kept else [] for position, column in used}
        yield len(chunk), Table(values, [row.line for row in kept])


def without_problems(rows: Iterable[Row], columns: Sequence[str], errors: RowErrors) -> Iterator[Row]:
    for row in rows:
        usable = True
        for position, problem in row.problems.items():
            column = columns[position] if 0 <= position < len(columns) else ""
            if column or position == WHOLE_ROW:
                value = row.fields[position] if column else ""
                errors.add(row.line, column, value, "invalidInput.invalidValue", problem)
                usable = False
        if usable:
            yield row


def of_width(rows: Iterable[Row], width: int, errors: RowErrors) -> Iterator[Row]:
    for row in rows:
        if any(row.fields[width:]):
            message = f"{len(row.fields)} fields where the header has {width}"
            errors.add(row.line, "", "", "invalidInput.columnCount", message)
        else:
            yield Row(row.line, row.fields[:width] + [""] * (width - len(row.fields)))
