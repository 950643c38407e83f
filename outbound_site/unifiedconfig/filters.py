"""Search and sort of lists: `q`, `field:value` terms and `sort` (docs/wire-format.md 7.5, 7.6)."""

from typing import Any, ClassVar

import django_filters
from django.db.models import F, Q, QuerySet

from outbound_site.unifiedconfig.errors import ApiError, invalid_value
from outbound_site.unifiedconfig.text import Fold


class ResourceFilter(django_filters.FilterSet):
    """Subclasses name the wire fields that are searched and sorted, each with the attribute behind it."""

    searched: ClassVar[dict[str, str]] = {}
    sorted_by: ClassVar[dict[str, Any]] = {}
    # Fields that a `field:value` term may name; the value must be contained.
    terms: ClassVar[dict[str, str]] = {}
    # Those of the terms that are query parameters too: `?lastName=smith`.
    parameters: ClassVar[tuple[str, ...]] = ()
    default_order: ClassVar[tuple[Any, ...]] = ("pk",)

    q = django_filters.CharFilter(method="search", strip=False)
    sort = django_filters.CharFilter(method="order", strip=False)

    @classmethod
    def get_filters(cls) -> Any:
        return super().get_filters() | {
            name: django_filters.CharFilter(name, method="search_parameter", strip=False)
            for name in cls.parameters
        }

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset.order_by(*self.default_order))

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word must be contained in some searched field."""
        for word in value.split():
            queryset = queryset.filter(self.term(word))
        return queryset

    def term(self, word: str) -> Q:
        field, colon, value = word.partition(":")
        if colon and field in self.terms:
            return self.contains(self.terms[field], value)
        anywhere = Q()
        for attribute in self.searched.values():
            anywhere |= self.contains(attribute, word)
        return anywhere

    def search_parameter(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(self.contains(self.terms[name], value))

    def contains(self, attribute: str, text: str) -> Q:
        return Q(**{f"{attribute}__folded_contains": text})

    def order(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """`field` or `field asc|desc`; text without regard to case, the id breaks ties."""
        field, _, direction = value.strip().partition(" ")
        if field not in self.sorted_by or direction.strip() not in {"", "asc", "desc"}:
            raise ApiError(invalid_value("sort", value))
        expression = folded(queryset, self.sorted_by[field])
        return queryset.order_by(expression.desc() if direction.strip() == "desc" else expression.asc(), "pk")


def folded(queryset: QuerySet[Any], attribute: Any) -> Any:
    """An expression to sort by, as it stands or of an attribute; text ignores case."""
    if not isinstance(attribute, str):
        return attribute
    field: Any = queryset.model
    for part in attribute.split("__"):
        field = field._meta.get_field(part)
        field = field.related_model if field.is_relation else field
    return Fold(attribute) if field.get_internal_type() in {"CharField", "TextField"} else F(attribute)
