from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from callbacks.calendar import within
from outbound_site.core.server_time import today


class DueFilter(admin.SimpleListFilter):
    """Callbacks that somebody still expects, by days of the server's zone."""

    parameter_name = "due"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"still to be made ({settings.SERVER_TIME_ZONE})"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("overdue", "Overdue"),
            ("today", "Due today"),
            ("tomorrow", "Due tomorrow"),
            ("week", "Due within seven days"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        opened: Any = queryset
        match self.value():
            case "overdue":
                return opened.overdue()
            case "today":
                return opened.open().filter(within(today(), 1))
            case "tomorrow":
                return opened.open().filter(within(today() + timedelta(days=1), 1))
            case "week":
                return opened.open().filter(within(today(), 7))
        return queryset
