"""An admin site with pages that belong to no model, and every list as a file."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from outbound_site.core.admin.list_export import list_as_file


class PagesAdminSite(AdminSite):
    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.own_pages: list[URLPattern] = []

    def register_page(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> None:
        """A page that belongs to no model, added by an app's admin module."""
        self.own_pages.append(path(route, self.admin_view(view), name=name))

    def get_urls(self) -> list[Any]:
        return [*self.own_pages, *self.list_exports(), *super().get_urls()]

    def list_exports(self) -> Iterator[URLPattern]:
        """Every list can be taken along, also those that other packages bring."""
        for model, page in self._registry.items():
            app, name = model._meta.app_label, model._meta.model_name
            view = self.admin_view(partial(list_as_file, page))
            yield path(f"{app}/{name}/list.<str:kind>", view, name=f"{app}_{name}_list_file")
