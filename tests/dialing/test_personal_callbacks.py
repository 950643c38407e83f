"""docs/behaviour.md 9: a personal callback with its dialer, window by window."""

from datetime import UTC, datetime, timedelta

import pytest

from callbacks.models import PersonalCallback
from campaigns.models import Campaign
from dialing import counters
from dialing.before_the_call import Dialing, mark_dialed
from dialing.leases import give_up_silent, recall, recall_of_disabled_campaigns, unknown_to_pending
from dialing.models import CallHistory, CampaignManagerOptions, Lease
from dialing.personal_callbacks import claim_callbacks, end_unreported_calls, move_missed
from dialing.reported_calls import ReportedCall
from dialing.result_intake import Outcome, report_results
from dnc import do_not_call_list
from tests.api_client import errors_of
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory, UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
THURSDAY = datetime(2026, 3, 12, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def callback():
    agent = AgentFactory(agent_id="1001")
    campaign = CampaignFactory(personalized_callback_enabled=True)
    return PersonalCallbackFactory(
        agent=agent, campaign=campaign, callback_date_time=THURSDAY, max_attempts=3, phone="2125550100"
    )


def claim(at=THURSDAY, agents=("1001",), dialer="d1"):
    return claim_callbacks(dialer, agents, 20, at)


def call(code, at=THURSDAY, **details):
    [record] = claim(at)
    assert mark_dialed("d1", record.lease.pk, at).outcome == Dialing.DIALED
    assert report_results("d1", [ReportedCall(record.lease.pk, code, **details)], at) == [
        (Outcome.ACCEPTED, None)
    ]


def state(callback):
    callback.refresh_from_db()
    return callback.call_status, callback.max_attempts, callback.callback_date_time


@pytest.mark.parametrize(("minutes", "due"), [(-1, False), (0, True), (15, True), (16, False)])
def test_it_leaves_from_its_time_on_for_the_limit(callback, minutes, due):
    assert bool(claim(THURSDAY + minutes * MINUTE)) is due


def test_it_becomes_active_and_notes_when_it_was_sent(callback):
    [record] = claim()
    callback.refresh_from_db()
    assert (callback.call_status, callback.sent_to_dialer_at) == ("A", THURSDAY)
    assert (record.other_agent, record.lease.number) == (False, "2125550100")
    assert claim(dialer="d2") == []


def test_it_needs_no_enabled_campaign(callback):
    assert not callback.campaign.enabled
    assert len(claim()) == 1
    assert recall_of_disabled_campaigns(THURSDAY) == 0


def test_by_an_option_it_stops_with_its_campaign(callback):
    campaign = callback.campaign
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(callback_with_campaign=True)
    free = PersonalCallbackFactory(agent=callback.agent, campaign=None, callback_date_time=THURSDAY)
    assert [record.callback for record in claim()] == [free]
    campaign.enabled = True
    campaign.save()
    other = PersonalCallbackFactory(agent=callback.agent, campaign=campaign, callback_date_time=THURSDAY)
    [record, another] = claim()
    assert [record.callback, another.callback] == [callback, other]
    campaign.enabled = False
    campaign.save()
    assert mark_dialed("d1", record.lease.pk, THURSDAY) == (Dialing.RECALLED, "notEnabled")
    assert recall_of_disabled_campaigns(THURSDAY) == 1
    assert (state(callback)[0], state(other)[0]) == ("P", "P")


def test_by_that_option_it_stops_with_a_campaign_that_is_deleted(callback):
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(callback_with_campaign=True)
    campaign = Campaign.objects.filter(pk=callback.campaign_id)
    campaign.update(enabled=True)
    [record] = claim()
    campaign.update(deleted_at=THURSDAY)

    assert mark_dialed("d1", record.lease.pk, THURSDAY) == (Dialing.RECALLED, "notEnabled")
    assert claim() == []


RESULTS = """
code | status | attempts left | when
10   | C      | 3 | same
12   | C      | 3 | same
7    | C      | 3 | same
18   | J      | 3 | same
19   | J      | 3 | same
9    | P      | 3 | same
8    | P      | 2 | next day
4    | P      | 3 | same
25   | P      | 3 | same
17   | P      | 3 | same
"""


@pytest.mark.parametrize("row", RESULTS.strip().splitlines()[1:])
def test_after_a_result(callback, row):
    code, status, attempts, when = [cell.strip() for cell in row.split("|")]
    call(int(code))
    time = THURSDAY + (DAY if when == "next day" else 0 * DAY)
    assert state(callback) == (status, int(attempts), time)


def test_a_busy_number_is_tried_again_after_a_minute_in_the_same_window(callback):
    call(9)
    assert claim(THURSDAY + 0.9 * MINUTE) == []
    assert len(claim(THURSDAY + MINUTE)) == 1


def test_attempts_count_windows_and_not_calls(callback):
    for minute in range(15):
        call(9, THURSDAY + minute * MINUTE)
    assert state(callback) == ("P", 3, THURSDAY)
    call(9, THURSDAY + 15 * MINUTE)
    assert state(callback) == ("P", 2, THURSDAY + DAY)


def test_no_ringback_counts_for_nothing_while_the_option_is_on(callback):
    call(27, THURSDAY + 15 * MINUTE)
    assert state(callback) == ("P", 3, THURSDAY + DAY)


def test_a_window_of_calls_without_ringback_alone_uses_up_no_attempt(callback):
    call(27, THURSDAY + 14 * MINUTE)
    assert state(callback) == ("P", 3, THURSDAY)
    move_missed(THURSDAY + 16 * MINUTE)
    assert state(callback) == ("P", 3, THURSDAY + DAY)


def test_the_last_window_without_success_uses_up_the_attempts(callback):
    callback.max_attempts = 1
    callback.save()
    call(8)
    assert state(callback)[0] == "M"


@pytest.mark.parametrize("code", [2, 4, 6, 8, 9, 16])
def test_without_reattempt_these_results_close_it(callback, code):
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(callback_reattempt=False)
    call(code)
    assert state(callback)[:2] == ("C", 3)


@pytest.mark.parametrize(
    ("saturday", "sunday", "days"), [(False, False, 3), (True, False, 1), (False, True, 2), (True, True, 1)]
)
def test_weekends_are_skipped_by_two_switches(callback, saturday, sunday, days):
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(callback_saturday=saturday, callback_sunday=sunday)
    friday = THURSDAY + DAY
    callback.callback_date_time = friday
    callback.save()
    call(8, friday)
    assert state(callback)[2] == friday + days * DAY


def test_the_time_of_day_is_that_of_the_servers_clock_also_over_a_change_of_clocks(callback, settings):
    """Clocks in Chicago go forward on Sunday, 8 March 2026."""
    settings.SERVER_TIME_ZONE = "America/Chicago"
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    callback.callback_date_time = friday
    callback.save()
    call(8, friday)
    assert state(callback)[2] == datetime(2026, 3, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mode", "status", "attempts", "when"),
    [
        ("useCampaignDN", "P", 2, THURSDAY + DAY),
        ("sameTimeNextBusinessDay", "P", 2, THURSDAY + DAY),
        ("abandon", "X", 3, THURSDAY),
    ],
)
def test_an_agent_who_never_came_is_handled_by_the_campaigns_mode(callback, mode, status, attempts, when):
    callback.campaign.reschedule_callback_mode = mode
    callback.campaign.save()
    assert move_missed(THURSDAY + 15 * MINUTE) == 0
    assert move_missed(THURSDAY + 16 * MINUTE) == 1
    assert move_missed(THURSDAY + 16 * MINUTE) == 0
    assert state(callback) == (status, attempts, when)
    assert callback.call_result == 17


@pytest.mark.parametrize("code", [17, 25])
def test_an_agent_who_could_not_be_reserved_all_the_time_is_handled_by_the_mode_too(callback, code):
    callback.campaign.reschedule_callback_mode = "abandon"
    callback.campaign.save()
    call(code, THURSDAY + 14 * MINUTE)
    move_missed(THURSDAY + 16 * MINUTE)
    assert state(callback)[0] == "X"


def test_where_the_campaign_dn_finds_nobody_either_it_is_as_a_call_without_answer(callback):
    callback.campaign_dn = "8005"
    callback.save()
    call(17)
    assert state(callback) == ("P", 2, THURSDAY + DAY)


def test_after_days_of_downtime_it_moves_on_once_to_a_time_to_come(callback):
    assert move_missed(THURSDAY + 10 * DAY) == 1
    assert state(callback) == ("P", 2, THURSDAY + 11 * DAY)


def test_by_the_campaign_dn_another_agent_takes_it_when_its_own_is_nowhere(callback):
    callback.campaign_dn = "8005"
    callback.save()
    [record] = claim(agents=["2002"])
    assert (record.other_agent, record.callback.campaign_dn) == (True, "8005")


def test_it_is_left_for_its_agent_who_is_logged_in_at_another_dialer(callback):
    callback.campaign_dn = "8005"
    callback.save()
    claim(THURSDAY - MINUTE / 2, agents=["1001"], dialer="d2")
    assert claim(agents=["2002"]) == []


def test_a_listed_number_closes_it_with_result_26(callback, alice):
    do_not_call_list.add(["2125550100"], alice, "asked")
    assert claim() == []
    callback.refresh_from_db()
    assert (callback.call_status, callback.call_result) == ("C", 26)
    assert CallHistory.objects.get().personal_callback_id == callback.pk


def test_the_customer_may_ask_for_another_time(callback):
    call(14, callback_at=THURSDAY + 5 * DAY, callback_number="2225554444")
    assert state(callback) == ("P", 3, THURSDAY + 5 * DAY)
    assert callback.phone == "2225554444"


def test_one_whose_dialer_was_lost_is_unknown_and_then_pending(callback):
    claim()
    give_up_silent(THURSDAY + 2 * MINUTE)
    assert state(callback)[0] == "U"
    unknown_to_pending(THURSDAY + 62 * MINUTE)
    assert state(callback)[0] == "P"


@pytest.mark.parametrize(("attempts", "expected"), [(3, ("P", 2, THURSDAY + DAY)), (1, ("M", 0, THURSDAY))])
def test_one_dialed_by_a_dialer_that_never_reports_how_it_ended_had_its_window(callback, attempts, expected):
    callback.max_attempts = attempts
    callback.save()
    [record] = claim()
    mark_dialed("d1", record.lease.pk, THURSDAY)
    end_unreported_calls(THURSDAY + 119 * MINUTE)
    assert state(callback) == ("A", attempts, THURSDAY)
    end_unreported_calls(THURSDAY + 120 * MINUTE)
    assert state(callback) == expected
    assert report_results("d1", [ReportedCall(record.lease.pk, 10)], THURSDAY + 3 * HOUR) == [
        (Outcome.RECALLED, None)
    ]
    assert state(callback) == expected


def test_one_that_is_out_without_a_lease_had_its_window(callback):
    claim()
    Lease.objects.all().delete()
    assert end_unreported_calls(THURSDAY + 119 * MINUTE) == 0
    assert end_unreported_calls(THURSDAY + 120 * MINUTE) == 1
    assert state(callback) == ("P", 2, THURSDAY + DAY)


def test_a_long_talk_is_left_alone(callback):
    [record] = claim()
    mark_dialed("d1", record.lease.pk, THURSDAY)
    end_unreported_calls(THURSDAY + 90 * MINUTE)
    report_results("d1", [ReportedCall(record.lease.pk, 10, talk_seconds=5400)], THURSDAY + 90 * MINUTE)
    assert state(callback)[0] == "C"


def test_a_call_shorter_than_the_campaigns_minimum_did_not_reach_the_customer(callback):
    callback.campaign.minimum_call_duration = 5
    callback.campaign.save()
    call(10, talk_seconds=4)
    assert state(callback) == ("P", 2, THURSDAY + DAY)
    assert CallHistory.objects.get().call_result == 21


def test_the_result_of_one_that_was_removed_meanwhile_is_kept_in_the_history(callback):
    [record] = claim()
    callback.delete()
    assert report_results("d1", [ReportedCall(record.lease.pk, 10)], THURSDAY) == [(Outcome.ACCEPTED, None)]
    assert CallHistory.objects.get().call_result == 10
    assert Lease.objects.get().state == "done"


def test_its_calls_count_for_its_campaign(callback):
    call(14, callback_at=THURSDAY + 5 * DAY)
    counters = callback.campaign.counters.get()
    assert (counters.personal_callback_count, counters.call_back_count, counters.attempted_count) == (1, 0, 1)


def test_a_customer_reached_counts_in_the_list_that_the_campaign_has_now(callback):
    callback.campaign.list_began = THURSDAY - DAY
    callback.campaign.save()
    call(10)
    counts = counters.read([callback.campaign.pk], THURSDAY)[callback.campaign.pk]
    assert (counts["voice_count"], counts["total_voice_count"]) == (1, 1)


def recall_it(callback):
    recall(Lease.objects.all(), "asked", THURSDAY)


def lose_it(callback):
    give_up_silent(THURSDAY + HOUR)


def make_it_pending_again(callback):
    give_up_silent(THURSDAY + HOUR)
    before = stamp_of(callback)
    unknown_to_pending(THURSDAY + 3 * HOUR)
    assert stamp_of(callback) > before


def bring_a_result(callback):
    report_results("d1", [ReportedCall(Lease.objects.get().pk, 10)], THURSDAY)


def list_its_number_and_ask(callback):
    do_not_call_list.add([callback.phone], UserFactory(), "asked")
    mark_dialed("d1", Lease.objects.get().pk, THURSDAY)


def never_report(callback):
    mark_dialed("d1", Lease.objects.get().pk, THURSDAY)
    end_unreported_calls(THURSDAY + 3 * HOUR)


def stamp_of(callback):
    return PersonalCallback.objects.get(pk=callback.pk).change_stamp


@pytest.mark.parametrize(
    "event",
    [
        recall_it,
        lose_it,
        make_it_pending_again,
        bring_a_result,
        list_its_number_and_ask,
        never_report,
    ],
)
def test_whatever_a_dialer_makes_of_it_raises_its_change_stamp(callback, event):
    before = stamp_of(callback)
    claim()
    with_dialer = stamp_of(callback)
    assert with_dialer > before
    event(callback)
    assert stamp_of(callback) > with_dialer


def test_a_missed_window_and_a_listed_number_raise_its_change_stamp_too(callback):
    before = stamp_of(callback)
    move_missed(THURSDAY + HOUR)
    moved = stamp_of(callback)
    do_not_call_list.add([callback.phone], UserFactory(), "asked")
    callback.refresh_from_db()
    assert claim(callback.callback_date_time) == []
    assert before < moved < stamp_of(callback)


def test_an_old_copy_does_not_undo_a_call(callback, api):
    body = api.get(f"personalcallback/{callback.pk}").content
    call(10)
    answer = api.put(f"personalcallback/{callback.pk}", body)
    assert (answer.status_code, errors_of(answer)) == (
        400,
        [("invalidInput.changeStampMismatch", "changeStamp")],
    )
    assert state(callback)[0] == "C"
