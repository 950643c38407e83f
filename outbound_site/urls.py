"""Every URL of the server on one page."""

from django.contrib import admin
from django.urls import path

from outbound_site.health import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health", health),
]
