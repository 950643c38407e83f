"""Tables on their way to a spreadsheet: CSV line by line, Excel workbooks, text that is no formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

NUMBER = re.compile(r"[+-]?[0-9]+")
# Below a header line; Excel's own bound.
ROWS_A_SHEET = 1_048_575


def defused(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, made plain text by an apostrophe; numbers stay."""
    if (
        isinstance(value, str)
        and value[:1] in {"=", "+", "-", "@", "\t", "\r"}
        and not NUMBER.fullmatch(value)
    ):
        return f"'{value}"
    return value


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


def workbook(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """An Excel file, to be read from its begin; what is too long for one sheet goes on in the next."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, header)
    for number, row in enumerate(rows, 1):
        sheet.append([_cell(value) for value in row])
        if number % ROWS_A_SHEET == 0:
            sheet = _sheet(book, header)
    file = TemporaryFile()  # noqa: SIM115 (whoever reads it closes it)
    book.save(file)
    file.seek(0)
    return file


def _sheet(book: Workbook, header: Sequence[str]) -> Any:
    sheet = book.create_sheet()
    sheet.append(header)
    return sheet


def _cell(value: Any) -> Any:
    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value
