"""Which contacts of a campaign are due, in the order in which they leave (docs/behaviour.md 5.1).

For each status and zone group the index `contact_due` leads straight to the records that are due, so that the
cost does not grow with the list.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing.eligibility import DIALABLE, window_of
from dialing.leases import LONGEST_CALL
from dialing.models import CampaignManagerOptions, Lease, LeaseState
from timezones.local_time import is_inside
from timezones.models import ZoneSet

# Of the records that wait for a time, so many that are due longest are put into import order.
LONGEST_DUE = 1_000
# Dialers that ask at the same moment skip each other's records: so many more are looked at.
SPARE = 200
B = CallStatus.CALLBACK_REQUESTED


def zone_groups(campaign: Campaign) -> list[ZoneSet]:
    """The zone sets in which the campaign has contacts that may become due; one index probe each."""
    there = Contact.objects.filter(campaign=campaign, zone_set=OuterRef("pk"), status__in=DIALABLE)
    return list(ZoneSet.objects.for_campaign(campaign.pk).filter(Exists(there)))


def groups_inside(campaign: Campaign, groups: Iterable[ZoneSet], at: datetime) -> list[ZoneSet]:
    """Those whose customers are inside the campaign's dialing window."""
    window, zone = window_of(campaign), campaign.time_zone
    return [group for group in groups if is_inside(window, group.zones, zone, at)]


@dataclass(frozen=True)
class DueBatch:
    """Contacts of one status and zone group that are due, as a condition with its times."""

    status: CallStatus
    zone_set: int
    due: str
    times: tuple[datetime, ...] = ()


def due_by_priority(
    campaign: Campaign, options: CampaignManagerOptions, at: datetime
) -> Iterator[tuple[CallStatus, list[DueBatch]]]:
    """Callbacks, retries, pending (or these before retries): the status and its batches."""
    groups = zone_groups(campaign)
    inside = groups_inside(campaign, groups, at)
    # Promised calls are not bound to the window, only to their own limit; their retries are (5.4).
    oldest = at - settings.CALLBACK_TIME_LIMIT
    promised = "callback_at BETWEEN %s AND %s AND called_back_at IS NULL"
    retried = "callback_at <= %s AND called_back_at IS NOT NULL"
    yield (
        B,
        [DueBatch(B, group.pk, promised, (oldest, at)) for group in groups]
        + [DueBatch(B, group.pk, retried, (at,)) for group in inside],
    )
    last = [CallStatus.RETRY, CallStatus.PENDING]
    for status in reversed(last) if options.pending_over_retry else last:
        at_once = [DueBatch(status, group.pk, "callback_at IS NULL") for group in inside]
        yield (
            status,
            at_once + [DueBatch(status, g.pk, "callback_at <= %s", (at,)) for g in inside],
        )


@dataclass(frozen=True)
class NumberRule:
    """Leaves out contacts whose next number a dialer has: `choose` in a query, but for listed numbers."""

    options: CampaignManagerOptions
    campaign: Campaign
    at: datetime

    def condition(self, status: CallStatus) -> tuple[str, list[Any]]:
        quote = connection.ops.quote_name
        lease, phone = quote(Lease._meta.db_table), quote(ContactPhone._meta.db_table)
        next_number, values = "contact.callback_number", []
        if status != B:
            attempts = self.campaign.max_attempts if self.options.max_attempts_per_number else None
            next_number = (
                f"(SELECT number FROM {phone} AS phone WHERE phone.contact_id = contact.id AND NOT closed"
                f"{' AND calls_made < %s' if attempts else ''}"
                " ORDER BY CASE WHEN calls_made = 0 THEN 0 ELSE 1 END,"
                " CASE WHEN calls_made > 0 THEN callback_at END NULLS FIRST, phone.position LIMIT 1)"
            )
            values = [attempts] if attempts else []
        over = connection.ops.adapt_datetimefield_value(self.at - LONGEST_CALL)
        return (
            f" AND NOT EXISTS (SELECT 1 FROM {lease} AS lease WHERE lease.number_in_use = {next_number}"
            " AND NOT (lease.state = %s AND lease.dialed_at <= %s))",
            [*values, LeaseState.DIALED.value, over],
        )


def take_first(
    campaign: Campaign,
    batches: Sequence[DueBatch],
    count: int,
    without: Collection[int],
    rule: NumberRule | None = None,
) -> list[Contact]:
    """The first `count` contacts of the batches in import order, locked until the end of the transaction.

    What another transaction holds at this moment is passed over; `without`: ids to leave out.
    """
    due = due_contacts(campaign, batches, count + len(without) + SPARE, rule).exclude(pk__in=without)
    first = due.select_related("zone_set").order_by("pk")
    return list(first.select_for_update(skip_locked=True, of=("self",))[:count])


def due_contacts(
    campaign: Campaign, batches: Sequence[DueBatch], count: int, rule: NumberRule | None = None
) -> QuerySet[Contact]:
    """The first `count` contacts of each batch, of those with a time LONGEST_DUE at least.

    Written out, since the ORM takes longer to put so many parts together than the database to answer. The
    order names callback_at even where it is null: by the id alone PostgreSQL would walk the whole table.
    """
    if not batches:
        return Contact.objects.none()
    table = connection.ops.quote_name(Contact._meta.db_table)
    parts: list[str] = []
    values: list[Any] = []
    free, of_rule = rule.condition(batches[0].status) if rule else ("", [])
    for batch in batches:
        limit = max(count, LONGEST_DUE) if batch.times else count
        parts.append(
            f"SELECT * FROM (SELECT id FROM {table} AS contact WHERE campaign_id = %s AND status = %s"
            f" AND zone_set_id = %s AND {batch.due}{free} ORDER BY callback_at, id LIMIT {int(limit)})"
            f" AS part{len(parts)}"
        )
        times = [connection.ops.adapt_datetimefield_value(time) for time in batch.times]
        values += [campaign.pk, batch.status, batch.zone_set, *times, *of_rule]
    # The status once more: another hand-out may have changed it since.
    return Contact.objects.filter(pk__in=RawSQL(" UNION ALL ".join(parts), values), status=batches[0].status)
