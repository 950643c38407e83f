"""Spreadsheets, read by their filled rows in a process of its own with a limit on memory and time."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from outbound_site.imports import sheet_rows
from outbound_site.imports.rows import Row, Unreadable

SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
# Those that openpyxl reads, too.
STREAMED = {".xlsx", ".xlsm"}
MAX_UNPACKED_BYTES = 512 * 1024 * 1024


def is_sheet(file_name: str) -> bool:
    return Path(file_name).suffix.lower() in SHEETS


def sheet_rows_of(path: Path, file_name: str) -> Iterator[Row]:
    """Raises Unreadable."""
    check_unpacked_size(path)
    streamed = Path(file_name).suffix.lower() in STREAMED
    try:
        yield from _rows("calamine", path)
    except _TooLarge:
        if not streamed:
            raise Unreadable(
                "The spreadsheet needs too much memory: cells far from the list count as if all between were "
                "filled. Delete them, or save the list as .xlsx or CSV."
            ) from None
        # Calamine has given no row yet: it reads the sheet as a whole.
        yield from _rows("openpyxl", path)


class _TooLarge(Unreadable):
    """The process was ended by a signal: its memory or its time was used up."""


def _rows(library: str, path: Path) -> Iterator[Row]:
    command = [sys.executable, "-I", sheet_rows.__file__, library, str(path)]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                number, fields, problems = json.loads(line)
                yield Row(number, fields, {int(position): problem for position, problem in problems.items()})
            code = process.wait()
            errors.seek(0)
            check_end(code, errors.read())
        finally:
            process.kill()
            process.stdout.close()
            process.wait()


def check_end(code: int, errors: bytes) -> None:
    if code < 0 or b"MemoryError" in errors or b"Cell limit exceeded" in errors:
        raise _TooLarge("The spreadsheet needs too much memory or time; save it as CSV")
    if code:
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        reason = last[0].rpartition("Error: ")[2][:200] if last else ""
        raise Unreadable(f"The file is no spreadsheet that can be read: {reason}")


def check_unpacked_size(path: Path) -> None:
    with suppress(zipfile.BadZipFile, NotImplementedError), zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise Unreadable("The spreadsheet is too large when unpacked")
