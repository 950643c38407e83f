from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from campaigns.models import Campaign
from dialing.dialers import heard_from, note_agents
from dialing.emergency_stop import stop_all_campaigns
from dialing.record_feed import claim_records
from supervision.campaign_state import states
from supervision.list_counts import count_lists
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
# A Tuesday, 09:30 in Chicago.
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


def chicago(**values):
    return CampaignFactory(on=True, zone="Central Standard Time", **values)


def words(campaign, at=AT):
    campaign = Campaign.objects.select_related("time_zone").get(pk=campaign.pk)
    count_lists([campaign.pk], at)
    return states([campaign], at)[campaign.pk].words


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"enabled": False}, "off"),
        ({"start_date": date(2026, 12, 1)}, "the campaign starts on 2026-12-01"),
        ({"end_date": date(2026, 11, 23)}, "the campaign ended on 2026-11-23"),
        ({"dialing_mode": "INBOUND"}, "the dialing mode is inbound"),
        ({"reservation_percentage": 0}, "no agents are reserved: the percentage is 0"),
        ({}, "no contacts: import a list"),
    ],
)
def test_the_campaign_itself_says_why_it_does_not_dial(values, expected):
    assert words(chicago(**values)) == expected


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ({"zones": "360d"}, "ready, but no dialer is connected"),
        ({"zones": "600"}, "outside hours until 12:00 Chicago"),
        ({"zones": "-540"}, "outside hours until 17:00 Chicago"),
        ({"status": "R", "callback_at": AT + timedelta(hours=2)}, "next call due 11:30 Chicago"),
        ({"status": "R", "callback_at": AT + timedelta(days=1)}, "next call due Wed 09:30 Chicago"),
        ({"status": "R", "callback_at": AT + timedelta(days=9)}, "next call due 2026-12-03 09:30 Chicago"),
        ({"status": "C"}, "list exhausted"),
        (
            {"status": "B", "callback_at": AT - timedelta(hours=1)},
            "only missed callbacks are left, until the daily reset",
        ),
        (
            {"status": "B", "callback_at": AT - timedelta(minutes=9), "zones": "600"},
            "ready, but no dialer is connected",
        ),
        (
            {
                "status": "B",
                "callback_at": AT - timedelta(hours=1),
                "called_back_at": AT - timedelta(hours=2),
                "zones": "600",
            },
            "outside hours until 12:00 Chicago",
        ),
    ],
)
def test_the_list_says_why_a_campaign_does_not_dial(contact, expected):
    campaign = chicago()
    contact_of(campaign, **{"zones": "360d"} | contact)
    assert words(campaign) == expected


def test_a_campaign_outside_its_hours_shows_the_next_opening_of_any_zone():
    campaign = chicago()
    contact_of(campaign, zones="360d")
    contact_of(campaign, zones="480d")
    night = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert words(campaign, night) == "outside hours until 08:00 Chicago"


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([None], "ready, no dialer has asked for records"),
        ([2], "ready, no dialer has asked for records"),
        ([0], "no agents"),
        ([0, None], "no agents"),
        ([0, 1], "ready, no dialer has asked for records"),
    ],
)
def test_a_campaign_has_no_agents_when_all_dialers_that_report_have_none(reported, expected):
    campaign = chicago()
    contact_of(campaign, zones="360d")
    for number, agents in enumerate(reported):
        note_agents(heard_from(f"d{number}", AT), {} if agents is None else {campaign.pk: agents})
    assert words(campaign) == expected


def test_a_dialer_that_is_silent_has_no_agents():
    campaign = chicago()
    contact_of(campaign, zones="360d")
    note_agents(heard_from("d1", AT - timedelta(hours=1)), {campaign.pk: 5})
    note_agents(heard_from("d2", AT), {campaign.pk: 0})
    assert words(campaign) == "no agents"


def test_a_campaign_that_dials_shows_when_its_last_customers_hours_end():
    campaign = chicago()
    contact_of(campaign, zones="300d")
    contact_of(campaign, zones="420d")
    loaded = Campaign.objects.select_related("time_zone").get()
    count_lists([loaded.pk], AT)
    ends = states([loaded], AT)[campaign.pk].until
    assert ends == datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_records_that_are_out_make_it_dialing():
    campaign = chicago()
    contact_of(campaign, zones="360d")
    contact_of(campaign, zones="360d")
    heard_from("north", AT)
    assert words(campaign) == "ready, no dialer has asked for records"
    claim_records("north", campaign.pk, 1, AT)
    assert words(campaign) == "dialing"
    claim_records("north", campaign.pk, 1, AT)
    assert words(campaign) == "dialing the last records"


@time_machine.travel(AT, tick=False)
def test_a_stopped_campaign_names_who_stopped_it(sam):
    campaign = chicago()
    stop_all_campaigns(sam)
    assert words(campaign) == f"stopped by {sam.username}"


def test_many_campaigns_cost_no_more_queries_than_one(django_assert_max_num_queries):
    many = [chicago() for _ in range(5)]
    for campaign in many:
        contact_of(campaign)
    loaded = list(Campaign.objects.select_related("time_zone"))
    states(loaded, AT)
    with django_assert_max_num_queries(8):
        states(loaded, AT)
