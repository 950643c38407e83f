"""Who may do what: a resource declares the permissions of each operation; without a rule all is refused.

Administrators, supervisors and custom roles are groups of Django permissions (outbound_site/roles.py).
"""

from dataclasses import dataclass
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

# What each action of a view does. Actions beyond these name their operation in the view's `operations`.
OPERATIONS = {"list": "read", "retrieve": "read", "create": "create", "update": "update", "destroy": "delete"}


@dataclass(frozen=True)
class Access:
    """For each operation the permissions of which a user needs one; None: there is no such operation."""

    read: tuple[str, ...]
    create: tuple[str, ...] | None = None
    update: tuple[str, ...] | None = None
    delete: tuple[str, ...] | None = None

    def allows(self, user: Any, operation: str) -> bool:
        permissions = getattr(self, operation, None) or ()
        return any(user.has_perm(permission) for permission in permissions)

    def permission_info(self, user: Any) -> dict[str, Any] | None:
        """`permissionInfo` of a list: what this user may write here (docs/wire-format.md 7.3)."""
        names = {"create": "canCreate", "update": "canUpdate", "delete": "canDelete"}
        may = {name: self.allows(user, op) for op, name in names.items() if getattr(self, op) is not None}
        if not may:
            return None
        return may | {"role": "administrator" if any(may.values()) else "supervisor"}


class Refused(BasePermission):
    """The default of every endpoint: nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class AnyRole(BasePermission):
    """For what belongs to no resource: everybody who has some role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.get_all_permissions())


class DeclaredAccess(BasePermission):
    """Asks the view's `access` for the operation behind the action."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        access: Access | None = getattr(view, "access", None)
        if access is None:
            return False
        if view.action in {None, "metadata"}:
            # The method (OPTIONS is the second) is not offered here; the answer says so to anybody signed in.
            return True
        operation = (OPERATIONS | getattr(view, "operations", {})).get(view.action, "")
        return access.allows(request.user, operation)
