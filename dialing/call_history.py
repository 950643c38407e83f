"""Rows of the call history (docs/behaviour.md 16.3)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from callbacks.models import PersonalCallback
from campaigns.models.contact import CallStatus, Contact
from dialing import counters
from dialing.counter_periods import day_of
from dialing.models import CallHistory, Dialer, Lease
from dialing.result_codes import ANSWERED
from dialing.transitions import CLOSED_STATUSES


def of_lease(lease: Lease, dialer: Dialer, at: datetime) -> dict[str, Any]:
    """The columns that the hand-out decides."""
    return {
        "at": at,
        "day": day_of(at),
        "dialed_at": lease.dialed_at,
        "campaign": lease.campaign,
        "campaign_version": lease.campaign_version,
        "list_began": lease.list_began,
        "lease": lease.pk,
        "dialer": dialer.name,
        "mode": lease.mode,
        "phone": lease.phone,
        "number": lease.number,
    }


def contact_call(contact: Contact, code: int, **values: Any) -> CallHistory:
    """The row of a call to a contact (or of a listed number), after the result was applied."""
    return CallHistory(
        contact_id=contact.pk,
        zones=contact.zone_set.members,
        account_number=contact.account_number,
        first_name=contact.first_name,
        last_name=contact.last_name,
        call_result=code,
        status=contact.status,
        closing=contact.status in CLOSED_STATUSES and code != ANSWERED,
        **values,
    )


def callback_call(callback: PersonalCallback, code: int, **values: Any) -> CallHistory:
    """The row of a call to a personal callback (or of its listed number), after the result was applied."""
    return CallHistory(
        personal_callback_id=callback.pk,
        account_number=callback.account_number,
        first_name=callback.first_name,
        last_name=callback.last_name,
        call_result=code,
        status=callback.call_status,
        **values,
    )


def without_record(code: int, **values: Any) -> CallHistory:
    """The row of a call whose contact or callback was removed meanwhile (docs/behaviour.md 8)."""
    return CallHistory(call_result=code, status=CallStatus.CLOSED, **values)


def store(calls: Collection[CallHistory]) -> None:
    """Write the rows and count them; inside the transaction that changes the records."""
    CallHistory.objects.bulk_create(calls)
    counters.add(calls)
