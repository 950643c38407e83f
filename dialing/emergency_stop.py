"""The emergency stop (API text, "Disable All Campaigns"; docs/behaviour.md 13.1), its report, the resume."""

from collections.abc import Collection
from typing import Any

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone

from campaigns.models import Campaign, Origin
from dialing.claim_lock import exclusive_claim_lock
from dialing.leases import (
    NOT_ANNOUNCED,
    STOPPED,
    held_at_stop,
    recall,
    recall_forbidden,
    recall_of_disabled_campaigns,
)
from dialing.models import Dialer, StoppedCampaign, StoppedDialer, StopReport
from outbound_site.core.history import record
from outbound_site.core.wake_worker import wake_worker

REASON = "emergency stop"


def stop_api_campaigns(user: Any) -> StopReport:
    """Switch off every enabled campaign that was made through the API; others stay as they are."""
    return _stop(user, [Origin.API])


def stop_all_campaigns(user: Any) -> StopReport:
    """Switch off every enabled campaign."""
    return _stop(user, list(Origin))


def _stop(user: Any, origins: Collection[Origin]) -> StopReport:
    """When this returns no record leaves any more. Needs neither broker nor workers; they only recall."""
    with exclusive_claim_lock():
        stamps = _switch_off(origins)
        report = StopReport.objects.create(
            user=user, user_name=user.get_username(), every_origin=len(origins) > 1
        )
        StoppedCampaign.objects.bulk_create(
            StoppedCampaign(report=report, campaign_id=pk, change_stamp=stamp) for pk, stamp in stamps.items()
        )
        record(Campaign.objects.filter(stops=report), "~", REASON, user)
        _announce_to_dialers(report)
        wake_worker(recall_stopped.name)
    return report


def _switch_off(origins: Collection[Origin]) -> dict[int, int]:
    """The one statement; the new change stamps by campaign."""
    table = connection.ops.quote_name(Campaign._meta.db_table)
    marks = ", ".join(["%s"] * len(origins))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET enabled = %s, change_stamp = change_stamp + 1"
            f" WHERE enabled AND deleted_at IS NULL AND origin IN ({marks}) RETURNING id, change_stamp",
            [False, *origins],
        )
        return dict(cursor.fetchall())


def _announce_to_dialers(report: StopReport) -> None:
    """Note what each dialer holds and give it the number under which it learns of the stop."""
    held = (
        held_at_stop(report.pk).filter(NOT_ANNOUNCED).order_by().values_list("dialer").annotate(Count("pk"))
    )
    records_out = dict(held)
    Dialer.objects.filter(pk__in=records_out).update(recall_number=F("recall_number") + 1)
    StoppedDialer.objects.bulk_create(
        StoppedDialer(
            report=report,
            dialer=dialer,
            records_out=records_out[dialer.pk],
            recall_number=dialer.recall_number,
        )
        for dialer in Dialer.objects.filter(pk__in=records_out)
    )
    report.records_out = sum(records_out.values())
    report.save(update_fields=["records_out"])


@shared_task(name="dialing.tasks.recall_stopped")
def recall_stopped() -> None:
    finish_recalls()
    recall_of_disabled_campaigns()
    recall_forbidden()


def finish_recalls() -> int:
    """Take back what dialers held of stopped campaigns; how many stops are done with. Safe to repeat."""
    reports = StopReport.objects.filter(recalled_at=None)
    for report in reports:
        numbers = dict(report.dialers.values_list("dialer", "recall_number"))
        recall(held_at_stop(report.pk), STOPPED, announced=numbers)
        StopReport.objects.filter(pk=report.pk).update(recalled_at=timezone.now())
    return len(reports)


def resume(report: StopReport, user: Any, campaigns: Collection[int] | None = None) -> int:
    """Switch on again what the stop switched off, or the given ones of these; how many are on now by this.

    Campaigns that somebody deleted or switched on since are left alone. Safe to repeat.
    """
    with transaction.atomic():
        lines = report.stopped.filter(resumed=False)
        if campaigns is not None:
            lines = lines.filter(campaign__in=campaigns)
        wanted = list(lines.values_list("campaign", flat=True))
        off = Campaign.objects.active().filter(pk__in=wanted, enabled=False)
        chosen = list(off.select_for_update().order_by("pk").values_list("pk", flat=True))
        Campaign.objects.filter(pk__in=chosen).update(enabled=True, change_stamp=F("change_stamp") + 1)
        record(Campaign.objects.filter(pk__in=chosen), "~", "resumed after the emergency stop", user)
        lines.update(resumed=True)
        StopReport.objects.filter(pk=report.pk).update(resumed_at=timezone.now(), resumed_by=user)
    return len(chosen)
