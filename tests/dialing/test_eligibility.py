"""The one decision: each rule with its reason and the instant at which it may lift."""

from datetime import date, timedelta

import pytest

from dialing.eligibility import DialingContext, Rule, decide
from dialing.models import CampaignManagerOptions, Dialer, Lease
from supervision.explanation import contact_decision
from tests.dialing.worlds import NOON, a_campaign, a_contact, contact_of
from timezones.models import TimeZone

MIDNIGHT = NOON.replace(hour=0)
HOUR = timedelta(hours=1)


def decision(campaign=None, contact=None, phones=1, at=NOON, zones="0", **context):
    person, own = a_contact(phones, zones, **(contact or {}))
    options = context.pop("options", CampaignManagerOptions())
    world = DialingContext(campaign or a_campaign(), options, **context)
    return decide(person, own, world, at)


def test_a_due_contact_inside_its_window_is_dialable_with_its_first_phone():
    decided = decision()
    assert decided.dialable
    assert (decided.number, decided.phone.position, decided.changes_at) == ("2125550101", 1, None)


ALL_DAY = {"start_time": MIDNIGHT.time(), "end_time": MIDNIGHT.time()}
RULES = [
    # campaign, contact, rule, until
    ({"enabled": False}, {}, Rule.ENABLED, None),
    ({"deleted_at": NOON - HOUR}, {}, Rule.ENABLED, None),
    ({"start_date": date(2026, 3, 11), **ALL_DAY}, {}, Rule.DATES, MIDNIGHT + 24 * HOUR),
    ({"end_date": date(2026, 3, 9)}, {}, Rule.DATES, None),
    ({"dialing_mode": "INBOUND"}, {}, Rule.MODE, None),
    ({"reservation_percentage": 0}, {}, Rule.RESERVATION, None),
    ({"time_zone": TimeZone(bias=0, retired=True)}, {}, Rule.ZONE, None),
    ({}, {"status": "C"}, Rule.STATUS, None),
    ({}, {"status": "S"}, Rule.STATUS, None),
    ({}, {"status": "A"}, Rule.LEASE, None),
    ({"max_attempts": 2}, {"calls_made": 2}, Rule.ATTEMPTS, None),
    ({}, {"status": "R", "callback_at": NOON + HOUR}, Rule.DUE, NOON + HOUR),
    ({}, {"status": "B", "callback_at": NOON + HOUR, "callback_number": "1"}, Rule.DUE, NOON + HOUR),
    ({"start_time": NOON.time().replace(hour=13)}, {}, Rule.WINDOW, NOON + HOUR),
]


@pytest.mark.parametrize(("campaign", "contact", "rule", "until"), RULES)
def test_a_rule_against_it(campaign, contact, rule, until):
    decided = decision(a_campaign(**campaign), contact)
    assert [reason.rule for reason in decided.reasons] == [rule]
    assert decided.reasons[0].until == decided.changes_at == until


def test_all_rules_against_it_are_reported_in_order():
    campaign = a_campaign(enabled=False, dialing_mode="INBOUND", start_time=NOON.time().replace(hour=13))
    decided = decision(campaign, {"status": "R", "callback_at": NOON + HOUR})
    assert [reason.rule for reason in decided.reasons] == [Rule.ENABLED, Rule.MODE, Rule.DUE, Rule.WINDOW]
    assert decided.first.rule == Rule.ENABLED


def test_it_changes_when_the_window_opens_after_the_due_time():
    """Due at 22:00, the window is from 08:00 to 21:00."""
    decided = decision(contact={"status": "R", "callback_at": NOON + 10 * HOUR})
    assert decided.changes_at == MIDNIGHT + 32 * HOUR


@pytest.mark.parametrize(("minutes", "dialable"), [(-1, False), (0, True), (15, True), (16, False)])
def test_a_callback_is_due_from_its_time_for_the_limit_whatever_the_hour(minutes, dialable):
    """docs/behaviour.md 5.4"""
    due = MIDNIGHT + 3 * HOUR
    contact = {"status": "B", "callback_at": due, "callback_number": "999"}
    decided = decision(contact=contact, at=due + timedelta(minutes=minutes))
    assert (decided.dialable, decided.number, decided.phone) == (dialable, "999", None)


def test_a_missed_callback_may_change_at_the_daily_reset():
    contact = {"status": "B", "callback_at": NOON - HOUR, "callback_number": "999"}
    reset = MIDNIGHT + 24.5 * HOUR
    assert decision(contact=contact).first.until == reset
    kept = decision(contact=contact, options=CampaignManagerOptions(reschedule_callbacks=False))
    assert kept.first.until is None


def test_several_zones_have_to_be_inside_together():
    """At 13:30 UTC it is 08:30 in Eastern and 07:30 in Central standard time."""
    at = NOON + 1.5 * HOUR
    assert decision(at=at, zones="300").dialable
    decided = decision(at=at, zones="360 300")
    assert (decided.first.rule, decided.changes_at) == (Rule.WINDOW, NOON + 2 * HOUR)


def test_a_listed_phone_is_passed_over_and_with_all_listed_there_is_none():
    assert decision(phones=2, listed={"2125550101"}).number == "2125550102"
    decided = decision(phones=2, listed={"2125550101", "2125550102"})
    assert (decided.first.rule, decided.changes_at) == (Rule.DO_NOT_CALL, None)


def test_after_the_first_pass_the_phone_due_first_is_next():
    contact, phones = a_contact(3, status="R", calls_made=3)
    for phone, minutes in zip(phones, (-5, -20, -10), strict=True):
        phone.calls_made, phone.callback_at = 1, NOON + timedelta(minutes=minutes)
    world = DialingContext(a_campaign(max_attempts=9), CampaignManagerOptions())
    assert decide(contact, phones, world, NOON).phone.position == 2


def test_a_lost_record_may_change_when_unknown_records_are_reset():
    lease = Lease(dialer=Dialer(name="d1"), state="unknown", ended_at=NOON, expires_at=NOON)
    decided = decision(contact={"status": "U"}, lease=lease)
    assert (decided.first.text, decided.changes_at) == ("the dialer d1 was lost", NOON + HOUR)


@pytest.mark.django_db
def test_the_answer_for_a_stored_contact_is_that_of_the_decision():
    contact = contact_of(zones="300")
    decision = contact_decision(contact, NOON)
    assert (decision.first.rule, decision.changes_at) == (Rule.WINDOW, NOON + HOUR)
    assert contact_decision(contact, NOON + HOUR).dialable
