"""`dialed` takes the whole decision again, immediately before the call."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Thread

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, Contact
from dialing.attempt_rule import activate
from dialing.before_the_call import DialedAnswer, Dialing, mark_dialed
from dialing.claim_lock import exclusive_claim_lock
from dialing.eligibility import DialingContext, decide
from dialing.leases import give_up_silent, recall, recall_forbidden, recalls_after, unknown_to_pending
from dialing.models import CallHistory, CampaignManagerOptions, Lease
from dialing.personal_callbacks import claim_callbacks
from dialing.record_feed import claim_records, phones_of
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from dnc import do_not_call_list
from tests.dialing.test_feed_and_decision import LISTED, TIMES, build, campaigns, contacts, instants, switches
from tests.dialing.worlds import NOON, contact_of
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
DAY = timedelta(days=1)
YES = DialedAnswer(Dialing.DIALED)


def no(reason):
    return DialedAnswer(Dialing.RECALLED, reason)


def claim(campaign, at=NOON, count=1):
    return claim_records("d1", campaign.pk, count, at)


def ask(record, at=NOON):
    return mark_dialed("d1", record.lease.pk, at)


def change(campaign, **values):
    Campaign.objects.filter(pk=campaign.pk).update(**values)


@pytest.fixture
def campaign():
    return CampaignFactory(on=True, max_attempts=3)


def test_after_the_end_of_the_dialing_window_nobody_is_called():
    campaign = CampaignFactory(on=True, start_time=time(6), end_time=time(6, 25))
    contact = contact_of(campaign, status="R", callback_at=NOON - DAY)
    [record] = claim(campaign, NOON.replace(hour=6, minute=24))

    assert ask(record, NOON.replace(hour=6, minute=25, second=2)) == no("outsideHours")

    contact.refresh_from_db()
    assert (contact.status, contact.call_result, contact.calls_made) == ("R", 25, 0)
    assert not CallHistory.objects.exists()


CHANGES = [
    # what is changed, reason
    ({"enabled": False}, "notEnabled"),
    ({"start_date": date(2026, 3, 11)}, "outsideDates"),
    ({"end_date": date(2026, 3, 9)}, "outsideDates"),
    ({"dialing_mode": "INBOUND"}, "mode"),
    ({"reservation_percentage": 0}, "reservation"),
    ({"max_attempts": 1}, "attempts"),
    ({"end_time": time(11)}, "outsideHours"),
    ({"start_time": time(13)}, "outsideHours"),
]


@pytest.mark.parametrize(("values", "reason"), CHANGES)
def test_what_was_changed_since_the_hand_out_counts(campaign, values, reason):
    contact = contact_of(campaign, calls_made=1)
    [record] = claim(campaign)
    change(campaign, **values)

    assert ask(record) == no(reason)
    assert ask(record) == no(reason)

    contact.refresh_from_db()
    assert contact.status == "P"


def test_a_campaign_whose_time_zone_was_retired_calls_nobody(campaign):
    contact_of(campaign)
    [record] = claim(campaign)
    type(campaign.time_zone).objects.filter(pk=campaign.time_zone.pk).update(retired=True)
    assert ask(record) == no("timeZone")


@pytest.mark.parametrize(("seconds", "answer"), [(899, YES), (900, no("expired")), (7200, no("expired"))])
def test_an_expired_lease_is_refused(campaign, seconds, answer):
    contact = contact_of(campaign)
    [record] = claim(campaign)
    assert ask(record, NOON + seconds * SECOND) == answer
    contact.refresh_from_db()
    assert contact.status == ("D" if answer == YES else "P")


def test_a_record_whose_dialer_was_lost_is_refused_and_goes_back_at_once(campaign):
    contact = contact_of(campaign)
    [record] = claim(campaign)
    give_up_silent(NOON + 2 * MINUTE)
    assert ask(record, NOON + 3 * MINUTE) == no("expired")
    contact.refresh_from_db()
    assert contact.status == "P"


def test_a_record_that_was_given_up_is_refused(campaign):
    contact_of(campaign)
    [record] = claim(campaign)
    give_up_silent(NOON + 2 * MINUTE)
    unknown_to_pending(NOON + 90 * MINUTE)
    assert ask(record, NOON + 91 * MINUTE) == no("expired")


def test_a_recalled_record_and_one_with_a_result_are_refused(campaign):
    contact_of(campaign), contact_of(campaign)
    first, second = claim(campaign, count=2)
    recall(Lease.objects.filter(pk=first.lease.pk), "campaign disabled", NOON)
    report_results("d1", [ReportedCall(second.lease.pk, 25)], NOON)
    assert (ask(first), ask(second)) == (no("notEnabled"), no("ended"))


def test_a_record_whose_contact_is_gone_is_refused(campaign):
    contact_of(campaign)
    [record] = claim(campaign)
    Contact.objects.all()._raw_delete("default")
    assert ask(record) == no("removed")


def test_a_record_is_refused_when_another_number_of_the_contact_comes_next_by_now(campaign):
    """With attempts counted for each number since."""
    contact = contact_of(campaign, numbers=["1", "2"], calls_made=2)
    contact.phones.update(calls_made=2)
    [record] = claim(campaign)
    contact.phones.filter(position=1).update(calls_made=3)
    CampaignManagerOptions.objects.update(max_attempts_per_number=True)
    assert ask(record) == no("changed")


def test_a_repeat_after_dialed_is_dialed_whatever_was_changed(campaign):
    contact_of(campaign)
    [record] = claim(campaign)
    assert ask(record) == YES
    change(campaign, end_time=time(11), enabled=False)
    assert ask(record, NOON + DAY) == YES


@pytest.mark.parametrize("values", [values for values, reason in CHANGES if reason != "notEnabled"])
def test_a_listed_number_ends_with_result_26_whatever_was_changed(campaign, values, alice):
    contact = contact_of(campaign)
    [record] = claim(campaign)
    do_not_call_list.add([record.lease.number], alice, "asked")
    change(campaign, **values)
    assert ask(record) == DialedAnswer(Dialing.LISTED, "doNotCall")
    contact.refresh_from_db()
    assert (contact.status, contact.call_result) == ("C", 26)


def test_the_question_takes_a_few_queries(campaign, django_assert_max_num_queries):
    contact_of(campaign)
    [record] = claim(campaign)
    with django_assert_max_num_queries(12):
        ask(record)


def test_a_promised_callback_is_called_outside_the_window(campaign):
    night = NOON.replace(hour=23)
    contact_of(campaign, status="B", callback_at=night, callback_number="1")
    [record] = claim(campaign, night)
    assert ask(record, night + MINUTE) == YES


PERSONAL = [
    # campaign, minutes after its time, answer
    ({"dialing_mode": "INBOUND"}, 1, YES),
    ({"end_time": time(9)}, 1, YES),
    ({"end_date": date(2026, 3, 1)}, 1, YES),
    ({"enabled": False}, 1, YES),
    ({}, 16, no("notDue")),
]


@pytest.mark.parametrize(("values", "minutes", "answer"), PERSONAL)
def test_a_personal_callback_is_judged_by_what_binds_it(campaign, values, minutes, answer):
    agent = AgentFactory(agent_id="1001")
    callback = PersonalCallbackFactory(agent=agent, campaign=campaign, callback_date_time=NOON)
    [record] = claim_callbacks("d1", ["1001"], 1, NOON)
    change(campaign, **values)
    assert ask(record, NOON + minutes * MINUTE) == answer
    callback.refresh_from_db()
    assert callback.call_status == ("A" if answer == YES else "P")


def test_a_personal_callback_that_is_gone_or_has_no_attempt_left_is_refused(campaign):
    agent = AgentFactory(agent_id="1001")
    callbacks = PersonalCallbackFactory.create_batch(2, agent=agent, callback_date_time=NOON)
    first, second = claim_callbacks("d1", ["1001"], 2, NOON)
    type(callbacks[0]).objects.filter(pk=first.callback.pk).update(max_attempts=0)
    type(callbacks[0]).objects.filter(pk=second.callback.pk)._raw_delete("default")
    assert (ask(first), ask(second)) == (no("attempts"), no("removed"))


EXPIRIES = [
    # campaign, contact, claimed at, expires at
    ({}, {}, "12:00", "12:15"),
    ({}, {}, "20:50", "21:00"),
    ({"end_time": time(0)}, {}, "23:50", "00:00"),
    ({"start_time": time(22), "end_time": time(6)}, {}, "23:50", "00:05"),
    ({}, {"zones": "300 360"}, "01:50", "02:00"),
    ({"start_time": time(0), "end_time": time(0)}, {}, "23:50", "00:05"),
    ({"start_time": time(0), "end_time": time(0), "end_date": date(2026, 3, 10)}, {}, "23:50", "00:00"),
    ({"start_time": time(0), "end_time": time(0), "end_date": date(2026, 3, 10)}, {}, "12:00", "12:15"),
    ({}, {"status": "B", "callback_at": NOON.replace(hour=22), "callback_number": "1"}, "22:05", "22:15"),
    ({}, {"status": "B", "callback_at": NOON.replace(hour=20, minute=58)}, "20:59", "21:13"),
]


@pytest.mark.parametrize(("values", "person", "claimed", "expires"), EXPIRIES)
def test_a_lease_ends_with_the_window_and_the_last_day(values, person, claimed, expires):
    campaign = CampaignFactory(on=True, **values)
    contact_of(campaign, **person)
    [record] = claim(campaign, datetime.combine(NOON, time.fromisoformat(claimed), UTC))
    assert f"{record.lease.expires_at:%H:%M}" == expires


def test_in_the_last_instant_of_its_limit_a_callback_is_still_called(campaign):
    contact_of(campaign, status="B", callback_at=NOON - 15 * MINUTE, callback_number="1")
    [record] = claim(campaign)
    assert ask(record) == YES


def test_a_personal_callbacks_lease_ends_with_its_window():
    PersonalCallbackFactory(agent=AgentFactory(agent_id="1001"), callback_date_time=NOON)
    [record] = claim_callbacks("d1", ["1001"], 1, NOON + 10 * MINUTE)
    assert f"{record.lease.expires_at:%H:%M:%S}" == "12:15:00"


@pytest.mark.parametrize(
    ("values", "reason"), [row for row in CHANGES if row[1] not in {"notEnabled", "attempts"}]
)
def test_a_change_recalls_the_undialed_leases_that_it_forbids(campaign, values, reason):
    left, calling = contact_of(campaign), contact_of(campaign)
    other = contact_of()
    dialed, cached = claim(campaign, count=2)
    claim(other.campaign)
    ask(dialed)
    assert recall_forbidden(NOON) == 0
    change(campaign, **values)

    assert recall_forbidden(NOON) == 1

    [recall] = recalls_after("d1", 0)
    assert (recall.lease, recall.reason) == (cached.lease.pk, reason)
    for contact in (left, calling, other):
        contact.refresh_from_db()
    assert sorted([left.status, calling.status]) == ["D", "P"]
    assert other.status == "A"


def test_cut_hours_leave_promised_callbacks_and_customers_elsewhere_alone(campaign):
    promised = contact_of(campaign, status="B", callback_at=NOON, callback_number="1", zones="60")
    east, west = contact_of(campaign, numbers=["2"]), contact_of(campaign, numbers=["3"], zones="60")
    assert len(claim(campaign, count=3)) == 3
    change(campaign, start_time=time(12))
    assert recall_forbidden(NOON) == 1
    for contact, status in ((promised, "A"), (east, "A"), (west, "P")):
        contact.refresh_from_db()
        assert contact.status == status


def test_of_a_hundred_cached_records_none_is_called_after_the_window():
    """Every ten seconds a call, from 20:50 on, to customers here and in the west; a lease is 15 minutes."""
    campaign = CampaignFactory(on=True)
    for number in range(100):
        contact_of(campaign, zones="0" if number % 2 else "60", numbers=[f"21255501{number:02}"])
    begin, end = NOON.replace(hour=20, minute=50), NOON.replace(hour=21)
    waiting = claim(campaign, begin, 100)
    assert len(waiting) == 100
    calls = {}
    for step, record in enumerate(waiting):
        at = begin + 10 * step * SECOND
        if ask(record, at).outcome == Dialing.DIALED:
            calls[record.contact.pk] = at
            report_results("d1", [ReportedCall(record.lease.pk, 8)], at)

    in_zone = dict(Contact.objects.values_list("pk", "zone_set__members"))
    here = [at for pk, at in calls.items() if in_zone[pk] == "0"]
    west = [at for pk, at in calls.items() if in_zone[pk] == "60"]
    assert max(here) < end
    assert len(here) == 30
    assert len(west) == 45
    assert Contact.objects.filter(status="P", zone_set__members="0").count() == 20


moments = st.sampled_from([0, 1, 60, 299, 300, 301, 599, 600, 840, 899]) | st.integers(0, 899)
changes = st.fixed_dictionaries(
    {},
    optional={
        "start_time": TIMES,
        "end_time": TIMES,
        "dialing_mode": st.sampled_from(["PREDICTIVEONLY", "INBOUND"]),
        "reservation_percentage": st.sampled_from([50, 0]),
        "days": st.sampled_from([-1, 0, 1]),
    },
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    campaign=campaigns,
    people=st.lists(contacts, min_size=1, max_size=12),
    options=switches,
    at=instants,
    changed=changes,
    seconds=st.lists(moments, min_size=12, max_size=12),
)
def test_dialed_is_what_the_decision_allows(alice, campaign, people, options, at, changed, seconds):
    do_not_call_list.add(LISTED, alice, "asked")
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(**options)
    manager = CampaignManagerOptions.load()
    near_the_hours(campaign, at, seconds)
    campaign = build(campaign, people, at)
    with transaction.atomic():
        activate(campaign, manager.max_attempts_per_number)
    records = claim_records("d1", campaign.pk, 1000, at)
    if "days" in changed:
        changed["end_date"] = (at + changed.pop("days") * DAY).date()
        changed["start_date"] = min(campaign.start_date, changed["end_date"])
    change(campaign, **changed)
    campaign = Campaign.objects.select_related("time_zone").get(pk=campaign.pk)

    for record, after in zip(records, seconds, strict=False):
        moment = at + after * SECOND
        decided = as_if_not_leased(record.lease, campaign, manager, moment)
        answer = mark_dialed("d1", record.lease.pk, moment)
        in_time = moment < record.lease.expires_at
        assert (answer.outcome == Dialing.DIALED) is (decided.dialable and in_time)
        if not decided.dialable:
            assert answer.reason == decided.first.rule
        elif not changed:
            assert in_time


def near_the_hours(campaign, at, seconds):
    """Often the window or the day changes while the leases are out."""
    if seconds[0] % 2:
        campaign["end_time"] = (at + 5 * MINUTE).time()
        campaign["start_time"] = (at - timedelta(hours=seconds[1] % 12)).time()


def as_if_not_leased(lease, campaign, options, at):
    contact = Contact.objects.select_related("zone_set").get(pk=lease.contact_id)
    contact.status = lease.status_before
    context = DialingContext(campaign, options, do_not_call_list.contains(LISTED))
    return decide(contact, phones_of([contact])[contact.pk], context, at)


def test_no_second_call_begins_to_a_number_that_another_dialer_has_by_now(campaign):
    for _ in range(2):
        contact_of(campaign, numbers=["2125550100"])
    [record] = claim(campaign)
    assert ask(record) == YES
    later = NOON + timedelta(hours=2, seconds=1)
    assert ask(record, later) == YES
    [other] = claim_records("d2", campaign.pk, 1, later)
    assert other.lease.number == record.lease.number

    assert ask(record, later) == no("numberInUse")
    assert report_results("d1", [ReportedCall(record.lease.pk, 10)], later)[0].outcome == "accepted"


@pytest.mark.django_db(transaction=True)
def test_the_time_that_a_question_waited_for_a_stop_counts():
    campaign = CampaignFactory(on=True, end_time=time(12, 1))
    contact_of(campaign)
    answers = []

    def asker():
        answers.append(mark_dialed("d1", record.lease.pk))
        connection.close()

    with time_machine.travel(NOON, tick=False) as clock:
        [record] = claim_records("d1", campaign.pk, 1)
        thread = Thread(target=asker)
        with exclusive_claim_lock():
            thread.start()
            thread.join(0.5)
            assert not answers
            clock.shift(MINUTE)
        thread.join()
    assert answers == [no("outsideHours")]
