"""Personal callbacks with dialers (docs/behaviour.md 9): handed out when due, rescheduled by their results.

A callback is tried inside one window a day, from its time on for CALLBACK_TIME_LIMIT; `maxAttempts` counts
windows.
"""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from callbacks.models import Agent, CallbackStatus, PersonalCallback
from campaigns.models import Campaign
from campaigns.models.campaign import RescheduleCallbackMode
from campaigns.models.contact import CallStatus, Contact
from dialing import call_history
from dialing.claim_lock import shared_claim_lock
from dialing.clock import is_behind
from dialing.counter_periods import ALWAYS, day_of, list_began
from dialing.dialers import heard_from
from dialing.eligibility import Rule, callback_window_ends
from dialing.leases import LONGEST_CALL, OF_CAMPAIGN_OFF, store_leases, unreported
from dialing.models import CallHistory, CampaignManagerOptions, Dialer, Lease, LeaseState
from dialing.reported_calls import CallEnd, ReportedCall, classify
from dialing.result_codes import (
    AGENT_NOT_RESERVED,
    BUSY,
    CALLBACKS,
    DO_NOT_CALL,
    NO_RINGBACK,
    NOT_ATTEMPTED,
    RESULT_CODES,
    RETURNED,
    CallbackEffect,
)
from dnc import do_not_call_list
from outbound_site.core.history import record
from outbound_site.core.server_time import to_utc, to_wall

MOST_CALLBACKS = 200
BATCH = 1_000
USE_DN = RescheduleCallbackMode.USE_CAMPAIGN_DN
SATURDAY, SUNDAY = 5, 6
RESULT_FIELDS = [
    "call_status",
    "call_result",
    "callback_date_time",
    "max_attempts",
    "phone",
    "change_stamp",
]


@dataclass(frozen=True)
class CallbackRecord:
    """A personal callback as it leaves; `other_agent`: reserve another one, by `campaign_dn`."""

    lease: Lease
    callback: PersonalCallback
    other_agent: bool


def claim_callbacks(
    dialer: str, agents: Sequence[str], count: int, at: datetime | None = None
) -> list[CallbackRecord]:
    """Give the dialer up to `count` due personal callbacks of these agents, who are logged in at it.

    Also those of agents who are logged in nowhere, where the campaign's mode is `useCampaignDN` and the
    callback has a campaignDn. Every number is tested against the Do Not Call list. A callback whose number
    is with a dialer already, for whatever record, waits.
    """
    at = at or timezone.now()
    sender = heard_from(dialer, at)
    if sender.agents != list(agents):
        Dialer.objects.filter(pk=sender.pk).update(agents=list(agents))
    if is_behind(at):
        return []
    options = CampaignManagerOptions.load()
    with shared_claim_lock():
        due = due_callbacks(agents, _logged_in(options, at) | set(agents), at)
        if options.callback_with_campaign:
            due = due.exclude(OF_CAMPAIGN_OFF)
        in_use = Lease.objects.filter(~unreported(at), number_in_use=OuterRef("phone"))
        chosen = due.filter(~Exists(in_use)).select_related("agent", "campaign")
        chosen = chosen.order_by("callback_date_time", "pk")
        rows = list(chosen.select_for_update(skip_locked=True, of=("self",))[: min(count, MOST_CALLBACKS)])
        listed = do_not_call_list.contains([row.phone for row in rows])
        dnc_hits = [row for row in rows if row.phone in listed]
        _close_listed(dnc_hits, sender, at)
        first_of_number = {row.phone: row for row in reversed(rows)}
        free = [row for row in rows if row not in dnc_hits and first_of_number[row.phone] is row]
        return _lease(free, agents, sender, options, at)


def due_callbacks(
    agents: Collection[str], logged_in: Collection[str], at: datetime
) -> QuerySet[PersonalCallback]:
    """Pending ones whose window is open, not waiting for their next try, with an agent who can take them."""
    waiting = Lease.objects.filter(personal_callback=OuterRef("pk"), try_again_at__gt=at)
    use_dn = Q(campaign=None) | Q(campaign__reschedule_callback_mode=USE_DN)
    deserted = ~Q(agent__agent_id__in=logged_in) & use_dn & ~Q(campaign_dn="")
    return PersonalCallback.objects.filter(
        Q(agent__agent_id__in=agents) | deserted,
        ~Exists(waiting),
        call_status=CallbackStatus.PENDING,
        callback_date_time__range=(at - settings.CALLBACK_TIME_LIMIT, at),
        max_attempts__gt=0,
    )


