from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class OutboundSiteConfig(AppConfig):
    name = "outbound_site"
    default = True


class OutboundAdminConfig(admin_apps.AdminConfig):
    """Puts our own AdminSite in the place of Django's."""

    default = False
    default_site = "outbound_site.admin_site.OutboundAdminSite"
