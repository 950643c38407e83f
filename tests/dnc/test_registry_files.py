"""Files as public registries and spreadsheets deliver them; the table of layouts in docs/do-not-call.md."""

import gzip
import hashlib
import io
import random
import zipfile

import pytest

from dnc.do_not_call_list import contains, iterate
from dnc.file_layout import AREA_AND_NUMBER
from dnc.import_runner import reject_file
from dnc.line_parser import parse
from dnc.numbers import BadNumber, number_key

pytestmark = pytest.mark.django_db
OLD = "3035550100"
A, B, C = "2125551020", "2125551021", "4165551022"
XML = (
    "<list type='full' level='all' val='' />\n<ac val='212'>\n<ph val='5551020' /> <ph val='5551021' />\n"
    "</ac><ac val='416'>\n<ph val='5551022'/>\n</ac>\n</list>"
)


def zipped(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in files.items():
            archive.writestr(name, contents)
    return target.getvalue()


LAYOUTS = {
    # USA, National Do Not Call Registry, and Canada, National DNCL: flat text
    "area code, comma, number": "212,5551020\n212,5551021\n416,5551022\n",
    "the same with CRLF": "212,5551020\r\n212,5551021\r\n416,5551022\r\n",
    "the same, blanks and a blank line": "212, 5551020 \n\n 212 ,5551021\n416,5551022",
    "the same, quoted": '"212","5551020"\n"212","5551021"\n"416","5551022"\n',
    "the same, tabs": "212\t5551020\n212\t5551021\n416\t5551022\n",
    "the same, semicolons": "212;5551020\n212;5551021\n416;5551022\n",
    "the same, with a heading": "areacode,number\n212,5551020\n212,5551021\n416,5551022\n",
    "the same, heading of two words": "Area Code,Phone Number\n212,5551020\n212,5551021\n416,5551022\n",
    "the same, other order": "phone,area code\n5551020,212\n5551021,212\n5551022,416\n",
    "the same, with dates": "212,5551020,2003-06-27\n212,5551021,2003-06-28\n416,5551022,2003-06-29\n",
    "the same, with a byte-order mark": "\ufeff212,5551020\n212,5551021\n416,5551022\n",
    "the same in UTF-16": "212,5551020\n212,5551021\n416,5551022\n".encode("utf-16"),
    "area code, exchange, line": "212,555,1020\n212,555,1021\n416,555,1022\n",
    # their tagged files
    "XML": XML,
    "XML without line ends": "<?xml version='1.0'?>" + XML.replace("\n", ""),
    # delivered zipped, a file for each area code
    "zip": zipped({"registry.txt": "212,5551020\n212,5551021\n416,5551022\n"}),
    "zip of several files": zipped({"ac212.csv": "212,5551020\n212,5551021\n", "ac416.csv": "416,5551022"}),
    "zip of XML": zipped({"full.xml": XML}),
    "gzip": gzip.compress(b"212,5551020\n212,5551021\n416,5551022\n"),
    # one number a line: United Kingdom, TPS; and exports of other systems
    "one number a line": f"{A}\n{B}\n{C}\n",
    "with a heading": f"Phone Number\n{A}\n{B}\n{C}\n",
    "quoted": f'"{A}"\n"{B}"\n"{C}"\n',
    "quoted, with a heading": f'"phone"\n"{A}"\n"{B}"\n"{C}"\n',
    "number and date": f"{A},2003-06-27\n{B},2003-06-28\n{C},2003-06-29\n",
    "number and date of digits": f"{A},20030627\n{B},20030628\n{C},20030629\n",
    "named column among others": f"id;phone;name\n1;{A};Smith\n2;{B};Jones\n3;{C};\n",
    "number, area code beside it": f"phone_number,area_code,state\n{A},212,NY\n{B},212,NY\n{C},416,ON\n",
    "heading in German": "Vorwahl;Rufnummer\n212;5551020\n212;5551021\n416;5551022\n",
    "heading in French": "Indicatif régional,Tél\n212,5551020\n212,5551021\n416,5551022\n".encode("cp1252"),
}


@pytest.mark.parametrize("contents", LAYOUTS.values(), ids=LAYOUTS)
def test_known_layouts_are_joined_to_one_number(import_file, contents):
    batch = import_file(contents)

    assert (batch.state, batch.message, batch.rejected) == ("succeeded", "", 0)
    assert set(iterate()) == {A, B, C}


def test_the_import_says_how_the_file_was_read(import_file):
    assert import_file("212,5551020\n").layout == "area code and number"
    assert import_file(f"{A}\n").layout == "one number a line"
    assert import_file(f"phone;name\n{A};x\n").layout == "a column of numbers"


AMBIGUOUS = {
    "area codes of other lengths": ("020,79460000\n0161,4960000\n", "read in several ways"),
    "short number, long extension": ("01632,960123\n", "read in several ways"),
    "exchange without name": ("areacode,prefix,line,phone\n212,555,1020,1020\n", "read in several ways"),
    "a code beside short numbers": ("code,phone\n212,5551020\n416,5551022\n", "read in several ways"),
    "country code": ("1,212,5551020\n1,416,5551022\n", "read in several ways"),
    "two columns of numbers": (f"{A},{B}\n{C},{B}\n", "read in several ways"),
    "two columns, named": (f"phone,mobile\n{A},{B}\n", "several columns of telephone numbers"),
    "a mark in every line": ("".join(f"{int(A) + n},1\n" for n in range(20)), "changes, or marks"),
    "the same extension in every line": ("".join(f"{int(A) + n},77\n" for n in range(20)), "several ways"),
    "list of changes": ("212,5551020,A,2003-06-27\n212,5551021,D,2003-06-28\n", "list of changes"),
    "list of changes, no dates": ("212,5551020,A\n212,5551021,D\n", "list of changes"),
    "list of changes, named": (f"phone,action\n{A},A\n{B},D\n", "list of changes"),
    "result of a check": ("81234567,Y,N\n81234568,N,N\n", "list of changes"),
    "list of changes in XML": (XML.replace("full", "change"), "list of changes"),
    "XML cut off": (XML[:-20], "ends before its list does"),
    "other XML": (XML.replace("</ac>", "</ac><dc val='1'/>"), "none that a registry delivers"),
    "half of each": (f"{A}\n416,5551022\n" * 20, "not of one layout"),
    "spreadsheet": (zipped({"[Content_Types].xml": "", "xl/a.xml": ""}), "spreadsheet"),
    "picture in a zip": (zipped({"list.txt": f"{A}\n", "picture.png": "x"}), "no list of numbers"),
    "empty zip": (zipped({"folder/": ""}), "holds no file"),
    "damaged zip": (zipped({"list.txt": f"{A}\n" * 999})[:-60], "zip file is damaged"),
    "only a heading": ("areacode,number\n", "No line of the file is a telephone number"),
    "only a heading in a zip": (zipped({"list.txt": "Phone\n"}), "No line of the file is a telephone number"),
}


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(("contents", "reason"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_can_be_read_in_several_ways_is_refused_and_the_old_list_stays(
    import_file, contents, reason, overwrite
):
    import_file(f"{OLD}\n")

    batch = import_file(contents, overwrite=overwrite)

    assert (batch.state, batch.in_force) == ("failed", False)
    assert reason in batch.message
    assert set(iterate()) == {OLD}


def test_numbers_with_extensions_are_read_as_the_original_writes_them(import_file):
    numbers = [A, f"{B},12", f"{C},77", "*67#", "5551020,123", "3035550101,1234"]

    batch = import_file("\n".join([*numbers, "3035550102,"]))

    assert batch.rejected == 0
    assert contains([*numbers, "3035550102"]) == {*numbers, "3035550102"}


def test_extensions_in_nearly_every_line_are_extensions(import_file):
    numbers = [f"{2125551000 + n},{100 + n}" for n in range(50)]

    assert import_file("\n".join(numbers)).rejected == 0
    assert contains(numbers) == set(numbers)


def test_a_heading_says_that_equal_extensions_are_meant(import_file):
    import_file("phone,extension\n" + "".join(f"{2125551000 + n},77\n" for n in range(50)))

    assert contains(["2125551049,77", "2125551049"]) == {"2125551049,77"}


def test_a_heading_joins_area_codes_of_any_length(import_file):
    import_file("area code,number\n020,79460000\n01632,960123\n212,5551020\n")

    assert set(iterate()) == {"02079460000", "01632960123", A}


def test_whole_numbers_in_a_file_of_area_codes_are_not_joined_again(import_file):
    batch = import_file("area code,number\n" + "212,5551020\n" * 30 + f"416,{C}\n")

    assert (set(iterate()), batch.rejected) == ({A}, 1)


def test_lines_that_differ_from_the_layout_are_left_out_and_counted(import_file):
    batch = import_file("212,5551020\n" * 100 + "2125551021,12\n212,555102\n2125551021\n416,5551022\n")

    assert set(iterate()) == {A, C}
    assert batch.rejected_by_reason == {"not in the columns of the other lines": 3}


def test_a_short_number_with_a_long_extension_among_others_is_left_out(import_file):
    batch = import_file(f"{A}\n{B}\n" * 50 + "416,5551022\n")

    assert set(iterate()) == {A, B}
    assert batch.rejected_by_reason == {"short number with long extension, or number in two columns": 1}


def test_bad_lines_of_a_zip_are_shown_with_their_file(import_file):
    batch = import_file(zipped({"a.txt": f"{A}\nbad\n", "b.txt": f"{B}\n{C}\n\nworse\n"}))

    assert reject_file(batch.pk).read_text().splitlines() == [
        "a.txt:2\tcharacter other than 0-9 # *\tbad",
        "b.txt:4\tcharacter other than 0-9 # *\tworse",
    ]


def test_the_whole_of_a_zip_is_hashed(import_file):
    contents = zipped({"a.txt": f"{A}\n" * 90_000, "b.txt": f"{B}\n"}) + b""

    assert import_file(contents).sha256 == hashlib.sha256(contents).hexdigest()


def test_what_a_mac_adds_to_a_zip_is_passed_over(import_file):
    batch = import_file(zipped({"list.txt": f"{A}\n", "__MACOSX/._list.txt": b"\x00\x05\x16\x07"}))

    assert (batch.state, set(iterate())) == ("succeeded", {A})


def test_a_zip_packed_in_an_unusual_way_is_refused(import_file):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("list.txt", f"{A}\n")

    assert "unusual way" in import_file(target.getvalue()).message


def test_a_password_is_reported(import_file):
    contents = bytearray(zipped({"list.txt": f"{A}\n"}))
    contents[6] |= 1
    contents[contents.index(b"PK\x01\x02") + 8] |= 1

    assert import_file(bytes(contents)).message == "The zip file is protected by a password."


def test_bulk_reading_of_split_numbers_agrees_with_reading_line_by_line():
    def one_by_one(line):
        try:
            return AREA_AND_NUMBER.number(line)
        except BadNumber:
            return ""

    random_ = random.Random(8)
    right = [f"{random_.randrange(1000):03},{random_.randrange(10**7):07}" for _ in range(2_000)]
    wrong = ["".join(random_.choices("0123456789,, x", k=random_.randrange(14))) for _ in range(2_000)]
    lines = [line.strip() for line in random_.sample(right + wrong, 4_000)]

    parsed = parse("".join(f"{line}\r\n" for line in lines).encode(), 1, AREA_AND_NUMBER)

    assert len(parsed.keys) >= 2_000
    assert sorted(parsed.keys.tolist()) == sorted(number_key(n) for n in map(one_by_one, lines) if n)
