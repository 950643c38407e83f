from django.db import models

from outbound_site.unifiedconfig.filters import ResourceFilter
from timezones.models import TimeZone


class TimeZoneFilter(ResourceFilter):
    """West to east from the date line (API text, "Time Zone API")."""

    searched = {"name": "name", "displayName": "display_name"}
    sorted_by = {"name": "name", "displayName": "display_name", "bias": "bias"}
    default_order = (*(TimeZone._meta.ordering or ()),)

    class Meta:
        model = TimeZone
        fields: list[models.Field] = []
