"""docs/behaviour.md 2.1, row by row: a contact goes from a status to a status by an event."""

from datetime import timedelta

import pytest

from campaigns.dialing_list import length
from campaigns.models import Campaign, Contact
from campaigns.models.contact import ContactPhone
from dialing.attempt_rule import activate
from dialing.before_the_call import mark_dialed
from dialing.leases import give_up_silent, recall, unknown_to_pending
from dialing.models import CampaignManagerOptions, Lease
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from dialing.upkeep import daily_reset, purge
from dnc import do_not_call_list
from tests.dialing.worlds import NOON, contact_of
from tests.factories import AgentFactory, CampaignFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def campaign():
    return CampaignFactory(on=True, max_attempts=3)


def call(campaign, code, at=NOON, dialed=True, **details):
    """One call to the next record of the campaign, ending so."""
    [record] = claim_records("d1", campaign.pk, 1, at)
    if dialed:
        mark_dialed("d1", record.lease.pk, at)
    report_results("d1", [ReportedCall(record.lease.pk, code, **details)], at)


def status_of(contact):
    contact.refresh_from_db()
    return contact.status


def test_imported_it_is_pending(campaign):
    assert contact_of(campaign).status == "P"


@pytest.mark.parametrize("status", ["P", "R", "B"])
def test_selected_and_sent_it_becomes_active(campaign, status):
    contact = contact_of(campaign, status=status, callback_at=NOON, callback_number="2125550100")
    assert len(claim_records("d1", campaign.pk, 1, NOON)) == 1
    assert status_of(contact) == "A"


@pytest.mark.parametrize("status", ["P", "R"])
def test_with_every_phone_listed_it_is_closed(campaign, status, alice):
    contact = contact_of(campaign, status=status, numbers=["2125550100"])
    do_not_call_list.add(["2125550100"], alice, "asked")
    claim_records("d1", campaign.pk, 1, NOON)
    assert (status_of(contact), contact.call_result) == ("C", 26)


def test_with_the_invite_sent_it_is_dialed(campaign):
    contact = contact_of(campaign)
    [record] = claim_records("d1", campaign.pk, 1, NOON)
    mark_dialed("d1", record.lease.pk, NOON)
    assert (status_of(contact), contact.call_result) == ("D", 0)


@pytest.mark.parametrize(
    ("phones", "codes", "status"),
    [
        (1, [10], "C"),
        (1, [7], "C"),
        (2, [9], "P"),
        (2, [7], "P"),
        (2, [9, 9], "R"),
        (2, [7, 9], "R"),
        (2, [10], "C"),
        (1, [9], "R"),
        (1, [9, 9, 9], "M"),
        (2, [9, 9, 9], "M"),
        (1, [18], "R"),
        (2, [18], "R"),
        (1, [19], "J"),
        (2, [33], "R"),
        (2, [25], "P"),
        (2, [9, 9, 25], "R"),
        (1, [9, 7], "C"),
    ],
    ids=str,
)
def test_after_these_results_it_has_that_status(campaign, phones, codes, status):
    contact = contact_of(campaign, numbers=[f"212555010{n}" for n in range(phones)])
    for hours, code in enumerate(codes):
        call(campaign, code, NOON + timedelta(hours=2 * hours))
    assert status_of(contact) == status


@pytest.mark.parametrize("code", [14, 15])
@pytest.mark.parametrize(("personal", "status"), [(False, "B"), (True, "S")])
def test_a_callback_is_regular_or_personal_by_the_campaign(code, personal, status):
    campaign = CampaignFactory(on=True, personalized_callback_enabled=personal)
    contact, agent = contact_of(campaign), AgentFactory(agent_id="1001")
    call(campaign, code, agent="1001", callback_at=LATER, callback_number="2225554444")
    assert status_of(contact) == status
    if personal:
        callback = agent.personal_callbacks.get()
        assert (callback.call_status, callback.phone, callback.callback_date_time) == (
            "P",
            "2225554444",
            LATER,
        )
        assert callback.max_attempts == 5
    else:
        assert (contact.callback_at, contact.callback_number, contact.call_result) == (LATER, "2225554444", 0)


