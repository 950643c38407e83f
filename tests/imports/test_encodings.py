"""Lists of names, streets and towns in the encodings that people use are read as they were written."""

import io
import random

import pytest

from outbound_site.imports.encodings import ENCODINGS, SAMPLE_BYTES, detect_encoding, in_words, sample_of
from tests.imports.names import LISTS, NAMES, WESTERN

PLAIN = ["Smith", "Li", "Anna", "Main Street 4", "Bern", "Paris", "Roma", "Oslo", "Lima", "Martin"]


def list_of(language, rows):
    """A list of that many rows in which, as in real ones, half of the fields are plain ASCII."""
    dice = random.Random(f"{language} {rows}")
    words = [word.strip() for word in NAMES[language].split("|")]
    lines = ["AccountNumber;Name;Street;Town;Phone01"]
    for number in range(rows):
        name, street, town = (dice.choice(words if dice.random() < 0.5 else PLAIN) for _ in range(3))
        lines.append(f"{number};{name};{street};{town};{2125550100 + number}")
    return "\r\n".join([*lines, ""])


@pytest.mark.parametrize("rows", [20, 2_000])
@pytest.mark.parametrize(("language", "encoding"), LISTS)
def test_a_list_is_read_as_it_was_written(language, encoding, rows):
    text = list_of(language, rows)
    content = text.encode(encoding, "replace")
    found = detect_encoding(sample_of(io.BytesIO(content)))
    assert content.decode(found) == content.decode(encoding).removeprefix("\ufeff"), found
    assert found in ENCODINGS


@pytest.mark.parametrize("language", WESTERN)
@pytest.mark.parametrize("seed", range(5))
def test_western_lists_of_a_few_names_are_windows_1252(language, seed):
    """Evidence of a few letters is not strong."""
    words = [word.strip() for word in NAMES[language].split("|")]
    rows = random.Random(seed).sample(words, 3)
    content = "\n".join(["Name;Phone01", *(f"{row};2125550100" for row in rows), ""]).encode("cp1252")
    assert content.decode(detect_encoding(content)) == content.decode("cp1252")


def test_letters_that_a_central_european_language_has_too_are_no_evidence_without_its_own():
    """In Windows-1250 these bytes are letters of Slovak alone, á, ĺ, ň and é."""
    content = "Name;Phone01\nGarcía José;1\nMárquez;2\nÅkesson;3\nNygård;4\nNiccolò;5\n".encode("cp1252")
    assert detect_encoding(content) == "cp1252"


def test_a_latin_letter_in_words_of_another_script_does_no_harm():
    rows = ["刘洋;韩街E座", "陈静;天河路A座", "ab;福州街V座", "cd;陈路C座"]
    content = "\n".join(["Name;Street", *rows]).encode("gb18030")
    assert detect_encoding(content) == "gb18030"


def test_a_letter_far_behind_the_begin_of_the_file_counts():
    plain = "Smith;2125550100\n" * (2 * SAMPLE_BYTES // 16)
    for encoding in ("cp1252", "utf-8"):
        content = f"Name;Phone01\n{plain}Muñoz;5\n{plain}".encode(encoding)
        assert content.decode(detect_encoding(sample_of(io.BytesIO(content)))).count("Muñoz") == 1


def test_text_of_utf_8_with_a_damaged_letter_is_not_taken_for_another_encoding():
    content = "Name;Phone01\n" + "Muñoz;5\nGarcía;6\n" * 20
    assert detect_encoding(content.encode() + b"Pe\xf1a;7\n") == "utf-8-sig"


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xfe", bytes(range(256)), b"\x81\x8d\x8f\x90\x9d" * 50]
)
def test_what_is_no_list_has_some_encoding(content):
    assert detect_encoding(content) in ENCODINGS


def test_encodings_have_names_in_words_and_are_known_to_python():
    assert in_words("cp1252") == "Western European (Windows-1252)"
    assert len(set(ENCODINGS.values())) == len(ENCODINGS)
    for name in ENCODINGS:
        "".encode(name)
