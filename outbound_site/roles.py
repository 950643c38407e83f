"""The built-in roles, as groups of Django permissions (api-conventions.md 9).

A custom role is any other group; the permissions `campaigns.campaign_status` and
`campaigns.campaign_contact` are the original's subfeatures that give update-only access to campaigns.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

ADMINISTRATOR = "administrator"
SUPERVISOR = "supervisor"
OWN_APPS = ["timezones", "dnc", "campaigns", "callbacks"]


def load_roles() -> None:
    """Make the built-in roles and give them their permissions; custom roles are left alone."""
    own = Permission.objects.filter(content_type__app_label__in=OWN_APPS)
    users_and_roles = Permission.objects.filter(
        content_type__app_label="auth", content_type__model__in=["user", "group"]
    )
    administrator, _ = Group.objects.get_or_create(name=ADMINISTRATOR)
    administrator.permissions.set(own | users_and_roles)
    supervisor, _ = Group.objects.get_or_create(name=SUPERVISOR)
    supervisor.permissions.set(own.filter(Q(codename__startswith="view_")))
