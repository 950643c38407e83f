"""docs/behaviour.md 5.4: only the promised instant is free of the dialing window, retries are not."""

from datetime import time, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from campaigns.models import Campaign
from dialing.before_the_call import Dialing, mark_dialed
from dialing.leases import recall, recall_forbidden
from dialing.models import CallHistory, CampaignManagerOptions, Lease
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from dialing.upkeep import daily_reset
from supervision.explanation import contact_decision
from tests.dialing.worlds import NOON, contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
EVENING = NOON.replace(hour=20, minute=50)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NEXT_OPENING = NOON.replace(hour=8) + timedelta(days=1)


@pytest.fixture
def campaign():
    """From 08:00 to 21:00."""
    return CampaignFactory(on=True, max_attempts=20, no_answer_delay=65)


@pytest.fixture
def contact(campaign):
    """Who was promised a call at 20:50, at another number."""
    return contact_of(campaign, status="B", callback_at=EVENING, callback_number="2225554444")


def claim(campaign, at):
    return claim_records("d1", campaign.pk, 10, at)


def call(campaign, at, code=8, **details):
    [record] = claim(campaign, at)
    assert mark_dialed("d1", record.lease.pk, at).outcome == Dialing.DIALED
    report_results("d1", [ReportedCall(record.lease.pk, code, **details)], at)


def test_a_callback_that_nobody_answers_rests_through_the_night(campaign, contact):
    call(campaign, EVENING)
    contact.refresh_from_db()
    assert (contact.status, contact.callback_at, contact.is_promised) == ("B", EVENING + 65 * MINUTE, False)

    for minutes in range(15, 11 * 60 + 10, 5):
        assert claim(campaign, EVENING + minutes * MINUTE) == []
    [record] = claim(campaign, NEXT_OPENING)

    assert (record.lease.number, record.lease.status_before) == ("2225554444", "B")
    assert mark_dialed("d1", record.lease.pk, NEXT_OPENING).outcome == Dialing.DIALED


def test_the_page_says_when_the_retry_comes(campaign, contact):
    call(campaign, EVENING)
    decision = contact_decision(contact.campaign.contacts.get(), EVENING + 2 * HOUR)
    assert (decision.first.rule, decision.changes_at) == ("outsideHours", NEXT_OPENING)


def test_a_retry_inside_the_hours_comes_at_its_time_and_is_not_bound_to_the_limit(campaign):
    contact_of(campaign, status="B", callback_at=NOON, callback_number="1")
    call(campaign, NOON)
    assert claim(campaign, NOON + 64 * MINUTE) == []
    assert len(claim(campaign, NOON + 5 * HOUR)) == 1


def test_a_retry_is_not_lost_at_the_daily_reset(campaign, contact):
    call(campaign, EVENING)
    assert daily_reset(NEXT_OPENING) == 0
    assert daily_reset(NEXT_OPENING + timedelta(days=3)) == 0
    [record] = claim(campaign, NEXT_OPENING + timedelta(days=3))
    assert record.lease.number == "2225554444"


@pytest.mark.parametrize("code", [17, 25])
def test_a_promise_that_came_back_uncalled_is_still_one(campaign, code):
    night = NOON.replace(hour=23)
    contact_of(campaign, status="B", callback_at=night, callback_number="1")
    [record] = claim(campaign, night)
    report_results("d1", [ReportedCall(record.lease.pk, code)], night)
    assert len(claim(campaign, night + 5 * MINUTE)) == 1


def test_a_new_promise_is_free_of_the_hours_again(campaign, contact):
    call(campaign, EVENING)
    night = NEXT_OPENING.replace(hour=23)
    call(campaign, NEXT_OPENING, code=14, callback_at=night)
    assert len(claim(campaign, night)) == 1


def test_a_retry_that_finds_the_number_out_of_service_leaves_an_ordinary_record(campaign, contact):
    call(campaign, EVENING)
    call(campaign, NEXT_OPENING, code=3)
    contact.refresh_from_db()
    assert (contact.status, contact.callback_number, contact.called_back_at) == ("R", "", None)


def test_the_lease_of_a_retry_ends_with_the_window_and_cut_hours_recall_it(campaign, contact):
    call(campaign, EVENING)
    at = NEXT_OPENING.replace(hour=20, minute=55)
    [record] = claim(campaign, at)
    assert record.lease.expires_at == at + 5 * MINUTE
    Campaign.objects.update(end_time=time(20))
    assert recall_forbidden(at) == 1


@pytest.mark.parametrize("per_number", [False, True])
def test_a_retry_without_an_attempt_left_is_closed_and_stands_before_nobody(campaign, contact, per_number):
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(max_attempts_per_number=per_number)
    call(campaign, EVENING)
    Campaign.objects.update(max_attempts=1)
    other = contact_of(campaign)

    claim_records("d1", campaign.pk, 1, NEXT_OPENING)

    contact.refresh_from_db()
    other.refresh_from_db()
    assert (contact.status, other.status) == ("M", "A")


def test_the_upgrade_distinguishes_retries_from_promises(campaign):
    """By the contact's last call: the one that asked for the callback, or one to the callback's number."""
    night = NOON.replace(hour=23)
    promised, retried, again, uncalled = (
        contact_of(campaign, status="B", callback_at=night, callback_number="1") for _ in range(4)
    )
    out = contact_of(campaign, status="B", callback_at=NOON, callback_number="1")
    for contact, codes in ((promised, [8, 14]), (retried, [14, 8]), (again, [14, 8, 15]), (out, [14, 9])):
        for minutes, code in enumerate(codes):
            CallHistory.objects.create(
                contact_id=contact.pk, at=NOON + minutes * MINUTE, day=NOON, number="1", call_result=code,
                campaign=campaign, dialer="d1", status="B",
            )  # fmt: skip
    claim(campaign, NOON)
    contact_of(campaign, status="R", callback_at=night)

    import_module("dialing.migrations.0002_note_callbacks_called_before").note_calls(apps, None)

    recall(Lease.objects.all(), "test", NOON)
    found = dict(campaign.contacts.filter(status="B").values_list("pk", "called_back_at"))
    made = NOON + MINUTE
    expected = {promised: None, retried: made, again: None, uncalled: None, out: made}
    assert found == {contact.pk: at for contact, at in expected.items()}
