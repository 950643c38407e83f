from django.contrib.admin.apps import AdminConfig


class OutboundAdminConfig(AdminConfig):
    """Puts our own AdminSite in the place of Django's."""

    default_site = "outbound_site.admin_site.OutboundAdminSite"
