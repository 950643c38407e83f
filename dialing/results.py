"""What one call result makes of a contact and its phones (docs/behaviour.md 2.1, 4).

Pure: the functions change the given objects and store nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.models import Campaign
from campaigns.models.campaign import AmdTreatmentMode
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing import call_results
from dialing.call_results import CALL_RESULTS

CLOSED_STATUSES = {CallStatus.CLOSED, CallStatus.MAX_ATTEMPTS_REACHED, CallStatus.AGENT_REJECTED}


@dataclass(frozen=True)
class CallReport:
    """How a call ended. `callback_at` and `callback_number` belong to results 14 and 15.

    `personal`: such a result makes a personal callback instead of a regular one.
    """

    code: int
    ended_at: datetime
    callback_at: datetime | None = None
    callback_number: str = ""
    personal: bool = False


def classify(code: int, talk_seconds: int | None, minimum_call_duration: int) -> int:
    """A call shorter than `minimumCallDuration` counts as abandoned by the customer (3.1, rule 3)."""
    if code == call_results.ANSWERED and talk_seconds is not None and talk_seconds < minimum_call_duration:
        return call_results.CUSTOMER_ABANDONED
    return code


def apply(
    report: CallReport,
    contact: Contact,
    phones: Sequence[ContactPhone],
    dialed: ContactPhone | None,
    status_before: str,
    campaign: Campaign,
    per_number: bool,
) -> None:
    """Change contact and phones as the result of the call to `dialed` demands (docs/behaviour.md 4.3).

    `phones`: all of the contact's, in dialing order; `dialed`: None for a callback to a number that is none
    of them; `status_before`: P, R or B, as the record was handed out.
    """
    result = CALL_RESULTS[report.code]
    is_callback = status_before == CallStatus.CALLBACK_REQUESTED
    # Result and attempt of a callback to another number stand with the first phone (5.4).
    counted_phone = dialed or phones[0]
    contact.call_result = counted_phone.call_result = result.code
    if result.attempt:
        contact.calls_made += 1
        counted_phone.calls_made += 1
        contact.last_phone = counted_phone.position
    if result.code in call_results.RETURNED:
        contact.status = status_before
    elif result.code in call_results.CALLBACKS:
        _schedule_callback(report, contact, counted_phone)
        if not (report.personal or _left([_called_back(contact, phones)], contact, campaign, per_number)):
            _end_callback(contact)
            contact.call_result = result.code
            settle(contact, phones, campaign, per_number)
    elif decides_record(result.code, campaign):
        _close(contact, result.status if result.status in CLOSED_STATUSES else CallStatus.CLOSED)
    elif is_callback and (delay := retry_delay(result.code, campaign, is_callback)):
        # Tried again while the number has an attempt left, no more bound to the promised time.
        contact.status, contact.callback_at = CallStatus.CALLBACK_REQUESTED, report.ended_at + delay
        contact.called_back_at = report.ended_at
        if not _left([counted_phone], contact, campaign, per_number):
            _end_callback(contact)
            settle(contact, phones, campaign, per_number)
    else:
        _after_phone(report, contact, phones, dialed, campaign, per_number)


def decides_record(code: int, campaign: Campaign) -> bool:
    """Whether the record closes at once, whatever phones are left."""
    if code in call_results.MACHINES:
        # Every other treatment hands the machine to an agent or the IVR (3.3).
        return campaign.amd_treatment_mode != AmdTreatmentMode.ABANDON_CALL
    return code in {call_results.ANSWERED, call_results.REJECTED_AND_CLOSED}


def retry_delay(code: int, campaign: Campaign, is_callback: bool = False) -> timedelta | None:
    """How long after the call's end the number is tried again; None for a number that is not."""
    name = CALL_RESULTS[code].delay
    if is_callback and code == call_results.ERROR:
        # The one result whose retry differs: "callback: as Dialer Abandoned" (3).
        name = "dialer_abandoned_delay"
    return timedelta(minutes=getattr(campaign, name)) if name else None


def open_phones(
    phones: Sequence[ContactPhone], contact: Contact, campaign: Campaign, per_number: bool
) -> list[ContactPhone]:
    """The phones that are not closed and have an attempt left."""
    return _left([phone for phone in phones if not phone.closed], contact, campaign, per_number)


def first_pass_complete(phones: Sequence[ContactPhone]) -> bool:
    return all(phone.calls_made for phone in phones)


def settle(contact: Contact, phones: Sequence[ContactPhone], campaign: Campaign, per_number: bool) -> None:
    """Status and due time from what is left to dial: C, M, P or R (4.3)."""
    usable = [phone for phone in phones if not phone.closed]
    left = _left(usable, contact, campaign, per_number)
    if not usable:
        _close(contact, CallStatus.CLOSED)
    elif not left:
        _close(contact, CallStatus.MAX_ATTEMPTS_REACHED)
    elif not first_pass_complete(left):
        contact.status, contact.callback_at = CallStatus.PENDING, None
    else:
        contact.status, contact.callback_at = CallStatus.RETRY, earliest(left)


def earliest(phones: Sequence[ContactPhone]) -> datetime | None:
    """When the first of the phones is due; None: at once."""
    times = [phone.callback_at for phone in phones]
    return None if None in times else min(time for time in times if time)


def _after_phone(
    report: CallReport,
    contact: Contact,
    phones: Sequence[ContactPhone],
    dialed: ContactPhone | None,
    campaign: Campaign,
    per_number: bool,
) -> None:
    _end_callback(contact)
    delay = retry_delay(report.code, campaign)
    if dialed:
        dialed.callback_at = report.ended_at + delay if delay else None
        dialed.closed = delay is None
        for phone in phones:
            # A number that is of no use is closed in whichever columns it came.
            if dialed.closed and phone.number == dialed.number:
                phone.closed, phone.call_result = True, report.code
    settle(contact, phones, campaign, per_number)
    if delay and not CALL_RESULTS[report.code].attempt and contact.status not in CLOSED_STATUSES:
        # An offer that the agent turned down: the whole record waits, in whichever pass it is (2.1).
        contact.status, contact.callback_at = CallStatus.RETRY, report.ended_at + delay


def _schedule_callback(report: CallReport, contact: Contact, counted_phone: ContactPhone) -> None:
    """Scheduling sets the record's result to 0 again; the phone keeps it (5.4)."""
    if report.personal:
        contact.status, contact.callback_at = CallStatus.PERSONAL_CALLBACK_REQUESTED, None
        return
    contact.status = CallStatus.CALLBACK_REQUESTED
    contact.callback_at, contact.called_back_at = report.callback_at, None
    contact.callback_number = report.callback_number or counted_phone.number
    contact.call_result = 0


def _called_back(contact: Contact, phones: Sequence[ContactPhone]) -> ContactPhone:
    """The phone that the callback's attempts are counted with."""
    return next((phone for phone in phones if phone.number == contact.callback_number), phones[0])


def _end_callback(contact: Contact) -> None:
    contact.callback_number, contact.called_back_at = "", None


def _close(contact: Contact, status: CallStatus) -> None:
    contact.status, contact.callback_at = status, None


def _left(
    usable: list[ContactPhone], contact: Contact, campaign: Campaign, per_number: bool
) -> list[ContactPhone]:
    if per_number:
        return [phone for phone in usable if phone.calls_made < campaign.max_attempts]
    return usable if contact.calls_made < campaign.max_attempts else []