def callback_reason(callback: PersonalCallback, at: datetime) -> Rule | None:
    """The rule against calling a callback that a dialer has: those of `due_callbacks`."""
    due = callback.callback_date_time
    if not due <= at < callback_window_ends(due):
        return Rule.DUE
    return None if callback.max_attempts else Rule.ATTEMPTS


def _logged_in(options: CampaignManagerOptions, at: datetime) -> set[str]:
    alive = Dialer.objects.filter(last_seen_at__gte=at - options.dialer_silence)
    return {agent for agents in alive.values_list("agents", flat=True) for agent in agents}


def _lease(
    rows: Sequence[PersonalCallback],
    agents: Collection[str],
    dialer: Dialer,
    options: CampaignManagerOptions,
    at: datetime,
) -> list[CallbackRecord]:
    leases = [
        Lease(
            dialer=dialer,
            campaign=row.campaign,
            personal_callback=row,
            number=row.phone,
            attempt=1,
            campaign_version=row.campaign.change_stamp if row.campaign else 0,
            list_began=list_of(row),
            status_before=CallStatus.PENDING,
            granted_at=at,
            expires_at=min(at + options.lease_time, callback_window_ends(row.callback_date_time)),
        )
        for row in rows
    ]
    stored = store_leases(leases, at)
    pairs = [(lease, row) for lease, row in zip(leases, rows, strict=True) if lease.pk in stored]
    taken = PersonalCallback.objects.filter(pk__in=[row.pk for _, row in pairs])
    taken.change(call_status=CallbackStatus.ACTIVE, call_result=0, sent_to_dialer_at=at)
    return [CallbackRecord(lease, row, row.agent.agent_id not in agents) for lease, row in pairs]


def _close_listed(rows: Sequence[PersonalCallback], dialer: Dialer, at: datetime) -> None:
    for row in rows:
        row.call_status, row.call_result = CallbackStatus.CLOSED, DO_NOT_CALL
    _store(rows)
    call_history.store(
        [
            call_history.callback_call(
                row,
                DO_NOT_CALL,
                at=at,
                day=day_of(at),
                campaign=row.campaign,
                list_began=list_of(row),
                dialer=dialer.name,
                number=row.phone,
            )
            for row in rows
        ]
    )


def _store(rows: Sequence[PersonalCallback]) -> None:
    """Write what has changed of rows that the caller has locked."""
    for row in rows:
        row.change_stamp += 1
    PersonalCallback.objects.bulk_update(rows, RESULT_FIELDS)
    if rows:
        record(PersonalCallback.objects.filter(pk__in=[row.pk for row in rows]), "~")


def scheduled(
    contact: Contact,
    agent: Agent,
    campaign: Campaign,
    call_end: CallEnd,
    number: str,
    options: CampaignManagerOptions,
) -> PersonalCallback:
    """The personal callback that an agent's result 14 or 15 asks for, not yet stored."""
    return PersonalCallback(
        campaign=campaign,
        agent=agent,
        contact=contact,
        phone=call_end.callback_number or number,
        account_number=contact.account_number,
        first_name=contact.first_name,
        last_name=contact.last_name,
        max_attempts=options.callback_attempts,
        callback_date_time=call_end.callback_at or call_end.ended_at,
    )


def store_scheduled(callbacks: Sequence[PersonalCallback]) -> None:
    PersonalCallback.objects.bulk_create(callbacks)
    if callbacks:
        record(PersonalCallback.objects.filter(pk__in=[row.pk for row in callbacks]), "+")


