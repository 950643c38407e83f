"""The strings the Do Not Call list can hold, and which of them fit a number block.

A block is keyed by what its numbers have in common: all but the last four digits, behind a 1 that keeps
length and leading zeros apart (`0222` and `222` differ). A number's key is the same with the last four:
12225554444 for 2225554444, in block 1222555 as member 4444.
"""

import re

from outbound_site.core.phone_numbers import NoNumber, Unclear, digits_of

BLANKS = " \t\r\v\f"
BLOCK_SIZE = 10_000
# 15 digits are the longest telephone number of E.164.
SHORTEST_IN_BLOCK, LONGEST_IN_BLOCK = 4, 15
MAX_NUMBER, MAX_EXTENSION = 20, 8
MAX_TEXT = MAX_NUMBER + 1 + MAX_EXTENSION
LISTABLE = re.compile(rf"[0-9#*]{{1,{MAX_NUMBER}}}(,[0-9#*]{{1,{MAX_EXTENSION}}})?")
_ALLOWED = re.compile(r"[0-9#*]*")


class BadNumber(ValueError):
    """The text is no telephone number; the message says why."""


def clean_number(text: str) -> str:
    """The number as the list keeps it: `base` or `base,extension`, blanks around both removed.

    Base: 1 to 20 characters of `0-9 # *` (API text, "Create Do Not Call List"); extension: up to 8, the
    width of the original's PhoneExt column (`docs/behaviour.md` 7.1). A base with other characters is read
    as people write numbers, whatever wrote it: a number too many on the list calls nobody. Raises BadNumber.
    """
    base, _, extension = (part.strip(BLANKS) for part in text.partition(","))
    if not _ALLOWED.fullmatch(base):
        base = _cleaned(base)
    if not _ALLOWED.fullmatch(extension):
        raise BadNumber("character other than 0-9 # *")
    if not base:
        raise BadNumber("no number")
    if len(base) > MAX_NUMBER:
        raise BadNumber(f"longer than {MAX_NUMBER} characters")
    if len(extension) > MAX_EXTENSION:
        raise BadNumber(f"extension longer than {MAX_EXTENSION} characters")
    return f"{base},{extension}" if extension else base


def _cleaned(base: str) -> str:
    try:
        return digits_of(base)
    except NoNumber:
        raise BadNumber("character other than 0-9 # *") from None
    except Unclear as unclear:
        raise BadNumber(str(unclear)) from None


def number_key(number: str) -> int | None:
    """The key of a number that fits a number block, None for an unblocked one."""
    fits = SHORTEST_IN_BLOCK <= len(number) <= LONGEST_IN_BLOCK and number.isascii() and number.isdigit()
    return int("1" + number) if fits else None


def number_in_block(prefix: int, member: int) -> str:
    return str(prefix * BLOCK_SIZE + member)[1:]
