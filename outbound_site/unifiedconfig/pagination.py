"""Paging of lists (docs/wire-format.md 7.2)."""

from typing import Any
from urllib.parse import urlencode

from rest_framework.pagination import BasePagination
from rest_framework.request import Request

from outbound_site.unifiedconfig.errors import ApiError, ErrorItem, out_of_range

DEFAULT_SIZE, MAX_SIZE = 25, 100
MAX_START = 2**31 - 1


class UnifiedPagination(BasePagination):
    """`startIndex` and `resultsPerPage`; a start beyond the end gives a full last page."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        query = request.query_params
        errors: list[ErrorItem] = []
        start = number(query.get("startIndex"), "startIndex", 0, MAX_START, 0, errors)
        self.size = number(query.get("resultsPerPage"), "resultsPerPage", 1, MAX_SIZE, DEFAULT_SIZE, errors)
        if errors:
            raise ApiError(*errors)
        self.total = self.count(queryset)
        self.paged = view.paged_by_default or bool(query.keys() & {"startIndex", "resultsPerPage"})
        if not self.paged:
            self.size = max(self.total, 1)
        self.start = start if start < self.total else max(0, self.total - self.size)
        return self.rows(queryset, self.start, min(self.start + self.size, self.total))

    def count(self, queryset: Any) -> int:
        total: int = queryset.count()
        return total

    def rows(self, queryset: Any, start: int, stop: int) -> list[Any]:
        """Found from the nearer end, so that the last page costs what the first one does."""
        if start <= self.total - stop:
            return list(queryset[start:stop])
        return list(queryset.reverse()[self.total - stop : self.total - start])[::-1]

    def page_info(self) -> dict[str, Any]:
        last_start = max(0, (self.total - 1) // self.size * self.size)
        previous, following = max(0, self.start - self.size), self.start + self.size
        query = self.request.query_params
        return {
            "resultsPerPage": self.size,
            "startIndex": self.start,
            "totalResults": self.total,
            "firstPage": self.link(0),
            "lastPage": self.link(last_start),
            "prevPage": self.link(previous) if self.start > 0 else None,
            "nextPage": self.link(following) if following < self.total else None,
            "searchTerm": query.get("q") or None,
            "sortTerm": query.get("sort") or None,
        }

    def link(self, start: int) -> str:
        """The absolute URL of a page, with the search of this request; page zero has no `startIndex`."""
        query = [
            (name, value)
            for name, value in self.request.query_params.items()
            if name not in {"startIndex", "resultsPerPage"}
        ]
        if start:
            query.append(("startIndex", str(start)))
        if self.paged:
            query.append(("resultsPerPage", str(self.size)))
        text = f"?{urlencode(query, errors='replace')}" if query else ""
        return self.request.build_absolute_uri(self.request.path + text)


def number(text: str | None, name: str, low: int, high: int, default: int, errors: list[ErrorItem]) -> int:
    if text is None or text == "":
        return default
    if text.isascii() and text.isdigit() and len(text) < 19 and low <= int(text) <= high:
        return int(text)
    errors.append(out_of_range(name, low, high))
    return default
