from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.contrib.auth.signals import user_login_failed
from django.db.backends.signals import connection_created

from outbound_site import client_address  # noqa: F401 (registers a deployment check)
from outbound_site.logs import log_failed_sign_in
from outbound_site.unifiedconfig.text import add_fold_function


class OutboundSiteConfig(AppConfig):
    name = "outbound_site"
    verbose_name = "People and roles"
    default = True

    def ready(self) -> None:
        apps.get_app_config("auth").verbose_name = self.verbose_name
        connection_created.connect(add_fold_function)
        user_login_failed.connect(log_failed_sign_in)


class OutboundAdminConfig(admin_apps.AdminConfig):
    """Puts our own AdminSite in the place of Django's."""

    default = False
    default_site = "outbound_site.admin_site.OutboundAdminSite"
