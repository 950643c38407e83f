import gzip
import io
import random

import pytest

from dnc import file_text
from dnc.file_text import HashedFile, Unreadable
from dnc.line_parser import parsed_lines
from dnc.numbers import BLANKS, number_key

LINES = "2225554444\r\n0222\n\n 12225554444 \n222\n"


def read(contents):
    """(keys, others, number of lines) of a whole file."""
    found = list(parsed_lines(HashedFile(io.BytesIO(contents))))
    keys = [key for parsed in found for key in parsed.keys.tolist()]
    return keys, [other for parsed in found for other in parsed.others], sum(parsed.lines for parsed in found)


@pytest.mark.parametrize(
    "contents",
    [
        LINES.encode(),
        LINES.rstrip("\n").encode(),
        gzip.compress(LINES.encode()),
        b"\xef\xbb\xbf" + LINES.encode(),
        LINES.encode("utf-16"),
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        LINES.encode("utf-32"),
        gzip.compress(LINES.encode("utf-16")),
    ],
    ids=[
        "plain",
        "no last line end",
        "gzip",
        "UTF-8 mark",
        "UTF-16",
        "UTF-16 BE",
        "UTF-32",
        "UTF-16 in gzip",
    ],
)
def test_every_kind_of_text_file_is_read(contents):
    assert read(contents) == ([12225554444, 10222, 112225554444], [(5, b"222")], 5)


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (bytes(range(256)) * 9, "binary file"),
        (b"PK\x03\x04\x14\x00\x06\x00" * 50, "zip file is damaged"),
        (LINES.encode("utf-16")[2:], "binary file"),
        (gzip.compress(LINES.encode() * 99)[:-20], "gzip file is damaged"),
        (b"\x1f\x8b" + b"garbage" * 20, "gzip file is damaged"),
        (b"\xff\xfe" + b"\x00\xd8" * 9, "damaged"),
        (b"2" * 5_000_000, "longer than a megabyte"),
    ],
    ids=["bytes", "zip", "UTF-16 without mark", "cut gzip", "no gzip", "half a pair", "one line"],
)
def test_what_is_no_list_is_refused_with_the_reason(contents, reason):
    with pytest.raises(Unreadable, match=reason):
        read(contents)


@pytest.mark.parametrize("contents", [b"", b"\n", b"\r\n \r\n\t\n", b"\n" * 5])
def test_blank_lines_hold_nothing(contents):
    assert read(contents)[:2] == ([], [])


def test_bulk_reading_agrees_with_reading_line_by_line():
    random_ = random.Random(7)
    characters = "0123456789" * 6 + "#*,x/:;\xff " + BLANKS
    lines = ["".join(random_.choices(characters, k=random_.randrange(24))) for _ in range(20_000)]

    keys, others, count = read("\n".join(lines).encode("latin-1"))

    stripped = [line.strip(BLANKS) for line in lines]
    assert count == len(lines)
    assert keys == [number_key(line) for line in stripped if number_key(line)]
    left = [
        (i, line.encode("latin-1")) for i, line in enumerate(stripped, 1) if line and not number_key(line)
    ]
    assert [(i, text.strip(BLANKS.encode())) for i, text in others if text.strip(BLANKS.encode())] == left


def test_lines_are_numbered_across_blocks(monkeypatch):
    monkeypatch.setattr(file_text, "PIECE_BYTES", 64)

    _, others, count = read(b"2225554444\n" * 1_000 + b"bad\n" + b"2225554444\n" * 1_000)

    assert (others, count) == ([(1_001, b"bad")], 2_001)
