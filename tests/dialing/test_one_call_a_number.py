"""No two open leases for one number, whatever the campaign (docs/behaviour.md 10.1)."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count

from callbacks.models import Agent, PersonalCallback
from campaigns.models import Contact
from dialing.before_the_call import Dialing, mark_dialed
from dialing.leases import give_up_silent, recall, release_unreported, unknown_to_pending
from dialing.models import CampaignManagerOptions, Dialer, Lease
from dialing.personal_callbacks import claim_callbacks
from dialing.record_feed import MOST_ROUNDS, HandOut, claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import Outcome, report_results
from dnc import do_not_call_list
from supervision.explanation import contact_decision
from tests.dialing.worlds import NOON, contact_of
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "2125550100", "2125550199"
TWO_HOURS = timedelta(hours=2)
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}


@pytest.fixture
def sales():
    return CampaignFactory(**ALL_DAY)


@pytest.fixture
def service():
    return CampaignFactory(**ALL_DAY)


def claim(campaign, count=10, at=NOON, dialer="d1"):
    return claim_records(dialer, campaign.pk, count, at)


def numbers(records):
    return [record.lease.number for record in records]


def callback_to(number):
    agent = Agent.objects.filter(agent_id="1001").first() or AgentFactory(agent_id="1001")
    return PersonalCallbackFactory(agent=agent, phone=number, callback_date_time=NOON)


def test_the_database_allows_one(sales):
    for _ in range(2):
        contact_of(sales, numbers=[NUMBER])
    [record] = claim(sales)
    other = Contact.objects.exclude(pk=record.contact.pk).get()
    lease = Lease.objects.get()
    lease.pk, lease.contact = None, other
    lease.uuid = Lease._meta.pk.get_default()
    with pytest.raises(IntegrityError), transaction.atomic():
        lease.save(force_insert=True)


def test_a_number_in_two_campaigns_leaves_once_and_the_others_leave(sales, service):
    contact_of(sales, numbers=[NUMBER])
    passed_over = contact_of(service, numbers=[NUMBER])
    contact_of(service, numbers=[OTHER])

    assert numbers(claim(sales)) == [NUMBER]
    assert numbers(claim(service, dialer="d2")) == [OTHER]
    passed_over.refresh_from_db()
    assert passed_over.status == "P"


def test_a_number_twice_in_a_campaign_leaves_once_and_again_after_the_result(sales):
    contact_of(sales, numbers=[NUMBER])
    contact_of(sales, numbers=[NUMBER])
    [record] = claim(sales)
    assert claim(sales) == []
    mark_dialed("d1", record.lease.pk, NOON)
    report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON)
    assert numbers(claim(sales)) == [NUMBER]


def test_of_a_contact_only_the_number_that_comes_next_counts(sales, service):
    contact_of(sales, numbers=[OTHER])
    contact_of(service, numbers=[NUMBER, OTHER])
    assert numbers(claim(sales)) == [OTHER]
    assert numbers(claim(service)) == [NUMBER]


def test_a_regular_callback_waits_for_its_number(sales, service):
    contact_of(sales, numbers=[NUMBER])
    contact_of(service, numbers=[OTHER], status="B", callback_at=NOON, callback_number=NUMBER)
    [record] = claim(sales)
    assert claim(service) == []
    report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON)
    assert numbers(claim(service)) == [NUMBER]


def test_personal_callbacks_and_records_wait_for_each_other(sales):
    contact_of(sales, numbers=[NUMBER])
    callback_to(OTHER)
    [record] = claim(sales)
    callback_to(NUMBER)
    assert numbers(claim_callbacks("d2", ["1001"], 10, NOON)) == [OTHER]
    contact_of(sales, numbers=[OTHER])
    assert claim(sales) == []
    report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON)
    assert numbers(claim_callbacks("d2", ["1001"], 10, NOON)) == [NUMBER]


def test_two_personal_callbacks_to_a_number_leave_one_after_the_other():
    first, second = callback_to(NUMBER), callback_to(NUMBER)
    [record] = claim_callbacks("d1", ["1001"], 10, NOON)
    assert record.callback == first
    second.refresh_from_db()
    assert second.call_status == "P"
    report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON)
    [record] = claim_callbacks("d1", ["1001"], 10, NOON)
    assert record.callback == second


def test_a_recalled_record_frees_its_number_at_once(sales, service):
    contact_of(sales, numbers=[NUMBER])
    contact_of(service, numbers=[NUMBER])
    claim(sales)
    recall(Lease.objects.all(), "asked", NOON)
    assert numbers(claim(service)) == [NUMBER]


def test_an_unknown_record_holds_its_number_until_it_is_pending_again(sales, service):
    contact_of(sales, numbers=[NUMBER])
    contact_of(service, numbers=[NUMBER])
    claim(sales)
    give_up_silent(NOON + timedelta(minutes=20))
    assert claim(service, at=NOON + timedelta(minutes=21)) == []
    unknown_to_pending(NOON + timedelta(minutes=90))
    assert numbers(claim(service, at=NOON + timedelta(minutes=91))) == [NUMBER]


@pytest.mark.parametrize("job", [True, False])
def test_a_dialed_record_never_reported_holds_its_number_for_two_hours(sales, service, job):
    contact = contact_of(sales, numbers=[NUMBER])
    contact_of(service, numbers=[NUMBER])
    [record] = claim(sales)
    assert mark_dialed("d1", record.lease.pk, NOON).outcome == Dialing.DIALED
    just_before = NOON + TWO_HOURS - timedelta(seconds=1)
    assert release_unreported(just_before) == 0
    assert claim(service, at=just_before) == []

    if job:
        assert release_unreported(NOON + TWO_HOURS) == 1
    assert numbers(claim(service, at=NOON + TWO_HOURS)) == [NUMBER]

    contact.refresh_from_db()
    assert contact.status == "D"
    [late] = report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON + TWO_HOURS)
    assert late.outcome == Outcome.ACCEPTED


def test_its_number_is_free_for_personal_callbacks_too(sales):
    contact_of(sales, numbers=[NUMBER])
    [record] = claim(sales)
    mark_dialed("d1", record.lease.pk, NOON)
    callback = callback_to(NUMBER)
    later = NOON + TWO_HOURS
    PersonalCallback.objects.filter(pk=callback.pk).update(callback_date_time=later)
    assert claim_callbacks("d1", ["1001"], 1, later - timedelta(seconds=1)) == []
    assert numbers(claim_callbacks("d1", ["1001"], 1, later)) == [NUMBER]


def test_numbers_in_use_never_stand_before_the_others(sales, service):
    for n in range(3 * MOST_ROUNDS):
        for campaign in (sales, service):
            contact_of(campaign, numbers=[f"2125551{n:03}"])
    contact_of(service, numbers=[OTHER])
    claim(sales, count=3 * MOST_ROUNDS)
    assert numbers(claim(service, count=1)) == [OTHER]


@pytest.mark.parametrize(
    ("per_number", "phones", "expected"),
    [
        (False, [{}, {}], OTHER),
        (False, [{"calls_made": 1}, {}], NUMBER),
        (False, [{"closed": True}, {}], NUMBER),
        (False, [{"calls_made": 1, "callback_at": NOON}, {"calls_made": 1}], NUMBER),
        (False, [{"calls_made": 1}, {"calls_made": 1}], OTHER),
        (True, [{"calls_made": 3}, {"calls_made": 2}], NUMBER),
    ],
)
def test_the_number_that_comes_next_is_found_in_sets_as_one_by_one(
    sales, service, per_number, phones, expected
):
    """Enough records wait for a number in use that the query has to leave them out, not the loop."""
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(max_attempts_per_number=per_number)
    busy = OTHER if expected == NUMBER else NUMBER
    contact_of(sales, numbers=[busy])
    claim(sales)
    contact_of(service, numbers=[busy], status="R")
    contact = contact_of(service, numbers=[OTHER, NUMBER], status="R", calls_made=1)
    for phone, values in zip(contact.phones.order_by("position"), phones, strict=True):
        type(phone).objects.filter(pk=phone.pk).update(**values)
    free = numbers(claim(service, count=1))
    assert free == ([expected] if expected != busy else [])


def test_the_explanation_says_that_the_number_is_in_use_and_until_when(sales, service):
    contact_of(sales, numbers=[NUMBER])
    contact = contact_of(service, numbers=[NUMBER])
    [record] = claim(sales)
    mark_dialed("d1", record.lease.pk, NOON)

    decision = contact_decision(contact, NOON)

    assert decision.first.rule == "numberInUse"
    assert decision.changes_at == NOON + TWO_HOURS


def test_a_hand_out_that_loses_a_number_at_the_last_moment_costs_that_record_only(sales, service, alice):
    """Another dialer takes the number between the look at the leases and the writing of one's own."""
    listed = "2125550111"
    do_not_call_list.add([listed], alice, "asked")
    lost, kept = contact_of(sales, numbers=[listed, NUMBER]), contact_of(sales, numbers=[OTHER])
    dialer, options = Dialer.objects.create(name="d1", last_seen_at=NOON), CampaignManagerOptions.load()
    sales.refresh_from_db()
    hand_out = HandOut(sales, options, dialer, NOON)
    with transaction.atomic():
        records = hand_out.chosen_among([lost, kept])
        contact_of(service, numbers=[NUMBER])
        assert numbers(claim(service, dialer="d2")) == [NUMBER]
        assert numbers(hand_out.store(records)) == [OTHER]

    for contact, status in ((lost, "P"), (kept, "A")):
        contact.refresh_from_db()
        assert contact.status == status
        assert contact.leases.filter(dialer=dialer).exists() == (status == "A")


