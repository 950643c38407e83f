"""Counts campaigns' contacts into a table that pages read: counting costs as much as lists are long.

A job counts the lists in which something happened every few seconds, and every list once a minute. Pages say
as of when their counts are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q, Value
from django.db.models.functions import TruncMinute
from django.utils import timezone

from campaigns.models import Campaign, ImportJob, ImportState
from campaigns.models.contact import CallStatus, Contact
from dialing.eligibility import callback_window_ends
from dialing.models import AttemptRule, CallHistory, Lease, LeaseState
from supervision.models import ContactCount, Counting, ListCount
from timezones.zones import Zone, read_zones

# The job never takes more than half of the time: it rests for as long as it counted, and at least so long.
REST = timedelta(seconds=4)
# A run that did not end in this time was killed.
GIVEN_UP = timedelta(minutes=5)
# A transaction commits later than the time that it stores.
COMMIT_DELAY = timedelta(seconds=10)
# For what leaves no trace, such as an edit by hand in the database.
EVERY_LIST = timedelta(minutes=1)
MINUTES, MINUTE = 30, timedelta(minutes=1)
# What a row of the table holds beside its list.
COUNTED = ["status", "zone_set_id", "promised", "contacts", "due", "next_due"]
LIMIT = settings.CALLBACK_TIME_LIMIT


@dataclass(frozen=True)
class ListPart:
    """A campaign's contacts of one status and one set of zones; `due` of them now, the next at `next_due`.

    `promised`: callbacks not called yet, which are not bound to the dialing window.
    """

    status: CallStatus
    zones: tuple[Zone, ...]
    contacts: int
    due: int
    next_due: datetime | None
    promised: bool = False


@dataclass(frozen=True)
class CountedList:
    """`at`: when the contacts were counted; `recent_calls`: of each of the last minutes, the oldest first."""

    at: datetime | None = None
    parts: Sequence[ListPart] = ()
    recent_calls: Sequence[int] = ()


def counted_lists(campaigns: Collection[int]) -> Mapping[int, CountedList]:
    """The stored counts of these campaigns; two queries."""
    parts: dict[int, list[ListPart]] = defaultdict(list)
    rows = ContactCount.objects.filter(list__in=campaigns).values_list(
        "list", "status", "zone_set__members", "contacts", "due", "next_due", "promised"
    )
    for campaign, status, zones, contacts, due, next_due, promised in rows:
        part = ListPart(CallStatus(status), read_zones(zones), contacts, due, next_due, promised)
        parts[campaign].append(part)
    lists = ListCount.objects.filter(pk__in=campaigns).values_list("pk", "counted_at", "recent_calls")
    counted = {pk: CountedList(at, parts[pk], calls) for pk, at, calls in lists}
    return {pk: counted.get(pk, CountedList()) for pk in campaigns}


def count_changed_lists(at: datetime | None = None) -> int:
    """Count the lists in which something happened since the last run; how many. One run counts at a time."""
    at = at or timezone.now()
    free = Q(next_at=None) | Q(next_at__lte=at) | Q(next_at__gt=at + GIVEN_UP)
    state, _ = Counting.objects.get_or_create(pk=1)
    if not Counting.objects.filter(free, pk=1).update(next_at=at + GIVEN_UP):
        return 0
    try:
        campaigns = changed_lists(state.began_at, at)
        count_lists(campaigns, at)
        if state.began_at is None or state.began_at.minute != at.minute:
            count_recent_calls(at)
        Counting.objects.filter(pk=1).update(began_at=at)
    finally:
        # Also after a failure, of a campaign that was purged meanwhile for example.
        took = timezone.now() - at
        mine = Counting.objects.filter(pk=1, next_at=at + GIVEN_UP)
        mine.update(next_at=at + took + max(took, REST))
    return len(campaigns)


def changed_lists(before: datetime | None, at: datetime) -> list[int]:
    """Campaigns whose counts may have changed since the run that began at `before`."""
    campaigns = Campaign.objects.active()
    if before is None:
        return list(campaigns.values_list("pk", flat=True))
    since = before - COMMIT_DELAY
    counted = ListCount.objects.filter(counted_at__gt=at - EVERY_LIST, counted_at__lte=at)
    up_to_date = counted.filter(version=F("campaign__change_stamp")).exclude(next_change__lte=at)
    ended = Q(state__in=set(LeaseState) - {LeaseState.ACTIVE, LeaseState.DIALED}, ended_at__gte=since)
    imported = Q(state=ImportState.RUNNING) | Q(finished_at__gte=since)
    happened = [
        Lease.objects.held()
        .filter(Q(granted_at__gte=since) | Q(dialed_at__gte=since))
        .values_list("campaign"),
        Lease.objects.filter(ended).values_list("campaign"),
        CallHistory.objects.filter(at__gte=since).values_list("campaign"),
        ImportJob.objects.filter(imported).order_by().values_list("campaign"),
        AttemptRule.objects.filter(changed_at__gte=since).values_list("campaign"),
        Campaign.objects.filter(list_began__gte=since).order_by().values_list("pk"),
    ]
    busy = {campaign for (campaign,) in happened[0].union(*happened[1:])}
    quiet = set(up_to_date.values_list("pk", flat=True)) - busy
    return [pk for pk in campaigns.values_list("pk", flat=True) if pk not in quiet]


def count_lists(campaigns: Collection[int], at: datetime) -> None:
    """Count the contacts of these campaigns and store the result. The counting itself holds no lock."""
    rows = count_contacts(campaigns, at)
    with transaction.atomic():
        versions = dict(Campaign.objects.filter(pk__in=campaigns).values_list("pk", "change_stamp"))
        ListCount.objects.bulk_create(
            [
                ListCount(pk=pk, version=version, counted_at=at, next_change=next_change(rows[pk]))
                for pk, version in versions.items()
            ],
            update_conflicts=True,
            unique_fields=["campaign"],
            update_fields=["version", "counted_at", "next_change"],
        )
        ContactCount.objects.filter(list__in=versions).delete()
        ContactCount.objects.bulk_create(
            ContactCount(list_id=pk, **{name: row[name] for name in COUNTED})
            for pk in versions
            for row in rows[pk]
        )


def count_contacts(campaigns: Collection[int], at: datetime) -> Mapping[int, list[dict[str, Any]]]:
    """By campaign, a row for each status, set of zones and kind of callback; two queries."""
    contacts = Contact.objects.filter(campaign__in=campaigns).order_by()
    callback = Q(status=CallStatus.CALLBACK_REQUESTED)
    promised = Q(called_back_at=None)
    come = Q(callback_at__lte=at)
    in_time = come & Q(callback_at__gte=at - LIMIT)
    due = (~promised & come) | (promised & in_time)
    # Apart, since the index `contact_due` has all that is asked of the others.
    others = _by_group(
        contacts.exclude(callback).annotate(promised=Value(False)), come | Q(callback_at=None), at
    )
    callbacks = _by_group(contacts.filter(callback).annotate(promised=promised), due, at).annotate(
        first_missed=Min("callback_at", filter=promised & in_time)
    )
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in [*others, *callbacks]:
        rows[row["campaign"]].append({"first_missed": None} | row)
    return rows


def _by_group(contacts: Any, due: Q, at: datetime) -> Any:
    coming = Min("callback_at", filter=Q(callback_at__gt=at))
    groups = contacts.values("campaign", "status", "zone_set_id", "promised")
    return groups.annotate(contacts=Count("*"), due=Count("pk", filter=due), next_due=coming)


def next_change(rows: Iterable[Mapping[str, Any]]) -> datetime | None:
    """When the next contact becomes due, or misses its callback."""
    times = [row["next_due"] for row in rows] + [
        row["first_missed"] and callback_window_ends(row["first_missed"]) for row in rows
    ]
    return min(filter(None, times), default=None)


def count_recent_calls(at: datetime) -> None:
    """Of each of the last MINUTES full minutes."""
    end = at.replace(second=0, microsecond=0)
    calls = CallHistory.objects.filter(at__gte=end - MINUTES * MINUTE, at__lt=end).order_by()
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * MINUTES)
    for campaign, minute, number in calls.values_list("campaign", TruncMinute("at")).annotate(Count("pk")):
        counts[campaign][MINUTES - (end - minute) // MINUTE] = number
    lists = list(ListCount.objects.only("pk", "recent_calls"))
    for row in lists:
        row.recent_calls = counts.get(row.pk, [])
    ListCount.objects.bulk_update(lists, ["recent_calls"], batch_size=500)
