"""Phone numbers as people write them, and the digits that lists, contacts and searches hold.

What is in digits, `*` and `#` alone already stays as it is. Anything else is read by the numbering plans of
the `phonenumbers` package: a number of HOME_COUNTRY becomes what is dialed inside that country, any other its
country code and number with nothing before them. With HOME_COUNTRY=US:

    (303) 555-0185, 1-303-555-0185, +1 303.555.0185, tel:+1-303-555-0185   3035550185
    +44 (0)20 7946 0000, 0044 20 7946 0000, 011 44 20 7946 0000            442079460000
    +1 303 555 0185 *22                                                   3035550185*22

Only what can be read in one way is changed. The API does not clean: its numbers are strict.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import phonenumbers
from django.conf import settings
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    CountryCodeSource,
    PhoneMetadata,
    PhoneNumberFormat,
    ValidationResult,
)

PLAIN = re.compile(r"[0-9#*]*")
_BLANKS = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_DASHES = "\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63"
# Marks without width, which come along when a number is copied: soft hyphen, joiners, text direction.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# The wide forms of East Asian text: digits, plus, brackets, dash, dot, slash.
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_SCHEME = re.compile(rf"tel:[{_BLANKS}]*", re.IGNORECASE)
_BETWEEN = rf"{_BLANKS}{_DASHES}\-.\u00b7()\[\]/"
_WRITTEN = re.compile(
    rf"(?P<plus>\(?\+)?(?P<number>[{_BETWEEN}]*[0-9][0-9{_BETWEEN}]*)(?P<tail>[#*][0-9#*]*)?"
)
# In German lists 123456/78 is one number or another.
_ALTERNATIVE = re.compile(r"/[^0-9]*([0-9][^0-9]*){0,3}$")
_TRUNK_ZERO = re.compile(rf"[(\[][{_BLANKS}]*0[{_BLANKS}]*[)\]]")
_EXIT_ZEROS = re.compile(r"[^0-9]*0[^0-9]*0")
_WRONG_LENGTHS = {
    ValidationResult.TOO_LONG: "too long",
    ValidationResult.INVALID_LENGTH: "too short or too long",
}
_KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
_NOT_DIGITS = re.compile(r"[^0-9]+")


class Unclear(ValueError):
    """The text is no phone number, or it could be more than one; the message says why."""


class NoNumber(Unclear):
    """The text holds anything else than one number."""


@dataclass(frozen=True)
class HomeCountry:
    """How numbers are written where the lists come from."""

    region: str
    code: str
    abroad: tuple[str, ...]
    long_distance: str
    lengths: frozenset[int]
    # Only where all numbers are equally long can one without the long-distance prefix be known by its length.
    only_length: int | None

    @classmethod
    def of(cls, region: str) -> Self:
        """`region`: two letters, as in ISO 3166; ValueError for any other."""
        plan = PhoneMetadata.metadata_for_region(region)
        if plan is None or plan.fixed_line is None or plan.mobile is None:
            raise ValueError(f"{region!r} is no country with a telephone numbering plan")
        abroad = (plan.preferred_international_prefix or plan.international_prefix or "").replace("~", "")
        lengths = frozenset({*plan.fixed_line.possible_length, *plan.mobile.possible_length})
        return cls(
            region=region,
            code=str(plan.country_code),
            # Where the prefix is a pattern of carriers' codes, only 00 is understood.
            abroad=tuple({"00", abroad} if abroad.isdigit() else {"00"}),
            long_distance=plan.national_prefix or "",
            lengths=lengths,
            only_length=next(iter(lengths)) if len(lengths) == 1 else None,
        )

    def international(self, digits: str) -> str:
        """The number with its country code first."""
        if digits.startswith(self.abroad):
            return digits[max(len(prefix) for prefix in self.abroad if digits.startswith(prefix)) :]
        if len(digits) == self.only_length:
            return self.code + digits
        national = digits.removeprefix(self.long_distance)
        if national != digits and len(national) in self.lengths:
            return self.code + national
        return digits

    @property
    def unclear_lengths(self) -> frozenset[int]:
        """How long plain digits are that `readings` may give two numbers for: none in North America, where
        ten digits are never a foreign number.
        """
        return frozenset() if self.code == "1" else self.lengths

    def readings(self, digits: str) -> tuple[str, ...]:
        """The numbers that plain digits may stand for, country code first: one, or at home and abroad.

        As long as a number at home they are one at home; where the plan of another country has them too,
        nothing says which of the two is meant.
        """
        likely, at_home = self.international(digits), self.code + digits
        if len(digits) not in self.unclear_lengths or likely not in {digits, at_home}:
            return (likely,)
        return (at_home, digits) if _is_in_a_plan(digits) else (at_home,)


home_country = cache(HomeCountry.of)


def home() -> HomeCountry:
    return home_country(settings.HOME_COUNTRY)


def is_whole(number: str) -> bool:
    """Whether plain digits, up to a first `*`, `#` or `,`, are a number that can be dialed from anywhere in
    the home country: one without its area code is not.
    """
    digits = re.split("[*#,]", number, maxsplit=1)[0]
    found = [_parse(f"+{home().international(digits)}"), _parse(digits, home().region)]
    return any(map(_is_possible, filter(None, found)))


def spellings(number: str) -> set[str]:
    """Plain digits in which lists may have the same number: with and without the home country's code, its
    prefix for long-distance calls and the prefixes for calls abroad. Without the number itself.
    """
    if not (number.isascii() and number.isdigit()):
        return set()
    country = home()
    numbers = {country.international(number)}
    if len(number) in country.lengths:
        numbers.add(country.code + number)
    found = set(numbers)
    for international in numbers:
        found.update(prefix + international for prefix in country.abroad)
        national = international.removeprefix(country.code)
        if national != international and len(national) in country.lengths:
            found.update((national, country.long_distance + national))
    return found - {number}


def cleaned(text: str, *, to_call: bool = False) -> str:
    """The digits of the number that was written; the text itself when `digits_of` refuses it."""
    try:
        return digits_of(text, to_call=to_call)
    except Unclear:
        return text


def digits_of(text: str, *, to_call: bool = False) -> str:
    """The digits of the number that was written.

    Raises Unclear; with `to_call` also for a number from abroad whose digits a dialer would take for another
    one at home: `+47 22 12 34 56` would be 472-212-3456 in the United States.
    """
    written = _INVISIBLE.sub("", text).translate(_NARROW).strip()
    if PLAIN.fullmatch(written):
        return written
    parts = _WRITTEN.fullmatch(_SCHEME.sub("", written, count=1))
    if parts is None or _ALTERNATIVE.search(parts["number"]):
        raise NoNumber("only one number of digits, blanks, brackets, dashes, dots and slashes is understood")
    number, tail = parts["number"], parts["tail"] or ""
    if simple := _north_american(number, bool(parts["plus"])):
        return simple + tail
    if parts["plus"]:
        return _from_abroad(number, to_call) + tail
    if _NOT_DIGITS.sub("", number).startswith("00"):
        return _from_abroad(_EXIT_ZEROS.sub("", number, count=1), to_call) + tail
    return _without_plus(number, to_call) + tail


def _north_american(number: str, plus: bool) -> str:
    """What the plans say of the usual numbers of North America at home, in a tenth of the time; else ""."""
    country, digits = home(), _NOT_DIGITS.sub("", number)
    if country.code != "1" or _TRUNK_ZERO.search(number):
        return ""
    if digits.startswith("1"):
        digits = digits[1:]
    elif plus:
        return ""
    return digits if len(digits) == country.only_length and digits[0] > "1" else ""


def _from_abroad(number: str, to_call: bool) -> str:
    """A number that begins with its country code. In `+34 (0)91 123 45 67` the 0 may be a mistake."""
    readings = [_parse(f"+{text}") for text in dict.fromkeys([number, _TRUNK_ZERO.sub("", number)])]
    possible = [found for found in readings if found and _is_possible(found)]
    if not possible:
        raise Unclear(_why_impossible(readings[-1]))
    return _stored(next(filter(phonenumbers.is_valid_number, possible), possible[0]), to_call)


def _without_plus(number: str, to_call: bool) -> str:
    """A number as it is dialed at home, else one that begins with a country code all the same."""
    country, digits = home(), _NOT_DIGITS.sub("", number)
    found = _parse(digits, country.region)
    if found and found.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD:
        return _from_abroad(digits.removeprefix(_exit_prefix(digits)), to_call)
    # Without an area code, too.
    if found and phonenumbers.is_possible_number(found):
        stored, significant = _national(found), phonenumbers.national_significant_number(found)
        forms = {stored, country.long_distance + significant, country.code + significant}
        if country.only_length:
            forms.add(significant)
        if digits in forms:
            return stored
    else:
        abroad = _parse(f"+{digits}")
        if abroad and phonenumbers.is_valid_number(abroad):
            return _stored(abroad, to_call)
    raise Unclear(
        f"this is no number of {country.region} as it is dialed there; "
        "write others with a + and their country code"
    )


def _is_in_a_plan(digits: str) -> bool:
    """`is_valid_number` of plain digits, country code first, and fast enough for whole imports."""
    code, plan = _plan(digits[:3])
    return bool(plan and plan.fullmatch(digits, len(code)))


@cache
def _plan(head: str) -> tuple[str, re.Pattern[str] | None]:
    """The country code that a number of these first digits has, and what may follow it."""
    code = next((head[:end] for end in (1, 2, 3) if int(head[:end]) in COUNTRY_CODE_TO_REGION_CODE), head)
    plans = map(PhoneMetadata.metadata_for_region, COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()))
    kinds = [getattr(plan, kind) for plan in plans if plan for kind in _KINDS]
    patterns = {kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern}
    return code, re.compile("|".join(sorted(patterns))) if patterns else None


def _parse(text: str, region: str | None = None) -> Any:
    try:
        return phonenumbers.parse(text, region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None


def _exit_prefix(digits: str) -> str:
    return max((prefix for prefix in home().abroad if digits.startswith(prefix)), key=len, default="")


def _is_possible(number: Any) -> bool:
    """Whether it has the length of a number of its country, its area code included."""
    return bool(phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE)


def _why_impossible(number: Any) -> str:
    if number is None:
        return "it is no number of any country"
    reason = phonenumbers.is_possible_number_with_reason(number)
    return f"it is {_WRONG_LENGTHS.get(reason, 'too short')} for a number of +{number.country_code}"


def _stored(number: Any, to_call: bool) -> str:
    country = home()
    if str(number.country_code) == country.code:
        if not (country.only_length or phonenumbers.is_valid_number(number)):
            raise Unclear(f"+{country.code} has no such number")
        return _national(number)
    stored = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    if to_call and (country.international(stored) != stored or _is_dialed_at_home(stored)):
        raise Unclear(
            f"{stored}, its digits, would be dialed as a number of {country.region}; "
            "write the digits that your dialers dial, without a +"
        )
    return stored


def _is_dialed_at_home(digits: str) -> bool:
    found = _parse(digits, home().region)
    return bool(
        found and phonenumbers.is_valid_number_for_region(found, home().region)
    ) and digits == _national(found)


def _national(number: Any) -> str:
    return _NOT_DIGITS.sub("", phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
