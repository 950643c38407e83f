"""What our own pages of the admin share."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse


def demand(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """A page under `templates/admin/`; `zone` is the server's, in which it shows times."""
    shared = admin.site.each_context(request) | {"zone": settings.SERVER_TIME_ZONE, "title": title}
    return TemplateResponse(request, f"admin/{template}", shared | context)
