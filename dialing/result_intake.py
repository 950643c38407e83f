"""How calls ended, as dialers report it: into contacts, personal callbacks, history and counters."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from callbacks.models import Agent, PersonalCallback
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing import attempt_rule, call_history, personal_callbacks
from dialing.dialers import heard_from
from dialing.eligibility import callback_window_ends
from dialing.models import CallHistory, CampaignManagerOptions, Dialer, Lease, LeaseState
from dialing.models.lease import OPEN_STATES
from dialing.record_feed import phones_of, store_contacts
from dialing.reported_calls import CallEnd, ReportedCall, classify
from dialing.result_codes import CALLBACKS, DO_NOT_CALL, RETURNED
from dialing.transitions import apply, open_phones
from dnc import do_not_call_list


class Outcome(StrEnum):
    """What became of a reported result. `recalled`: the record was taken back before, nothing was stored."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    RECALLED = "recalled"
    UNKNOWN = "unknown"


class NotMade(StrEnum):
    """Why no call follows where a result asked for a callback; names of the wire."""

    ATTEMPTS = "attempts"
    TIME_PASSED = "timePassed"
    DO_NOT_CALL = "doNotCall"


class ResultAnswer(NamedTuple):
    """`not_made`: of a callback that was asked for."""

    outcome: Outcome
    not_made: NotMade | None = None


def report_results(
    dialer: str, results: Sequence[ReportedCall], at: datetime | None = None
) -> list[ResultAnswer]:
    """Take the results in, all in one transaction; the answer to each, in order. Raises ValidationError.

    A result counts once: reported again, also within the same list, it is `repeated`. It is taken as long
    as the lease is open, so also after the dialer was thought lost, until its record became pending again.
    """
    at = at or timezone.now()
    for result in results:
        result.check()
    sender = heard_from(dialer, at)
    with transaction.atomic():
        leases = leases_of(sender, [result.lease for result in results])
        accepted: list[tuple[Lease, ReportedCall]] = []
        outcomes = []
        for result in results:
            lease = leases.get(result.lease)
            outcomes.append(_outcome(lease))
            if lease and outcomes[-1] == Outcome.ACCEPTED:
                lease.state = LeaseState.DONE
                accepted.append((lease, result))
        intake = Intake(sender, at)
        intake.accept(accepted)
        pairs = list(zip(results, outcomes, strict=True))
        again = [re.lease for re, outcome in pairs if outcome == Outcome.REPEATED and re.code in CALLBACKS]
        not_made = _not_made_before(again) | intake.not_made
    return [ResultAnswer(outcome, not_made.get(result.lease)) for result, outcome in pairs]


def _not_made_before(leases: Sequence[uuid.UUID]) -> dict[uuid.UUID, NotMade]:
    """Of results that are reported again."""
    calls = CallHistory.objects.filter(lease__in=leases) if leases else []
    reasons = {call.lease: why_not_made(call) for call in calls}
    return {lease: reason for lease, reason in reasons.items() if lease and reason}


def _outcome(lease: Lease | None) -> Outcome:
    if lease is None:
        return Outcome.UNKNOWN
    if lease.state in OPEN_STATES:
        return Outcome.ACCEPTED
    return Outcome.REPEATED if lease.state == LeaseState.DONE else Outcome.RECALLED


def leases_of(dialer: Dialer, uuids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Lease]:
    """The dialer's leases of that name, locked."""
    leases = Lease.objects.select_related("campaign__time_zone").filter(pk__in=uuids, dialer=dialer)
    return {lease.pk: lease for lease in leases.order_by("pk").select_for_update(of=("self",))}


