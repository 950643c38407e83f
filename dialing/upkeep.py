"""What happens once a day (docs/behaviour.md 12): the daily reset and the purge."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from callbacks.models import PersonalCallback
from campaigns.dialing_list import lock_list, remove_chosen
from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing import attempt_rule
from dialing.counter_periods import beginning, day_of
from dialing.models import AttemptRule, CampaignManagerOptions, Lease, LeaseState
from dialing.models.lease import OPEN_STATES
from dialing.models.options import status_letters
from outbound_site.core.history import record

# Rows of one transaction; writers in between do not wait long.
BATCH = 2_000
# Leases are kept so long after their end, so that a result reported late again is still known.
KEEP_LEASES = timedelta(days=5)
ONE_DAY = timedelta(days=1)


def daily_reset(at: datetime | None = None) -> int:
    """Regular callbacks that were missed become pending (5.4); how many.

    The counters need no reset, they are kept by day. Run at any time it does what the last reset should have
    done: callbacks missed since then wait for the next.
    """
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    if not options.reschedule_callbacks:
        return 0
    missed_before = beginning(day_of(at)) - settings.CALLBACK_TIME_LIMIT
    per_number, moved = options.max_attempts_per_number, 0
    # Records that were out at the change may have come back without an attempt left.
    changed = set(AttemptRule.objects.filter(changed_at__gt=at - ONE_DAY).values_list("pk", flat=True))
    # One campaign at a time, since the index of due contacts begins with it.
    for campaign in Campaign.objects.active():
        with transaction.atomic():
            missed = Contact.objects.filter(
                campaign=campaign,
                status=CallStatus.CALLBACK_REQUESTED,
                callback_at__lt=missed_before,
                called_back_at=None,
            )
            here = attempt_rule.end_callbacks(missed, campaign, per_number)
            if here or campaign.pk in changed:
                attempt_rule.close_exhausted(campaign, per_number)
        moved += here
    return moved


def purge(at: datetime | None = None) -> int:
    """Remove contacts and callbacks that are done with and old enough, and old leases; how many records.

    Ages and statuses are options; 0 days keep everything.
    """
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    removed = 0
    if options.purge_days:
        removed += _purge_contacts(status_letters(options.purge_statuses), options.purge_days, at)
    if options.callback_purge_days:
        letters = status_letters(options.callback_purge_statuses)
        removed += _purge_callbacks(letters, at - timedelta(days=options.callback_purge_days))
    _purge_leases(at - KEEP_LEASES)
    return removed


def _purge_contacts(letters: set[str], days: int, at: datetime) -> int:
    # A call can be under way in D.
    calling = Lease.objects.open().filter(contact=OuterRef("pk"), granted_at__gt=at - ONE_DAY)
    removed = 0
    for campaign in Campaign.objects.values_list("pk", flat=True):
        old = Contact.objects.filter(
            campaign=campaign, status__in=letters, import_date__lt=at - timedelta(days=days)
        )
        while True:
            with transaction.atomic():
                lock_list(campaign)
                chosen = old.filter(~Exists(calling)).order_by("pk").select_for_update(skip_locked=True)
                ids = list(chosen.values_list("pk", flat=True)[:BATCH])
                remove_chosen(Contact.objects.filter(pk__in=ids))
            removed += len(ids)
            if len(ids) < BATCH:
                break
    return removed


def _purge_callbacks(letters: set[str], before: datetime) -> int:
    removed = 0
    old = PersonalCallback.objects.filter(call_status__in=letters, callback_date_time__lt=before)
    while True:
        with transaction.atomic():
            ids = list(old.order_by("pk").locked().values_list("pk", flat=True)[:BATCH])
            chosen = PersonalCallback.objects.filter(pk__in=ids)
            if ids:
                record(chosen, "-", "purged")
                _delete(chosen)
        removed += len(ids)
        if len(ids) < BATCH:
            return removed


def _purge_leases(before: datetime) -> None:
    ended = Lease.objects.filter(state__in=set(LeaseState) - set(OPEN_STATES), ended_at__lt=before)
    # Dialed and never heard of again: no dialer will report it any more.
    dialed = Lease.objects.held().filter(state=LeaseState.DIALED, expires_at__lt=before - KEEP_LEASES)
    for leases in (ended, dialed):
        while ids := list(leases.values_list("pk", flat=True)[:BATCH]):
            _delete(Lease.objects.filter(pk__in=ids))


def _delete(rows: QuerySet[Any]) -> int:
    """One statement: QuerySet.delete() would first read all that has relations."""
    return rows._raw_delete(rows.db)
