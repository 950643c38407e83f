"""URLs of the API: every one is answered with and without a final slash, never by a redirect."""

from typing import Any

from django.urls import URLPattern, path
from rest_framework.viewsets import ViewSetMixin

from outbound_site.unifiedconfig.references import BASE


def route(pattern: str, viewset: type[ViewSetMixin], **methods: Any) -> list[URLPattern]:
    """`route("campaign", CampaignViewSet, get="list", post="create")`"""
    view: Any = viewset.as_view(methods)
    return [path(f"{BASE[1:]}{pattern}{slash}", view) for slash in ("", "/")]
