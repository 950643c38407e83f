"""Validators of model fields, shared by the API, the admin and the imports."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

# Control characters, surrogates and the two non-characters that XML 1.0 cannot carry.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@deconstructible
class InRange:
    """A number from `low` to `high`, both included."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def __call__(self, value: float) -> None:
        if not self.low <= value <= self.high:
            message = "This field must contain a value from %(min)s to %(max)s"
            raise ValidationError(message, "out_of_range", {"min": self.low, "max": self.high})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InRange) and (self.low, self.high) == (other.low, other.high)


@deconstructible
class Characters:
    """Text of the characters `allowed`, written as inside the brackets of a regular expression."""

    def __init__(self, allowed: str, first: str = "") -> None:
        self.allowed, self.first = allowed, first

    def __call__(self, value: str) -> None:
        if value and not self.matches(value):
            raise ValidationError("This field contains invalid characters", "invalid_character")

    def matches(self, value: str) -> bool:
        return bool(re.fullmatch(f"([{self.first or self.allowed}][{self.allowed}]*)?", value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Characters) and (self.allowed, self.first) == (other.allowed, other.first)


@deconstructible
class MaxBytes:
    """Text of at most `limit` bytes in UTF-8."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, value: str) -> None:
        if len(value.encode("utf-8", "surrogatepass")) > self.limit:
            message = "This field exceeds the maximum length of %(limit_value)s bytes"
            raise ValidationError(message, "max_bytes", {"limit_value": self.limit})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MaxBytes) and self.limit == other.limit


def printable(value: Any) -> None:
    """Refuse what no answer could carry back."""
    if isinstance(value, str) and NOT_IN_XML.search(value):
        raise ValidationError("This field contains invalid characters", "invalid_character")


# Shared parameter `name`: 1 to 32 ASCII letters, digits, `.` and `_`, the first one a letter or digit
# (docs/wire-format.md 6).
name_characters = Characters("A-Za-z0-9._", first="A-Za-z0-9")
phone_characters = Characters("0-9#*")
