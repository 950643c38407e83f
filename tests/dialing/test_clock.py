"""While the clock is behind the newest time stored no record leaves and no call is permitted."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from dialing.before_the_call import Dialing, mark_dialed
from dialing.clock import accept_clock, note_time
from dialing.models import CallHistory, NewestTime
from dialing.personal_callbacks import claim_callbacks
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from dialing.tasks import note_time as note_time_task
from supervision.board import look
from tests.dialing.worlds import NOON, contact_of
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db
BACK = [(0, True), (-59, True), (-60, True), (-61, False), (-7200, False)]
SECOND = timedelta(seconds=1)


@pytest.fixture
def campaign():
    campaign = CampaignFactory(on=True, start_time="00:00", end_time="00:00")
    contact_of(campaign), contact_of(campaign)
    return campaign


def claim(campaign, at):
    return claim_records("d1", campaign.pk, 1, at)


@pytest.mark.parametrize(("seconds", "believed"), BACK)
def test_a_clock_set_back_by_more_than_a_minute_hands_nothing_out(campaign, seconds, believed):
    claim(campaign, NOON)
    assert bool(claim(campaign, NOON + seconds * SECOND)) is believed


@pytest.mark.parametrize(("seconds", "believed"), BACK)
def test_it_permits_no_call_and_takes_the_record_back(campaign, seconds, believed):
    [record] = claim(campaign, NOON)
    answer = mark_dialed("d1", record.lease.pk, NOON + seconds * SECOND)
    assert answer == ((Dialing.DIALED, "") if believed else (Dialing.RECALLED, "clock"))
    record.contact.refresh_from_db()
    assert record.contact.status == ("D" if believed else "P")


def test_it_gives_no_personal_callbacks(campaign):
    back = NOON - timedelta(hours=2)
    PersonalCallbackFactory(agent=AgentFactory(agent_id="1001"), callback_date_time=back)
    claim(campaign, NOON)
    assert claim_callbacks("d1", ["1001"], 1, back) == []


def test_times_that_lie_in_the_future_for_a_reason_do_not_count(campaign):
    contact_of(campaign, status="B", callback_at=NOON + timedelta(days=9), callback_number="1")
    [record] = claim(campaign, NOON)
    report_results("d1", [ReportedCall(record.lease.pk, 14, callback_at=NOON + timedelta(days=9))], NOON)
    assert claim(campaign, NOON)


def test_a_result_is_taken_in_whatever_the_clock_says(campaign):
    [record] = claim(campaign, NOON)
    report_results("d1", [ReportedCall(record.lease.pk, 10)], NOON - timedelta(hours=2))
    assert CallHistory.objects.get().call_result == 10


def test_the_worker_notes_the_time_while_no_dialer_asks(campaign):
    with time_machine.travel(NOON, tick=False):
        note_time_task()
    assert claim(campaign, NOON - timedelta(hours=2)) == []


def test_the_newest_time_never_goes_back(campaign):
    note_time(NOON)
    note_time(NOON - timedelta(hours=2))
    assert NewestTime.objects.get().at == NOON


def test_after_an_upgrade_the_newest_call_counts(campaign):
    CallHistory.objects.create(at=NOON, day=NOON, number="1", call_result=8, campaign=campaign, dialer="d1")
    assert claim(campaign, NOON - timedelta(hours=2)) == []


def test_when_the_clock_has_caught_up_records_leave_again(campaign):
    claim(campaign, NOON)
    assert claim(campaign, NOON - timedelta(hours=2)) == []
    assert claim(campaign, NOON + SECOND)


def test_a_clock_that_was_ahead_by_mistake_can_be_accepted(campaign):
    claim(campaign, NOON + timedelta(days=365))
    assert claim(campaign, NOON) == []
    with time_machine.travel(NOON, tick=False):
        call_command("accept_clock")
    assert claim(campaign, NOON)


def test_the_board_says_that_nobody_is_called_and_by_how_much_the_clock_is_behind():
    accept_clock(NOON)
    note_time(NOON)

    def problems(at):
        return [problem.text for problem in look(at).problems if "clock is" in problem.text]

    [text] = problems(NOON - timedelta(hours=2))
    assert text.startswith("Nobody is called: the server's clock is 2:00:00 behind the newest time stored")


def test_the_board_says_nothing_of_a_clock_that_goes_on():
    note_time(NOON)
    assert not [problem for problem in look(NOON + SECOND).problems if "clock is" in problem.text]


def test_asking_for_the_time_is_one_small_query(campaign, django_assert_num_queries):
    note_time(NOON)
    with django_assert_num_queries(1):
        note_time(NOON + SECOND)
