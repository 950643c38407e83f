"""Admin pages of items that are marked deleted first, and of those that are marked."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CASCADE, PROTECT, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from outbound_site.core.admin.history import HistoryAdmin
from outbound_site.core.admin.versioned import field_messages
from outbound_site.core.soft_deletion import SoftDeletable, purge


class CheckedActionsAdmin(HistoryAdmin):
    """A deletion or an action may be refused while it is done; then nothing of it is stored."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            return self.refused(request, refusal)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        try:
            with transaction.atomic():
                return super().response_action(request, queryset)
        except ValidationError as refusal:
            return self.refused(request, refusal)

    def refused(self, request: HttpRequest, refusal: ValidationError) -> HttpResponse:
        for _, message in field_messages(refusal):
            self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class SoftDeletableAdmin(CheckedActionsAdmin):
    """A deletion goes through the app's own function, which may refuse it."""

    delete_confirmation_template = "admin/mark_deleted.html"
    delete_selected_confirmation_template = "admin/mark_selected_deleted.html"

    def remove(self, item: Any) -> None:
        """The app's operation. Raises ValidationError."""
        raise NotImplementedError

    def obstacles(self, items: Iterable[Any]) -> list[str]:
        """Why some of the items cannot be deleted, for the page that asks whether to delete them."""
        return []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(deleted_at=None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        items = list(objs)
        return [str(item) for item in items], {}, set(), self.obstacles(items)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for item in queryset:
            self.remove(item)


class DeletedAdmin(HistoryAdmin):
    """What is marked deleted: when, by whom, and the purge."""

    when_empty = (
        "Nothing is marked deleted. What is deleted stands here until it is purged; till then its "
        "name stays taken."
    )
    list_display = ["__str__", "deleted_at", "deleted_by"]
    list_filter = ["deleted_at"]
    ordering = ["-deleted_at"]
    delete_confirmation_template = "admin/purge.html"
    delete_selected_confirmation_template = "admin/purge_selected.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        records = self.model.history.filter(id=OuterRef("pk"), deleted_at__isnull=False)
        first = records.order_by("history_date", "history_id").values("history_user__username")[:1]
        marked = super().get_queryset(request).exclude(deleted_at=None)
        return marked.annotate(deleted_by=Subquery(first))

    @admin.display(description="deleted by", ordering="deleted_by", empty_value="–")
    def deleted_by(self, item: Any) -> str | None:
        return item.deleted_by

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        items = list(objs)
        protected = [
            f"{name}: {count} refer to it; delete them first"
            for name, count in self.referring(items, PROTECT).items()
        ]
        return [str(item) for item in items], self.referring(items, CASCADE), set(), protected

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return super().delete_view(request, object_id, {"title": "Purge", **(extra_context or {})})

    def referring(self, items: list[SoftDeletable], on_delete: Any) -> dict[str, int]:
        """How many rows of each kind refer to the items in that way."""
        concrete = self.model._meta.concrete_model
        assert concrete is not None
        counts = {
            relation.related_model._meta.verbose_name_plural: relation.related_model._base_manager.filter(
                **{f"{relation.field.name}__in": [item.pk for item in items]}
            ).count()
            for relation in concrete._meta.related_objects
            if relation.on_delete is on_delete
        }
        return {str(name): count for name, count in counts.items() if count}

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        purge(obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        self.message_user(request, f"{obj_display} was purged.", messages.SUCCESS)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for item in queryset:
                purge(item)
