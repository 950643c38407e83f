"""Lists from people as files: text in any encoding and with any usual delimiter, and spreadsheets."""

import csv
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

from outbound_site.bulk.table import Table
from outbound_site.bulk.verdicts import Verdicts

SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
DELIMITERS = {",": "comma", ";": "semicolon", "|": "pipe", "\t": "tab"}
ENCODINGS = ["utf-8-sig", "utf-16", "cp1252", "iso8859_15", "cp1250", "cp1251", "cp932", "gb18030", "big5"]
# What detection looks at.
SAMPLE_BYTES = 256 * 1024
# A spreadsheet is unpacked into memory.
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_COLUMNS = 200

Row = tuple[int, list[str]]


class Unreadable(Exception):
    """The file is none that can be read; the message says why."""


@dataclass(frozen=True)
class TextFormat:
    """How a text file is to be read; a spreadsheet has none of it."""

    encoding: str
    delimiter: str


def is_sheet(file_name: str) -> bool:
    return Path(file_name).suffix.lower() in SHEETS


def detect(sample: bytes, file_name: str) -> TextFormat:
    """Encoding and delimiter by the first bytes of the file."""
    if is_sheet(file_name):
        return TextFormat("", "")
    encoding = detect_encoding(sample)
    first = sample.decode(encoding, "replace").lstrip("\ufeff\r\n").splitlines()[:1]
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
    return _sheet_rows(path) if is_sheet(file_name) else _text_rows(path, text_format)


def _text_rows(path: Path, text_format: TextFormat) -> Iterator[Row]:
    try:
        with path.open(encoding=text_format.encoding, newline="") as file:
            yield from text_rows(file, text_format.delimiter)
    except (UnicodeError, LookupError, csv.Error) as error:
        raise Unreadable(f"The file is no text in the encoding {text_format.encoding}: {error}") from None


def text_rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """Fields may be quoted; a quoted field may go over several lines, then the first one counts."""
    reader = csv.reader(lines, delimiter=delimiter)
    line = 1
    for row in reader:
        fields = list(map(str.strip, row))
        if any(fields):
            yield line, fields
        line = reader.line_num + 1


def _sheet_rows(path: Path) -> Iterator[Row]:
    try:
        check_unpacked_size(path)
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        for number, cells in enumerate(sheet.iter_rows(), 1):
            row = [cell_text(cell) for cell in cells]
            if any(row):
                yield number, row
    except (CalamineError, zipfile.BadZipFile, IndexError) as error:
        raise Unreadable(f"The file is no spreadsheet that can be read: {error}") from None


def check_unpacked_size(path: Path) -> None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise Unreadable("The spreadsheet is too large when unpacked")


def cell_text(cell: Any) -> str:
    """A cell as a person reads it: 2125550100 and not 2125550100.0, true and not True."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


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

    A row that is too short lacks its last fields, as spreadsheets leave them out; a longer one is told.
    """
    used = [(position, column) for position, column in enumerate(columns) if column]
    while chunk := list(islice(rows, size)):
        kept = chunk
        if {len(row) for _, row in chunk} != {len(columns)}:
            kept = list(of_width(chunk, len(columns), verdicts))
        fields: Sequence[Sequence[str]] = list(zip(*(row for _, row in kept), strict=True))
        values = {column: fields[position] if kept else [] for position, column in used}
        yield len(chunk), Table(values, [line for line, _ in kept])


def of_width(rows: Iterable[Row], width: int, verdicts: Verdicts) -> Iterator[Row]:
    for line, row in rows:
        if any(row[width:]):
            message = f"{len(row)} fields where the header has {width}"
            verdicts.add(line, "", "", "invalidInput.columnCount", message)
        else:
            yield line, row[:width] + [""] * (width - len(row))
