"""Endpoints with faults that no real one has."""

from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.routing import route
from outbound_site.unifiedconfig.views import UnifiedViewSet


class Undeclared(UnifiedViewSet):
    def list(self, request):
        raise AssertionError("not reached")


class Unmapped(Undeclared):
    """Its access says nothing of the operation behind `list`."""

    access = Access(read=("timezones.view_timezone",))
    operations = {"list": "unheard"}


class Unlisted(UnifiedViewSet):
    """An action of its own, and not a word of what it does."""

    access = Access(read=("timezones.view_timezone",))

    def export(self, request):
        raise AssertionError("not reached")


class Broken(UnifiedViewSet):
    access = Access(read=("timezones.view_timezone",))

    def list(self, request):
        raise RuntimeError("hunter2")


urlpatterns = [
    *route("undeclared", Undeclared, get="list"),
    *route("unmapped", Unmapped, get="list"),
    *route("unlisted", Unlisted, get="export"),
    *route("broken", Broken, get="list"),
]
