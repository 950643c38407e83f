"""A callback that will not be made is stored as a call, and whoever promised it is informed."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from dialing.models import CallHistory, CampaignManagerOptions
from dialing.personal_callbacks import claim_callbacks, move_missed
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import NotMade, Outcome, ResultAnswer, report_results
from dnc import do_not_call_list
from supervision.board_problems import not_made
from supervision.contact_timeline import timeline
from tests.dialing.worlds import NOON, contact_of
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MADE = ResultAnswer(Outcome.ACCEPTED)
NO_ATTEMPT = ResultAnswer(Outcome.ACCEPTED, NotMade.ATTEMPTS)
TIME_PASSED = ResultAnswer(Outcome.ACCEPTED, NotMade.TIME_PASSED)


def call(campaign, code=14, at=NOON, callback_at=NOON + HOUR, **details):
    [record] = claim_records("d1", campaign.pk, 1, at)
    [answer] = report_results(
        "d1", [ReportedCall(record.lease.pk, code, callback_at=callback_at, **details)], at
    )
    return answer


LAST_ATTEMPT = """
maxAttempts | per number | calls made | phones' calls | called back | attemptsLeft | answer | status
2           | no         | 0          | 0 0           | dialed      | 1            | made   | B
1           | no         | 0          | 0 0           | dialed      | 0            | no     | M
3           | no         | 2          | 1 1           | dialed      | 0            | no     | M
3           | yes        | 4          | 2 2           | dialed      | 0            | no     | R
3           | yes        | 3          | 1 2           | dialed      | 1            | made   | B
2           | yes        | 3          | 1 2           | second      | 0            | no     | M
3           | yes        | 4          | 2 2           | second      | 0            | made   | B
3           | yes        | 4          | 2 2           | foreign     | 0            | no     | R
"""


@pytest.mark.parametrize("row", LAST_ATTEMPT.strip().splitlines()[1:])
def test_on_the_last_attempt_no_callback_follows(row):
    cells = [cell.strip() for cell in row.split("|")]
    maximum, per_number, made, calls, called_back, left, answer, status = cells
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(max_attempts_per_number=per_number == "yes")
    campaign = CampaignFactory(on=True, max_attempts=int(maximum))
    contact = contact_of(campaign, numbers=["1", "2"], status="R", calls_made=int(made))
    for position, number in enumerate(calls.split(), 1):
        contact.phones.filter(position=position).update(calls_made=int(number))
    [record] = claim_records("d1", campaign.pk, 1, NOON)
    number = {"dialed": "", "second": "2", "foreign": "99"}[called_back]

    result = ReportedCall(record.lease.pk, 14, callback_at=NOON + HOUR, callback_number=number)
    [answered] = report_results("d1", [result], NOON)

    assert record.attempts_left == int(left)
    assert answered == (MADE if answer == "made" else NO_ATTEMPT)
    contact.refresh_from_db()
    assert (contact.status, contact.call_result) == (status, 0 if status == "B" else 14)
    called = claim_records("d1", campaign.pk, 1, NOON + HOUR)
    assert bool(called and called[0].lease.status_before == "B") is (answer == "made")


@pytest.mark.parametrize(
    ("minutes", "answer"), [(-16, TIME_PASSED), (-15, MADE), (0, MADE), (1, MADE), (-1440, TIME_PASSED)]
)
def test_a_time_more_than_15_minutes_past_is_reported(minutes, answer):
    campaign = CampaignFactory(on=True, max_attempts=5)
    contact_of(campaign)
    assert call(campaign, callback_at=NOON + minutes * MINUTE) == answer
    due = NOON + max(minutes, 0) * MINUTE
    assert bool(claim_records("d1", campaign.pk, 1, due)) is (answer == MADE)


def test_a_batch_is_stored_whole_and_a_repeat_says_the_same():
    campaign = CampaignFactory(on=True, max_attempts=1)
    contact_of(campaign), contact_of(campaign)
    first, second = claim_records("d1", campaign.pk, 2, NOON)
    results = [
        ReportedCall(first.lease.pk, 14, callback_at=NOON + HOUR),
        ReportedCall(second.lease.pk, 8),
        ReportedCall(first.lease.pk, 14, callback_at=NOON + HOUR),
    ]
    again = ResultAnswer(Outcome.REPEATED, NotMade.ATTEMPTS)

    assert report_results("d1", results, NOON) == [NO_ATTEMPT, MADE, again]
    assert report_results("d1", results[:1], NOON) == [again]
    assert sorted(CallHistory.objects.values_list("call_result", flat=True)) == [8, 14]


@pytest.mark.parametrize(
    ("mode", "attempts", "minutes", "answer"),
    [
        ("useCampaignDN", 5, -16, MADE),
        ("abandon", 5, -16, TIME_PASSED),
        ("useCampaignDN", 1, -16, TIME_PASSED),
    ],
)
def test_a_personal_callback_of_the_past_is_made_on_the_next_day_if_there_is_one(
    mode, attempts, minutes, answer
):
    """Attempts of the campaign do not bind it (9.1)."""
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(callback_attempts=attempts)
    campaign = CampaignFactory(
        on=True, max_attempts=1, personalized_callback_enabled=True, reschedule_callback_mode=mode
    )
    agent = AgentFactory(agent_id="1001")
    contact_of(campaign)

    assert call(campaign, callback_at=NOON + minutes * MINUTE, agent="1001") == answer

    move_missed(NOON + DAY)
    assert (agent.personal_callbacks.get().call_status == "P") is (answer == MADE)


def test_a_personal_callback_moved_into_the_past_on_its_last_attempt_is_not_made():
    for attempts, answer in ((2, MADE), (1, TIME_PASSED)):
        agent = AgentFactory()
        PersonalCallbackFactory(agent=agent, callback_date_time=NOON, max_attempts=attempts)
        [record] = claim_callbacks("d1", [agent.agent_id], 1, NOON)
        result = ReportedCall(record.lease.pk, 14, callback_at=NOON - DAY)
        assert report_results("d1", [result], NOON) == [answer]


def test_the_contacts_page_says_so():
    campaign = CampaignFactory(on=True, max_attempts=1)
    contact = contact_of(campaign)
    call(campaign)
    [text] = [event.text for event in timeline(contact, campaign) if "called by" in event.text]
    assert "the callback of 2026-03-10 13:00 will not be made: no attempt was left" in text


def test_the_board_counts_them_and_leads_to_the_latest():
    short = CampaignFactory(on=True, max_attempts=1)
    long = CampaignFactory(on=True, max_attempts=5)
    contact_of(short), contact_of(long)
    call(short)
    call(long)
    [problem] = not_made(NOON + MINUTE)
    assert problem.text.startswith("1 callback that was promised since yesterday will not be made")
    assert problem.key == short.contacts.get().pk


LISTED = """
code | callback number | on the list | campaign    | answer
14   |                 | the dialed  | regular     | doNotCall
14   | 2225554444      | the dialed  | regular     | made
14   | 2225554444      | 2225554444  | regular     | doNotCall
15   | 2225554444      | 2225554444  | regular     | doNotCall
14   | 2225554444      | 12225554444 | regular     | made
14   | 2225554444#22   | 2225554444  | regular     | made
14   | 2225554444      | 2225554444  | personal    | doNotCall
14   | 2225554444      | 2225554444  | one attempt | doNotCall
8    |                 | the dialed  | regular     | made
"""


@pytest.mark.parametrize("row", LISTED.strip().splitlines()[1:])
def test_a_callback_to_a_number_on_the_do_not_call_list_is_reported_stored_and_shown(row):
    code, number, on_list, kind, answer = (cell.strip() for cell in row.split("|"))
    campaign = CampaignFactory(
        on=True,
        max_attempts=1 if kind == "one attempt" else 5,
        personalized_callback_enabled=kind == "personal",
    )
    AgentFactory(agent_id="1001")
    contact = contact_of(campaign, numbers=["2225551111"])
    [record] = claim_records("d1", campaign.pk, 1, NOON)
    do_not_call_list.add(["2225551111" if on_list == "the dialed" else on_list], user=None, reason="asked")
    callback_at = NOON + HOUR if code != "8" else None
    result = ReportedCall(record.lease.pk, int(code), "1001", callback_at=callback_at, callback_number=number)

    [answered] = report_results("d1", [result], NOON)
    [repeated] = report_results("d1", [result], NOON)

    reason = NotMade.DO_NOT_CALL if answer == "doNotCall" else None
    assert (answered, repeated) == (
        ResultAnswer(Outcome.ACCEPTED, reason),
        ResultAnswer(Outcome.REPEATED, reason),
    )
    contact.refresh_from_db()
    shown = "will not be made: its number was on the Do Not Call list"
    assert any(shown in event.text for event in timeline(contact, campaign)) is (reason is not None)
    assert [problem.key for problem in not_made(NOON + MINUTE)] == ([contact.pk] if reason else [])
    assert not claim_records("d1", campaign.pk, 1, NOON + HOUR) or reason is None


def test_a_personal_callback_to_a_number_on_the_do_not_call_list_is_reported_and_leads_to_it():
    agent = AgentFactory()
    callback = PersonalCallbackFactory(agent=agent, callback_date_time=NOON, max_attempts=5)
    [record] = claim_callbacks("d1", [agent.agent_id], 1, NOON)
    do_not_call_list.add(["2225554444"], user=None, reason="asked")
    result = ReportedCall(record.lease.pk, 14, callback_at=NOON + DAY, callback_number="2225554444")

    assert report_results("d1", [result], NOON) == [ResultAnswer(Outcome.ACCEPTED, NotMade.DO_NOT_CALL)]
    assert report_results("d1", [result], NOON) == [ResultAnswer(Outcome.REPEATED, NotMade.DO_NOT_CALL)]
    [problem] = not_made(NOON + MINUTE)
    assert (problem.page, problem.key) == ("admin:callbacks_personalcallback_change", callback.pk)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_the_board_counts_those_whose_time_had_passed(minutes):
    campaign = CampaignFactory(on=True, max_attempts=5)
    contact_of(campaign)
    call(campaign, callback_at=NOON + minutes * MINUTE)
    assert bool(list(not_made(NOON + HOUR))) is (minutes < 0)
    cache.clear()
    assert not list(not_made(NOON + 2 * DAY))
