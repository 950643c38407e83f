from datetime import UTC, datetime

import pytest
import time_machine

from tests.factories import CampaignFactory, SkillGroupFactory

pytestmark = pytest.mark.django_db


def test_a_campaign_that_dials_comes_with_all_that_a_dialer_needs(dialer, campaign):
    [found] = dialer.get("campaigns").json()["campaigns"]

    assert found["campaign"] == campaign.pk
    assert found["refURL"] == campaign.ref_url
    assert found["dialingMode"] == "PROGRESSIVEONLY"
    assert (found["linesPerAgent"], found["maximumLinesPerAgent"]) == (1.5, 2.0)
    assert (found["abandonEnabled"], found["abandonPercent"]) == (True, 3.0)
    assert found["callProgressAnalysis"] == {
        "enabled": True,
        "record": False,
        "minSilencePeriod": 608,
        "analysisPeriod": 2500,
        "minimumValidSpeech": 112,
        "maxTimeAnalysis": 3000,
        "maxTermToneAnalysis": 30000,
    }
    [group] = found["skillGroups"]
    assert group["recordsToCache"] == 1
    assert group["skillGroup"] == campaign.skill_group_infos.get().skill_group.ref_url


@pytest.mark.parametrize(
    ("mode", "lines"),
    [("PREVIEWONLY", 1.0), ("PREVIEWDIRECTONLY", 1.0), ("PROGRESSIVEONLY", 2.5), ("PREDICTIVEONLY", 2.5)],
)
def test_a_preview_campaign_has_one_line_an_agent_whatever_its_setting(dialer, mode, lines):
    CampaignFactory(on=True, lines_per_agent=2.5, dialing_mode=mode)
    [found] = dialer.get("campaigns").json()["campaigns"]
    assert found["linesPerAgent"] == lines


@pytest.mark.parametrize(
    "state",
    [{"enabled": False}, {"dialing_mode": "INBOUND"}, {"reservation_percentage": 0}, {"deleted": True}],
)
def test_what_does_not_dial_is_not_listed(dialer, state):
    CampaignFactory(on=True, **state) if "enabled" not in state else CampaignFactory(**state)
    if "dialing_mode" in state:
        assert not dialer.get("campaigns").json()["campaigns"]
    assert dialer.get("campaigns").json() == {"campaigns": []}


def test_a_campaign_runs_on_its_dates_in_its_own_zone(dialer):
    CampaignFactory(on=True, zone="Eastern Standard Time", start_date="2026-11-23", end_date="2026-11-23")
    found = []
    for hour in (4, 6):
        with time_machine.travel(datetime(2026, 11, 23, hour, tzinfo=UTC)):
            found.append(len(dialer.get("campaigns").json()["campaigns"]))

    assert found == [0, 1]


def test_campaigns_of_the_campaign_tool_are_dialed_too(dialer):
    CampaignFactory(on=True, tool=True)

    assert len(dialer.get("campaigns").json()["campaigns"]) == 1


def test_the_number_of_queries_does_not_grow_with_the_campaigns(dialer, django_assert_max_num_queries):
    for _ in range(10):
        CampaignFactory(on=True, skill_groups=[SkillGroupFactory()])
    dialer.get("campaigns")
    with django_assert_max_num_queries(6):
        assert len(dialer.get("campaigns").json()["campaigns"]) == 10
