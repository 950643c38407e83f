"""What time it is everywhere and who may be called there; the hours are those of new campaigns at first."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.models import BlendedAgentOptions
from outbound_site.core.admin.pages import demand, page
from timezones.around_the_clock import clocks
from timezones.local_time import DialingWindow
from timezones.models import TimeZone

CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class HoursForm(forms.Form):
    start = forms.TimeField(label="Dialing hours from", widget=CLOCK)
    end = forms.TimeField(label="to", widget=CLOCK)
    place = forms.CharField(required=False, max_length=64, label="Place")
    open = forms.BooleanField(required=False, label="Only where calls may be made now")


def time_zones_page(request: HttpRequest) -> HttpResponse:
    demand(request, "timezones.view_timezone")
    options, at = BlendedAgentOptions.load(), timezone.now()
    hours: dict[str, Any] = {"start": options.dial_start, "end": options.dial_end}
    form = HoursForm(hours | request.GET.dict())
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
