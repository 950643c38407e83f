from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.views import ListMixin, RetrieveMixin
from timezones.filters import TimeZoneFilter
from timezones.models import TimeZone
from timezones.serializers import TimeZoneSerializer


class TimeZoneViewSet(ListMixin, RetrieveMixin):
    queryset = TimeZone.objects.current()
    serializer_class = TimeZoneSerializer
    filterset_class = TimeZoneFilter
    collection_name = "timeZones"
    lookup_field = "name"
    access = Access(read=("timezones.view_timezone",))
    # Clients read the list once and expect zones far beyond the 25th.
    paged_by_default = False
