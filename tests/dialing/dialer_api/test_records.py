import uuid
from datetime import UTC, datetime

import pytest
import time_machine

from callbacks.models import PersonalCallback
from campaigns.models import Contact, ContactPhone
from dialing.models import CallHistory, Lease
from dnc import do_not_call_list
from tests.dialing.dialer_api.conftest import DialerClient
from tests.dialing.worlds import contact_of
from tests.factories import AgentFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 9, 0, 0, 500_000, tzinfo=UTC)


@time_machine.travel(NOON, tick=False)
def test_a_record_comes_in_the_documented_shape(dialer, campaign):
    answer = dialer.post("records", campaign=campaign.pk, count=20)

    assert answer.status_code == 200
    [record] = answer.json()["records"]
    assert record == {
        "lease": str(Lease.objects.get().pk),
        "campaign": campaign.pk,
        "contact": Contact.objects.get().ref_url,
        "phone": "phone01",
        "number": "9782225554444",
        "dial": "9782225554444",
        "accountNumber": "6782",
        "firstName": "Henry",
        "lastName": "Martin",
        "attempt": 1,
        "attemptsLeft": 2,
        "expiresAt": "2026-11-23T09:15:00Z",
    }


@pytest.mark.parametrize(
    ("prefix", "number", "dial"),
    [
        ("", "9782225554444", "9782225554444"),
        ("9011", "9782225554444", "90119782225554444"),
        ("9", "*67", "*67"),
        ("9", "12345", "12345"),
        ("9", "123456", "9123456"),
    ],
)
def test_what_to_dial_is_the_number_behind_the_campaigns_prefix(dialer, campaign, prefix, number, dial):
    """Test numbers of at most five digits have none (docs/behaviour.md 10.1)."""
    type(campaign).objects.update(campaign_prefix=prefix)
    ContactPhone.objects.filter(position=1).update(number=number)
    PersonalCallbackFactory(
        agent=AgentFactory(agent_id="1001"), campaign=campaign, phone="5550100", callback_date_time=NOON
    )
    with time_machine.travel(NOON):
        [record] = dialer.records(campaign)
        [callback] = dialer.post("callbacks", agents=["1001"], count=1).json()["records"]
    assert (record["number"], record["dial"]) == (number, dial)
    assert (callback["number"], callback["dial"]) == ("5550100", f"{prefix}5550100")


def test_a_record_is_with_one_dialer(dialer, campaign, client, dora):
    assert len(dialer.records(campaign)) == 1
    assert DialerClient(client, dora.username, "d2").records(campaign) == []


@pytest.mark.parametrize("change", [{"enabled": False}, {"dialing_mode": "INBOUND"}])
def test_a_campaign_that_does_not_dial_gives_no_records(dialer, campaign, change):
    type(campaign).objects.filter(pk=campaign.pk).update(**change)

    assert dialer.records(campaign) == []


def test_an_unknown_campaign_gives_no_records(dialer):
    assert dialer.post("records", campaign=999_999_999, count=1).json() == {"records": []}


def test_the_number_of_queries_does_not_grow_with_the_records(
    dialer, campaign, django_assert_max_num_queries
):
    for _ in range(30):
        contact_of(campaign)
    dialer.records(campaign)
    with django_assert_max_num_queries(30):
        assert len(dialer.records(campaign, 25)) == 25


def test_a_record_is_dialed_once_and_may_be_asked_for_again(dialer, campaign):
    [record] = dialer.records(campaign)

    assert dialer.dialed(record) == {"lease": record["lease"], "outcome": "dialed"}
    assert dialer.dialed(record)["outcome"] == "dialed"
    assert Contact.objects.get().status == "D"


def test_a_number_listed_after_the_hand_out_is_not_dialed(dialer, campaign):
    [record] = dialer.records(campaign)
    do_not_call_list.add([record["number"]], user=None, reason="asked for it")

    answer = {"lease": record["lease"], "outcome": "doNotCall", "reason": "doNotCall"}
    assert dialer.dialed(record) == answer
    assert CallHistory.objects.get().call_result == 26


def test_a_record_of_a_campaign_switched_off_is_not_dialed(dialer, campaign):
    [record] = dialer.records(campaign)
    type(campaign).objects.update(enabled=False)

    assert dialer.dialed(record) == {
        "lease": record["lease"],
        "outcome": "recalled",
        "reason": "notEnabled",
    }


@pytest.mark.parametrize("name", ["d2", None])
def test_a_lease_that_nobody_has_or_another_dialer_has_is_unknown(dialer, campaign, client, dora, name):
    [record] = dialer.records(campaign)
    if name:
        stranger = DialerClient(client, dora.username, name)
        answer = stranger.post(f"records/{record['lease']}/dialed")
    else:
        answer = dialer.post(f"records/{uuid.uuid4()}/dialed")

    assert answer.json()["outcome"] == "unknown"


@time_machine.travel(NOON, tick=False)
def test_personal_callbacks_go_to_the_dialer_of_their_agent(dialer):
    agent = AgentFactory(agent_id="1002")
    callback = PersonalCallbackFactory(
        agent=agent,
        phone="2225554444",
        first_name="Ann",
        last_name="Lee",
        account_number="17",
        callback_date_time=NOON,
    )

    [record] = dialer.post("callbacks", agents=["1001", "1002"], count=20).json()["records"]

    assert record == {
        "lease": str(Lease.objects.get().pk),
        "campaign": None,
        "personalCallback": f"/unifiedconfig/config/personalcallback/{callback.pk}",
        "number": "2225554444",
        "dial": "2225554444",
        "accountNumber": "17",
        "firstName": "Ann",
        "lastName": "Lee",
        "agent": "1002",
        "otherAgent": False,
        "campaignDn": "",
        "attempt": 1,
        "expiresAt": "2026-11-23T09:15:00Z",
    }
    assert PersonalCallback.objects.get().call_status == "A"
    assert dialer.post("callbacks", agents=["1002"], count=20).json() == {"records": []}