def take_results(
    reported: Iterable[tuple[Lease, ReportedCall, dict[str, Any]]],
    options: CampaignManagerOptions,
    at: datetime,
) -> tuple[list[CallHistory], set[UUID]]:
    """Change and store the callbacks. One removed meanwhile keeps only its row in the history.

    The rows for the history, and the leases that asked for another callback which will not be made.
    """
    pairs = list(reported)
    wanted = [lease.personal_callback_id for lease, _, _ in pairs if lease.personal_callback_id]
    locked = PersonalCallback.objects.locked().select_related("campaign").filter(pk__in=wanted)
    rows = {row.pk: row for row in locked.order_by("pk")}
    calls, not_made = [], set()
    for lease, result, details in pairs:
        row = rows.get(lease.personal_callback_id or 0)
        if row is not None:
            least = row.campaign.minimum_call_duration if row.campaign else 0
            code = classify(result.code, result.talk_seconds, least)
            call_end = CallEnd(code, at, result.callback_at, result.callback_number)
            lease.try_again_at = apply(call_end, row, options)
            calls.append(call_history.callback_call(row, code, **details))
            if code in CALLBACKS and is_missed_for_good(row, options, at):
                not_made.add(lease.pk)
        else:
            gone = lease.personal_callback_id
            calls.append(call_history.without_record(result.code, personal_callback_id=gone, **details))
    _store(list(rows.values()))
    Lease.objects.bulk_update([lease for lease, _, _ in pairs if lease.try_again_at], ["try_again_at"])
    return calls, not_made


def apply(call_end: CallEnd, callback: PersonalCallback, options: CampaignManagerOptions) -> datetime | None:
    """Change the callback as the result demands (9.1); when it may be tried again inside its window, if so.

    Pure: nothing is stored.
    """
    callback.call_result = call_end.code
    effect = RESULT_CODES[call_end.code].personal_callback
    closing = {CallbackEffect.CLOSED}
    if not options.callback_reattempt:
        closing.add(CallbackEffect.CLOSED_WITHOUT_REATTEMPT)
    if effect == CallbackEffect.RESCHEDULED and call_end.callback_at:
        callback.call_status, callback.callback_date_time = CallbackStatus.PENDING, call_end.callback_at
        callback.phone = call_end.callback_number or callback.phone
    elif effect == CallbackEffect.REJECTED:
        callback.call_status = CallbackStatus.AGENT_REJECTED
    elif effect in closing:
        callback.call_status = CallbackStatus.CLOSED
    elif call_end.code == AGENT_NOT_RESERVED and mode_of(callback) != USE_DN:
        agent_missing(callback, options, call_end.ended_at)
    else:
        return _within_window(call_end, callback, options)
    return None


def _within_window(
    call_end: CallEnd, callback: PersonalCallback, options: CampaignManagerOptions
) -> datetime | None:
    """Again in the same window after the result's delay, else in the next one."""
    again = call_end.ended_at + _delay(callback, options)
    if again <= callback.callback_date_time + settings.CALLBACK_TIME_LIMIT:
        callback.call_status = CallbackStatus.PENDING
        return again
    window_over(callback, options, call_end.ended_at)
    return None


def _delay(callback: PersonalCallback, options: CampaignManagerOptions) -> timedelta:
    """Until the next try after its last result."""
    code = callback.call_result
    if code == BUSY:
        return timedelta(minutes=options.callback_busy_minutes)
    # Where the campaign's DN found nobody either it is as a call without answer (9.4).
    if code == NOT_ATTEMPTED or (code == AGENT_NOT_RESERVED and not callback.campaign_dn):
        return timedelta(minutes=options.callback_agent_minutes)
    if _is_free(code, options):
        return timedelta(minutes=1)
    return timedelta(minutes=options.callback_no_answer_minutes)


def _is_free(code: int, options: CampaignManagerOptions) -> bool:
    """Whether such a call uses up no attempt (9.2, PersonalCallbackReattemptNoRingBack)."""
    return code in NO_RINGBACK and options.callback_reattempt_no_ringback


def window_over(callback: PersonalCallback, options: CampaignManagerOptions, at: datetime) -> None:
    """The window ended without success: by the last result that it brought."""
    if callback.call_result in RETURNED:
        agent_missing(callback, options, at)
    else:
        next_window(callback, options, at, counts=not _is_free(callback.call_result, options))


