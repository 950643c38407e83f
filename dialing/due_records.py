"""Which contacts of a campaign are due, in the order in which they leave (outbound-option.md 5.1).

For each status and zone group the index `contact_due` leads straight to the records that are due, so that the
cost does not grow with the list.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.eligibility import DIALABLE, window_of
from dialing.models import CampaignManagerOptions
from timezones.local_time import is_inside
from timezones.models import ZoneSet

# Of the records that wait for a time, so many that are due longest are put into import order; and dialers
# that ask at the same moment skip each other's records, so that there have to be enough for all of them.
AHEAD = 1_000


def zone_groups(campaign: Campaign) -> list[ZoneSet]:
    """The zone sets in which the campaign has contacts that may become due; one index probe each."""
    there = Contact.objects.filter(campaign=campaign, zone_set=OuterRef("pk"), status__in=DIALABLE)
    return list(ZoneSet.objects.filter(Exists(there)))


def groups_inside(campaign: Campaign, groups: Iterable[ZoneSet], at: datetime) -> list[ZoneSet]:
    """Those whose customers are inside the campaign's dialing window."""
    window, zone = window_of(campaign), campaign.time_zone
    return [group for group in groups if is_inside(window, group.zones, zone, at)]


def due_by_priority(
    campaign: Campaign, options: CampaignManagerOptions, at: datetime
) -> Iterator[tuple[CallStatus, list[QuerySet[Contact]]]]:
    """Callbacks, retries, pending (or these before retries): the status and its contacts, group by group."""
    groups = zone_groups(campaign)
    inside = groups_inside(campaign, groups, at)
    last = [CallStatus.RETRY, CallStatus.PENDING]
    yield CallStatus.CALLBACK_REQUESTED, [_callbacks(campaign, group, at) for group in groups]
    for status in reversed(last) if options.pending_over_retry else last:
        waiting = [Contact.objects.filter(campaign=campaign, status=status, zone_set=g) for g in inside]
        at_once = [group.filter(callback_at=None).order_by("pk") for group in waiting]
        in_time = [group.filter(callback_at__lte=at).order_by("callback_at", "pk") for group in waiting]
        yield status, at_once + in_time


def _callbacks(campaign: Campaign, group: ZoneSet, at: datetime) -> QuerySet[Contact]:
    """Callbacks are not bound to the window, only to their own limit (5.4)."""
    due = Contact.objects.filter(
        campaign=campaign, status=CallStatus.CALLBACK_REQUESTED, zone_set=group, callback_at__lte=at
    )
    return due.filter(callback_at__gte=at - settings.CALLBACK_TIME_LIMIT).order_by("callback_at", "pk")


def take_first(
    status: CallStatus, groups: Sequence[QuerySet[Contact]], count: int, without: Collection[int]
) -> list[Contact]:
    """The first `count` contacts of the groups in import order, locked until the end of the transaction.

    What another transaction holds at this moment is passed over; `without`: ids to leave out.
    """
    ids = [pk for pk in first_ids(groups, count + len(without) + AHEAD) if pk not in without]
    still = Contact.objects.filter(pk__in=ids, status=status).select_related("zone_set")
    return list(still.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:count])


def first_ids(groups: Sequence[QuerySet[Contact]], count: int) -> list[int]:
    """The lowest ids among the first `count` of each group, in one statement."""
    if not groups:
        return []
    parts: list[str] = []
    parameters: list[Any] = []
    for group in groups:
        sql, values = group.values_list("pk")[:count].query.sql_with_params()
        # SQLite takes ORDER BY in a part of a union only inside a subquery.
        parts.append(f"SELECT * FROM ({sql}) AS part{len(parts)}")
        parameters += values
    statement = f"{' UNION ALL '.join(parts)} ORDER BY 1 LIMIT {int(count)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]
