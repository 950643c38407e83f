"""Whatever a Do Not Call file holds, reading it ends with its numbers or with a reason."""

import codecs
import gzip
import io
import zipfile
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dnc.file_contents import Contents
from dnc.file_text import HashedFile, Unreadable
from dnc.sorted_chunks import SortedChunks

WORDS = [
    *("212", "5551020", "2125551020", "areacode", "number", "phone", "A", "D", "2003-06-27", "20030627"),
    *(
        ",",
        ";",
        "\t",
        "|",
        '"',
        " ",
        "\r",
        "\n",
        "\r\n",
        "\v",
        "*",
        "#",
        "+1",
        "é",
        "\x00",
        "\ufeff",
        "\u2028",
    ),
    *("<list type='full'>", "<ac val='212'>", "<ph val='5551020' />", "</ac>", "</list>", "<", ">", "<x"),
]
texts = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)
marks = st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])


def zipped(contents):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.txt", contents)
    return target.getvalue()


def read(contents, tmp_path):
    """Unreadable is the one exception allowed."""
    file = HashedFile(io.BytesIO(contents))
    with suppress(Unreadable):
        Contents(SortedChunks(tmp_path), io.StringIO()).read(file, lambda unblocked: None, lambda: None)
        file.hexdigest()


@settings(deadline=None)
@given(text=texts, mark=marks, encoding=st.sampled_from(["utf-8", "cp1252", "utf-16-le", "utf-32-be"]))
def test_any_text_is_read_or_refused(tmp_path_factory, text, mark, encoding):
    read(mark + text.encode(encoding, "replace"), tmp_path_factory.getbasetemp())


@settings(deadline=None)
@given(
    contents=st.binary(max_size=300), head=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"<list "])
)
def test_any_bytes_are_read_or_refused(tmp_path_factory, contents, head):
    read(head + contents, tmp_path_factory.getbasetemp())


@settings(deadline=None)
@example(pack=zipped, text="", changes=[(110, 41)], cut=0)
@given(
    pack=st.sampled_from([zipped, gzip.compress]),
    text=texts,
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4),
    cut=st.integers(0, 60),
)
def test_any_damage_of_a_packed_file_is_read_or_refused(tmp_path_factory, pack, text, changes, cut):
    contents = bytearray(pack(text.encode()))
    for position, value in changes:
        contents[position % len(contents)] = value

    read(bytes(contents[: len(contents) - cut]), tmp_path_factory.getbasetemp())
