"""How the lines of a Do Not Call file hold their numbers: one a line, or in columns that are joined.

docs/do-not-call.md has the table of the layouts and where they come from. A layout is recognised by lines
from the beginning of the file and then holds for all of it; what may be read in two ways is refused.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from dnc.file_text import CHANGE_LIST, Unreadable, decoded
from dnc.numbers import BLANKS, MAX_EXTENSION, BadNumber

SAMPLE_BYTES, SAMPLE_LINES = 1 << 16, 1_000
# Nearly all: so much of the sample has to be of one shape, and so much of a file of its layout.
NEARLY_ALL = 0.9
DELIMITERS = ",;\t|"
# Beyond this a number that every line has beside the telephone number is no extension but a mark.
MANY_LINES = 10
SHORTEST_WHOLE, LONGEST_WHOLE = 7, 15
# Without its area code.
LONGEST_LOCAL = 8

AREA_NAMES = {
    *("areacode", "area", "npa", "ac", "citycode", "phoneareacode", "telephoneareacode"),
    *("indicatif", "indicatifregional", "vorwahl", "prefijo", "ddd", "prefisso", "indicativo"),
}
NUMBER_NAMES = {
    *(
        "number",
        "phone",
        "phonenumber",
        "phoneno",
        "telephone",
        "telephonenumber",
        "telephoneno",
        "tel",
        "ph",
    ),
    *("telno", "msisdn", "cli", "localnumber", "subscribernumber", "mobile", "donotcall"),
    *("numero", "numerodetelephone", "telefon", "telefonnummer", "rufnummer", "nummer", "telefono"),
    *("numerodetelefono", "telefone", "numerodetelefone", "numeroditelefono"),
    *("dncnumber", "phone1", "tn", "phonenum", "contactnumber"),
}
EXTENSION_NAMES = {"extension", "ext", "phoneext", "phoneextension", "durchwahl"}
MARKS = {
    *("a", "d", "add", "del", "delete", "added", "deleted", "insert", "remove", "removed", "c", "u"),
    *("i", "r", "y", "n", "yes", "no", "true", "false", "t", "f", "0", "1", "+", "-"),
}

_DATE = re.compile(
    r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:.*)?"
)
_WRITING = str.maketrans("", "", " ()-./+")
UNSURE = "short number with long extension, or number in two columns"
NOT_IN_LAYOUT = "not in the columns of the other lines"


@dataclass(frozen=True)
class Layout:
    """`columns` are joined to the number; none: the line is the number, or number, comma, extension.

    `bulk_delimiter`: area codes of 3 digits and numbers of 7, nothing else, as the public registries of North
    America write them; such lines are read in bulk.
    """

    description: str = "one number a line"
    delimiter: str = ","
    columns: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    extension: int | None = None
    has_heading: bool = False
    bulk_delimiter: str = ""

    def number(self, text: str) -> str:
        """The number that a line holds, still to be cleaned. Raises BadNumber."""
        if not self.columns:
            return _number_or_extension(text)
        fields = _fields(text, self.delimiter)
        try:
            parts = [fields[column] for column in self.columns]
            extension = fields[self.extension] if self.extension is not None else ""
        except IndexError:
            raise BadNumber(NOT_IN_LAYOUT) from None
        if self.lengths and [len(part) for part in parts] != list(self.lengths):
            raise BadNumber(NOT_IN_LAYOUT)
        number = "".join(parts)
        if len(parts) > 1 and not (_is_whole(number) and len(parts[-1]) <= LONGEST_LOCAL):
            raise BadNumber(NOT_IN_LAYOUT)
        return f"{number},{extension}" if extension else number


ONE_NUMBER = Layout()
AREA_AND_NUMBER = Layout("area code and number", ",", (0, 1), (3, 7), bulk_delimiter=",")


def _is_whole(number: str) -> bool:
    return number.isdigit() and SHORTEST_WHOLE <= len(number) <= LONGEST_WHOLE


def _number_or_extension(text: str) -> str:
    text = text.replace('"', "")
    base, _, extension = (part.strip(BLANKS) for part in text.partition(","))
    together = base + extension
    if extension and together.isdigit() and len(base) < SHORTEST_WHOLE <= len(together):
        raise BadNumber(UNSURE)
    return text


def _fields(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return [field.strip(BLANKS) for field in text.split(delimiter)]
    try:
        fields = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        raise BadNumber(NOT_IN_LAYOUT) from None
    return [field.strip(BLANKS) for field in fields]


def recognise(piece: bytes) -> Layout | None:
    """The layout of a file by its first lines, None while all are blank. Raises Unreadable."""
    begin = piece.lstrip()[:SAMPLE_BYTES]
    lines = [line for line in map(str.strip, decoded(begin[: begin.rfind(b"\n") + 1]).split("\n")) if line]
    if not lines:
        return None
    sample = [lines[0], *lines[1 :: max(len(lines) // SAMPLE_LINES, 1)]]
    has_heading = len(lines) > 1 and _is_heading(sample[0])
    body = sample[has_heading:]
    delimiter = next((mark for mark in DELIMITERS if _share(mark in line for line in body) >= NEARLY_ALL), "")
    if not delimiter or not any(map(str.isdigit, "".join(body))):
        return Layout(has_heading=has_heading)
    try:
        rows = [_fields(line, delimiter) for line in sample]
    except BadNumber:
        raise Unreadable("The quotes of the file's fields do not end where the fields do.") from None
    names = [_plain(name) for name in rows[0]] if has_heading else []
    rows = rows[has_heading:]
    if any(name in NUMBER_NAMES for name in names):
        return _by_names(names, rows, delimiter)
    return _by_shape(rows, delimiter, has_heading)


def _is_heading(line: str) -> bool:
    return any(map(str.isalpha, line)) and sum(map(str.isdigit, line)) < 3 and not line.startswith("<")


def _plain(name: str) -> str:
    """Without accents, blanks and capitals."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name))).lower()


