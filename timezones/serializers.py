"""Wire names of time zones, and the reference by which a campaign names one."""

from collections.abc import Iterable
from typing import Any

from outbound_site.unifiedconfig.elements import Computed, elements_for
from outbound_site.unifiedconfig.errors import ApiError, invalid_reference
from outbound_site.unifiedconfig.references import Reference, key_of, ref_url
from outbound_site.unifiedconfig.serializers import ResourceSerializer
from timezones.models import TimeZone


class TimeZoneSerializer(ResourceSerializer):
    root_name = "timeZone"
    elements = (
        Computed("refURL", lambda zone: zone.ref_url),
        *elements_for(TimeZone, "name", "displayName", "stdName", "dstName", "dstObserved", "bias"),
    )


# What the reference of a zone names that an update took away (API text, "Outbound Campaign API", timeZone).
INVALID = "INVALID"


def find_by_name(names: Iterable[str]) -> dict[str, TimeZone]:
    return {zone.name: zone for zone in TimeZone.objects.current().filter(name__in=list(names))}


def show(zone: TimeZone) -> dict[str, Any]:
    if zone.retired:
        return {"refURL": ref_url("timezone", INVALID), "displayName": "INVALID Time Zone"}
    return {"displayName": zone.display_name, "refURL": zone.ref_url}


class TimeZoneReference(Reference):
    def to_internal_value(self, raw: Any, partial: bool) -> dict[str, Any]:
        """An update may send the INVALID reference of its GET back, which is accepted as INVALID."""
        if partial and key_of(self.url_in(raw), self.kind) == INVALID:
            return {self.attribute: INVALID}
        return super().to_internal_value(raw, partial)


def keep_invalid_zone(values: dict[str, Any], stored: TimeZone) -> None:
    """Takes INVALID out of the values of an update. Raises ApiError when the stored zone is a valid one."""
    if values.get("time_zone") != INVALID:
        return
    if not stored.retired:
        raise ApiError(invalid_reference("timeZone", INVALID, "timezone"))
    del values["time_zone"]


time_zone_reference = TimeZoneReference(
    "timeZone", kind="timezone", find=find_by_name, show=show, required=True
)
