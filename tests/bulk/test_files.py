from datetime import date

import pytest
from openpyxl import Workbook

from campaigns.contact_columns import COLUMNS, SYNONYMS
from outbound_site.bulk.files import TextFormat, Unreadable, detect, rows_of, suggest_columns, text_rows

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
        (1, ["Account Number", "First name", "Phone"]),
        (2, ["1", "Jürgen", "5550100"]),
        (3, ["2", "Zoë €", "5550101"]),
    ]


def test_a_sample_that_ends_within_a_character_is_still_utf_8():
    assert detect("Phone01\nÄ".encode()[:-1], "list.txt").encoding == "utf-8-sig"


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_the_delimiter_is_recognised_by_the_header(delimiter):
    assert (
        detect(delimiter.join(["AccountNumber", "Phone01", "Phone02"]).encode(), "list.txt").delimiter
        == delimiter
    )


def test_quoted_fields_hold_delimiters_and_line_ends_and_lines_are_still_numbered_right():
    text = 'Name,Phone01\n"Silva, Ana",1\n\n"two\nlines",2\nlast,3\n'
    assert list(text_rows(text.splitlines(keepends=True), ",")) == [
        (1, ["Name", "Phone01"]),
        (2, ["Silva, Ana", "1"]),
        (4, ["two\nlines", "2"]),
        (6, ["last", "3"]),
    ]


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
        (1, ["Account", "Phone", "DstObserved", "Since"]),
        (3, ["17", "2125550100", "true", "2026-03-01"]),
        (4, ["0012", "0800 5", "", ""]),
    ]


@pytest.mark.parametrize(
    ("name", "content", "how"),
    [
        ("list.xlsx", b"no spreadsheet", TextFormat("", "")),
        ("list.xls", b"\xd0\xcf\x11\xe0 neither", TextFormat("", "")),
        ("list.csv", b"\xff\xfe\xfd", TextFormat("utf-8-sig", ",")),
        ("list.csv", b'Phone01\n"' + b"x" * 200_000, TextFormat("utf-8-sig", ",")),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(tmp_path, name, content, how):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        list(rows_of(path, name, how))


def test_columns_are_recognised_by_their_names_and_by_what_is_remembered():
    header = [
        "account_number",
        "First Name",
        "Surname",
        "Phone",
        "phone 2",
        "Mobile",
        "Phone10",
        "Note",
        "Phone 2",
    ]
    assert suggest_columns(header, {"Mobile": "Phone03", "Note": "gone"}, COLUMNS, SYNONYMS) == [
        *["AccountNumber", "FirstName", "LastName", "Phone01", "Phone02", "Phone03", "Phone10", "", ""]
    ]
