from datetime import date

import pytest
from openpyxl import Workbook

from outbound_site.imports.files import TextFormat, detect, rows_of
from outbound_site.imports.list_files import ListFile
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.rows import WHOLE_ROW, Row, Unreadable, text_rows

TEXT = "Account Number;First name;Phone\r\n1;Jürgen;5550100\r\n2;Zoë €;5550101\r\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_the_encoding_is_recognised(tmp_path, encoding, found):
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode(encoding))
    how = detect(path.read_bytes(), path.name)
    assert how == TextFormat(found, ";")
    assert list(rows_of(path, path.name, how)) == [
        Row(1, ["Account Number", "First name", "Phone"]),
        Row(2, ["1", "Jürgen", "5550100"]),
        Row(3, ["2", "Zoë €", "5550101"]),
    ]


def test_a_sample_that_ends_within_a_character_is_still_utf_8():
    assert detect("Phone01\nÄ".encode()[:-1], "list.txt").encoding == "utf-8-sig"


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_the_delimiter_is_recognised_by_the_header(delimiter):
    assert (
        detect(delimiter.join(["AccountNumber", "Phone01", "Phone02"]).encode(), "list.txt").delimiter
        == delimiter
    )


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("line", ["sep={}", "SEP={}", '"sep={}"'])
def test_a_first_line_may_state_the_delimiter(tmp_path, line, delimiter):
    path = tmp_path / "list.csv"
    # More of another delimiter in the header.
    names = ["Name", "A,B;C|D\tE,F;G|H\tI".replace(delimiter, ""), "Phone01"]
    path.write_text("\n".join([line.format(delimiter), delimiter.join(names), delimiter.join("abc")]))
    how = detect(path.read_bytes(), path.name)
    assert how.delimiter == delimiter
    assert list(rows_of(path, path.name, how)) == [Row(2, names), Row(3, ["a", "b", "c"])]


def test_a_line_like_it_further_down_is_a_row():
    assert list(text_rows(["Name;Phone01\n", "sep=;\n"], ";")) == [
        Row(1, ["Name", "Phone01"]),
        Row(2, ["sep=", ""]),
    ]


def test_rows_of_delimiters_alone_and_columns_at_the_end_without_a_name_do_not_count(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(";;;\nName;Phone01; ;\n;;;\nAna;1;;;;\n ; ;\nLi;2\n" + ";" * 300 + "\n;;x;3\n")
    file = ListFile(path, path.name, detect(path.read_bytes(), path.name), ["LastName", "Phone01"])
    assert file.header() == ["Name", "Phone01"]

    errors = RowErrors()
    [(count, table)] = file.tables(errors)
    assert (count, table.columns) == (3, {"LastName": ("Ana", "Li"), "Phone01": ("1", "2")})
    assert [str(error) for error in errors] == ["Line 8: 4 fields where the header has 2"]


def test_quoted_fields_hold_delimiters_and_lines_are_numbered_right():
    text = 'Name,Phone01\r\n"Silva, Ana",1\r\n\r\n"a ""b"" c",2\r\nlast,3'
    assert list(text_rows(text.splitlines(keepends=True), ",")) == [
        Row(1, ["Name", "Phone01"]),
        Row(2, ["Silva, Ana", "1"]),
        Row(4, ['a "b" c', "2"]),
        Row(5, ["last", "3"]),
    ]


OPEN = {WHOLE_ROW: "quotes are open at the end of the line"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_break_within_quotes_makes_bad_rows_of_the_lines_it_joins(tmp_path, end):
    path = tmp_path / "list.csv"
    path.write_bytes(f'Name,Phone01{end}"two{end}{end}lines",2{end}last,3{end}'.encode())
    assert list(rows_of(path, path.name, TextFormat("utf-8", ","))) == [
        Row(1, ["Name", "Phone01"]),
        Row(2, ['"two'], OPEN),
        Row(4, ['lines",2'], {WHOLE_ROW: "the line stands within the quotes opened in line 2"}),
        Row(5, ["last", "3"]),
    ]


@pytest.mark.parametrize("end", ["", "\n"])
def test_quotes_that_are_never_closed_make_bad_rows_up_to_the_end(end):
    lines = ["Name,Phone01\n", "a,1\n", '"b,2\n', f"c,3{end}"]
    assert [(row.line, bool(row.problems)) for row in text_rows(lines, ",")] == [
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    ]
    assert list(text_rows([f'"b,2{end}'], ",")) == [Row(1, ['"b,2'], OPEN)]


def test_reading_goes_on_behind_quotes_that_swallow_more_than_a_field_holds():
    lines = ["Phone01\n", '"1\n', *["2125550100\n"] * 20_000]
    rows = list(text_rows(lines, ","))
    assert [row.line for row in rows] == list(range(1, 20_003))
    assert not rows[-1].problems
    assert 10_000 < sum(bool(row.problems) for row in rows) < 13_000


def test_a_spreadsheet_is_read_as_a_person_reads_it(tmp_path):
    book = Workbook()
    for row in [
        ["Account", "Phone", "DstObserved", "Since"],
        [],
        [17, 2125550100, True, date(2026, 3, 1)],
        ["0012", "0800 5", None, None],
    ]:
        book.active.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    assert list(rows_of(path, path.name, TextFormat("", ""))) == [
        Row(1, ["Account", "Phone", "DstObserved", "Since"]),
        Row(3, ["17", "2125550100", "true", "2026-03-01"]),
        Row(4, ["0012", "0800 5"]),
    ]


@pytest.mark.parametrize(
    ("name", "content", "how"),
    [
        ("list.xlsx", b"no spreadsheet", TextFormat("", "")),
        ("list.xls", b"\xd0\xcf\x11\xe0 neither", TextFormat("", "")),
        ("list.csv", b"\xff\xfe\xfd", TextFormat("utf-8-sig", ",")),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(tmp_path, name, content, how):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        list(rows_of(path, name, how))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_the_line_that_is_no_text_in_the_encoding_is_named(tmp_path, encoding):
    path = tmp_path / "list.csv"
    path.write_bytes(b"Name;Phone01\nSmith;5\n\nPe\xf1\xff;6\n")
    with pytest.raises(Unreadable, match="line 4 holds bytes that are no letter in it"):
        list(rows_of(path, path.name, TextFormat(encoding, ";")))