class Intake:
    """Results of one request on their way into contacts, callbacks, history and counters."""

    def __init__(self, dialer: Dialer, at: datetime) -> None:
        self.dialer, self.at, self.options = dialer, at, CampaignManagerOptions.load()
        self.not_made: dict[uuid.UUID, NotMade] = {}

    def accept(self, accepted: Sequence[tuple[Lease, ReportedCall]]) -> None:
        """Inside the transaction that has locked the leases."""
        if not accepted:
            return
        self.agents = _agents(result.agent for _, result in accepted)
        self.listed = do_not_call_list.contains(
            {re.callback_number or le.number for le, re in accepted if re.code in CALLBACKS}
        )
        contacts = locked_contacts(lease.contact_id for lease, _ in accepted if lease.contact_id)
        phones = phones_of(list(contacts.values()))
        calls: list[CallHistory] = []
        self.scheduled: list[PersonalCallback] = []
        for lease, result in accepted:
            if lease.contact_id:
                calls.append(self.contact_result(lease, result, contacts.get(lease.contact_id), phones))
        store_contacts(list(contacts.values()), phones)
        self.close_exhausted(
            (lease for lease, result in accepted if result.code in RETURNED), contacts, phones
        )
        personal_callbacks.store_scheduled(self.scheduled)
        called_back = [(le, re, self.details(le, re)) for le, re in accepted if le.personal_callback_id]
        own_calls, not_made = personal_callbacks.take_results(called_back, self.options, self.at)
        calls += own_calls
        self.not_made |= dict.fromkeys(not_made, NotMade.TIME_PASSED)
        self.not_made |= {
            call.lease: NotMade.DO_NOT_CALL for call in calls if call.lease and call.callback_listed
        }
        done = Lease.objects.filter(pk__in=[lease.pk for lease, _ in accepted])
        done.update(state=LeaseState.DONE, ended_at=self.at)
        call_history.store([call for call in calls if call.call_result not in RETURNED])

    def close_exhausted(
        self,
        returned: Iterable[Lease],
        contacts: Mapping[int, Contact],
        phones: Mapping[int, Sequence[ContactPhone]],
    ) -> None:
        """Records that came back after `maxAttempts` was lowered below what they have used (4.2)."""
        per_number = self.options.max_attempts_per_number
        exhausted = defaultdict(list)
        for lease in returned:
            contact, campaign = contacts.get(lease.contact_id or 0), lease.campaign
            if contact and campaign and not open_phones(phones[contact.pk], contact, campaign, per_number):
                exhausted[campaign].append(contact.pk)
        for campaign, ids in exhausted.items():
            attempt_rule.close_exhausted(campaign, per_number, ids)

    def contact_result(
        self,
        lease: Lease,
        result: ReportedCall,
        contact: Contact | None,
        phones: Mapping[int, Sequence[ContactPhone]],
    ) -> CallHistory:
        """Change the contact; the row for the history. An import may have replaced the contact meanwhile."""
        campaign = lease.campaign
        assert campaign is not None
        code = classify(result.code, result.talk_seconds, campaign.minimum_call_duration)
        agent = self.agents.get(result.agent)
        details = self.details(lease, result)
        if contact is None:
            return call_history.without_record(code, contact_id=lease.contact_id, **details)
        personal = code in CALLBACKS and campaign.personalized_callback_enabled and agent is not None
        number = result.callback_number or lease.number
        call_end = CallEnd(code, self.at, result.callback_at, number, personal)
        own = phones[contact.pk]
        dialed = _dialed_phone(lease, own)
        per_number = self.options.max_attempts_per_number
        apply(call_end, contact, own, dialed, lease.status_before, campaign, per_number)
        call = call_history.contact_call(contact, code, **details)
        if personal and agent:
            callback = personal_callbacks.scheduled(
                contact, agent, campaign, call_end, lease.number, self.options
            )
            self.scheduled.append(callback)
            missed = personal_callbacks.is_missed_for_good(callback, self.options, self.at)
            reason = NotMade.TIME_PASSED if missed else None
        else:
            reason = why_not_made(call)
        if reason:
            self.not_made[lease.pk] = reason
        return call

    def details(self, lease: Lease, result: ReportedCall) -> dict[str, Any]:
        return call_history.of_lease(lease, self.dialer, self.at) | {
            "agent": result.agent,
            # As the original writes Do Not Call hits (7.1).
            "mode": "" if result.code == DO_NOT_CALL else lease.mode,
            "talk_seconds": result.talk_seconds or 0,
            "wrapup_seconds": result.wrapup_seconds or 0,
            "callback_at": result.callback_at if result.code in CALLBACKS else None,
            "callback_number": result.callback_number if result.code in CALLBACKS else "",
            "callback_listed": (result.callback_number or lease.number) in self.listed
            if result.code in CALLBACKS
            else None,
        }


def why_not_made(call: CallHistory) -> NotMade | None:
    """Why no call follows one that asked for a callback; of personal callbacks only what the row says."""
    if call.call_result not in CALLBACKS or call.callback_at is None:
        return None
    if call.callback_listed:
        return NotMade.DO_NOT_CALL
    if call.is_personal:
        return None
    if call.status != CallStatus.CALLBACK_REQUESTED:
        return NotMade.ATTEMPTS
    return NotMade.TIME_PASSED if call.at >= callback_window_ends(call.callback_at) else None


def _dialed_phone(lease: Lease, phones: Sequence[ContactPhone]) -> ContactPhone | None:
    """By its position; a callback's by its number, if it is one of the contact's."""
    if lease.phone is not None:
        return next((phone for phone in phones if phone.position == lease.phone), None)
    return next((phone for phone in phones if phone.number == lease.number), None)


def _agents(numbers: Iterable[str]) -> dict[str, Agent]:
    wanted = {number for number in numbers if number}
    everybody: Any = Agent.objects
    return {agent.agent_id: agent for agent in everybody.active().filter(agent_id__in=wanted)}


def locked_contacts(ids: Iterable[int | None]) -> dict[int, Contact]:
    contacts = Contact.objects.filter(pk__in=list(ids)).select_related("zone_set").order_by("pk")
    return {contact.pk: contact for contact in contacts.select_for_update(of=("self",))}
