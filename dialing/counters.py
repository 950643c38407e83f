"""The counters of `runtimestats` (docs/behaviour.md 11), kept live and added up when read."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, Max, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.counter_periods import ALWAYS, day_of
from dialing.eligibility import LEFT
from dialing.models import CallHistory, CampaignCounters
from dialing.result_codes import ABANDONED, LIVE, RESULT_CODES, counter_of
from outbound_site.core.server_time import to_wall
from outbound_site.unifiedconfig.names import camel_case

# Kept for the whole list; the others for the day.
OF_CURRENT_LIST = Q(list_began=Coalesce("campaign__list_began", Value(ALWAYS)))
OF_LIST = {"total_voice_count": "voice_count", "closed_count": "closed_count"}
NOT_COUNTERS = {"id", "campaign", "list_began", "day", "dialer", "updated_at"}
STORED = [field.name for field in CampaignCounters._meta.fields if field.name not in NOT_COUNTERS]
DAILY = [name for name in STORED if name != "closed_count"]


WIRE_NAMES = {camel_case(name): name for name in [*DAILY, *OF_LIST]}


def _columns(codes: Collection[int]) -> list[str]:
    """The counters that these results add to."""
    return sorted({WIRE_NAMES[counter_of(code, personal)] for code in codes for personal in (False, True)})


LIVE_COLUMNS, ABANDONED_COLUMNS = _columns(LIVE), _columns(ABANDONED)


def increments(call: CallHistory) -> Counter[str]:
    """What one row of the history adds to the counters."""
    added = Counter(
        attempted_count=int(RESULT_CODES[call.call_result].counted),
        talk_time_count=call.talk_seconds,
        wrapup_time_count=call.wrapup_seconds,
        closed_count=int(call.closing),
    )
    if counter := counter_of(call.call_result, call.is_personal):
        added[WIRE_NAMES[counter]] += 1
    return +added


def add(calls: Iterable[CallHistory]) -> None:
    """Count new rows of the history; inside the transaction that stores them."""
    sums: dict[tuple[int, datetime, date, str], Counter[str]] = defaultdict(Counter)
    for call in calls:
        if call.campaign_id:
            sums[call.campaign_id, call.list_began, call.day, call.dialer] += increments(call)
    # Always in the same order, so that two dialers never wait for each other's rows crosswise.
    for (campaign, list_began, day, dialer), added in sorted(sums.items(), key=lambda item: item[0]):
        if added:
            change(campaign, list_began, day, dialer, added)


def change(campaign: int, list_began: datetime, day: date, dialer: str, added: Counter[str]) -> None:
    """Add to one dialer's row of counters; amounts may be negative."""
    key = {"campaign_id": campaign, "list_began": list_began, "day": day, "dialer": dialer}
    row = CampaignCounters.objects.filter(**key)
    changes: dict[str, Any] = {name: F(name) + amount for name, amount in added.items()}
    changes["updated_at"] = timezone.now()
    if not row.update(**changes):
        new = CampaignCounters(**key, updated_at=timezone.now())
        CampaignCounters.objects.bulk_create([new], ignore_conflicts=True)
        row.update(**changes)


def read(campaigns: Collection[int], at: datetime | None = None) -> dict[int, dict[str, Any]]:
    """By campaign, every counter but `total_count`, and `updated_at` (None before the first call).

    Daily counters are those of the day of `at`, `total_voice_count` and `closed_count` those of the list.
    """
    today = Q(day=day_of(at or timezone.now()))
    daily = {name: Sum(name, filter=today, default=0) for name in DAILY}
    in_list = {name: Sum(stored, filter=OF_CURRENT_LIST, default=0) for name, stored in OF_LIST.items()}
    rows = CampaignCounters.objects.filter(campaign__in=campaigns).values("campaign")
    # The alias must not hide the column that the sum for the list reads.
    sums = rows.annotate(
        last=Max("updated_at"),
        **{f"day_{name}": total for name, total in daily.items()},
        **{f"list_{name}": total for name, total in in_list.items()},
    )
    empty = dict.fromkeys([*DAILY, *OF_LIST], 0) | {"updated_at": None}
    found = {row["campaign"]: _named(dict(row)) for row in sums}
    return {campaign: found.get(campaign, empty) for campaign in campaigns}


