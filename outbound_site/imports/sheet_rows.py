"""Run as a program of its own: writes the rows of a spreadsheet's first sheet, each as a line of JSON.

Calamine holds the rectangle around all filled cells in memory, so that one cell in the last column of the
last row asks for 549 GB, and it ends its process when it does not get them: here that process is this one.
openpyxl needs twenty times as long, but holds one row at a time.

    python -I sheet_rows.py calamine|openpyxl FILE
"""

import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 120
# A spreadsheet keeps this many digits of a number and writes zeros for the rest.
DIGITS = 15
LONG_NUMBER = f"is a number of more than {DIGITS} digits, which a spreadsheet does not keep; write it as text"


def main(library: str, path: str) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    cells_of = {"calamine": calamine_cells, "openpyxl": openpyxl_cells}[library]
    for line, cells in enumerate(cells_of(path), 1):
        fields, problems = read_cells(cells)
        if any(fields):
            print(json.dumps([line, fields, problems]))


def calamine_cells(path: str) -> Iterable[list[Any]]:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return sheet.iter_rows()


def openpyxl_cells(path: str) -> Iterator[Any]:
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    # The size that the file states may be a lie.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


def read_cells(cells: Iterable[Any]) -> tuple[list[str], dict[int, str]]:
    """The texts up to the last one, and by position what is wrong with those that cannot be trusted."""
    fields = [cell_text(cell) for cell in cells]
    while fields and not fields[-1]:
        fields.pop()
    problems = {}
    for position, (cell, text) in enumerate(zip(cells, fields, strict=False)):
        if isinstance(cell, int | float) and abs(cell) >= 10**DIGITS:
            problems[position] = LONG_NUMBER
        elif "\n" in text or "\r" in text:
            problems[position] = "holds a line break"
    return fields, problems


def cell_text(cell: Any) -> str:
    """A cell as a person reads it: 2125550100 and not 2125550100.0, true and not True."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and math.isfinite(cell) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
