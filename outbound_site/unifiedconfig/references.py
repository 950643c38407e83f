"""References: other items named by their `refURL` (docs/wire-format.md 6.1)."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Any
from urllib.parse import unquote, urlsplit

from outbound_site.core.validators import NOT_IN_XML
from outbound_site.unifiedconfig.documents import last, members
from outbound_site.unifiedconfig.elements import Element
from outbound_site.unifiedconfig.errors import ApiError, field_required, invalid_reference

BASE = "/unifiedconfig/config/"


def ref_url(kind: str, key: object) -> str:
    return f"{BASE}{kind}/{key}"


def key_of(url: str, kind: str) -> str | None:
    """The decoded id in a `refURL`, relative or absolute, of that kind; None for anything else."""
    try:
        path = urlsplit(url.strip()).path
    except ValueError:
        return None
    prefix = ref_url(kind, "")
    key = unquote(path.removeprefix(prefix)).rstrip("/") if path.startswith(prefix) else ""
    return key if key and "/" not in key and not NOT_IN_XML.search(key) else None


class Reference(Element):
    """An element whose `refURL` names an item; whatever else it holds is ignored on input.

    `find` maps the keys (decoded ids) that exist to their objects, in a constant number of queries;
    `show` gives the members written for an object.
    """

    def __init__(
        self,
        name: str,
        attribute: str = "",
        *,
        kind: str,
        find: Callable[[Iterable[str]], Mapping[str, Any]],
        show: Callable[[Any], dict[str, Any]],
        required: bool = False,
    ) -> None:
        super().__init__(name, attribute, required=required)
        self.kind, self.find, self.show = kind, find, show

    def to_representation(self, instance: Any) -> Any:
        target = getattr(instance, self.attribute)
        return None if target is None else self.show(target)

    def to_internal_value(self, raw: Any, partial: bool) -> dict[str, Any]:
        url = self.url_in(raw)
        if not url:
            if self.is_missing(raw, partial):
                raise ApiError(field_required(self.name))
            return {}
        key = key_of(url, self.kind)
        target = self.find([key]).get(key) if key else None
        if target is None:
            raise ApiError(invalid_reference(self.name, key or url[:200], self.kind))
        return {self.attribute: target}

    def known_in(self, items: Iterable[dict[str, Any]]) -> "Reference":
        """This reference for the items of a collection, all looked up together."""
        urls = [self.url_in(self.get_value(item)) for item in items]
        found = self.find([key for url in urls if (key := key_of(url, self.kind))])
        known = copy(self)
        known.find = lambda keys: found
        return known

    def url_in(self, raw: Any) -> str:
        target = members(raw)
        if target is None:
            raise self.refuse(raw)
        url = last(target.get("refURL"))
        if url is None:
            return ""
        return self.text_of(url)


def find_by_id(queryset_of: Callable[[], Any]) -> Callable[[Iterable[str]], Mapping[str, Any]]:
    """A `find` for items with decimal ids."""

    def find(keys: Iterable[str]) -> dict[str, Any]:
        ids = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
        return {str(item.pk): item for item in queryset_of().filter(pk__in=ids)}

    return find
