"""The bytes of a Do Not Call file as plain text: hashed, unpacked under limits, in one encoding."""

import codecs
import gzip
import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, Any

from django.conf import settings

# Text is taken apart by about so much at a time.
PIECE_BYTES = 1 << 20
# Reads are short, so that the lease is renewed and the time checked while a slow disk delivers.
READ_BYTES = 1 << 18
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# A sorted list of numbers without a gap is packed about 6 times smaller.
MAX_RATIO, UNPACKED_WITHOUT_RATIO = 100, 16 << 20
TAGGED_HEAD_BYTES = 4096
TEXT_SUFFIXES = {"", ".txt", ".csv", ".tsv", ".xml", ".lst", ".dat", ".gz"}


class Unreadable(Exception):
    """The file is no list of numbers; the message says why."""


class HashedFile(io.RawIOBase):
    """Hashes a file's bytes as they are read in order and counts them; `on_read` is called for each read."""

    def __init__(self, file: IO[bytes], on_read: Callable[[], None] = lambda: None) -> None:
        self._file = file
        self._on_read = on_read
        self._digest = hashlib.sha256()
        self._hashed_bytes = 0
        self._position = 0
        self.done_bytes = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = self._file.seek(offset, whence)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        self._on_read()
        block = self._file.read(min(len(buffer), READ_BYTES))
        buffer[: len(block)] = block
        if self._position == self._hashed_bytes:
            self._digest.update(block)
            self._hashed_bytes += len(block)
        self._position += len(block)
        self.done_bytes += len(block)
        return len(block)

    def hexdigest(self) -> str:
        """Of the whole file; reads what was left out."""
        if self._position != self._hashed_bytes:
            self.seek(self._hashed_bytes)
        while self.read(READ_BYTES):
            pass
        return self._digest.hexdigest()


class _Unpacked(io.RawIOBase):
    """What a packed file unpacks to; raises Unreadable beyond the limits."""

    def __init__(self, file: Any, source: HashedFile, budget: list[int]) -> None:
        self._file = file
        self._source = source
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._budget[0] += len(block)
        unpacked = self._budget[0]
        if unpacked > settings.DNC_MAX_UNPACKED_BYTES:
            limit = f"{settings.DNC_MAX_UNPACKED_BYTES:,} bytes (DNC_MAX_UNPACKED_BYTES)"
            raise Unreadable(f"The file unpacks to more than {limit}.")
        if unpacked > max(UNPACKED_WITHOUT_RATIO, MAX_RATIO * self._source.done_bytes):
            raise Unreadable(f"The file unpacks to more than {MAX_RATIO} times its size; it is no list.")
        return len(block)


def texts(source: HashedFile) -> Iterator[tuple[str, IO[bytes]]]:
    """The name and the text of the file, "" for its name, or of each file in a zip. Raises Unreadable."""
    file = io.BufferedReader(source, PIECE_BYTES)
    budget = [0]
    if not file.peek(4).startswith(b"PK\x03\x04"):
        yield "", _plain(file, source, budget)
        return
    with _damage_as_bad_zip():
        archive = zipfile.ZipFile(file)
    with archive:
        for info in _members(archive):
            with _damage_as_bad_zip():
                member = archive.open(info)
            with member:
                packed = _Unpacked(member, source, budget)
                yield info.filename, _plain(io.BufferedReader(packed, PIECE_BYTES), source, budget)


