"""The built-in roles, as groups of Django permissions (docs/wire-format.md 9).

A custom role is any other group; the permissions `campaigns.campaign_status` and
`campaigns.campaign_contact` are the original's subfeatures that give update-only access to campaigns.
"""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from outbound_site.core.models import Role

ADMINISTRATOR = "administrator"
SUPERVISOR = "supervisor"
# For the programs that place calls; it opens nothing but their interface.
DIALER = "dialer"
BUILT_IN = [ADMINISTRATOR, SUPERVISOR, DIALER]
OWN_APPS = ["timezones", "dnc", "campaigns", "callbacks", "dialing"]


def assignable() -> QuerySet[Permission]:
    """The permissions that a role can give: on our own pages, users and roles; histories follow theirs."""
    own = Q(content_type__app_label__in=OWN_APPS)
    users = Q(content_type__app_label="auth", content_type__model="user")
    roles = Q(content_type__app_label="outbound_site", content_type__model="role")
    sign_ins = Q(content_type__app_label="axes", content_type__model="accessattempt")
    permissions = Permission.objects.filter(own | users | roles | sign_ins).select_related("content_type")
    return permissions.exclude(content_type__model__startswith="historical")


def load_roles() -> None:
    """Make the built-in roles and give them their permissions; custom roles are left alone."""
    administrator, _ = Role.objects.get_or_create(name=ADMINISTRATOR)
    administrator.permissions.set(assignable())
    supervisor, _ = Role.objects.get_or_create(name=SUPERVISOR)
    supervisor.permissions.set(
        assignable().filter(
            Q(codename__startswith="view_") | Q(codename__in=["stop_campaigns", "undo_importjob"]),
            content_type__app_label__in=OWN_APPS,
        )
    )
    dialer, _ = Role.objects.get_or_create(name=DIALER)
    dialer.permissions.set(assignable().filter(codename="use_dialer_interface"))
