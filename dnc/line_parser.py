"""Reading the lines of a Do Not Call file in bulk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

import numpy as np

from dnc.file_layout import AREA_AND_NUMBER, ONE_NUMBER, Layout, recognise
from dnc.file_text import (
    PIECE_BYTES,
    HashedFile,
    damage_as_unreadable,
    is_tagged,
    tagged_lines,
    texts,
    whole_lines,
)
from dnc.numbers import BLANKS, LONGEST_IN_BLOCK, SHORTEST_IN_BLOCK

# Blanks around a number beyond this many are left to the slower way, line by line.
BLANKS_STRIPPED_IN_BULK = 8


@dataclass(frozen=True)
class ParsedLines:
    """Some lines: `keys` of those in number blocks, `others` as (line number, text), blank lines in neither.

    `name`: of the file within a zip.
    """

    first_line: int
    lines: int
    keys: np.ndarray
    others: list[tuple[int, bytes]]
    layout: Layout
    name: str


def parsed_lines(source: HashedFile) -> Iterator[ParsedLines]:
    """The lines of the file, or of all files in a zip, a megabyte or so at a time; raises Unreadable."""
    with damage_as_unreadable():
        for name, text in texts(source):
            yield from _parsed_text(name, text)


def _parsed_text(name: str, text: IO[bytes]) -> Iterator[ParsedLines]:
    first, line = text.read(PIECE_BYTES), 1
    layout = AREA_AND_NUMBER if is_tagged(first) else None
    for piece in tagged_lines(text, first) if layout else whole_lines(text, first):
        is_new = layout is None
        layout = layout or recognise(piece)
        parsed = parse(piece, line, layout or ONE_NUMBER, name)
        line += parsed.lines
        if is_new and layout and layout.has_heading:
            parsed = replace(parsed, others=parsed.others[1:])
        yield parsed


# Eight characters at a time as one 64-bit word, the first in its lowest byte.
_PAD = b"\n" * 16
_KEEP = np.array([0, *((1 << 64) - (1 << (64 - 8 * n)) for n in range(1, 9))], dtype=np.uint64)
_ZEROS = np.uint64(0x3030303030303030)
_HIGH_NIBBLES = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIXES = np.uint64(0x0606060606060606)
_BYTES = np.uint64(0x000000FF000000FF)
_FIRST_PAIRS, _SECOND_PAIRS = np.uint64(100 + (1_000_000 << 32)), np.uint64(1 + (10_000 << 32))
_ONE_BEFORE = 10 ** np.arange(LONGEST_IN_BLOCK + 1, dtype=np.uint64)
_IS_BLANK = np.isin(np.arange(256), np.frombuffer(BLANKS.encode(), dtype=np.uint8))


def parse(text: bytes, first_line: int, layout: Layout = ONE_NUMBER, name: str = "") -> ParsedLines:
    """Take whole lines apart in bulk: 4 to 15 digits become keys, what else is not blank stays text."""
    if text.isspace():
        return ParsedLines(first_line, text.count(b"\n"), np.empty(0, dtype=np.uint64), [], layout, name)
    if layout.bulk_delimiter and b'"' in text:
        text = text.replace(b'"', b"")
    data = np.frombuffer(_PAD + text, dtype=np.uint8)
    breaks = np.flatnonzero(data == ord("\n"))[len(_PAD) - 1 :]
    starts, ends = breaks[:-1] + 1, breaks[1:].copy()
    for _ in range(BLANKS_STRIPPED_IN_BULK):
        trailing = _IS_BLANK[data[ends - 1]]
        leading = _IS_BLANK[data[starts]] & (starts < ends - trailing)
        if not trailing.any() and not leading.any():
            break
        ends -= trailing
        starts = starts + leading
    lengths = ends - starts
    if layout.bulk_delimiter:
        keys, are_keys = _split_keys(data, starts, ends, ord(layout.bulk_delimiter))
    elif layout.columns:
        keys, are_keys = np.empty(0, dtype=np.uint64), np.zeros(len(lengths), dtype=bool)
    else:
        keys, are_keys = _keys(data, ends, lengths)
    others = np.flatnonzero(~are_keys & (lengths > 0))
    left = [(first_line + i, data[starts[i] : ends[i]].tobytes()) for i in others.tolist()]
    return ParsedLines(first_line, len(lengths), keys, left, layout, name)


def _keys(data: np.ndarray, ends: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The keys of lines that are 4 to 15 digits, and which lines these are."""
    words = _words(data)
    places = lengths.clip(0, LONGEST_IN_BLOCK)
    low, low_is_bad = _eight_digits(words[ends - 8], places.clip(max=8))
    high, high_is_bad = _eight_digits(words[ends - 16], (places - 8).clip(0))
    in_block = (lengths >= SHORTEST_IN_BLOCK) & (lengths <= LONGEST_IN_BLOCK) & ~low_is_bad & ~high_is_bad
    return (_ONE_BEFORE[places] + high * np.uint64(10**8) + low)[in_block], in_block


def _split_keys(
    data: np.ndarray, starts: np.ndarray, ends: np.ndarray, delimiter: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same of lines that are 3 digits, the delimiter and 7 digits."""
    words = _words(data)
    in_shape = (ends - starts == 11) & (data[(starts + 3).clip(max=len(data) - 1)] == delimiter)
    area, area_is_bad = _eight_digits(words[starts - 5], np.full(len(starts), 3))
    local, local_is_bad = _eight_digits(words[ends - 8], np.full(len(starts), 7))
    in_block = in_shape & ~area_is_bad & ~local_is_bad
    return (_ONE_BEFORE[10] + area * np.uint64(10**7) + local)[in_block], in_block


def _words(data: np.ndarray) -> np.ndarray:
    return np.ndarray(len(data) - 7, dtype="<u8", buffer=data, strides=(1,))


def _eight_digits(words: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that the last `places` characters of each word write, and where these are no digits."""
    keep = _KEEP[places]
    digits = (words ^ _ZEROS) & keep
    is_bad = ((digits | (digits + _SIXES)) & _HIGH_NIBBLES) != 0
    digits = digits * np.uint64(10) + (digits >> np.uint64(8))
    number = (digits & _BYTES) * _FIRST_PAIRS + ((digits >> np.uint64(16)) & _BYTES) * _SECOND_PAIRS
    return number >> np.uint64(32), is_bad
