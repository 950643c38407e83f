from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from campaigns.models import Contact
from dialing.dialer_api.serializers import RequestedCallback
from dialing.leases import give_up_silent, unknown_to_pending
from dialing.models import CallHistory
from tests.dialing.worlds import contact_of
from tests.factories import AgentFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(dialer, campaign):
    [record] = dialer.records(campaign)
    dialer.dialed(record)
    return record


def test_a_result_is_taken_once(dialer, record):
    values = {"agent": "1001", "talkTime": 65, "wrapupTime": 12}

    assert dialer.report(record, 10, **values) == "accepted"
    assert dialer.report(record, 10, **values) == "repeated"
    call = CallHistory.objects.get()
    assert (call.call_result, call.agent, call.talk_seconds, call.wrapup_seconds) == (10, "1001", 65, 12)
    assert Contact.objects.get().status == "C"


def test_outcomes_come_in_the_order_of_the_results(dialer, campaign):
    for _ in range(3):
        contact_of(campaign)
    records = dialer.records(campaign, 4)
    strange = {"lease": "00000000-0000-0000-0000-000000000000"}
    results = [{"lease": record["lease"], "callResult": 9} for record in [*records, strange, records[0]]]

    answer = dialer.post("results", results=results).json()["results"]

    assert [line["lease"] for line in answer] == [line["lease"] for line in results]
    assert [line["outcome"] for line in answer] == [*["accepted"] * 4, "unknown", "repeated"]


def test_a_callback_that_will_not_be_made_is_accepted_and_said(dialer, campaign):
    contact_of(campaign)
    type(campaign).objects.update(max_attempts=1)
    first, second = dialer.records(campaign, 2)
    assert (first["attempt"], first["attemptsLeft"]) == (1, 0)
    results = [
        {"lease": first["lease"], "callResult": 14, "callback": {"dateTime": "2040-01-01T10:00:00Z"}},
        {"lease": second["lease"], "callResult": 10},
    ]

    answer = dialer.post("results", results=results).json()["results"]

    not_made = {"callback": "notMade", "reason": "attempts"}
    assert answer == [
        {"lease": first["lease"], "outcome": "accepted"} | not_made,
        {"lease": second["lease"], "outcome": "accepted"},
    ]
    assert CallHistory.objects.count() == 2


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-24T10:00:00", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("2026-11-24T10:00:00Z", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("2026-11-24T10:00:00-05:00", datetime(2026, 11, 24, 15, tzinfo=UTC)),
    ],
)
def test_a_callback_is_kept_with_its_time_and_number(dialer, record, written, meant):
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        # The server's time zone is UTC here.
        dialer.report(record, 14, callback={"dateTime": written, "phone": "2225554444"})

    contact = Contact.objects.get()
    assert (contact.status, contact.callback_at, contact.callback_number) == ("B", meant, "2225554444")


def test_a_callback_lies_in_years_that_are_stored_whatever_the_zone_of_the_server():
    field = RequestedCallback().fields["dateTime"]
    field.timezone = ZoneInfo("America/Chicago")
    assert field.run_validation("3000-12-31T17:59:59") == datetime(3000, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(ValidationError):
        field.run_validation("3000-12-31T18:00:00")


def test_the_number_of_queries_does_not_grow_with_the_results(
    dialer, campaign, django_assert_max_num_queries
):
    agent = AgentFactory(agent_id="1001")
    campaign.personalized_callback_enabled = True
    campaign.save()
    for _ in range(99):
        contact_of(campaign)
    PersonalCallbackFactory.create_batch(20, agent=agent, callback_date_time=timezone.now())
    records = dialer.records(campaign, 100)
    records += dialer.post("callbacks", agents=["1001"], count=20).json()["records"]
    codes = [8, 9, 10, 12, 14, 18, 25, 26]
    results = [
        {"lease": record["lease"], "callResult": codes[n % 8], "agent": "1001"}
        | ({"callback": {"dateTime": "2030-01-01T10:00:00"}} if codes[n % 8] == 14 else {})
        for n, record in enumerate(records)
    ]

    with django_assert_max_num_queries(40):
        answer = dialer.post("results", results=results)
    assert {line["outcome"] for line in answer.json()["results"]} == {"accepted"}


LEASE = "7b0b9f5c-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("result", "field"),
    [
        ({"callResult": 10}, "lease"),
        ({"lease": "no uuid", "callResult": 10}, "lease"),
        ({"lease": LEASE}, "callResult"),
        ({"lease": LEASE, "callResult": 1}, "callResult"),
        ({"lease": LEASE, "callResult": 34}, "callResult"),
        ({"lease": LEASE, "callResult": 0}, "callResult"),
        ({"lease": LEASE, "callResult": [10]}, "callResult"),
        ({"lease": LEASE, "callResult": {}}, "callResult"),
        ({"lease": LEASE, "callResult": True}, "callResult"),
        ({"lease": LEASE, "callResult": "\ud800"}, "callResult"),
        ({"lease": LEASE, "callResult": 10, "talkTime": -1}, "talkTime"),
        ({"lease": LEASE, "callResult": 10, "talkTime": 10**30}, "talkTime"),
        ({"lease": LEASE, "callResult": 10, "wrapupTime": "long"}, "wrapupTime"),
        ({"lease": LEASE, "callResult": 10, "agent": "x" * 33}, "agent"),
        ({"lease": LEASE, "callResult": 10, "agent": "a\x00b"}, "agent"),
        ({"lease": LEASE, "callResult": 14}, "callback"),
        ({"lease": LEASE, "callResult": 10, "callback": {"dateTime": "2026-11-24T10:00:00"}}, "callback"),
    ],
)
def test_a_wrong_result_is_named_and_the_whole_request_refused(dialer, record, result, field):
    good = {"lease": record["lease"], "callResult": 10}

    answer = dialer.post("results", results=[good, result])

    assert answer.status_code == 400
    errors = answer.json()["results"]
    assert list(errors["1"] if isinstance(errors, dict) else errors[1]) == [field]
    assert not CallHistory.objects.exists()


@pytest.mark.parametrize(
    ("callback", "field"),
    [
        ({}, "dateTime"),
        ({"dateTime": "tomorrow"}, "dateTime"),
        ({"dateTime": "0001-01-01T00:00:00+14:00"}, "dateTime"),
        ({"dateTime": "9999-12-31T23:59:59-14:00"}, "dateTime"),
        ({"dateTime": "1969-12-31T23:59:59"}, "dateTime"),
        ({"dateTime": "2026-11-24T10:00:00", "phone": "+1"}, "phone"),
        ({"dateTime": "2026-11-24T10:00:00", "phone": "1" * 21}, "phone"),
    ],
)
def test_a_wrong_callback_is_named(dialer, record, callback, field):
    results = [{"lease": record["lease"], "callResult": 14, "callback": callback}]

    answer = dialer.post("results", results=results)

    assert answer.status_code == 400
    errors = answer.json()["results"]
    assert list((errors["0"] if isinstance(errors, dict) else errors[0])["callback"]) == [field]


def test_a_result_after_the_record_was_given_up_is_recalled(dialer, campaign):
    [record] = dialer.records(campaign)
    later = timezone.now() + timedelta(hours=3)
    give_up_silent(later)
    unknown_to_pending(later + timedelta(hours=3))

    assert dialer.report(record, 10) == "recalled"
    assert Contact.objects.get().status == "P"
