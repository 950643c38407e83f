"""May it be dialed now: the last question before a call, and its answer."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone

from callbacks.models import PersonalCallback
from campaigns.models.contact import CallStatus, Contact
from dialing import personal_callbacks
from dialing.claim_lock import shared_claim_lock
from dialing.clock import is_behind
from dialing.dialers import heard_from
from dialing.eligibility import DialingContext, Rule, choose, contact_reasons
from dialing.leases import STOPPED, take_back
from dialing.models import CampaignManagerOptions, Lease, LeaseState
from dialing.models.lease import OPEN_STATES
from dialing.record_feed import phones_of
from dialing.reported_calls import ReportedCall
from dialing.result_codes import DO_NOT_CALL
from dialing.result_intake import Intake, leases_of, locked_contacts
from dnc import do_not_call_list


class Dialing(StrEnum):
    """The answer to "may I dial it now"; only `dialed` means yes."""

    DIALED = "dialed"
    LISTED = "doNotCall"
    RECALLED = "recalled"
    UNKNOWN = "unknown"


class LeaseEnd(StrEnum):
    """Why a lease does not allow a call, beside the rules of `eligibility`; names of the wire.

    `expired`: its time is over or its dialer was lost; `ended`: it has a result or was recalled; `removed`:
    the contact or callback is gone; `changed`: another number of the contact comes next by now; `clock`: the
    server's clock cannot be believed.
    """

    EXPIRED = "expired"
    ENDED = "ended"
    REMOVED = "removed"
    CHANGED = "changed"
    CLOCK = "clock"


class DialedAnswer(NamedTuple):
    """`reason`: of a no; a rule of `eligibility` or LeaseEnd."""

    outcome: Dialing
    reason: str = ""


def mark_dialed(dialer: str, lease_uuid: uuid.UUID, at: datetime | None = None) -> DialedAnswer:
    """The dialer is about to send the INVITE: the record becomes `dialed` and stays so until its result.

    The last test before the call takes the whole decision again, as if the record were not leased. Where it
    is no, the record goes back to what it was; a number on the Do Not Call list ends with result 26. Safe to
    ask again: the same lease answers `dialed` again, until another one has its number.
    """
    sender = heard_from(dialer, at)
    with shared_claim_lock():
        lease = leases_of(sender, [lease_uuid]).get(lease_uuid)
        # Waiting for the locks may have taken seconds.
        at = at or timezone.now()
        if lease is None:
            return DialedAnswer(Dialing.UNKNOWN)
        if lease.state == LeaseState.DIALED:
            if Lease.objects.filter(number_in_use=lease.number).exclude(pk=lease.pk).exists():
                return DialedAnswer(Dialing.RECALLED, Rule.NUMBER)
            return DialedAnswer(Dialing.DIALED)
        if lease.state not in OPEN_STATES:
            return DialedAnswer(Dialing.RECALLED, _why_ended(lease))
        if is_behind(at):
            take_back(lease, LeaseEnd.CLOCK, at)
            return DialedAnswer(Dialing.RECALLED, LeaseEnd.CLOCK)
        stopped = is_stopped(lease)
        expired = lease.state == LeaseState.UNKNOWN or lease.expires_at <= at
        if not (stopped or expired) and do_not_call_list.contains([lease.number]):
            Intake(sender, at).accept([(lease, ReportedCall(lease.pk, DO_NOT_CALL))])
            return DialedAnswer(Dialing.LISTED, Rule.DO_NOT_CALL)
        reason = Rule.ENABLED if stopped else _reason_against_call(lease, at)
        if reason or expired:
            reason = reason or LeaseEnd.EXPIRED
            take_back(lease, reason, at)
            return DialedAnswer(Dialing.RECALLED, reason)
        _note_dialed(lease, at)
        return DialedAnswer(Dialing.DIALED)


def _why_ended(lease: Lease) -> str:
    """Of a lease that is the dialer's no more."""
    if lease.state == LeaseState.LOST:
        return LeaseEnd.EXPIRED
    if lease.recall_reason == STOPPED:
        return Rule.ENABLED
    return lease.recall_reason or LeaseEnd.ENDED


def _reason_against_call(lease: Lease, at: datetime) -> str | None:
    """Why the record may not be dialed at this instant, the Do Not Call list left aside."""
    if lease.personal_callback_id:
        callback = PersonalCallback.objects.locked().filter(pk=lease.personal_callback_id).first()
        return personal_callbacks.callback_reason(callback, at) if callback else LeaseEnd.REMOVED
    contact = locked_contacts([lease.contact_id]).get(lease.contact_id or 0)
    if contact is None or lease.campaign is None:
        return LeaseEnd.REMOVED
    contact.status = lease.status_before
    phones = phones_of([contact])[contact.pk]
    context = DialingContext(lease.campaign, CampaignManagerOptions.load())
    for reason in contact_reasons(contact, phones, context, at):
        return reason.rule
    return None if choose(contact, phones, context).number == lease.number else LeaseEnd.CHANGED


def _note_dialed(lease: Lease, at: datetime) -> None:
    """A personal callback stays active, which keeps clients from changing it."""
    Lease.objects.filter(pk=lease.pk).update(state=LeaseState.DIALED, dialed_at=at)
    if lease.contact_id:
        Contact.objects.filter(pk=lease.contact_id).update(status=CallStatus.DIALED, call_result=0)


def is_stopped(lease: Lease) -> bool:
    """Whether the campaign was switched off since; for personal callbacks that counts by an option (9.2)."""
    campaign = lease.campaign
    if campaign is None or (campaign.enabled and not campaign.deleted_at):
        return False
    return bool(lease.contact_id) or CampaignManagerOptions.load().callback_with_campaign
