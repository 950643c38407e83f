"""What dialers report of their calls: that they dial now, and how calls ended."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from callbacks.models import Agent, PersonalCallback
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing import attempt_rule, call_log, personal_callbacks
from dialing.call_results import CALL_RESULTS, CALLBACKS, DO_NOT_CALL, RETURNED
from dialing.claim_lock import shared_claim_lock
from dialing.clock import is_behind
from dialing.dialers import heard_from
from dialing.eligibility import DialingContext, Rule, callback_window_ends, choose, contact_reasons
from dialing.leases import STOPPED, take_back
from dialing.models import CallHistory, CampaignManagerOptions, Dialer, Lease, LeaseState
from dialing.models.lease import OPEN_STATES
from dialing.record_feed import phones_of, store_contacts
from dialing.results import CallReport, apply, classify, open_phones
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


@dataclass(frozen=True)
class Result:
    """A call's end as a dialer reports it. `agent`: the agent's number; a callback: for results 14, 15."""

    lease: uuid.UUID
    code: int
    agent: str = ""
    talk_seconds: int | None = None
    wrapup_seconds: int | None = None
    callback_at: datetime | None = None
    callback_number: str = ""

    def check(self) -> None:
        """Raises ValidationError."""
        if self.code not in CALL_RESULTS:
            raise ValidationError(f"callResult: there is no call result {self.code}")
        if self.code in CALLBACKS and self.callback_at is None:
            raise ValidationError(f"callback: result {self.code} needs the callback's time")


def mark_dialed(dialer: str, lease_uuid: uuid.UUID, at: datetime | None = None) -> DialedAnswer:
    """The dialer is about to send the INVITE: the record becomes `dialed` and stays so until its result.

    The last test before the call takes the whole decision again, as if the record were not leased. Where it
    is no, the record goes back to what it was; a number on the Do Not Call list ends with result 26. Safe to
    ask again: the same lease answers `dialed` again, until another one has its number.
    """
    sender = heard_from(dialer, at)
    with shared_claim_lock():
        lease = _open_for(sender, [lease_uuid]).get(lease_uuid)
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
            _Intake(sender, at).accept([(lease, Result(lease.pk, DO_NOT_CALL))])
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
    contact = _locked_contacts([lease.contact_id]).get(lease.contact_id or 0)
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


def report_results(dialer: str, results: Sequence[Result], at: datetime | None = None) -> list[ResultAnswer]:
    """Take the results in, all in one transaction; the answer to each, in order. Raises ValidationError.

    A result counts once: reported again, also within the same list, it is `repeated`. It is taken as long
    as the lease is open, so also after the dialer was thought lost, until its record became pending again.
    """
    at = at or timezone.now()
    for result in results:
        result.check()
    sender = heard_from(dialer, at)
    with transaction.atomic():
        leases = _open_for(sender, [result.lease for result in results])
        accepted: list[tuple[Lease, Result]] = []
        outcomes = []
        for result in results:
            lease = leases.get(result.lease)
            outcomes.append(_outcome(lease))
            if lease and outcomes[-1] == Outcome.ACCEPTED:
                lease.state = LeaseState.DONE
                accepted.append((lease, result))
        intake = _Intake(sender, at)
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


def _open_for(dialer: Dialer, uuids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Lease]:
    """The dialer's leases of that name, locked."""
    leases = Lease.objects.select_related("campaign__time_zone").filter(pk__in=uuids, dialer=dialer)
    return {lease.pk: lease for lease in leases.order_by("pk").select_for_update(of=("self",))}


class _Intake:
    """Results of one request on their way into contacts, callbacks, history and counters."""

    def __init__(self, dialer: Dialer, at: datetime) -> None:
        self.dialer, self.at, self.options = dialer, at, CampaignManagerOptions.load()
        self.not_made: dict[uuid.UUID, NotMade] = {}

    def accept(self, accepted: Sequence[tuple[Lease, Result]]) -> None:
        """Inside the transaction that has locked the leases."""
        if not accepted:
            return
        self.agents = _agents(result.agent for _, result in accepted)
        self.listed = do_not_call_list.contains(
            {re.callback_number or le.number for le, re in accepted if re.code in CALLBACKS}
        )
        contacts = _locked_contacts(lease.contact_id for lease, _ in accepted if lease.contact_id)
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
        call_log.store([call for call in calls if call.call_result not in RETURNED])

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
        result: Result,
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
            return call_log.without_record(code, contact_id=lease.contact_id, **details)
        personal = code in CALLBACKS and campaign.personalized_callback_enabled and agent is not None
        number = result.callback_number or lease.number
        report = CallReport(code, self.at, result.callback_at, number, personal)
        own = phones[contact.pk]
        dialed = _dialed_phone(lease, own)
        per_number = self.options.max_attempts_per_number
        apply(report, contact, own, dialed, lease.status_before, campaign, per_number)
        call = call_log.contact_call(contact, code, **details)
        if personal and agent:
            callback = personal_callbacks.scheduled(
                contact, agent, campaign, report, lease.number, self.options
            )
            self.scheduled.append(callback)
            missed = personal_callbacks.is_missed_for_good(callback, self.options, self.at)
            reason = NotMade.TIME_PASSED if missed else None
        else:
            reason = why_not_made(call)
        if reason:
            self.not_made[lease.pk] = reason
        return call

    def details(self, lease: Lease, result: Result) -> dict[str, Any]:
        return call_log.of_lease(lease, self.dialer, self.at) | {
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


def _locked_contacts(ids: Iterable[int | None]) -> dict[int, Contact]:
    contacts = Contact.objects.filter(pk__in=list(ids)).select_related("zone_set").order_by("pk")
    return {contact.pk: contact for contact in contacts.select_for_update(of=("self",))}
