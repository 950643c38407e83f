"""The scalar elements of a resource: how each type is read from and written to the wire.

An element knows its wire name, the attribute behind it and the validators of the model's field; XML and
JSON share it. `accept` turns what a client sent into `{attribute: value}`, `{}` when nothing was sent.
"""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from outbound_site.core.validators import NOT_IN_XML
from outbound_site.unifiedconfig.documents import last
from outbound_site.unifiedconfig.errors import (
    ApiError,
    field_required,
    from_validation_error,
    invalid_character,
    invalid_value,
)
from outbound_site.unifiedconfig.names import snake_case

INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
REAL = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})")
# xsd:time and xsd:dateTime may carry seconds, fractions and an offset; the wall clock counts.
CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
TIME_OF_DAY = re.compile(CLOCK)
DAY = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[T ]{CLOCK}|Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")
TIMESTAMP = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[T ]{CLOCK}")

TRUE, FALSE = {"true", "1"}, {"false", "0"}


class Element:
    """One element of a resource."""

    def __init__(
        self,
        name: str,
        attribute: str = "",
        *,
        required: bool = False,
        update_only: bool = False,
        read_only: bool = False,
        always: bool = False,
        shown_if: Callable[[Any], bool] | None = None,
        aliases: Iterable[str] = (),
        validators: Iterable[Callable[[Any], None]] = (),
    ) -> None:
        """`required` means on create, and never blank; with `update_only`, which a create ignores, on every
        update. `always` writes the element even when it is empty, `shown_if` says of which instances it is
        written at all; `aliases` are other names accepted on input.
        """
        self.name = name
        self.attribute = attribute or snake_case(name)
        self.required = required
        self.update_only = update_only
        self.read_only = read_only
        self.always = always
        self.shown_if = shown_if
        self.aliases = tuple(aliases)
        self.validators = tuple(validators)

    def to_representation(self, instance: Any) -> Any:
        """The wire value, or None for an element that is left out."""
        if self.shown_if and not self.shown_if(instance):
            return None
        value = getattr(instance, self.attribute)
        return None if value == "" and not self.always else value

    def get_value(self, members: dict[str, Any]) -> Any:
        """What the client sent for this element, None when nothing."""
        for name in (self.name, *self.aliases):
            if (value := last(members.get(name))) is not None:
                return value
        return None

    def to_internal_value(self, raw: Any, partial: bool) -> dict[str, Any]:
        """`{attribute: value}`, or `{}` when not supplied. Raises ApiError."""
        value = None if raw is None else self.parse(raw)
        if value is None or value == "":
            if self.is_missing(raw, partial):
                raise ApiError(field_required(self.name))
            if value is None:
                return {}
        for validate in self.validators:
            try:
                validate(value)
            except ValidationError as error:
                raise ApiError(*from_validation_error(error, self.name)) from None
        return {self.attribute: value}

    def is_missing(self, raw: Any, partial: bool) -> bool:
        """Whether an element sent without a value, or not at all (`raw` is None), had to have one."""
        return self.required and (raw is not None or not partial or self.update_only)

    def parse(self, raw: Any) -> Any:
        """The Python value; None for an empty element that means "not supplied". Raises ApiError."""
        raise NotImplementedError

    def refuse(self, raw: Any) -> ApiError:
        return ApiError(invalid_value(self.name, raw))

    def text_of(self, raw: Any) -> str:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise self.refuse(raw)
        return str(raw).strip()


class Text(Element):
    def parse(self, raw: Any) -> str:
        text = self.text_of(raw)
        if NOT_IN_XML.search(text):
            raise ApiError(invalid_character(self.name))
        return text


class Choice(Element):
    def __init__(self, name: str, attribute: str = "", *, choices: Iterable[str], **options: Any) -> None:
        super().__init__(name, attribute, **options)
        self.choices = frozenset(choices)

    def parse(self, raw: Any) -> str | None:
        text = self.text_of(raw)
        if text and text not in self.choices:
            raise self.refuse(raw)
        return text or None


class Integer(Element):
    def parse(self, raw: Any) -> int | None:
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        text = self.text_of(raw)
        if text and not INTEGER.fullmatch(text):
            raise self.refuse(raw)
        return int(text) if text else None


class Real(Element):
    def parse(self, raw: Any) -> float | None:
        text = self.text_of(raw)
        if text and not REAL.fullmatch(text):
            raise self.refuse(raw)
        value = float(text) if text else None
        if value is not None and not math.isfinite(value):
            raise self.refuse(raw)
        return value


class Flag(Element):
    def parse(self, raw: Any) -> bool | None:
        if isinstance(raw, bool):
            return raw
        text = self.text_of(raw).lower()
        if text and text not in TRUE | FALSE:
            raise self.refuse(raw)
        return text in TRUE if text else None


class Day(Element):
    def parse(self, raw: Any) -> date | None:
        text = self.text_of(raw)
        return self._matched(DAY, text, lambda found: date.fromisoformat(found[1])) if text else None

    def _matched(self, pattern: re.Pattern[str], text: str, build: Callable[[re.Match[str]], Any]) -> Any:
        found = pattern.fullmatch(text)
        try:
            if found:
                return build(found)
        except ValueError:
            pass
        raise self.refuse(text)


class TimeOfDay(Day):
    def parse(self, raw: Any) -> Any:
        text = self.text_of(raw)
        if not text:
            return None
        return self._matched(TIME_OF_DAY, text, lambda found: time(int(found[1]), int(found[2])))


class Timestamp(Day):
    """A wall-clock time without a zone; which zone is meant is the resource's rule."""

    def parse(self, raw: Any) -> Any:
        text = self.text_of(raw)
        if not text:
            return None
        return self._matched(
            TIMESTAMP, text, lambda f: datetime.fromisoformat(f"{f[1]}T{int(f[2]):02}:{f[3]}:{f[4] or '00'}")
        )


class Computed(Element):
    """A read-only element that a function of the instance gives."""

    def __init__(self, name: str, compute: Callable[[Any], Any]) -> None:
        super().__init__(name, read_only=True)
        self.compute = compute

    def to_representation(self, instance: Any) -> Any:
        return self.compute(instance)


ELEMENT_TYPES: list[tuple[type["models.Field[Any, Any]"], type[Element]]] = [
    (models.BooleanField, Flag),
    (models.FloatField, Real),
    (models.IntegerField, Integer),
    (models.DateTimeField, Timestamp),
    (models.DateField, Day),
    (models.TimeField, TimeOfDay),
    (models.CharField, Text),
    (models.TextField, Text),
]


def element_for(model: type[models.Model], name: str, attribute: str = "", **options: Any) -> Element:
    """The element of a model's field: its type, choices and validators come from the model."""
    field = model._meta.get_field(attribute or snake_case(name))
    assert isinstance(field, models.Field)
    if field.choices:
        choices = [choice for choice, _ in field.flatchoices]
        return Choice(name, attribute, choices=choices, validators=field.validators, **options)
    kind = next(element for field_type, element in ELEMENT_TYPES if isinstance(field, field_type))
    return kind(name, attribute, validators=field.validators, **options)


def elements_for(model: type[models.Model], *names: str) -> tuple[Element, ...]:
    return tuple(element_for(model, name) for name in names)
