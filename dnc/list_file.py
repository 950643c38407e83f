"""Reading a Do Not Call file: what kind of file it is, its lines in bulk, and what is wrong with a line."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from dnc.numbers import BLANKS, LONGEST_PAGED, SHORTEST_PAGED

BLOCK_BYTES = 1 << 20
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Blanks around a number beyond this many are left to the slower way, line by line.
BLANKS_STRIPPED_IN_BULK = 8


class Unreadable(Exception):
    """The file is no list of numbers; the message says why."""


class HashedFile(io.RawIOBase):
    """Hashes a file's bytes as they are read and counts them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.done_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._digest.update(block)
        self.done_bytes += len(block)
        return len(block)

    def hexdigest(self) -> str:
        while self.read(BLOCK_BYTES):
            pass
        return self._digest.hexdigest()


@dataclass(frozen=True)
class Block:
    """Some lines: `keys` of those that fit pages, `others` as (line number, text), blank lines in neither."""

    first_line: int
    lines: int
    keys: np.ndarray
    others: list[tuple[int, bytes]]


def blocks(file: io.RawIOBase) -> Iterator[Block]:
    """The file in blocks of about a megabyte, gzip and UTF-16 unpacked; raises Unreadable."""
    line = 1
    try:
        for text in _whole_lines(_plain(io.BufferedReader(file, BLOCK_BYTES))):
            block = parse(text, line)
            yield block
            line += block.lines
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"The gzip file is damaged: {error}.") from error
    except UnicodeError as error:
        raise Unreadable("The UTF-16 or UTF-32 text is damaged.") from error


def _plain(file: io.BufferedReader) -> IO[bytes]:
    head = file.peek(4)[:4]
    if head[:2] == b"\x1f\x8b":
        return _plain(io.BufferedReader(gzip.GzipFile(fileobj=file), BLOCK_BYTES))
    if head.startswith(codecs.BOM_UTF8):
        file.read(len(codecs.BOM_UTF8))
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return codecs.EncodedFile(file, "utf-8", encoding)
    return file


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while text := file.read(BLOCK_BYTES):
        if b"\0" in text:
            raise Unreadable("This is a binary file, not a text of one number a line.")
        end = text.rfind(b"\n") + 1
        if end:
            yield rest + text[:end]
            rest = text[end:]
        elif len(rest) > BLOCK_BYTES:
            raise Unreadable("A line is longer than a megabyte; this is not a text of one number a line.")
        else:
            rest += text
    if rest:
        yield rest + b"\n"


# Eight characters at a time as one 64-bit word, the first in its lowest byte.
_PAD = b"\n" * 16
_KEEP = np.array([0, *((1 << 64) - (1 << (64 - 8 * n)) for n in range(1, 9))], dtype=np.uint64)
_ZEROS = np.uint64(0x3030303030303030)
_HIGH_NIBBLES = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIXES = np.uint64(0x0606060606060606)
_BYTES = np.uint64(0x000000FF000000FF)
_FIRST_PAIRS, _SECOND_PAIRS = np.uint64(100 + (1_000_000 << 32)), np.uint64(1 + (10_000 << 32))
_ONE_BEFORE = 10 ** np.arange(LONGEST_PAGED + 1, dtype=np.uint64)
_IS_BLANK = np.isin(np.arange(256), np.frombuffer(BLANKS.encode(), dtype=np.uint8))


def parse(text: bytes, first_line: int) -> Block:
    """Take whole lines apart in bulk: 4 to 15 digits become keys, what else is not blank stays text."""
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
    words = np.ndarray(len(data) - 7, dtype="<u8", buffer=data, strides=(1,))
    places = lengths.clip(0, LONGEST_PAGED)
    low, low_is_bad = _eight_digits(words[ends - 8], places.clip(max=8))
    high, high_is_bad = _eight_digits(words[ends - 16], (places - 8).clip(0))
    paged = (lengths >= SHORTEST_PAGED) & (lengths <= LONGEST_PAGED) & ~low_is_bad & ~high_is_bad
    keys = (_ONE_BEFORE[places] + high * np.uint64(10**8) + low)[paged]
    others = np.flatnonzero(~paged & (lengths > 0))
    return Block(
        first_line,
        len(lengths),
        keys,
        [(first_line + i, data[starts[i] : ends[i]].tobytes()) for i in others.tolist()],
    )


def _eight_digits(words: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that the last `places` characters of each word write, and where these are no digits."""
    keep = _KEEP[places]
    digits = (words ^ _ZEROS) & keep
    is_bad = ((digits | (digits + _SIXES)) & _HIGH_NIBBLES) != 0
    digits = digits * np.uint64(10) + (digits >> np.uint64(8))
    number = (digits & _BYTES) * _FIRST_PAIRS + ((digits >> np.uint64(16)) & _BYTES) * _SECOND_PAIRS
    return number >> np.uint64(32), is_bad
