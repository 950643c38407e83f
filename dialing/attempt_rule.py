"""A changed `maxAttempts` sorts the contacts anew: attempts left or not (docs/behaviour.md 4.2)."""

from collections import Counter
from collections.abc import Collection

from django.db.models import Case, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing import counters
from dialing.counter_periods import day_of, list_began
from dialing.models import AttemptRule, CallHistory

# In whose name the counters change when no dialer does it.
SERVER = ""


def is_active(campaign: Campaign, per_number: bool) -> bool:
    """Whether the campaign's contacts stand by its present rule, so that records may leave."""
    return AttemptRule.objects.filter(
        campaign=campaign, max_attempts=campaign.max_attempts, per_number=per_number
    ).exists()


def activate(campaign: Campaign, per_number: bool) -> bool:
    """Inside a transaction: apply the rule where it changed; False while somebody else is doing so."""
    if is_active(campaign, per_number):
        return True
    rule = {"max_attempts": campaign.max_attempts, "per_number": per_number}
    if AttemptRule.objects.get_or_create(campaign=campaign, defaults=rule)[1]:
        # The first hand-out: nobody has been dialed under another rule.
        return True
    mine = AttemptRule.objects.filter(campaign=campaign)
    if not mine.select_for_update(skip_locked=True).exists():
        return False
    _open_again(campaign, per_number)
    close_exhausted(campaign, per_number)
    mine.update(**rule, changed_at=timezone.now())
    return True


def _open_again(campaign: Campaign, per_number: bool) -> None:
    """M with attempts left: P while a phone was never dialed, else R (2.1)."""
    reached = Contact.objects.filter(campaign=campaign, status=CallStatus.MAX_ATTEMPTS_REACHED)
    again = reached.filter(Exists(_phones_left(campaign, per_number)))
    if not per_number:
        again = again.filter(calls_made__lt=campaign.max_attempts)
    closed = CallHistory.objects.filter(
        campaign=campaign, closing=True, contact_id__in=again.values("pk")
    ).update(closing=False)
    _count_closed(campaign, -closed)
    untried = Exists(_phones_left(campaign, per_number).filter(calls_made=0))
    again.annotate(untried=untried).update(
        callback_at=next_due(campaign, per_number),
        status=Case(When(untried=True, then=Value(CallStatus.PENDING)), default=Value(CallStatus.RETRY)),
    )


def next_due(campaign: Campaign, per_number: bool) -> Case:
    """When the next phone of a contact is due: at once while one was never dialed (4.1)."""
    left = _phones_left(campaign, per_number)
    earliest = left.order_by().values("contact").annotate(at=Min("callback_at")).values("at")
    return Case(When(Exists(left.filter(calls_made=0)), then=Value(None)), default=Subquery(earliest))


def end_callbacks(callbacks: QuerySet[Contact], campaign: Campaign, per_number: bool) -> int:
    """Make regular callbacks pending, due as their phones are; how many."""
    due = next_due(campaign, per_number)
    return callbacks.update(
        status=CallStatus.PENDING, callback_at=due, callback_number="", called_back_at=None
    )


def close_exhausted(campaign: Campaign, per_number: bool, among: Collection[int] | None = None) -> None:
    """P and R without an open phone: C; without an attempt left: M. `among`: ids, None for the whole list."""
    waiting = Contact.objects.filter(campaign=campaign, status__in=[CallStatus.PENDING, CallStatus.RETRY])
    if among is not None:
        waiting = waiting.filter(pk__in=among)
    usable = ContactPhone.objects.filter(contact=OuterRef("pk"), closed=False)
    called = waiting.filter(calls_made__gt=0)
    _close(campaign, called.filter(~Exists(usable)), CallStatus.CLOSED)
    exhausted = (
        called.filter(~Exists(_phones_left(campaign, per_number)))
        if per_number
        else waiting.filter(calls_made__gte=campaign.max_attempts)
    )
    _close(campaign, exhausted, CallStatus.MAX_ATTEMPTS_REACHED)


def _close(campaign: Campaign, contacts: QuerySet[Contact], status: CallStatus) -> None:
    """Close what no call closes; the last call of each contact counts as the one that did."""
    last_calls = (
        CallHistory.objects.filter(campaign=campaign, contact_id__in=contacts.values("pk"))
        .values("contact_id")
        .annotate(last=Max("pk"))
        .values("last")
    )
    closed = CallHistory.objects.filter(pk__in=last_calls, closing=False).update(closing=True)
    _count_closed(campaign, closed)
    contacts.update(status=status, callback_at=None)


def _phones_left(campaign: Campaign, per_number: bool) -> QuerySet[ContactPhone]:
    left = Q(closed=False)
    if per_number:
        left &= Q(calls_made__lt=campaign.max_attempts)
    return ContactPhone.objects.filter(left, contact=OuterRef("pk"))


def _count_closed(campaign: Campaign, number: int) -> None:
    if number:
        today = day_of(timezone.now())
        counters.change(campaign.pk, list_began(campaign), today, SERVER, Counter(closed_count=number))
