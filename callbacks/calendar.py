"""What is due for whom, by days of the server's zone."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from callbacks.models import Agent, PersonalCallback
from outbound_site.core.server_time import begin_of

DAYS_OF_WEEK = 7
# More of one day than anybody reads; the totals count all.
SHOWN_OF_A_DAY_IN_WEEK, SHOWN_OF_A_DAY = 50, 500


@dataclass(frozen=True)
class Day:
    """`callbacks` are the first of the day, in order of time."""

    date: date
    total: int
    callbacks: list[PersonalCallback]


@dataclass(frozen=True)
class AgentsDay:
    agent: Agent
    callbacks: list[PersonalCallback]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(callbacks: QuerySet[Any], monday: date) -> list[Day]:
    """The callbacks of seven days."""
    days = [monday + timedelta(days=number) for number in range(DAYS_OF_WEEK)]
    counts = {f"day{day:%Y%m%d}": Count("pk", filter=on(day)) for day in days}
    totals = callbacks.order_by().filter(within(monday, DAYS_OF_WEEK)).aggregate(**counts)
    return [
        Day(day, total, first_of(callbacks.filter(on(day)), SHOWN_OF_A_DAY_IN_WEEK) if total else [])
        for day, total in zip(days, totals.values(), strict=True)
    ]


def day_by_agent(callbacks: QuerySet[Any], day: date) -> tuple[int, list[AgentsDay]]:
    """How many callbacks the day has, and the first of them by agent."""
    of_day = callbacks.filter(on(day))
    shown = first_of(of_day, SHOWN_OF_A_DAY)
    shown.sort(key=lambda callback: (callback.agent.agent_id, callback.agent_id))
    groups = groupby(shown, key=lambda callback: callback.agent)
    return of_day.count(), [AgentsDay(agent, list(group)) for agent, group in groups]


def on(day: date) -> Q:
    return within(day, 1)


def within(first: date, days: int) -> Q:
    return Q(
        callback_date_time__gte=begin_of(first), callback_date_time__lt=begin_of(first + timedelta(days=days))
    )


def first_of(callbacks: QuerySet[Any], count: int) -> list[Any]:
    return list(callbacks.select_related("agent", "campaign").order_by("callback_date_time", "pk")[:count])
