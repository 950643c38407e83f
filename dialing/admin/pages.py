"""The pages of this app under `templates/admin/dialing/`."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from outbound_site import admin_pages
from outbound_site.admin_pages import demand

__all__ = ["demand", "page"]


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    return admin_pages.page(request, f"dialing/{template}", title, **context)
