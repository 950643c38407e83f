"""What one call result makes of a contact and its phones (docs/behaviour.md 2.1, 4).

Pure: the functions change the given objects and store nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from campaigns.models import Campaign
from campaigns.models.campaign import AmdTreatmentMode
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing import result_codes
from dialing.reported_calls import CallEnd
from dialing.result_codes import RESULT_CODES

CLOSED_STATUSES = {CallStatus.CLOSED, CallStatus.MAX_ATTEMPTS_REACHED, CallStatus.AGENT_REJECTED}


def apply(
    call_end: CallEnd,
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
    result = RESULT_CODES[call_end.code]
    is_callback = status_before == CallStatus.CALLBACK_REQUESTED
    # Result and attempt of a callback to another number stand with the first phone (5.4).
    counted_phone = dialed or phones[0]
    contact.call_result = counted_phone.call_result = result.code
    if result.attempt:
        contact.calls_made += 1
        counted_phone.calls_made += 1
        contact.last_phone = counted_phone.position
    if result.code in result_codes.RETURNED:
        contact.status = status_before
    elif result.code in result_codes.CALLBACKS:
        _schedule_callback(call_end, contact, counted_phone)
        if not (call_end.personal or _left([_called_back(contact, phones)], contact, campaign, per_number)):
            _end_callback(contact)
            contact.call_result = result.code
            settle(contact, phones, campaign, per_number)
    elif decides_record(result.code, campaign):
        _close(contact, result.status if result.status in CLOSED_STATUSES else CallStatus.CLOSED)
    elif is_callback and (delay := retry_delay(result.code, campaign, is_callback)):
        # Tried again while the number has an attempt left, no more bound to the promised time.
        contact.status, contact.callback_at = CallStatus.CALLBACK_REQUESTED, call_end.ended_at + delay
        contact.called_back_at = call_end.ended_at
        if not _left([counted_phone], contact, campaign, per_number):
            _end_callback(contact)
            settle(contact, phones, campaign, per_number)
    else:
        _after_phone(call_end, contact, phones, dialed, campaign, per_number)


def decides_record(code: int, campaign: Campaign) -> bool:
    """Whether the record closes at once, whatever phones are left."""
    if code in result_codes.MACHINES:
        # Every other treatment hands the machine to an agent or the IVR (3.3).
        return campaign.amd_treatment_mode != AmdTreatmentMode.ABANDON_CALL
    return code in {result_codes.ANSWERED, result_codes.REJECTED_AND_CLOSED}


def retry_delay(code: int, campaign: Campaign, is_callback: bool = False) -> timedelta | None:
    """How long after the call's end the number is tried again; None for a number that is not."""
    name = RESULT_CODES[code].delay
    if is_callback and code == result_codes.ERROR:
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
    call_end: CallEnd,
    contact: Contact,
    phones: Sequence[ContactPhone],
    dialed: ContactPhone | None,
    campaign: Campaign,
    per_number: bool,
) -> None:
    _end_callback(contact)
    delay = retry_delay(call_end.code, campaign)
    if dialed:
        dialed.callback_at = call_end.ended_at + delay if delay else None
        dialed.closed = delay is None
        for phone in phones:
            # A number that is of no use is closed in whichever columns it came.
            if dialed.closed and phone.number == dialed.number:
                phone.closed, phone.call_result = True, call_end.code
    settle(contact, phones, campaign, per_number)
    if delay and not RESULT_CODES[call_end.code].attempt and contact.status not in CLOSED_STATUSES:
        # An offer that the agent turned down: the whole record waits, in whichever pass it is (2.1).
        contact.status, contact.callback_at = CallStatus.RETRY, call_end.ended_at + delay


def _schedule_callback(call_end: CallEnd, contact: Contact, counted_phone: ContactPhone) -> None:
    """Scheduling sets the record's result to 0 again; the phone keeps it (5.4)."""
    if call_end.personal:
        contact.status, contact.callback_at = CallStatus.PERSONAL_CALLBACK_REQUESTED, None
        return
    contact.status = CallStatus.CALLBACK_REQUESTED
    contact.callback_at, contact.called_back_at = call_end.callback_at, None
    contact.callback_number = call_end.callback_number or counted_phone.number
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