def test_a_personal_callback_belongs_to_the_contact_who_asked_for_it():
    campaign = CampaignFactory(on=True, personalized_callback_enabled=True)
    contact, agent = contact_of(campaign), AgentFactory(agent_id="1001")
    call(campaign, 14, agent="1001", callback_at=LATER)
    assert agent.personal_callbacks.get().contact == contact


def test_a_callback_to_a_number_without_attempts_leaves_the_other_phones(campaign):
    """With attempts counted for each number."""
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(max_attempts_per_number=True)
    contact = contact_of(
        campaign, numbers=["1", "2"], status="B", callback_at=NOON, callback_number="1", calls_made=3
    )
    contact.phones.filter(position=1).update(calls_made=2)
    contact.phones.filter(position=2).update(calls_made=1)
    call(campaign, 9)
    assert (status_of(contact), contact.callback_number) == ("R", "")


@pytest.mark.parametrize("code", [18, 25, 33])
def test_a_record_out_while_the_maximum_is_lowered_has_reached_it_when_it_comes_back(campaign, code):
    contact = contact_of(campaign, status="R", calls_made=2)
    contact.phones.update(calls_made=2)
    [record] = claim_records("d1", campaign.pk, 1, NOON)
    lower(campaign, 2)
    report_results("d1", [ReportedCall(record.lease.pk, code)], NOON)
    assert status_of(contact) == "M"


def test_a_record_recalled_while_the_maximum_is_lowered_has_reached_it_at_the_latest_a_day_later(campaign):
    contact = contact_of(campaign, status="R", calls_made=2)
    contact.phones.update(calls_made=2)
    claim_records("d1", campaign.pk, 1, NOON)
    lower(campaign, 2)
    recall(Lease.objects.all(), "test")
    daily_reset(LATER)
    assert status_of(contact) == "M"


def lower(campaign, maximum):
    Campaign.objects.filter(pk=campaign.pk).update(max_attempts=maximum)
    claim_records("d2", campaign.pk, 1, NOON)


def test_a_silent_dialers_record_is_unknown_and_after_an_hour_pending(campaign):
    contact = contact_of(campaign)
    claim_records("d1", campaign.pk, 1, NOON)
    assert give_up_silent(NOON + timedelta(seconds=60)) == 0
    assert give_up_silent(NOON + timedelta(seconds=61)) == 1
    assert status_of(contact) == "U"
    lost = NOON + timedelta(seconds=61)
    assert unknown_to_pending(lost + timedelta(minutes=59)) == 0
    assert unknown_to_pending(lost + timedelta(minutes=60)) == 1
    assert status_of(contact) == "P"


def test_a_silent_dialers_callback_is_after_an_hour_the_promise_that_it_was(campaign):
    contact = contact_of(campaign, status="B", callback_at=NOON, callback_number="1")
    claim_records("d1", campaign.pk, 1, NOON)
    give_up_silent(NOON + timedelta(minutes=20))
    assert status_of(contact) == "U"
    assert unknown_to_pending(NOON + timedelta(minutes=80)) == 1
    assert status_of(contact) == "B"


def test_a_late_result_decides_an_unknown_record(campaign):
    contact = contact_of(campaign)
    [record] = claim_records("d1", campaign.pk, 1, NOON)
    give_up_silent(NOON + timedelta(minutes=2))
    report_results("d1", [ReportedCall(record.lease.pk, 9)], NOON + timedelta(minutes=3))
    assert status_of(contact) == "R"


def test_a_dialed_record_of_a_silent_dialer_is_never_dialed_again_by_itself(campaign):
    contact = contact_of(campaign)
    [record] = claim_records("d1", campaign.pk, 1, NOON)
    mark_dialed("d1", record.lease.pk, NOON)
    give_up_silent(NOON + timedelta(days=1))
    unknown_to_pending(NOON + timedelta(days=2))
    recall(Lease.objects.all(), "test")
    assert status_of(contact) == "D"
    assert claim_records("d2", campaign.pk, 1, NOON + timedelta(days=2)) == []


