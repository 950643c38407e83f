"""The description of a resource, from which both wire formats are read and written."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.db import models
from rest_framework.serializers import BaseSerializer

from outbound_site.unifiedconfig.documents import Document, Items, items_of, members
from outbound_site.unifiedconfig.elements import Element
from outbound_site.unifiedconfig.errors import ApiError, ErrorItem, malformed
from outbound_site.unifiedconfig.references import Reference


class Group(Element):
    """A plain nested object whose members are attributes of the same instance; it merges field by field.

    With `flat_input` a client may also send the members beside the group instead of inside it.
    """

    def __init__(self, name: str, elements: Sequence[Element], flat_input: bool = False) -> None:
        super().__init__(name)
        self.elements, self.flat_input = tuple(elements), flat_input

    def to_representation(self, instance: Any) -> Any:
        return elements_to_representation(self.elements, instance)

    def get_value(self, members_sent: dict[str, Any]) -> Any:
        nested = members(members_sent.get(self.name, ""))
        if nested is None:
            raise self.refuse(members_sent[self.name])
        flat = {e.name: members_sent.get(e.name) for e in self.elements} if self.flat_input else {}
        return flat | nested

    def to_internal_value(self, raw: Any, partial: bool) -> dict[str, Any]:
        return elements_to_internal_value(self.elements, raw, partial)


class Collection(Element):
    """A plural wrapper around items; `rows` gives an instance's items.

    Accepted as a list of `{attribute: value}`, one for each item. References of all items are looked up
    together.
    """

    def __init__(
        self,
        name: str,
        item_name: str,
        elements: Sequence[Element],
        *,
        attribute: str = "",
        rows: Callable[[Any], Iterable[Any]] | None = None,
        limit: int,
        update_only: bool = False,
        bare_reference: str = "",
    ) -> None:
        """Without `rows` the collection is never written. `limit` is the number of items accepted. An item
        may also be sent as nothing but its member `bare_reference`, without the item around it.
        """
        super().__init__(name, attribute, update_only=update_only)
        self.bare_reference = bare_reference
        self.item_name, self.elements, self.rows, self.limit = item_name, tuple(elements), rows, limit

    def to_representation(self, instance: Any) -> Any:
        if self.rows is None:
            return None
        return Items(
            self.item_name, [elements_to_representation(self.elements, row) for row in self.rows(instance)]
        )

    def get_value(self, members_sent: dict[str, Any]) -> Any:
        return members_sent.get(self.name)

    def to_internal_value(self, raw: Any, partial: bool) -> dict[str, Any]:
        if raw is None:
            return {}
        items = items_of(raw, self.item_name)
        if items is None:
            raise self.refuse(raw)
        if self.bare_reference:
            items += [{self.bare_reference: target} for target in items_of(raw, self.bare_reference) or []]
        if len(items) > self.limit:
            message = f"The number of items ({len(items)}) exceeds the maximum of {self.limit}"
            detail = {"max": self.limit, "actual": len(items)}
            raise ApiError(ErrorItem(f"limitExceeded.{self.name}", message, self.name, detail))
        return {self.attribute: self._item_values([self._members_of(item) for item in items])}

    def _members_of(self, item: Any) -> dict[str, Any]:
        found = members(item)
        if found is None:
            raise self.refuse(item)
        return found

    def _item_values(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        elements = [e.known_in(items) if isinstance(e, Reference) else e for e in self.elements]
        accepted, errors = [], []
        for item in items:
            try:
                accepted.append(elements_to_internal_value(elements, item, partial=False))
            except ApiError as refusal:
                errors += refusal.errors
        if errors:
            raise ApiError(*errors)
        return accepted


def elements_to_representation(elements: Iterable[Element], instance: Any) -> dict[str, Any]:
    return {e.name: value for e in elements if (value := e.to_representation(instance)) is not None}


def elements_to_internal_value(
    elements: Iterable[Element], sent: dict[str, Any], partial: bool
) -> dict[str, Any]:
    """The values of all elements; ApiError with the errors of all of them."""
    values: dict[str, Any] = {}
    errors: list[ErrorItem] = []
    for element in elements:
        if element.read_only or (element.update_only and not partial):
            continue
        try:
            values |= element.to_internal_value(element.get_value(sent), partial)
        except ApiError as refusal:
            errors += refusal.errors
    if errors:
        raise ApiError(*errors)
    return values


class ResourceSerializer(BaseSerializer[Any]):
    """Reads and writes one resource. Subclasses give `root_name` and `elements`, in the order of the wire."""

    root_name: ClassVar[str] = ""
    elements: ClassVar[Sequence[Element]] = ()

    def to_representation(self, instance: models.Model) -> dict[str, Any]:
        return elements_to_representation(self.elements, instance)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """`{attribute: value}` of a parsed body. Raises ApiError with every error found."""
        return elements_to_internal_value(self.elements, self.members_in(data), self.partial)

    def members_in(self, body: Any) -> dict[str, Any]:
        """The members of a body whose root is this resource's."""
        if not isinstance(body, Document):
            raise malformed("The request has no body")
        if body.root is not None and body.root != self.root_name:
            raise malformed(f"The root element must be {self.root_name}")
        if (
            body.root is None
            and set(body.members) == {self.root_name}
            and isinstance(body.members[self.root_name], dict)
        ):
            return body.members[self.root_name]
        return body.members
