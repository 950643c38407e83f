"""What becomes of open leases without a result: recalled, lost, given up (docs/behaviour.md 2.1, 2.2, 13.1).

Every step is a conditional update of leases in one transaction with their records, so that of two that meet
one wins. Locks are taken in one order everywhere: dialer, lease, record.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from callbacks.models import PersonalCallback
from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.dialers import SKEW
from dialing.eligibility import Rule, campaign_reasons, window_of
from dialing.models import (
    CampaignManagerOptions,
    Dialer,
    Lease,
    LeaseState,
    StoppedCampaign,
    StoppedDialer,
    StopReport,
)
from dialing.models.lease import HELD
from dialing.result_codes import NOT_ATTEMPTED
from timezones.local_time import is_inside
from timezones.models import ZoneSet

# After it a call is over, reported or not (docs/behaviour.md 10.1, rule 8).
LONGEST_CALL = timedelta(seconds=7200)
# Leases of one step; recalled together, they bear one number.
BATCH = 1_000
NOT_ANNOUNCED = HELD & Q(recall_number=None)
STOPPED = "campaign disabled"
# The time of such a call was promised, and it is not bound to the dialing window.
PROMISED = Q(status_before=CallStatus.CALLBACK_REQUESTED, contact__called_back_at=None)
OF_CAMPAIGN_OFF = Q(campaign__enabled=False) | Q(campaign__deleted_at__isnull=False)


def store_leases(leases: Sequence[Lease], at: datetime) -> set[UUID]:
    """Write new leases inside the transaction of a hand-out; those that are stored.

    Of two hand-outs that meet at a number one has it, and the other one passes the record over. In one
    statement and in the order of numbers, so that two never wait for each other crosswise.
    """
    in_order = sorted(leases, key=lambda lease: lease.number)
    try:
        with transaction.atomic():
            Lease.objects.bulk_create(in_order)
    except IntegrityError:
        release_unreported(at, [lease.number for lease in in_order])
        Lease.objects.bulk_create(in_order, ignore_conflicts=True)
        stored = Lease.objects.filter(pk__in=[lease.pk for lease in in_order])
        return set(stored.values_list("pk", flat=True))
    return {lease.pk for lease in in_order}


def unreported(at: datetime) -> Q:
    """Leases of calls that must be over although no dialer has reported their end."""
    return Q(state=LeaseState.DIALED, dialed_at__lte=at - LONGEST_CALL)


def release_unreported(at: datetime | None = None, numbers: Collection[str] | None = None) -> int:
    """Let such calls block their numbers no longer, or these of the numbers; how many.

    The leases stay open: a result is still accepted, and the record stays `dialed` (2.2).
    """
    leases = Lease.objects.held().filter(unreported(at or timezone.now()), blocks_number=True)
    if numbers is not None:
        leases = leases.filter(number_in_use__in=numbers)
    return leases.update(blocks_number=False)


def numbers_in_use(
    numbers: Collection[str], options: CampaignManagerOptions, at: datetime
) -> dict[str, datetime]:
    """Those of the numbers that an open lease blocks, each with the time until when it does at most."""
    leases = Lease.objects.filter(~unreported(at), number_in_use__in=numbers)
    columns = ("number", "dialed_at", "ended_at", "expires_at")
    return {
        number: dialed_at + LONGEST_CALL if dialed_at else (ended_at or expires_at) + options.unknown_reset
        for number, dialed_at, ended_at, expires_at in leases.values_list(*columns)
    }


def recall(
    leases: QuerySet[Lease],
    reason: str,
    at: datetime | None = None,
    announced: Mapping[int, int] | None = None,
) -> int:
    """Take back what dialers hold of these leases; how many dialers were informed of.

    Records not dialed yet return to what they were, with result 25. Calls under way go on (13.1); their
    dialers are informed once, so that they can cancel what still rings. `announced`: by dialer, the number
    under which it has been informed already.
    """
    at, announced = at or timezone.now(), announced or {}
    return sum(
        _recall_batch(leases, dialer, pks, reason, at, announced.get(dialer))
        for dialer, pks in _batches(leases)
    )


def _batches(leases: QuerySet[Lease]) -> Iterator[tuple[int, list[UUID]]]:
    """The dialer and leases of each step."""
    # Read once: looking for the next batch again and again would cost more than the recall.
    held = defaultdict(list)
    for dialer, pk in leases.filter(NOT_ANNOUNCED).order_by("dialer", "pk").values_list("dialer", "pk"):
        held[dialer].append(pk)
    for dialer, pks in held.items():
        for start in range(0, len(pks), BATCH):
            yield dialer, pks[start : start + BATCH]


@transaction.atomic
def _recall_batch(
    leases: QuerySet[Lease], dialer: int, pks: Sequence[UUID], reason: str, at: datetime, number: int | None
) -> int:
    # The dialer's row is the lock under which its recalls get numbers in the order of their commits.
    latest = Dialer.objects.select_for_update().get(pk=dialer).recall_number
    still = leases.filter(NOT_ANNOUNCED, pk__in=pks).order_by("pk").select_for_update(of=("self",))
    batch = list(still.values_list("pk", flat=True))
    if not batch:
        return 0
    if number is None:
        number = latest + 1
        Dialer.objects.filter(pk=dialer).update(recall_number=number)
    active = Q(state=LeaseState.ACTIVE)
    chosen = Lease.objects.filter(pk__in=batch)
    chosen.update(
        recall_number=number,
        recall_reason=reason,
        ended_at=Case(When(active, then=Value(at)), default=F("ended_at")),
        state=Case(When(active, then=Value(LeaseState.RECALLED)), default=F("state")),
    )
    _give_back_recalled(chosen.filter(state=LeaseState.RECALLED))
    return len(batch)


def _give_back_recalled(leases: QuerySet[Lease]) -> None:
    """As `give_back`, for so many that the database should keep their ids to itself."""
    for status in (CallStatus.PENDING, CallStatus.RETRY, CallStatus.CALLBACK_REQUESTED):
        contacts = leases.filter(status_before=status, contact__isnull=False).values("contact")
        Contact.objects.filter(pk__in=contacts).update(status=status, call_result=NOT_ATTEMPTED)
    callbacks = leases.filter(personal_callback__isnull=False).values("personal_callback")
    PersonalCallback.objects.filter(pk__in=callbacks).change(
        call_status=CallStatus.PENDING, call_result=NOT_ATTEMPTED
    )


def take_back(lease: Lease, reason: str, at: datetime) -> None:
    """End a lease, locked by the caller, whose dialer learns so from the answer; the record is as before."""
    chosen = Lease.objects.filter(pk=lease.pk)
    chosen.update(state=LeaseState.RECALLED, ended_at=at, recall_reason=reason)
    give_back([lease])


def give_back(leases: Sequence[Lease], call_result: int = NOT_ATTEMPTED) -> None:
    """The records of leases that ended without a call become what they were before."""
    by_status = defaultdict(list)
    for lease in leases:
        by_status[lease.status_before].append(lease)
    for status, group in by_status.items():
        set_status(group, CallStatus(status), call_result=call_result)


def set_status(leases: Sequence[Lease], status: CallStatus, **values: int) -> None:
    """Status (and more) of the records of these leases; a callback goes by the same letters."""
    contacts = [lease.contact_id for lease in leases if lease.contact_id]
    callbacks = [lease.personal_callback_id for lease in leases if lease.personal_callback_id]
    if contacts:
        Contact.objects.filter(pk__in=contacts).update(status=status, **values)
    if callbacks:
        PersonalCallback.objects.filter(pk__in=callbacks).change(call_status=status, **values)


class Recall(NamedTuple):
    number: int
    lease: UUID
    reason: str


def recalls_after(dialer: str, after: int) -> list[Recall]:
    """What the dialer has to give up, under numbers above `after`, in order; that confirms those up to it.

    One cheap look, for a long poll to repeat; the number of the last one is the next `after`. An emergency
    stop is announced at once under the number that it gave, whether its records are back already or not.
    """
    confirming = Dialer.objects.filter(name=dialer, confirmed_recall__lt=after, recall_number__gte=after)
    confirming.update(confirmed_recall=after)
    recalls: dict[UUID, Recall] = {}
    # These first: what becomes recalled meanwhile is found by the second look.
    for stop in StoppedDialer.objects.filter(dialer__name=dialer, recall_number__gt=after):
        held = held_at_stop(stop.report_id).filter(NOT_ANNOUNCED, dialer=stop.dialer_id)
        recalls |= {pk: Recall(stop.recall_number, pk, STOPPED) for pk in held.values_list("pk", flat=True)}
    recalled = Lease.objects.filter(dialer__name=dialer, recall_number__gt=after)
    for pk, number, reason in recalled.values_list("pk", "recall_number", "recall_reason"):
        recalls[pk] = Recall(number or 0, pk, reason)
    return sorted(recalls.values())


def held_at_stop(report: int) -> QuerySet[Lease]:
    """Leases of the campaigns that an emergency stop switched off, from before it."""
    stopped = StoppedCampaign.objects.filter(report=report)
    before = StopReport.objects.filter(pk=report).values("at")
    return Lease.objects.filter(
        campaign__in=stopped.values("campaign"), granted_at__lte=before, personal_callback=None
    )


def recall_of_disabled_campaigns(at: datetime | None = None) -> int:
    """Recall what dialers still hold of campaigns that are off, however they were switched off."""
    leases = Lease.objects.filter(OF_CAMPAIGN_OFF)
    if not CampaignManagerOptions.load().callback_with_campaign:
        leases = leases.filter(personal_callback=None)
    return recall(leases, STOPPED, at)


def recall_forbidden(at: datetime | None = None) -> int:
    """Recall contacts not dialed yet that may not be dialed any more: dates, mode, percentage or hours.

    Campaigns that are off are those of `recall_of_disabled_campaigns`.
    """
    at = at or timezone.now()
    held = Lease.objects.active().filter(campaign=OuterRef("pk"), contact__isnull=False)
    campaigns = Campaign.objects.active().filter(Exists(held), enabled=True).select_related("time_zone")
    zone_sets = list(ZoneSet.objects.all()) if campaigns else []
    recalled = 0
    for campaign in campaigns:
        leases = Lease.objects.active().filter(campaign=campaign, contact__isnull=False)
        reason = next(campaign_reasons(campaign, at), None)
        if reason is None:
            leases = leases.filter(contact__zone_set__in=outside(campaign, zone_sets, at)).exclude(PROMISED)
        recalled += recall(leases, reason.rule if reason else Rule.WINDOW, at)
    return recalled


def outside(campaign: Campaign, zone_sets: Sequence[ZoneSet], at: datetime) -> list[ZoneSet]:
    window, zone = window_of(campaign), campaign.time_zone
    there = [zone_set for zone_set in zone_sets if zone_set.campaign in (None, campaign.pk)]
    return [zone_set for zone_set in there if not is_inside(window, zone_set.zones, zone, at)]


def give_up_silent(at: datetime | None = None) -> int:
    """Records of dialers not heard from, and records kept too long without a call, become unknown; how many.

    A record that was dialed stays as it is: it is never dialed again by itself (2.2).
    """
    at = at or timezone.now()
    count_from(at)
    silent = Q(dialer__last_seen_at__lt=at - CampaignManagerOptions.load().dialer_silence)
    return _in_batches(
        Lease.objects.active().filter(silent | Q(expires_at__lt=at)),
        LeaseState.UNKNOWN,
        lambda batch: set_status(batch, CallStatus.UNKNOWN),
        at,
    )


def count_from(at: datetime) -> None:
    """Where the clock was set back, silence, calls without a result and lost records count from now on."""
    later = at + SKEW
    Dialer.objects.filter(last_seen_at__gt=later).update(last_seen_at=at)
    Lease.objects.held().filter(state=LeaseState.DIALED, dialed_at__gt=later).update(dialed_at=at)
    Lease.objects.filter(state=LeaseState.UNKNOWN, ended_at__gt=later).update(ended_at=at)


def unknown_to_pending(at: datetime | None = None) -> int:
    """Records unknown for the time of UnknownCallStatusResetTime become pending again (2.1); how many."""
    at = at or timezone.now()
    over = at - CampaignManagerOptions.load().unknown_reset
    return _in_batches(
        Lease.objects.filter(state=LeaseState.UNKNOWN, ended_at__lte=over),
        LeaseState.LOST,
        _pending_again,
        at,
    )


def _pending_again(leases: Sequence[Lease]) -> None:
    """P for all but callbacks, whose promise of a time stands."""
    promised = [lease for lease in leases if lease.status_before == CallStatus.CALLBACK_REQUESTED]
    give_back(promised)
    set_status([lease for lease in leases if lease not in promised], CallStatus.PENDING)


def _in_batches(
    leases: QuerySet[Lease], state: str, change: Callable[[list[Lease]], None], at: datetime
) -> int:
    """Move the leases to the state and their records with them, a short transaction a batch."""
    moved = 0
    while True:
        with transaction.atomic():
            chosen = leases.order_by("pk").select_for_update(skip_locked=True, of=("self",))
            batch = list(chosen[:BATCH])
            Lease.objects.filter(pk__in=[lease.pk for lease in batch]).update(state=state, ended_at=at)
            change(batch)
        moved += len(batch)
        if len(batch) < BATCH:
            return moved