@contextmanager
def damage_as_unreadable() -> Iterator[None]:
    """What is wrong with packed or encoded bytes, as Unreadable."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Unreadable(f"The zip file is damaged: {error}.") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"The gzip file is damaged: {error}.") from error
    except UnicodeError as error:
        raise Unreadable("The UTF-16 or UTF-32 text is damaged.") from error


@contextmanager
def _damage_as_bad_zip() -> Iterator[None]:
    """`zipfile` has no one exception for archives whose numbers make no sense."""
    try:
        yield
    except (ValueError, OverflowError, struct.error) as error:
        raise zipfile.BadZipFile(str(error)) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    names = archive.namelist()
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise Unreadable("This is a spreadsheet or document. Save its numbers as CSV or text.")
    members = [
        info for info in archive.infolist() if not (info.is_dir() or info.filename.startswith("__MACOSX/"))
    ]
    if not members:
        raise Unreadable("The zip file holds no file.")
    for info in members:
        if PurePath(info.filename).suffix.lower() not in TEXT_SUFFIXES:
            raise Unreadable(f"The zip file holds {info.filename[:100]!r}, which is no list of numbers.")
        if info.flag_bits & 1:
            raise Unreadable("The zip file is protected by a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("The zip file is packed in an unusual way. Pack it anew, with the usual method.")
    return members


def _plain(file: Any, source: HashedFile, budget: list[int], may_be_gzip: bool = True) -> IO[bytes]:
    head = file.peek(4)[:4]
    if head[:2] == b"\x1f\x8b":
        if not may_be_gzip:
            raise Unreadable("The file is packed more than once.")
        unpacked = _Unpacked(gzip.GzipFile(fileobj=file), source, budget)
        return _plain(io.BufferedReader(unpacked, PIECE_BYTES), source, budget, may_be_gzip=False)
    if head.startswith(codecs.BOM_UTF8):
        file.read(len(codecs.BOM_UTF8))
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return codecs.EncodedFile(file, "utf-8", encoding)
    return file


def whole_lines(file: IO[bytes], text: bytes) -> Iterator[bytes]:
    """The text, which begins with `text`, in pieces of about a megabyte, each of whole lines."""
    rest = b""
    while text:
        if b"\0" in text:
            raise Unreadable("This is a binary file, not a text of one number a line.")
        end = text.rfind(b"\n") + 1
        if end:
            yield rest + text[:end]
            rest = text[end:]
        elif len(rest) > PIECE_BYTES:
            raise Unreadable("A line is longer than a megabyte; this is not a text of one number a line.")
        else:
            rest += text
        text = file.read(PIECE_BYTES)
    if rest:
        yield rest + b"\n"


def decoded(text: bytes) -> str:
    """For what is not digits alone: a dash or a blank between them may be any of Unicode's."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


# The tagged files of the registries of the USA and Canada:
# <list type='full' ...><ac val='416'><ph val='1234567' /></ac></list>, also without any line end.
_TAG = re.compile(
    rb"""\s+|<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*>|<(?P<name>list|ac|ph)(?P<attributes>\s[^<>]*)?>|</(?:list|ac|ph)\s*>"""
)
_VALUE = re.compile(rb"""\bval\s*=\s*['"](\d*)['"]""")
_TYPE = re.compile(rb"""\btype\s*=\s*['"](\w*)['"]""")


def is_tagged(text: bytes) -> bool:
    return text.lstrip().startswith(b"<") and b"<list" in text[:TAGGED_HEAD_BYTES]


def tagged_lines(file: IO[bytes], text: bytes) -> Iterator[bytes]:
    """The numbers of a tagged file, which begins with `text`, as lines of area code, comma, number."""
    area = b""
    while text:
        end = text.rfind(b">") + 1
        lines, area = _tagged(text[:end], area)
        yield lines
        more = file.read(PIECE_BYTES)
        if not more and (text[end:].strip() or not text[:end].rstrip().endswith(b"</list>")):
            raise Unreadable("The XML file ends before its list does.")
        if len(text) - end > PIECE_BYTES:
            raise Unreadable("The XML is none that a registry delivers.")
        text = text[end:] + more if more else b""


def _tagged(text: bytes, area: bytes) -> tuple[bytes, bytes]:
    position, lines = 0, []
    while position < len(text):
        tag = _TAG.match(text, position)
        if tag is None:
            found = text[position : position + 30].decode("latin-1")
            raise Unreadable(f"The XML is none that a registry delivers: it has {found!r}.")
        position = tag.end()
        attributes = tag["attributes"] or b""
        if tag["name"] == b"list" and b"full" not in _TYPE.findall(attributes):
            raise Unreadable(f"{CHANGE_LIST} The XML is not of the type 'full'.")
        if tag["name"] in (b"ac", b"ph"):
            value = _VALUE.search(attributes)
            number = value[1] if value else b""
            if tag["name"] == b"ac":
                area = number
            else:
                lines.append(b"%s,%s\n" % (area, number))
    return b"".join(lines), area


CHANGE_LIST = "This is a list of changes, or marks which of its numbers count. Import the full list."
