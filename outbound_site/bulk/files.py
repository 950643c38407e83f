"""Lists from people as files: text in any encoding and with any usual delimiter, and spreadsheets."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes

from outbound_site.bulk.rows import WHOLE_ROW, Row, Unreadable, stated_delimiter, text_rows
from outbound_site.bulk.sheets import is_sheet, sheet_rows_of
from outbound_site.bulk.table import Table
from outbound_site.bulk.verdicts import Verdicts

DELIMITERS = {",": "comma", ";": "semicolon", "|": "pipe", "\t": "tab"}
ENCODINGS = ["utf-8-sig", "utf-16", "cp1252", "iso8859_15", "cp1250", "cp1251", "cp932", "gb18030", "big5"]
# What detection looks at.
SAMPLE_BYTES = 256 * 1024
MAX_COLUMNS = 200


@dataclass(frozen=True)
class TextFormat:
    """How a text file is to be read; a spreadsheet has none of it."""

    encoding: str
    delimiter: str


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


def detect_encoding(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # A sample may end within a character.
    for cut in range(4):
        try:
            sample[: len(sample) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    best = from_bytes(sample, cp_isolation=[*ENCODINGS[2:], "cp1253", "cp1254", "mac_roman"]).best()
    # Of encodings in which the text reads the same, the usual one.
    same = best.could_be_from_charset if best else []
    return next((name for name in ENCODINGS if name in same), best.encoding if best else "cp1252")


def rows_of(path: Path, file_name: str, text_format: TextFormat) -> Iterator[Row]:
    """Line number and fields of each line that is not blank, the header first. Raises Unreadable."""
    return sheet_rows_of(path, file_name) if is_sheet(file_name) else _text_rows(path, text_format)


def _text_rows(path: Path, text_format: TextFormat) -> Iterator[Row]:
    try:
        with path.open(encoding=text_format.encoding, newline="") as file:
            yield from text_rows(file, text_format.delimiter)
    except (ValueError, LookupError) as error:
        raise Unreadable(f"The file is no text in the encoding {text_format.encoding}: {error}") from None


def suggest_columns(
    header: Sequence[str],
    remembered: Mapping[str, str],
    columns: Collection[str],
    synonyms: dict[str, str],
) -> list[str]:
    """For each name in the file's header the one of our `columns` that it is: as remembered, else as it
    sounds, else "". `synonyms` are other plain names.
    """
    known = {plain_name(column): column for column in columns} | synonyms
    suggested: list[str] = []
    for name in header:
        column = remembered.get(name, known.get(plain_name(name), ""))
        suggested.append(column if column in columns and column not in suggested else "")
    return suggested


def plain_name(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def tables_of(
    rows: Iterator[Row], columns: Sequence[str], size: int, verdicts: Verdicts
) -> Iterator[tuple[int, Table]]:
    """For each `size` rows their number and those of the right width; `columns` tells for each field which
    column it is, "" for none.

    A row that is too short lacks its last fields, as spreadsheets leave them out; longer ones, and those with
    a problem in a column that is used, join the verdicts.
    """
    used = [(position, column) for position, column in enumerate(columns) if column]
    while chunk := list(islice(rows, size)):
        kept: list[Row] = chunk
        if any(row.problems for row in chunk):
            kept = list(without_problems(chunk, columns, verdicts))
        if {len(row.fields) for row in kept} != {len(columns)}:
            kept = list(of_width(kept, len(columns), verdicts))
        fields: Sequence[Sequence[str]] = list(zip(*(row.fields for row in kept), strict=True))
        values = {column: fields[position] if kept else [] for position, column in used}
        yield len(chunk), Table(values, [row.line for row in kept])


def without_problems(rows: Iterable[Row], columns: Sequence[str], verdicts: Verdicts) -> Iterator[Row]:
    for row in rows:
        usable = True
        for position, problem in row.problems.items():
            column = columns[position] if 0 <= position < len(columns) else ""
            if column or position == WHOLE_ROW:
                value = row.fields[position] if column else ""
                verdicts.add(row.line, column, value, "invalidInput.invalidValue", problem)
                usable = False
        if usable:
            yield row


def of_width(rows: Iterable[Row], width: int, verdicts: Verdicts) -> Iterator[Row]:
    for row in rows:
        if any(row.fields[width:]):
            message = f"{len(row.fields)} fields where the header has {width}"
            verdicts.add(row.line, "", "", "invalidInput.columnCount", message)
        else:
            yield Row(row.line, row.fields[:width] + [""] * (width - len(row.fields)))
