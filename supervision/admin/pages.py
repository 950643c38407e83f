"""The pages of this app under `templates/admin/supervision/`."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from outbound_site.core.admin import pages
from outbound_site.core.admin.pages import demand

__all__ = ["demand", "page"]


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    return pages.page(request, f"supervision/{template}", title, **context)