def _named(row: dict[str, Any]) -> dict[str, Any]:
    counts = {key.split("_", 1)[1]: value for key, value in row.items() if key.startswith(("day_", "list_"))}
    return counts | {"updated_at": row["last"]}


# In the order of the API text's example, which is that of the alphabet.
RUN_TIME_NAMES = sorted([*WIRE_NAMES, "dateTime", "totalCount"])


def run_time_stats(campaign: Campaign, at: datetime | None = None) -> dict[str, Any]:
    """The 26 values of `runtimeStatus` by wire name; `dateTime` is the last change, on the server's clock."""
    at = at or timezone.now()
    counts = read([campaign.pk], at)[campaign.pk]
    values = {wire: counts[name] for wire, name in WIRE_NAMES.items()}
    # As the text and its example have it; the original's database counts all records (11).
    values["totalCount"] = Contact.objects.filter(campaign=campaign, status__in=LEFT).count()
    values["dateTime"] = to_wall(counts["updated_at"] or at).strftime("%Y-%m-%dT%H:%M:%S")
    return {name: values[name] for name in RUN_TIME_NAMES}


PERSONAL = Q(personal_callback_id__isnull=False) | Q(status=CallStatus.PERSONAL_CALLBACK_REQUESTED)

# By list and day; `closedCount`, which no day owns, by list alone.
Sums = dict[tuple[datetime, date | None], Counter[str]]


def replay(campaign: int) -> Sums:
    """The counters anew from the history."""
    groups = (
        CallHistory.objects.filter(campaign=campaign)
        .annotate(personal=Case(When(PERSONAL, then=True), default=False))
        .values("list_began", "day", "call_result", "personal", "closing")
        .annotate(rows=Count("pk"), talk=Sum("talk_seconds"), wrapup=Sum("wrapup_seconds"))
        .order_by()
    )
    sums: Sums = defaultdict(Counter)
    for group in groups:
        added = sums[group["list_began"], group["day"]]
        added["attempted_count"] += group["rows"] * RESULT_CODES[group["call_result"]].counted
        added["talk_time_count"] += group["talk"]
        added["wrapup_time_count"] += group["wrapup"]
        if counter := counter_of(group["call_result"], group["personal"]):
            added[WIRE_NAMES[counter]] += group["rows"]
        sums[group["list_began"], None]["closed_count"] += group["rows"] * group["closing"]
    return _without_zeros(sums)


def kept(campaign: int) -> Sums:
    """The live counters in the same form."""
    sums: Sums = defaultdict(Counter)
    for row in CampaignCounters.objects.filter(campaign=campaign).values("list_began", "day", *STORED):
        sums[row["list_began"], row["day"]].update({name: row[name] for name in DAILY})
        sums[row["list_began"], None]["closed_count"] += row["closed_count"]
    return _without_zeros(sums)


def _without_zeros(sums: Sums) -> Sums:
    counts = {key: Counter({name: n for name, n in added.items() if n}) for key, added in sums.items()}
    return {key: added for key, added in counts.items() if added}


def differences(campaign: int) -> list[str]:
    """Where the live counters differ from the replay, in words; both are read in one transaction."""
    # One snapshot for both; a transaction that has begun cannot change its level any more.
    fresh = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic():
        if fresh:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        live, replayed = kept(campaign), replay(campaign)
    lines = []
    for key in sorted(live.keys() | replayed.keys(), key=str):
        counted, replayed_sums = live.get(key, Counter()), replayed.get(key, Counter())
        for name in sorted(counted.keys() | replayed_sums.keys()):
            if counted[name] != replayed_sums[name]:
                lines.append(
                    f"{key[1] or 'list'} {name}: {counted[name]}, by the history {replayed_sums[name]}"
                )
    return lines