def test_a_missed_callback_is_pending_after_the_daily_reset(campaign):
    contact = contact_of(campaign, status="B", callback_at=NOON, callback_number="2225554444")
    assert daily_reset(NOON + timedelta(hours=12, minutes=29)) == 0
    assert daily_reset(NOON + timedelta(hours=12, minutes=30)) == 1
    assert daily_reset(NOON + timedelta(days=3)) == 0
    assert status_of(contact) == "P"


def test_a_missed_callback_waits_for_the_retry_time_of_its_phones(campaign):
    contact = contact_of(campaign, status="B", callback_at=NOON, callback_number="1", calls_made=1)
    contact.phones.update(calls_made=1, callback_at=LATER + timedelta(hours=1))
    daily_reset(LATER)
    assert (status_of(contact), contact.callback_at) == ("P", LATER + timedelta(hours=1))


def test_a_missed_callback_is_left_as_it_is_when_the_option_is_off(campaign):
    contact = contact_of(campaign, status="B", callback_at=NOON, callback_number="2225554444")
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(reschedule_callbacks=False)
    daily_reset(LATER)
    assert status_of(contact) == "B"


def test_a_missed_callback_without_an_attempt_left_has_reached_the_maximum(campaign):
    contact = contact_of(campaign, status="B", callback_at=NOON, callback_number="1", calls_made=3)
    assert claim_records("d1", campaign.pk, 1, NOON) == []
    daily_reset(LATER)
    assert status_of(contact) == "M"


@pytest.mark.parametrize(("untried", "status"), [(True, "P"), (False, "R")])
def test_a_raised_maximum_opens_the_contact_again(campaign, untried, status):
    contact = contact_of(campaign, numbers=["2125550100", "2125550101"], status="M", calls_made=3)
    ContactPhone.objects.filter(contact=contact, position__lte=1 if untried else 2).update(calls_made=1)
    activate(campaign, per_number=False)
    campaign.max_attempts = 4
    activate(campaign, per_number=False)
    assert status_of(contact) == status


@pytest.mark.parametrize("status", ["C", "M", "D"])
def test_what_is_done_with_and_old_is_purged(campaign, status):
    contact = contact_of(campaign, status=status, import_date=NOON)
    assert purge(NOON + timedelta(days=5)) == 0
    assert length(contact.campaign_id) == 1
    assert purge(NOON + timedelta(days=5, seconds=1)) == 1
    assert length(contact.campaign_id) == 0
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert not ContactPhone.objects.exists()


@pytest.mark.parametrize("status", ["P", "R", "B", "S", "A", "U", "J"])
def test_what_is_still_open_is_not_purged(campaign, status):
    contact_of(campaign, status=status, import_date=NOON)
    assert purge(NOON + timedelta(days=30)) == 0


EXAMPLES = """
maxAttempts | switch | John (3 phones) | Jane (2 phones)
3           | 0      | 1 1 1           | 2 1
1           | 0      | 1 0 0           | 1 0
1           | 1      | 1 1 1           | 1 1
2           | 1      | 2 2 2           | 2 2
"""


@pytest.mark.parametrize("row", EXAMPLES.strip().splitlines()[1:])
def test_the_worked_examples_of_maximum_attempts(row):
    """docs/behaviour.md 4.2: how often each phone is called when no call ever reaches a voice."""
    maximum, switch, *expected = [cell.strip() for cell in row.split("|")]
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(max_attempts_per_number=switch == "1")
    campaign = CampaignFactory(on=True, max_attempts=int(maximum), start_time="00:00", end_time="00:00")
    john = contact_of(campaign, numbers=["1", "2", "3"])
    jane = contact_of(campaign, numbers=["4", "5"])
    at = NOON
    for _ in range(20):
        at += timedelta(hours=2)
        for record in claim_records("d1", campaign.pk, 10, at):
            report_results("d1", [ReportedCall(record.lease.pk, 8)], at)
    made = [
        " ".join(str(phone.calls_made) for phone in contact.phones.order_by("position"))
        for contact in (john, jane)
    ]
    assert made == expected
    assert {status_of(john), status_of(jane)} == {"M"}
    assert Campaign.objects.get().attempt_rule.max_attempts == int(maximum)
