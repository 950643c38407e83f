from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from callbacks import scheduling
from callbacks.admin.calendar import calendar_page
from callbacks.admin.due import DueFilter
from callbacks.admin.fields import ServerTimeField, WrittenNumberField
from callbacks.admin.reassignment import reassignment_page
from callbacks.filters import PersonalCallbackFilter
from callbacks.models import SET_BY_DIALERS, CallbackStatus, PersonalCallback
from outbound_site.core.admin.soft_deletion import CheckedActionsAdmin
from outbound_site.core.admin.versioned import VersionedAdmin, VersionedForm
from outbound_site.core.server_time import shown

MOST_NAMED = 100


class PersonalCallbackForm(VersionedForm):
    callback_date_time = ServerTimeField(label="Callback time")
    phone = WrittenNumberField(help_text="The number to call, as you write it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"agent", "campaign"} & self.fields.keys():
            # A callback keeps an agent or campaign that was deleted until somebody chooses another.
            field: Any = self.fields[name]
            stored = getattr(self.instance, f"{name}_id")
            field.queryset = field.queryset.filter(Q(deleted_at=None) | Q(pk=stored))
        if status := self.fields.get("call_status"):
            # A callback that is unknown keeps that while the rest is changed.
            theirs = set(SET_BY_DIALERS) - {self.instance.call_status}
            others = [choice for choice in CallbackStatus.choices if choice[0] not in theirs]
            status.choices = others  # type: ignore[attr-defined]
        if time := self.fields.get("callback_date_time"):
            time.help_text = (
                f"On the server's clock, {settings.SERVER_TIME_ZONE}: {shown(timezone.now())} now."
            )

    def clean_phone(self) -> str:
        """A number that was not written in digits is shown in digits before it is stored."""
        phone: str = self.cleaned_data["phone"]
        name = self.add_prefix("phone")
        if phone != self.data[name].strip():
            data: Any = self.data
            data = data.copy()
            data[name] = phone
            self.data = data
            raise forms.ValidationError(f"Read as {phone}, which stands here now. Save again to store it.")
        return phone


@admin.register(PersonalCallback)
class PersonalCallbackAdmin(CheckedActionsAdmin, VersionedAdmin):
    when_empty = (
        "No callback is scheduled. They come from agents' calls, are added here one by one or as a "
        "list, or through the API."
    )
    form = PersonalCallbackForm
    fieldsets = [
        ("Customer", {"fields": ["first_name", "last_name", "account_number", "phone", "version"]}),
        ("Callback", {"fields": ["agent", "callback_date_time", "max_attempts", "campaign", "campaign_dn"]}),
        ("State", {"fields": ["call_status"]}),
        ("Record", {"fields": ["call_result", "inserted", "sent_to_dialer"]}),
    ]
    readonly_fields = ["call_result", "inserted", "sent_to_dialer"]
    list_display = [
        "due",
        "agent",
        "customer",
        "phone",
        "call_status",
        "campaign",
        "account_number",
        "max_attempts",
    ]
    list_filter = [DueFilter, "call_status", "campaign", "agent"]
    list_select_related = ["agent", "campaign"]
    list_per_page = 50
    ordering = ["callback_date_time", "pk"]
    show_full_result_count = False
    # Named so that the page has a search box; get_search_results asks the API's own search.
    search_fields = ["last_name"]
    actions = ["reassign"]

    def get_urls(self) -> list[Any]:
        calendar = self.admin_site.admin_view(self.calendar)
        return [path("calendar/", calendar, name="callbacks_personalcallback_calendar"), *super().get_urls()]

    def calendar(self, request: HttpRequest) -> HttpResponse:
        return calendar_page(self, request)

    @admin.action(description="Reassign to another agent", permissions=["change"])
    def reassign(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return reassignment_page(self, request, queryset)

    @admin.display(description="callback time", ordering="callback_date_time")
    def due(self, callback: PersonalCallback) -> str:
        return shown(callback.callback_date_time)

    @admin.display(description="customer", ordering="last_name", empty_value="–")
    def customer(self, callback: PersonalCallback) -> str | None:
        return f"{callback.first_name} {callback.last_name}".strip() or None

    @admin.display(description="stored")
    def inserted(self, callback: PersonalCallback) -> str:
        return shown(callback.inserted_at)

    @admin.display(description="last sent to a dialer", empty_value="never")
    def sent_to_dialer(self, callback: PersonalCallback) -> str | None:
        return shown(callback.sent_to_dialer_at) if callback.sent_to_dialer_at else None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # A new one has no record yet.
        return self.fieldsets if obj else self.fieldsets[:-1]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return PersonalCallbackFilter(queryset=queryset).search(queryset, "q", search_term), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A form that was open when a dialer took the callback gets the reason, not a bare 403.
        looked_at = request.method != "POST" and obj is not None and obj.is_active
        return super().has_change_permission(request, obj) and not looked_at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.is_active)

    def save_model(self, request: HttpRequest, obj: PersonalCallback, form: Any, change: bool) -> None:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if change:
            given = {name: value for name, value in values.items() if name in form.changed_data}
            scheduling.change(obj, given, form.cleaned_data["version"])
        else:
            obj.pk = scheduling.schedule(values).pk

    def delete_model(self, request: HttpRequest, obj: PersonalCallback) -> None:
        scheduling.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = queryset.count()
        if kept := chosen - scheduling.remove_all(queryset):
            message = f"{kept} of them were not deleted: they are active, a dialer has them."
            self.message_user(request, message, messages.WARNING)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The first of the callbacks; nothing else goes with them."""
        return named(objs), {"personal callbacks": len(objs)}, set(), []


def named(callbacks: Iterable[PersonalCallback]) -> list[str]:
    """The first hundred in words, and how many more there are."""
    names = [f"{callback}, {shown(callback.callback_date_time)}" for callback in callbacks]
    more = len(names) - MOST_NAMED
    return [*names[:MOST_NAMED], f"and {more} more"] if more > 0 else names
