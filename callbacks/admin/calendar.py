"""The day and week pages of the calendar."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from callbacks import calendar
from callbacks.models import Agent, PersonalCallback
from outbound_site.core.server_time import today

FIRST_DAY, LAST_DAY = date(1970, 1, 5), date(3000, 12, 20)


class CalendarForm(forms.Form):
    """What the page shows; everything may be left out."""

    view = forms.ChoiceField(choices=[("week", "Week"), ("day", "Day")], required=False)
    date = forms.DateField(
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )
    agent = forms.CharField(required=False, max_length=64, label="Agent ID or name contains")
    all = forms.BooleanField(required=False, label="Finished ones too")


def calendar_page(page: ModelAdmin, request: HttpRequest) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    form = CalendarForm({"date": today()} | request.GET.dict())
    form.is_valid()
    chosen = form.cleaned_data
    day = chosen.get("date") or today()
    callbacks = chosen_callbacks(chosen.get("agent", ""), finished=chosen.get("all", False))
    by_day = chosen.get("view") == "day"
    context = page.admin_site.each_context(request) | {
        "opts": page.model._meta,
        "form": form,
        "zone": settings.SERVER_TIME_ZONE,
        "now": timezone.now(),
        "today": today(),
        "overdue_before": timezone.now() - settings.CALLBACK_TIME_LIMIT,
        **(day_context(callbacks, day) if by_day else week_context(callbacks, day)),
        **links(request, day, by_day),
    }
    return TemplateResponse(request, "admin/callbacks/personalcallback/calendar.html", context)


def chosen_callbacks(agent: str, *, finished: bool) -> QuerySet[Any]:
    callbacks: Any = PersonalCallback.objects.all() if finished else PersonalCallback.objects.open()
    for word in agent.split():
        found = Agent.objects.filter(
            Q(agent_id__folded_contains=word)
            | Q(first_name__folded_contains=word)
            | Q(last_name__folded_contains=word)
        )
        callbacks = callbacks.filter(agent__in=found)
    return callbacks


def week_context(callbacks: QuerySet[Any], day: date) -> dict[str, Any]:
    monday = calendar.monday_of(day)
    days = calendar.week(callbacks, monday)
    title = f"Callbacks of the week from {long_date(monday)} to {long_date(days[-1].date)}"
    return {"title": title, "when": "in this week", "days": days, "total": sum(day.total for day in days)}


def day_context(callbacks: QuerySet[Any], day: date) -> dict[str, Any]:
    total, agents = calendar.day_by_agent(callbacks, day)
    left_out = total - sum(len(agent.callbacks) for agent in agents)
    return {
        "title": f"Callbacks of {long_date(day)}",
        "when": "on this day",
        "agents": agents,
        "total": total,
        "left_out": left_out,
    }


def long_date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def links(request: HttpRequest, day: date, by_day: bool) -> dict[str, str]:
    """Where the page leads, with the agent that is looked for kept."""
    step = timedelta(days=1 if by_day else 7)
    kept = request.GET.copy()

    def link(day: date, view: str) -> str:
        kept["date"], kept["view"] = day.isoformat(), view
        return f"?{kept.urlencode()}"

    view = "day" if by_day else "week"
    kept_filter = request.GET.copy()
    for name in ("date", "view"):
        kept_filter.pop(name, None)
    return {
        "view": view,
        "previous": link(max(day - step, FIRST_DAY), view),
        "next": link(min(day + step, LAST_DAY), view),
        "to_today": link(today(), view),
        "as_week": link(day, "week"),
        "as_day": link(day, "day"),
        "kept_filter": kept_filter.urlencode(),
    }
