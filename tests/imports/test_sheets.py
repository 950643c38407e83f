"""Spreadsheets as nobody should make them: read by their filled rows, or refused, in little memory."""

import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook

from outbound_site.imports.files import TextFormat, rows_of, tables_of
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.rows import Row, Unreadable
from outbound_site.imports.sheet_rows import LONG_NUMBER, MEMORY_BYTES
from outbound_site.imports.sheets import sheet_rows_of

LIST = [["Account", "Phone"], [17, 2125550100], [18, 2125550101]]
ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="1">{rows}</table:table>
 </office:spreadsheet></office:body></office:document-content>"""
MIME = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.fixture
def workbook(tmp_path):
    """Write an Excel file of some rows and of single cells by their names."""

    def write(rows, **cells):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        for name, value in cells.items():
            book.active[name] = value
        path = tmp_path / "list.xlsx"
        book.save(path)
        return path

    return write


@pytest.fixture
def open_document(tmp_path):
    """Write an OpenDocument sheet of the XML of its rows."""

    def write(rows):
        path = tmp_path / "list.ods"
        manifest = (
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}"/></manifest:manifest>'
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", MIME, zipfile.ZIP_STORED)
            archive.writestr("META-INF/manifest.xml", manifest)
            archive.writestr("content.xml", ODS.format(rows=rows))
        return path

    return write


def cell(text, repeated=1):
    kind = 'office:value-type="string"' if text else ""
    inner = f"<text:p>{text}</text:p>" if text else ""
    return f'<table:table-cell {kind} table:number-columns-repeated="{repeated}">{inner}</table:table-cell>'


def row(*cells, repeated=1):
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


@pytest.mark.parametrize("name", ["Z1048576", "XFD1048576"])
def test_a_stray_cell_far_away_is_a_row_like_any_other(workbook, name):
    path = workbook(LIST, **{name: "x"})
    *rows, last = sheet_rows_of(path, path.name)
    assert rows == [Row(1, ["Account", "Phone"]), Row(2, ["17", "2125550100"]), Row(3, ["18", "2125550101"])]
    assert (last.line, len(last.fields)) == (1_048_576, 26 if name[0] == "Z" else 16_384)


READ = """
import resource, sys
from pathlib import Path
from outbound_site.imports.rows import Unreadable
from outbound_site.imports.sheets import sheet_rows_of
path = Path(sys.argv[1])
try:
    print(sum(1 for _ in sheet_rows_of(path, path.name)))
except Unreadable as error:
    print(error)
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(resource.getrusage(who).ru_maxrss // 1024)
"""


def megabytes(path):
    """What a process and the largest of its children take to read the file."""
    output = subprocess.run(
        [sys.executable, "-c", READ, path], check=True, capture_output=True, text=True, timeout=120
    ).stdout.splitlines()
    return list(map(int, output[-2:]))


def test_neither_the_web_process_nor_the_reader_takes_memory_for_cells_that_are_not_there(workbook):
    ordinary = megabytes(workbook(LIST))
    for name in ["Z1048576", "XFD1048576"]:
        own, reader = megabytes(workbook(LIST, **{name: "x"}))
        assert own < ordinary[0] + 20
        assert reader < MEMORY_BYTES / 1024**2 / 2


@pytest.mark.parametrize("repeated", [4_000, 1_048_575])
def test_an_open_document_of_repeated_cells_is_refused_with_advice(open_document, repeated):
    path = open_document(row(cell("Phone")) + row(cell("5550100", 16_384), repeated=repeated))
    with pytest.raises(Unreadable, match="save the list as"):
        list(sheet_rows_of(path, path.name))


def test_rows_and_cells_that_an_open_document_repeats_without_a_text_are_no_rows(open_document):
    path = open_document(
        row(cell("Phone"), cell("", 16_383))
        + row(cell("", 16_384), repeated=2)
        + row(cell("5550100"), cell("", 16_383))
        + row(cell("", 16_384), repeated=1_048_000)
    )
    assert list(sheet_rows_of(path, path.name)) == [Row(1, ["Phone"]), Row(4, ["5550100"])]


def test_the_memory_of_the_reader_is_bounded_whatever_it_reads(workbook):
    assert megabytes(workbook([["x" * 30_000] * 100] * 20))[1] < MEMORY_BYTES / 1024**2


def test_reading_may_stop_after_the_first_row(workbook):
    path = workbook([["Phone"], *[[number] for number in range(20_000)]])
    rows = sheet_rows_of(path, path.name)
    assert next(rows) == Row(1, ["Phone"])
    assert is_in_a_command_line(path)
    rows.close()
    assert not is_in_a_command_line(path)


def is_in_a_command_line(path):
    """Whether a living process was given that path."""
    found = False
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found |= str(path).encode() in (process / "cmdline").read_bytes()
    return found


def test_numbers_beyond_15_digits_and_line_breaks_make_bad_rows_where_their_column_is_used(workbook):
    path = workbook(
        [
            ["Account", "Phone", "Note"],
            [999_999_999_999_999, 1, "x"],
            [1_000_000_000_000_000, 2, "x"],
            ["1000000000000000", 3, "two\nlines"],
            ["Ana\nSilva", 4, -(10**20)],
        ]
    )
    rows = list(rows_of(path, path.name, TextFormat("", "")))[1:]
    errors = RowErrors()
    [(count, table)] = tables_of(iter(rows), ["AccountNumber", "Phone01", ""], 10, errors)
    assert (count, table.lines) == (4, [2, 4])
    assert table.columns["AccountNumber"] == ("999999999999999", "1000000000000000")
    assert [(error.line, error.column, error.message) for error in errors] == [
        (3, "AccountNumber", LONG_NUMBER),
        (5, "AccountNumber", "holds a line break"),
    ]


def test_a_sheet_that_unpacks_to_more_than_the_limit_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x", "w") as part:
        for _ in range(520):
            part.write(bytes(1024**2))
    with pytest.raises(Unreadable, match="too large when unpacked"):
        list(sheet_rows_of(path, path.name))