@pytest.mark.django_db(transaction=True)
def test_eight_dialers_in_two_campaigns_full_of_the_same_numbers_never_share_one():
    campaigns = [CampaignFactory(**ALL_DAY) for _ in range(2)]
    for campaign in campaigns:
        for n in range(30):
            contact_of(campaign, numbers=[f"21255500{n:02}"])
            contact_of(campaign, numbers=[f"21255500{n:02}"])
    calls, failures, held, lock = [], [], set(), threading.Lock()
    start = threading.Barrier(8)

    def dial(name):
        order = random.Random(name)
        try:
            start.wait()
            while len(calls) < 120:
                records = claim_records(name, order.choice(campaigns).pk, 9)
                with lock:
                    taken = numbers(records)
                    failures.extend(held.intersection(taken))
                    held.update(taken)
                for record in records:
                    assert mark_dialed(name, record.lease.pk).outcome == Dialing.DIALED
                with lock:
                    held.difference_update(taken)
                    calls.extend(taken)
                report_results(name, [ReportedCall(record.lease.pk, 10) for record in records])
        except Exception as error:
            failures.append(error)
            raise
        finally:
            connection.close()

    # The pool holds eight.
    connection.close()
    threads = [threading.Thread(target=dial, args=[f"d{n}"], daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert not any(thread.is_alive() for thread in threads)
    assert len(calls) == 120
    assert not Lease.objects.values("number").annotate(n=Count("pk")).exclude(n=4).exists()
    assert set(Contact.objects.values_list("status", flat=True)) == {"C"}
