"""The neutral tree between the two wire formats.

A document is a root name and its members. A member is a scalar, a dict (a plain nested object), a list
(the element is repeated under its own name) or `Items` (a plural wrapper around singular elements). XML
and JSON are both written from this tree, so they cannot drift apart.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Document:
    """`root` is None for JSON input, which has no root."""

    root: str | None
    members: dict[str, Any]


@dataclass(frozen=True)
class Items:
    """A collection: `<campaigns><campaign/>...</campaigns>`, in JSON `[{"campaign": [...]}]`."""

    item_name: str
    items: list[Any]


class Repeated(list[Any]):
    """An XML element that occurred several times under one parent, in document order."""


def last(value: Any) -> Any:
    """What a repeated scalar element means: the last one counts (docs/wire-format.md 3)."""
    return value[-1] if isinstance(value, Repeated) else value


def members(value: Any) -> dict[str, Any] | None:
    """A plain object however it was written, or None when it is none; an empty element, one of nothing but
    white space too, is an empty object.
    """
    value = last(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        value = value.strip()
    if value in ("", None, []):
        return {}
    return value if isinstance(value, dict) else None


def items_of(value: Any, item_name: str) -> list[Any] | None:
    """The items of a collection in any form that clients send, or None when it is no collection.

    The wrapper may be an object or an array of one, its member one item or an array of items
    (docs/wire-format.md 4).
    """
    wrapper = members(value)
    if wrapper is None:
        return None
    inner = wrapper.get(item_name)
    if inner is None:
        return []
    return list(inner) if isinstance(inner, list) else [inner]
