from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Contact
from dialing.eligibility import Rule
from dialing.models import CampaignManagerOptions
from dialing.record_feed import claim_records
from dnc import do_not_call_list
from supervision.dry_run import dry_run
from tests.dialing.test_feed_and_decision import LISTED, build, campaigns, contacts, decisions, instants
from tests.dialing.worlds import NOON, contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(alice):
    """Off, with contacts of every kind; 300 is five hours west: its window opens at 13:00 UTC."""
    campaign = CampaignFactory(dialing_mode="PREVIEWONLY", max_attempts=3)
    do_not_call_list.add(["1", "2"], alice, "asked")
    contact_of(campaign, numbers=["5"])
    contact_of(campaign, numbers=["1", "6"])
    contact_of(campaign, numbers=["1", "2"])
    contact_of(campaign, numbers=["7"], zones="300")
    contact_of(campaign, numbers=["8"], status="R", callback_at=NOON + timedelta(minutes=90))
    contact_of(campaign, numbers=["9"], status="B", callback_at=NOON, callback_number="9")
    contact_of(campaign, numbers=["9"], status="B", callback_at=NOON, callback_number="2")
    contact_of(campaign, numbers=["3"], status="C")
    contact_of(campaign, numbers=["3"], status="P", calls_made=3)
    return campaign


def test_every_contact_is_counted_with_its_first_reason(campaign):
    run = dry_run(campaign, NOON)
    assert (run.contacts, run.dialable, run.campaign_reasons) == (9, 3, [])
    assert run.reasons == {
        Rule.DO_NOT_CALL: 2,
        Rule.WINDOW: 1,
        Rule.DUE: 1,
        Rule.STATUS: 1,
        Rule.ATTEMPTS: 1,
    }


def test_the_hours_show_when_contacts_become_due_and_windows_open_and_close(campaign):
    counts = [number for _, number in dry_run(campaign, NOON).hours]
    assert counts == [3, 3, 4, *[4] * 6, 1, 1, 1, 1, 1, *[0] * 6, 3, 3, 3, 3]


def test_the_real_run_at_the_same_clock_hands_out_as_many(campaign):
    expected = dry_run(campaign, NOON).dialable
    campaign.enabled = True
    campaign.save()
    assert len(claim_records("d1", campaign.pk, 100, NOON)) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=campaigns, people=st.lists(contacts, max_size=12), at=instants)
def test_it_counts_what_the_decision_allows(alice, values, people, at):
    """Contacts as results leave them: their own time stands for those of their phones."""
    do_not_call_list.add(LISTED, alice, "asked")
    for phone in (phone for person in people for phone in person["phones"]):
        phone["closed"], phone["minutes"] = False, None
    campaign = build(values | {"enabled": True}, people, at)
    expected = len(decisions(campaign, CampaignManagerOptions.load(), at))
    assert dry_run(campaign, at).dialable == expected


def test_a_dry_run_changes_nothing(campaign):
    before = list(Contact.objects.values_list("pk", "status"))
    dry_run(campaign, NOON)
    assert list(Contact.objects.values_list("pk", "status")) == before


def test_what_keeps_the_whole_campaign_from_dialing_is_reported():
    run = dry_run(CampaignFactory(), NOON)
    assert [reason.rule for reason in run.campaign_reasons] == [Rule.MODE]
