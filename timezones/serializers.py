"""Wire names of time zones, and the reference by which a campaign names one."""

from collections.abc import Iterable
from typing import Any

from outbound_site.unifiedconfig.elements import Computed, elements_for
from outbound_site.unifiedconfig.references import Reference, ref_url
from outbound_site.unifiedconfig.serializers import ResourceSerializer
from timezones.models import TimeZone


class TimeZoneSerializer(ResourceSerializer):
    root_name = "timeZone"
    elements = (
        Computed("refURL", lambda zone: zone.ref_url),
        *elements_for(TimeZone, "name", "displayName", "stdName", "dstName", "dstObserved", "bias"),
    )


def find_by_name(names: Iterable[str]) -> dict[str, TimeZone]:
    return {zone.name: zone for zone in TimeZone.objects.current().filter(name__in=list(names))}


def show(zone: TimeZone) -> dict[str, Any]:
    """A zone that an update took away shows as INVALID (API text, "Outbound Campaign API", timeZone)."""
    if zone.retired:
        return {"refURL": ref_url("timezone", "INVALID"), "displayName": "INVALID Time Zone"}
    return {"displayName": zone.display_name, "refURL": zone.ref_url}


class TimeZoneReference(Reference):
    def accept(self, raw: Any, partial: bool) -> dict[str, Any]:
        """An update may send the INVALID reference of its GET back: the zone stays as it is."""
        if partial and raw is not None and self.url_in(raw).endswith(ref_url("timezone", "INVALID")):
            return {}
        return super().accept(raw, partial)


time_zone_reference = TimeZoneReference(
    "timeZone", kind="timezone", find=find_by_name, show=show, required=True
)