def next_window(
    callback: PersonalCallback, options: CampaignManagerOptions, at: datetime, counts: bool = True
) -> None:
    """One attempt less; P on the next allowed day, or M (9.1)."""
    if counts:
        callback.max_attempts = max(callback.max_attempts - 1, 0)
    if not callback.max_attempts:
        callback.call_status = CallbackStatus.MAX_ATTEMPTS_REACHED
        return
    callback.call_status = CallbackStatus.PENDING
    callback.callback_date_time = same_time_next_day(callback.callback_date_time, options, at)


def same_time_next_day(time: datetime, options: CampaignManagerOptions, at: datetime) -> datetime:
    """The same time on the server's clock, on the first allowed day after its own that is still to come."""
    skipped = {
        day
        for day, on in ((SATURDAY, options.callback_saturday), (SUNDAY, options.callback_sunday))
        if not on
    }
    wall = to_wall(time)
    days = max((to_wall(at) - wall).days, 0)
    while True:
        days += 1
        candidate = wall + timedelta(days=days)
        if candidate.weekday() not in skipped and to_utc(candidate) > at:
            return to_utc(candidate)


def agent_missing(callback: PersonalCallback, options: CampaignManagerOptions, at: datetime) -> None:
    """The agent was not available while the window was open: by the campaign's mode (9.4)."""
    if mode_of(callback) == RescheduleCallbackMode.ABANDON:
        callback.call_status = CallbackStatus.AGENT_NOT_AVAILABLE
    else:
        next_window(callback, options, at)


def list_of(callback: PersonalCallback) -> datetime:
    return list_began(callback.campaign) if callback.campaign else ALWAYS


def mode_of(callback: PersonalCallback) -> str:
    return callback.campaign.reschedule_callback_mode if callback.campaign else USE_DN


def move_missed(at: datetime | None = None) -> int:
    """Callbacks whose window closed while they were pending: by the mode, or the next window; how many."""
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    missed = PersonalCallback.objects.filter(
        call_status=CallbackStatus.PENDING, callback_date_time__lt=at - settings.CALLBACK_TIME_LIMIT
    )
    moved = 0
    while True:
        with transaction.atomic():
            chosen = missed.select_related("campaign").order_by("pk")
            rows = list(chosen.select_for_update(skip_locked=True, of=("self",))[:BATCH])
            for row in rows:
                _move(row, options, at)
            _store(rows)
        moved += len(rows)
        if len(rows) < BATCH:
            return moved


def _move(row: PersonalCallback, options: CampaignManagerOptions, at: datetime) -> None:
    if row.sent_to_dialer_at is None or row.sent_to_dialer_at < row.callback_date_time:
        row.call_result = AGENT_NOT_RESERVED
    window_over(row, options, at)


def is_missed_for_good(row: PersonalCallback, options: CampaignManagerOptions, at: datetime) -> bool:
    """Whether its window has passed and no later one follows."""
    if at < callback_window_ends(row.callback_date_time):
        return False
    moved = copy(row)
    _move(moved, options, at)
    return moved.call_status != CallbackStatus.PENDING


def end_unreported_calls(at: datetime | None = None) -> int:
    """Callbacks dialed by a dialer that never reported how the call ended: their window is over; how many.

    Other than a contact's, such a call is made again: the customer was promised one (9.1). One that is out
    without a lease, which went with its campaign for example, ends in the same way.
    """
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    over = at - LONGEST_CALL
    unreported_leases = Lease.objects.held().filter(state=LeaseState.DIALED, dialed_at__lte=over)
    held = (
        Lease.objects.open()
        .filter(personal_callback=OuterRef("pk"))
        .exclude(pk__in=unreported_leases.values("pk"))
    )
    out = PersonalCallback.objects.filter(
        ~Exists(held),
        call_status__in=[CallbackStatus.ACTIVE, CallbackStatus.UNKNOWN],
        callback_date_time__lte=over,
    ).exclude(sent_to_dialer_at__gt=over)
    with transaction.atomic():
        rows = list(out.locked().select_related("campaign").order_by("pk")[:BATCH])
        unreported_leases.filter(personal_callback__in=rows).update(state=LeaseState.LOST, ended_at=at)
        for row in rows:
            window_over(row, options, at)
        _store(rows)
    return len(rows)
