"""The timeline of one contact, newest first, and how the clocks stood for everybody who took part."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from callbacks.models import PersonalCallback
from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.models import CallHistory, Lease
from dialing.result_codes import DO_NOT_CALL, RESULT_CODES
from dialing.result_intake import NotMade, why_not_made
from outbound_site.core.server_time import to_wall
from supervision.campaign_state import city
from timezones.local_time import actual_time, local_time

NOT_MADE = {
    NotMade.ATTEMPTS: "will not be made: no attempt was left",
    NotMade.TIME_PASSED: "will not be made: its time had passed",
    NotMade.DO_NOT_CALL: "will not be made: its number was on the Do Not Call list",
}
# More than anybody reads; a contact has as many as its attempts allow.
MOST_CALLS = 200


@dataclass(frozen=True)
class Event:
    """One thing that happened, or is going to: `text` in words, `times` as the clocks showed it."""

    at: datetime
    text: str
    times: str


def timeline(contact: Contact, campaign: Campaign) -> list[Event]:
    """Import, calls, Do Not Call hits, records with dialers and personal callbacks, newest first."""
    found = sorted(_events(contact), key=lambda event: event[0], reverse=True)
    return [Event(at, text, both_clocks(at, contact, campaign)) for at, text in found]


def both_clocks(moment: datetime, contact: Contact, campaign: Campaign) -> str:
    """`2026-11-24 10:30 where the customer is, 09:30 Chicago`; each zone of the customer is named."""
    customer = [local_time(zone, campaign.time_zone, moment) for zone in contact.zone_set.zones]
    places = dict.fromkeys(f"{local:%Y-%m-%d %H:%M}" for local in customer)
    here = actual_time(campaign.time_zone, moment)
    day = "" if here.date() == customer[-1].date() else f"{here:%Y-%m-%d} "
    return f"{' or '.join(places)} where the customer is, {day}{here:%H:%M} {city(campaign.time_zone)}"


def _events(contact: Contact) -> Iterator[tuple[datetime, str]]:
    job = contact.job
    source = f" from {job.file_name}" if job.file_name else ""
    yield (
        contact.import_date,
        f"Imported by {job.user or 'nobody signed in'}, {job.get_source_display()}{source}",
    )
    for call in CallHistory.objects.filter(contact_id=contact.pk).order_by("-pk")[:MOST_CALLS]:
        yield call.at, _called(call)
    for lease in Lease.objects.open().filter(contact=contact).select_related("dialer"):
        yield (
            lease.granted_at,
            f"Handed to dialer {lease.dialer}: {lease.number}, {lease.get_state_display()}",
        )
    for callback in PersonalCallback.objects.filter(contact=contact).select_related("agent"):
        status = callback.get_call_status_display()
        yield (
            callback.callback_date_time,
            f"Personal callback of agent {callback.agent}: {callback.phone}, {status}",
        )


def _called(call: CallHistory) -> str:
    meaning = RESULT_CODES[call.call_result].meaning
    if call.call_result == DO_NOT_CALL:
        return f"{call.number} not called: {meaning}"
    parts = [f"{call.number} called by dialer {call.dialer}: {meaning} ({call.call_result})"]
    if call.agent:
        parts.append(f"agent {call.agent}")
    if call.talk_seconds:
        parts.append(f"{call.talk_seconds} s of talk")
    reason = why_not_made(call)
    if reason and call.callback_at:
        parts.append(f"the callback of {to_wall(call.callback_at):%Y-%m-%d %H:%M} {NOT_MADE[reason]}")
    return f"{', '.join(parts)}; then {CallStatus(call.status).label}"
