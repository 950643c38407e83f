"""Users, roles and failed sign-ins."""

from itertools import groupby
from typing import Any

import axes.admin  # noqa: F401 (registers the pages that are taken away below)
from axes.models import AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count
from django.http import HttpRequest

from outbound_site.core.admin.history import HistoryAdmin
from outbound_site.core.models import Role
from outbound_site.roles import BUILT_IN, assignable

# Roles stand for groups; the logs of sign-ins are switched off (AXES_DISABLE_ACCESS_LOG).
admin.site.unregister([User, Group, AccessLog, AccessFailureLog])

SUBFEATURES = (
    "A custom role may have the subfeatures CampaignStatus or CampaignContact: through the API its users may "
    "then look at campaigns and update them, and neither create nor delete any. For the pages here, choose "
    "what the role may view, add, change and delete."
)


@admin.register(User)
class OutboundUserAdmin(UserAdmin, HistoryAdmin):  # type: ignore[misc]
    """Users are switched off and not deleted, so that the history of changes keeps their names."""

    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Access", {"fields": ["groups", "is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    list_display = ["username", "first_name", "last_name", "roles", "is_active", "is_staff", "is_superuser"]
    list_filter = ["is_active", "is_staff", "groups"]
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="roles", empty_value="–")
    def roles(self, user: User) -> str | None:
        return ", ".join(group.name for group in user.groups.all()) or None

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        for name, (label, help_text) in EXPLAINED.items():
            if field := form.base_fields.get(name):
                field.label, field.help_text = label, help_text
        roles: Any = form.base_fields.get("groups")
        if roles:
            roles.widget = forms.CheckboxSelectMultiple(choices=roles.choices)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser makes superusers."""
        fixed = list(super().get_readonly_fields(request, obj))
        return fixed if request.user.is_superuser else [*fixed, "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


EXPLAINED = {
    "groups": ("Roles", "A user without a role has no access to the API."),
    "is_active": ("Active", "Untick it to shut the user out at once. Users are not deleted."),
    "is_staff": ("May sign in here", "Whether the user may open these pages; the API does not need it."),
    "is_superuser": ("Superuser", "May do everything, whatever the roles say."),
}


class PermissionsField(forms.ModelMultipleChoiceField):
    """Permissions as check boxes, one group for each kind of item."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(assignable(), required=False)
        permissions = assignable().order_by("content_type__app_label", "content_type__model", "codename")
        self.choices = [
            (kind.capitalize(), [(permission.pk, permission.name) for permission in of_kind])
            for kind, of_kind in groupby(permissions, key=lambda permission: permission.content_type.name)
        ]


@admin.register(Role)
class RoleAdmin(HistoryAdmin):
    """The built-in roles are shown; custom ones are edited."""

    list_display = ["name", "built_in", "users"]
    search_fields = ["name"]
    fieldsets = [(None, {"fields": ["name", "permissions"], "description": SUBFEATURES})]

    @admin.display(description="built in", boolean=True)
    def built_in(self, role: Role) -> bool:
        return role.name in BUILT_IN

    @admin.display(description="users")
    def users(self, role: Any) -> int:
        count: int = role.user_count
        return count

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(user_count=Count("user"))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return PermissionsField()

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return super().has_change_permission(request, obj) and custom(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return super().has_delete_permission(request, obj) and custom(obj)


def custom(role: Role | None) -> bool:
    return role is None or role.name not in BUILT_IN
