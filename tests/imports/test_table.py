import pytest
from django.core.validators import MaxLengthValidator

from outbound_site.core.validators import Characters, InRange, MaxBytes
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.table import MAX_ROWS, read_column, read_table
from outbound_site.unifiedconfig.elements import Integer, Text
from outbound_site.unifiedconfig.errors import ApiError

COLUMNS = ("Name", "Age", "Phone")


def read(content, delimiter=","):
    errors = RowErrors()
    return read_table(content, delimiter, COLUMNS, errors), errors


@pytest.mark.parametrize(
    "content",
    [
        "Name,Age\nAna,41\nLi,7",
        "\n    Name,Age\n    Ana,41  \n\tLi,7\n  ",
        "Name,Age\r\nAna,41\r\nLi,7\r\n",
        "Name,Age\rAna,41\rLi,7",
        "\ufeffName,Age\nAna,41\nLi,7\n",
        " Name , Age \n Ana , 41 \n Li , 7 ",
    ],
)
def test_lines_may_be_indented_blank_and_ended_in_any_way(content):
    table, errors = read(content)
    assert table.columns == {"Name": ["Ana", "Li"], "Age": ["41", "7"]}
    assert list(table.lines) == [2, 3]
    assert errors == []


def test_blank_lines_between_rows_count_as_lines():
    table, _ = read("\n\nName\n\nAna\n \nLi\n")
    assert list(table.lines) == [3, 5]


def test_the_delimiter_at_the_end_of_a_line_is_an_empty_last_field():
    table, errors = read("Name|Age\nAna|", "|")
    assert table.columns == {"Name": ["Ana"], "Age": [""]}
    assert errors == []


def test_rows_of_another_width_are_reported_and_left_out():
    table, errors = read("Name,Age\nAna,41\nLi\nEva,3,4")
    assert table.columns["Name"] == ["Ana"]
    assert [str(error) for error in errors] == [
        "Line 3: 1 fields where the header has 2",
        "Line 4: 3 fields where the header has 2",
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Name,name", "Line 1: “name” is not a known column"),
        ("Name,Name", "Line 1: Name stands twice"),
        ("Name,", "Line 1: “” is not a known column"),
        ("Name;Age", "Line 1: “Name;Age” is not a known column"),
    ],
)
def test_a_wrong_header_is_refused(header, message):
    with pytest.raises(ApiError) as refusal:
        read(f"{header}\n1,2")
    assert refusal.value.errors[0].detail["error"]["errorMessage"] == message


@pytest.mark.parametrize(
    ("rows", "error_type"), [(0, "invalidInput.fieldRequired"), (MAX_ROWS + 1, "limitExceeded.importRecords")]
)
def test_no_row_and_too_many_rows_are_refused(rows, error_type):
    with pytest.raises(ApiError) as refusal:
        read("Name\n" + "Ana\n" * rows)
    assert refusal.value.errors[0].type == error_type


def test_as_many_rows_as_allowed_are_read():
    assert len(read("Name\n" + "Ana\n" * MAX_ROWS)[0]) == MAX_ROWS


def column(element, *values):
    errors = RowErrors()
    table, _ = read("\n".join([element.name, *values]))
    return list(read_column(element, table, errors)), [str(error) for error in errors]


phone = Text("Phone", validators=[MaxLengthValidator(32), Characters("0-9#*")])


@pytest.mark.parametrize(
    ("element", "value", "message"),
    [
        (phone, "12-3", "Line 3: Phone contains invalid characters"),
        (phone, "1" * 33, "Line 3: Phone exceeds the maximum length of 32"),
        (phone, "٣", "Line 3: Phone contains invalid characters"),
        (Text("Name", validators=[MaxBytes(3)]), "éé", "Line 3: Name exceeds the maximum length of 3"),
        (Text("Name"), "a\x00b", "Line 3: Name contains invalid characters"),
        (Integer("Age"), "4.5", "Line 3: Age has an invalid value"),
        (
            Integer("Age", validators=[InRange(-780, 720)]),
            "721",
            "Line 3: Age must contain a value from -780 to 720",
        ),
    ],
)
def test_a_wrong_field_is_reported_with_its_line_column_and_rule(element, value, message):
    good = "7"
    values, errors = column(element, good, value, good)
    assert errors == [message]
    assert values[1] is None
    assert values[0] == values[2] == (7 if isinstance(element, Integer) else "7")


def test_a_column_without_fault_is_returned_as_it_stands():
    assert column(phone, "98*22", "987#") == (["98*22", "987#"], [])


def test_a_required_field_may_not_be_empty():
    table, _ = read("Name,Age\n,1\nAna,2")
    errors = RowErrors()
    read_column(Text("Name", required=True), table, errors)
    assert [str(error) for error in errors] == ["Line 2: Name is required"]


def test_a_hundred_errors_are_given_in_full_and_the_rest_counted_by_rule():
    errors = RowErrors()
    for line in range(2, 132):
        errors.add(line, "Phone", "x", "invalidInput.invalidCharacter", "contains invalid characters")
    for line in range(202, 262):
        errors.add(line, "Age", "x", "invalidInput.invalidValue", "has an invalid value")
    api_errors = errors.api_errors()
    assert [error.detail["error"].get("line") for error in api_errors[:100]] == list(range(2, 102))
    assert [error.message for error in api_errors[100:]] == [
        "30 more of 130 errors of the type invalidInput.invalidCharacter",
        "60 more of 60 errors of the type invalidInput.invalidValue",
    ]
    assert api_errors[100].detail["error"]["count"] == 130