def _share(answers: Iterable[bool]) -> float:
    found = list(answers)
    return sum(found) / len(found) if found else 0.0


def _by_names(names: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> Layout:
    """The columns that the heading names."""
    numbers = [at for at, name in enumerate(names) if name in NUMBER_NAMES]
    areas = [at for at, name in enumerate(names) if name in AREA_NAMES]
    extensions = [at for at, name in enumerate(names) if name in EXTENSION_NAMES]
    if len(numbers) > 1 or len(areas) > 1 or len(extensions) > 1:
        raise Unreadable("The heading names several columns of telephone numbers. Deliver one a file.")
    columns = _columns(rows)
    kinds = [_kind(column) for column in columns]
    others = [at for at in range(len(columns)) if at not in (*numbers, *areas, *extensions)]
    if any(_are_marks(columns[at]) for at in others):
        raise Unreadable(CHANGE_LIST)
    number, extension = numbers[0], extensions[0] if extensions else None
    is_complete = number < len(kinds) and kinds[number] == "number"
    if not is_complete and any(kinds[at].endswith("digits") for at in others):
        # Perhaps an area code, or a part of the number.
        raise Unreadable(_unknown(columns, kinds))
    if not areas or _holds_area(columns, areas[0], number):
        return Layout("a column of numbers", delimiter, (number,), (), extension, True)
    positions, description = (areas[0], number), "area code and number, by the heading"
    bulk = delimiter if positions == (0, 1) and len(columns) == 2 else ""
    return Layout(description, delimiter, positions, (), extension, True, bulk)


def _columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [list(column) for column in zip_longest(*rows, fillvalue="")]


def _are_marks(values: Sequence[str]) -> bool:
    given = [value.lower() for value in values if value]
    return _share(value in MARKS for value in given) >= NEARLY_ALL


def _holds_area(columns: Sequence[Sequence[str]], area: int, number: int) -> bool:
    """Whether the column of numbers has the area code too, perhaps behind a country code."""
    if max(area, number) >= len(columns):
        return False
    pairs = zip(columns[area], (value.translate(_WRITING) for value in columns[number]), strict=True)
    return _share(len(value) > LONGEST_LOCAL and code in value[:6] for code, value in pairs) >= NEARLY_ALL


def _by_shape(rows: Sequence[Sequence[str]], delimiter: str, has_heading: bool) -> Layout:
    """Without names: only what cannot be meant in another way."""
    columns = _columns(rows)
    kinds = [_kind(column) for column in columns]
    used = [at for at, kind in enumerate(kinds) if kind not in ("blank", "date")]
    shapes = [kinds[at] for at in used]
    if shapes in (["3 digits", "7 digits"], ["3 digits", "3 digits", "4 digits"]):
        lengths = tuple(int(shape[0]) for shape in shapes)
        bulk = delimiter if len(columns) == 2 else ""
        return Layout("area code and number", delimiter, tuple(used), lengths, None, has_heading, bulk)
    has_dates = "date" in kinds
    if shapes in (["number"], ["7 digits"]) and (has_dates or delimiter != ","):
        return Layout("a column of numbers", delimiter, tuple(used), (), None, has_heading)
    if delimiter == "," and len(columns) == 2 and not has_dates and _have_extensions(columns):
        return Layout(has_heading=has_heading)
    if any(_are_marks(columns[at]) for at in used[1:]):
        raise Unreadable(CHANGE_LIST)
    raise Unreadable(_unknown(columns, kinds))


def _kind(values: Sequence[str]) -> str:
    given = [value for value in values if value]
    if not given:
        return "blank"
    if _share(bool(_DATE.fullmatch(value)) for value in given) >= NEARLY_ALL:
        return "date"
    digits = [value.translate(_WRITING) for value in given]
    for length in (3, 4, 7):
        if _share(value.isdigit() and len(value) == length for value in digits) >= NEARLY_ALL:
            return f"{length} digits"
    if _share(value.isdigit() and 8 <= len(value) <= LONGEST_WHOLE for value in digits) >= NEARLY_ALL:
        return "number"
    return "other"


def _have_extensions(columns: Sequence[Sequence[str]]) -> bool:
    """Whether they plainly are number, comma, extension, as the original has them."""
    extensions = [extension for extension in columns[1] if extension]
    fit = _share(map(_are_number_and_extension, *columns)) >= NEARLY_ALL
    commonest = max(map(extensions.count, set(extensions)), default=0)
    are_alike = commonest >= NEARLY_ALL * len(columns[0]) or MARKS.issuperset(extensions)
    return fit and not (extensions and are_alike and len(columns[0]) >= MANY_LINES)


def _are_number_and_extension(base: str, extension: str) -> bool:
    has_number = len(base) >= SHORTEST_WHOLE or not base.isdigit() or not extension
    return has_number and len(extension) <= MAX_EXTENSION and not any(map(str.isalpha, extension))


def _unknown(columns: Sequence[Sequence[str]], kinds: Sequence[str]) -> str:
    shape = " | ".join(kinds)[:80]
    return (
        f"Nearly all lines have columns that may be read in several ways ({shape}): number and extension, or "
        "area code and number? Name them in a first line, as areacode,number or phone,extension, or leave "
        "the others out."
    )
