"""Which encoding a list of names and streets is in.

Such lists are mostly ASCII, with few other letters: statistics made for prose take
Windows-1252 for Windows-1250 or Mac Roman. So: what is certain first (marks, UTF-8, UTF-16), then the
encodings of other scripts, whose letters stand in words of their own, then Windows-1252, unless another
encoding makes of nearly all letters those of one language, among them some that no Western list is full of.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import IO

from charset_normalizer import from_bytes

SAMPLE_BYTES = 256 * 1024
# Different words that detection looks at.
MOST_WORDS = 2_000

# In the order in which people are offered them.
ENCODINGS = {
    "utf-8-sig": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16, little-endian, without a mark)",
    "utf-16-be": "Unicode (UTF-16, big-endian, without a mark)",
    "cp1252": "Western European (Windows-1252)",
    "iso8859_15": "Western European (ISO 8859-15)",
    "mac_roman": "Western European (Mac OS Roman)",
    "cp850": "Western European (DOS 850)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859_2": "Central European (ISO 8859-2)",
    "cp852": "Central European (DOS 852)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "koi8_u": "Cyrillic (KOI8-U)",
    "cp866": "Cyrillic (DOS 866)",
    "iso8859_5": "Cyrillic (ISO 8859-5)",
    "mac_cyrillic": "Cyrillic (Mac OS)",
    "cp1253": "Greek (Windows-1253)",
    "iso8859_7": "Greek (ISO 8859-7)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "iso2022_jp": "Japanese (ISO 2022-JP)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (Windows-949)",
}


def both_cases(letters: str) -> frozenset[str]:
    return frozenset(letters + letters.upper())


# Letters beside a to z by language, in lower case.
WESTERN = {
    "Spanish": "áéíñóúü",
    "Catalan": "àçèéíïòóúü",
    "Portuguese": "áâãàçéêíóôõúü",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Italian": "àèéìíîòóùú",
    "German": "äöüßé",
    "Dutch": "áéëèïíóöü",
    "Danish and Norwegian": "æøåéèóôü",
    "Swedish and Finnish": "åäöéüšž",
    "Icelandic": "áðéíóúýþæö",
}
WESTERN_LETTERS = {name: both_cases(letters) for name, letters in WESTERN.items()}
ALL_WESTERN = frozenset().union(*WESTERN_LETTERS.values())
WESTERN_ENCODINGS = ["iso8859_15", "mac_roman", "cp850"]

# Letters of other languages in Latin script; those that no list of Western names is full of; and how many of
# the letters are such at least.
CENTRAL = ["cp1250", "iso8859_2", "cp852"]
LATIN: list[tuple[list[str], str, str, float]] = [
    (CENTRAL, "ąćęłńóśźżöü", "ąęłśźż", 0.2),
    (CENTRAL, "áčďéěíňóřšťúůýžöü", "čěřšůž", 0.2),
    (CENTRAL, "áäčďéíĺľňóôŕšťúýžöü", "čľšťž", 0.2),
    (CENTRAL, "áéíóöőúüű", "őű", 0.03),
    (CENTRAL, "čćđšžöü", "čćđšž", 0.5),
    (CENTRAL, "ăâîşţșțöü", "ăşţșț", 0.2),
    (["cp1257"], "ąčęėįšųūžāēģīķļņõäöü", "ąčęėįšųūžāēģīķļņ", 0.5),
    (["cp1254"], "çğıöşüâîûİ", "ğışİ", 0.2),
]

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ"
GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ"
HEBREW = frozenset("אבגדהוזחטיךכלםמןנסעףפץצקרשת")
ARABIC = frozenset("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ")


def characters_of(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> frozenset[str]:
    pairs = (bytes([lead, trail]) for lead in leads for trail in trails)
    return frozenset("".join(pair.decode(encoding, "ignore") for pair in pairs))


HIGH = range(0xA1, 0xFF)
KANA = frozenset(map(chr, range(0x3041, 0x30FF)))
# The characters in common use come first in the standards of East Asia.
JAPANESE = KANA | characters_of("euc_jp", range(0xB0, 0xD0), HIGH)
KOREAN = characters_of("euc_kr", range(0xB0, 0xC9), HIGH)
SIMPLIFIED = characters_of("gb2312", range(0xB0, 0xD8), HIGH)
TRADITIONAL = characters_of("big5", range(0xA4, 0xC7), chain(range(0x40, 0x7F), HIGH))

# Encodings of other scripts, their letters, and the most frequent of these, which decide between equals.
OTHER_SCRIPTS: list[tuple[list[str], Collection[str], Collection[str]]] = [
    (
        ["cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"],
        both_cases(CYRILLIC),
        both_cases("оаеинрсвлк"),
    ),
    (["cp1253", "iso8859_7"], both_cases(GREEK), both_cases("αοιεσςτηνρ")),
    (["cp1255"], HEBREW, frozenset("ויהלאמרנתב")),
    (["cp1256"], ARABIC, frozenset("اليمنرتبوه")),
    (["cp949"], KOREAN, KOREAN),
    (["cp932", "euc_jp"], JAPANESE, KANA),
    (["gb18030"], SIMPLIFIED, frozenset()),
    (["big5"], TRADITIONAL, frozenset()),
]

# Beside or within words of any language.
PUNCTUATION = frozenset("’‘“”„«»´`ºª–—…·\xa0")
UTF_8_LETTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# No byte below 0x40 is the second one of a character.
WORDS = re.compile(rb"[\x40-\xff]*[\x80-\xff][\x40-\xff]*")
HIGH_BYTES = bytes(range(0x80, 0x100))
# Three letters on end, or two characters of East Asia.
ON_END = re.compile(r"[^\x00-\x7f]{3}|[\u3040-\U0003ffff]{2}")
PARTS = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")


def in_words(encoding: str) -> str:
    return ENCODINGS.get(encoding, encoding)


def sample_of(file: IO[bytes]) -> bytes:
    """The begin of the file, and of what follows the lines that are not ASCII."""
    lines = [file.read(SAMPLE_BYTES), file.readline(SAMPLE_BYTES)]
    size = 0
    while size < SAMPLE_BYTES and b"\x00" not in lines[0] and (line := file.readline(SAMPLE_BYTES)):
        if not line.isascii():
            lines.append(line)
            size += len(line)
    return b"".join(lines)


def detect_encoding(sample: bytes) -> str:
    """The name of an encoding out of ENCODINGS."""
    if encoding := _certain(sample):
        return encoding
    words = [word for word in dict.fromkeys(WORDS.findall(sample)) if len(word) > 1][:MOST_WORDS]
    return _of_other_script(words) or _of_latin_script(words) or _by_statistics(sample)


def _certain(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sample.isascii() and re.search(rb"\x1b\$[@B]", sample):
        return "iso2022_jp"
    even, odd = sample[0:20_000:2].count(0), sample[1:20_000:2].count(0)
    if max(even, odd) > len(sample[:20_000]) / 10 and min(even, odd) * 20 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    # What is UTF-8 but for a few bytes is a damaged or patched file: read so, it is refused by its line.
    whole = re.sub(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z", b"", sample)
    others = len(whole) - len(whole.translate(None, HIGH_BYTES))
    good = sum(map(len, UTF_8_LETTERS.findall(whole)))
    return "utf-8-sig" if good >= 0.9 * others else ""


def _of_other_script(words: Sequence[bytes]) -> str:
    """Of the encodings that make of nearly all words words of another script."""
    best, most, found = 0.85, 0.0, ""
    for encodings, letters, frequent in OTHER_SCRIPTS:
        for encoding in encodings:
            rank = share(words, encoding, letters, alone=True)
            often = share(words, encoding, frequent, alone=True)
            if rank > best + 0.005 or (rank > best - 0.005 and often > most + 0.1):
                best, most, found = rank, often, encoding
    return found


def _of_latin_script(words: Sequence[bytes]) -> str:
    one_language = max(share(words, "cp1252", letters) for letters in WESTERN_LETTERS.values())
    western = share(words, "cp1252", ALL_WESTERN)
    found = [(western, "cp1252")] if western > 0.5 else []
    found += [(share(words, encoding, ALL_WESTERN), encoding) for encoding in WESTERN_ENCODINGS]
    for encodings, letters, marks, least in LATIN:
        for encoding in encodings:
            rank = share(words, encoding, both_cases(letters))
            if rank > max(0.95, one_language + 0.02) and share(words, encoding, both_cases(marks)) >= least:
                # A single language is the better explanation.
                found.append((rank + 1, encoding))
    rank, encoding = max(found, key=lambda one: one[0], default=(0.0, ""))
    return encoding if rank > 0.5 else ""


def _by_statistics(sample: bytes) -> str:
    isolated = [name for name in ENCODINGS if not name.startswith("utf")]
    best = from_bytes(sample[:SAMPLE_BYTES], cp_isolation=isolated).best()
    return best.encoding if best and best.encoding in ENCODINGS else "cp1252"


def share(words: Iterable[bytes], encoding: str, letters: Collection[str], *, alone: bool = False) -> float:
    """How many of the letters beyond ASCII that the encoding makes of the words are of these `letters`.

    A capital within a word of small letters is none; with `alone`, nor are one or two beside a letter of
    ASCII.
    """
    good = all_ = 0
    for word in words:
        for part in PARTS.findall(word.decode(encoding, "replace")):
            within = part[1:] if not part.isupper() else ""
            beyond = [letter for letter in part if letter > "\x7f" and letter not in PUNCTUATION]
            all_ += len(beyond)
            if alone and len(beyond) < len(part) and not ON_END.search(part):
                continue
            good += sum(letter in letters for letter in beyond)
            good -= sum(letter.isupper() and letter in letters for letter in within if letter > "\x7f")
    return good / all_ if all_ else float(not alone)
