from datetime import timedelta

import pytest

from campaigns.models.contact import Contact
from dialing.before_the_call import Dialing, mark_dialed
from dialing.models import CallHistory, Lease
from dialing.record_feed import MOST_ROUNDS, claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import Outcome, report_results
from dnc import do_not_call_list
from tests.dialing.worlds import NOON, contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def claim(campaign, count=10, at=NOON, dialer="d1"):
    return claim_records(dialer, campaign.pk, count, at)


def test_a_pending_contact_goes_to_the_dialer_and_becomes_active():
    contact = contact_of(numbers=["2125550101", "2125550102"])

    [record] = claim(contact.campaign)

    contact.refresh_from_db()
    assert (record.lease.number, record.phone.position, record.lease.attempt) == ("2125550101", 1, 1)
    assert contact.status == "A"


def test_the_result_of_a_record_is_0_while_a_dialer_has_it():
    contact = contact_of(call_result=8)
    claim(contact.campaign)
    contact.refresh_from_db()
    assert contact.call_result == 0


def test_records_without_an_attempt_left_do_not_stand_in_the_way_of_others():
    campaign = CampaignFactory(on=True, max_attempts=2)
    exhausted = [contact_of(campaign, calls_made=2) for _ in range(MOST_ROUNDS + 1)]
    fresh = contact_of(campaign)

    claim(campaign, count=1)

    assert [record.contact for record in claim(campaign, count=1)] == [fresh]
    assert set(Contact.objects.filter(pk__in=[c.pk for c in exhausted]).values_list("status", flat=True)) == {
        "M"
    }


def test_a_record_is_with_one_dialer_only():
    campaign = contact_of().campaign
    assert len(claim(campaign)) == 1
    assert claim(campaign, dialer="d2") == []


def test_records_leave_in_import_order():
    campaign = CampaignFactory(on=True)
    west = contact_of(campaign, zones="300")
    east = contact_of(campaign, zones="0")
    assert [record.contact for record in claim(campaign, at=NOON + timedelta(hours=3))] == [west, east]


def test_callbacks_leave_before_retries_and_these_before_pending_ones():
    campaign = CampaignFactory(on=True)
    pending = contact_of(campaign)
    retry = contact_of(campaign, status="R", callback_at=NOON)
    callback = contact_of(campaign, status="B", callback_at=NOON, callback_number="1")
    assert [record.contact for record in claim(campaign)] == [callback, retry, pending]


def test_a_listed_number_is_closed_with_result_26_and_the_next_phone_goes_out(alice):
    contact = contact_of(numbers=["2125550101", "2125550102"])
    do_not_call_list.add(["2125550101"], alice, "asked")

    [record] = claim(contact.campaign)

    assert record.lease.number == "2125550102"
    first = contact.phones.get(position=1)
    assert (first.closed, first.call_result) == (True, 26)
    assert list(CallHistory.objects.values_list("call_result", "number", "mode")) == [(26, "2125550101", "")]


def test_a_callback_whose_number_is_listed_is_an_ordinary_record_at_the_next_hand_out(alice):
    callback = {"status": "B", "callback_at": NOON, "callback_number": "2125550101"}
    contact = contact_of(numbers=["2125550101", "2125550102"], **callback)
    do_not_call_list.add(["2125550101"], alice, "asked")

    assert claim(contact.campaign, 1) == []
    assert [record.lease.number for record in claim(contact.campaign, 1)] == ["2125550102"]


@pytest.mark.parametrize("when", ["at the hand-out", "before the call"])
def test_one_hit_closes_a_number_in_every_column_of_the_contact(alice, when):
    twice = "2125550101"
    contact = contact_of(numbers=[twice, "2125550102", twice])
    if when == "at the hand-out":
        do_not_call_list.add([twice], alice, "asked")
        [record] = claim(contact.campaign)
        assert record.lease.number == "2125550102"
    else:
        [record] = claim(contact.campaign)
        do_not_call_list.add([twice], alice, "asked")
        mark_dialed("d1", record.lease.pk, NOON)
    phones = contact.phones.order_by("position").values_list("closed", "call_result")
    assert list(phones) == [(True, 26), (False, 0), (True, 26)]
    assert [(call.call_result, call.phone) for call in CallHistory.objects.all()] == [(26, 1)]


def test_a_contact_whose_numbers_are_all_listed_is_closed(alice):
    contact = contact_of(numbers=["2125550101", "2125550102"])
    do_not_call_list.add(["2125550101", "2125550102"], alice, "asked")
    assert claim(contact.campaign) == []
    contact.refresh_from_db()
    assert (contact.status, contact.call_result) == ("C", 26)


def test_the_number_is_tested_again_before_it_is_dialed(alice):
    contact = contact_of(numbers=["2125550101"])
    [record] = claim(contact.campaign)
    do_not_call_list.add(["2125550101"], alice, "asked")
    assert mark_dialed("d1", record.lease.pk, NOON).outcome == Dialing.LISTED
    contact.refresh_from_db()
    assert (contact.status, contact.call_result) == ("C", 26)
    assert CallHistory.objects.get().call_result == 26


def test_a_dialed_record_is_busy_and_is_tried_again_after_the_delay():
    contact = contact_of(CampaignFactory(on=True, busy_signal_delay=30))
    [record] = claim(contact.campaign)
    assert mark_dialed("d1", record.lease.pk, NOON).outcome == Dialing.DIALED
    contact.refresh_from_db()
    assert (contact.status, contact.call_result) == ("D", 0)

    assert report_results("d1", [ReportedCall(record.lease.pk, 9)], NOON) == [(Outcome.ACCEPTED, None)]

    contact.refresh_from_db()
    assert (contact.status, contact.calls_made, contact.call_result) == ("R", 1, 9)
    assert claim(contact.campaign, at=NOON + timedelta(minutes=29)) == []
    assert len(claim(contact.campaign, at=NOON + timedelta(minutes=30))) == 1


def test_a_result_counts_once():
    [record] = claim(contact_of().campaign)
    results = [ReportedCall(record.lease.pk, 8)] * 2
    assert report_results("d1", results, NOON) == [(Outcome.ACCEPTED, None), (Outcome.REPEATED, None)]
    assert report_results("d1", results[:1], NOON) == [(Outcome.REPEATED, None)]
    assert CallHistory.objects.count() == 1


def test_a_contact_notes_the_phone_that_was_dialed_last():
    contact = contact_of(numbers=["2125550101", "2125550102"])
    dialed = []
    for code in (8, 8):
        [record] = claim(contact.campaign)
        report_results("d1", [ReportedCall(record.lease.pk, code)], NOON)
        contact.refresh_from_db()
        dialed.append(contact.last_phone)

    assert dialed == [1, 2]


def test_a_result_of_another_dialers_lease_is_unknown():
    [record] = claim(contact_of().campaign)
    assert report_results("d2", [ReportedCall(record.lease.pk, 8)], NOON) == [(Outcome.UNKNOWN, None)]
    assert Lease.objects.get().state == "active"


def test_the_result_of_a_contact_that_an_import_replaced_is_kept_in_the_history():
    [record] = claim(contact_of().campaign)
    Contact.objects.all()._raw_delete("default")
    assert report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON) == [(Outcome.ACCEPTED, None)]
    assert CallHistory.objects.get().call_result == 10
