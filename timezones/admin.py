from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outbound_site.core.admin.history import HistoryAdmin
from outbound_site.core.admin.pages import demand, page
from timezones.around_the_clock import clocks
from timezones.local_time import DialingWindow, actual_time
from timezones.models import RegionPrefix, TimeZone, ZoneSet
from timezones.zones import Zone, read_zones, write_zones

CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


@admin.register(TimeZone)
class TimeZoneAdmin(admin.ModelAdmin):
    """Read only: `manage.py load_time_zones` brings a new list."""

    list_display = ["display_name", "name", "offset", "dst_observed", "now_there", "retired"]
    list_filter = ["dst_observed", "retired"]
    search_fields = ["display_name", "name", "iana"]
    list_per_page = 200

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TimeZone | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TimeZone | None = None) -> bool:
        return False

    @admin.display(description="standard time", ordering="-bias")
    def offset(self, zone: TimeZone) -> str:
        return Zone(zone.bias, dst_observed=False).label

    @admin.display(description="now there")
    def now_there(self, zone: TimeZone) -> str:
        return actual_time(zone, timezone.now()).strftime("%a %H:%M")


def zone_choices() -> list[tuple[str, str]]:
    """Every zone that a current Windows zone stands for, with the places that keep it."""
    places: defaultdict[Zone, list[str]] = defaultdict(list)
    for time_zone in TimeZone.objects.current():
        places[time_zone.zone].append(time_zone.display_name.partition(") ")[2])
    return [(str(zone), f"{zone.label}: {'; '.join(names)}") for zone, names in places.items()]


class RegionPrefixForm(forms.ModelForm):
    zones = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        help_text="Where numbers with this prefix may be. With several, a call has to suit all of them.",
    )

    class Meta:
        model = RegionPrefix
        fields = ["prefix", "region", "own"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.instance.zone_set.zones if self.instance.zone_set_id else ()
        # What is chosen stands first, even a zone that the latest list no longer has.
        chosen = {str(zone): zone.label for zone in zones}
        field = self.fields["zones"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = sorted(
            (chosen | dict(zone_choices())).items(), key=lambda choice: choice[0] not in chosen
        )
        field.initial = list(chosen)

    def clean_zones(self) -> str:
        """The chosen zones as `ZoneSet.members` has them."""
        return write_zones(zone for text in self.cleaned_data["zones"] for zone in read_zones(text))


@admin.register(RegionPrefix)
class RegionPrefixAdmin(HistoryAdmin):
    when_empty = (
        "There is no prefix, so every number lies in its campaign's zone. Add some, or load the "
        "seeded ones: manage.py load_region_prefixes."
    )
    form = RegionPrefixForm
    fields = ["prefix", "region", "own", "zones"]
    list_display = ["prefix", "region", "zones", "own"]
    list_filter = ["own"]
    list_select_related = ["zone_set"]
    search_fields = ["prefix__startswith", "region"]

    @admin.display(description="zones", ordering="zone_set__members")
    def zones(self, row: RegionPrefix) -> str:
        return " and ".join(zone.label for zone in row.zone_set.zones)

    def save_model(self, request: HttpRequest, obj: RegionPrefix, form: Any, change: bool) -> None:
        members = form.cleaned_data["zones"]
        obj.zone_set_id = ZoneSet.objects.ids([members])[members]
        # Whoever changes a seeded row wants to keep the change, unless the box is what was unticked.
        obj.own = obj.own or not (change and "own" in form.changed_data)
        super().save_model(request, obj, form, change)


class HoursForm(forms.Form):
    start = forms.TimeField(label="Dialing hours from", widget=CLOCK)
    end = forms.TimeField(label="to", widget=CLOCK)
    place = forms.CharField(required=False, max_length=64, label="Place")
    open = forms.BooleanField(required=False, label="Only where calls may be made now")


def time_zones_page(request: HttpRequest, default_hours: Callable[[], DialingWindow]) -> HttpResponse:
    """What time it is everywhere, and who may be called there in the hours of the form.

    The app that knows hours registers the page with them (campaigns/admin/__init__.py).
    """
    demand(request, "timezones.view_timezone")
    hours: dict[str, Any] = default_hours()._asdict()
    form, at = HoursForm(hours | request.GET.dict()), timezone.now()
    shown = form.cleaned_data if form.is_valid() else hours
    place = shown.get("place", "").casefold()
    found = [
        clock
        for clock in clocks(TimeZone.objects.current(), DialingWindow(shown["start"], shown["end"]), at)
        if (clock.inside or not shown.get("open")) and any(place in name.casefold() for name in clock.places)
    ]
    return page(
        request,
        "timezones/around_the_clock.html",
        "What time it is, and who may be called",
        opts=TimeZone._meta,
        form=form,
        clocks=found,
        at=at,
        inside=sum(clock.inside for clock in found),
    )
