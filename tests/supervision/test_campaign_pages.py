import pytest

from dialing.before_the_call import mark_dialed
from dialing.counters import RUN_TIME_NAMES
from dialing.dialers import heard_from, note_agents
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from supervision.campaign_figures import GROUPS
from supervision.list_counts import count_changed_lists
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
ALL_DAY = {"start_time": "00:00", "end_time": "00:00"}


def address(campaign, end=""):
    return f"/admin/dialing/campaign/{campaign.pk}/{end}"


def test_the_page_shows_state_contacts_and_calls(sign_in, sam):
    campaign = CampaignFactory(on=True, **ALL_DAY)
    contact_of(campaign)
    contact_of(campaign)
    [record] = claim_records("north", campaign.pk, 1)
    mark_dialed("north", record.lease.pk)
    report_results("north", [ReportedCall(record.lease.pk, 9)])
    note_agents(heard_from("north"), {campaign.pk: 12})
    count_changed_lists()
    page = sign_in(sam).get(address(campaign))
    assert "<dt>Agents</dt><dd>12</dd>" in page.text
    assert page.context["state"].words == "ready, no dialer has asked for records"
    assert dict(page.context["by_status"]) == {"pending: never called": 1, "to be called again": 1}
    assert dict(page.context["by_reason"]) == {
        "may be dialed now": 1,
        "not due now: a retry or a callback at another time": 1,
    }
    assert dict(page.context["by_result"]) == {"busy": 1}
    assert sum(bar.value for bar in page.context["by_hour"]) == 1


def test_every_counter_of_the_api_is_on_the_page_once():
    assert sorted(name for names in GROUPS.values() for name in names) == RUN_TIME_NAMES


def test_the_abandon_rate_above_its_limit_is_said_in_words(sign_in, sam):
    campaign = CampaignFactory(on=True, **ALL_DAY, abandon_percent=3)
    for code in (10, 16):
        contact_of(campaign)
        [record] = claim_records("north", campaign.pk, 1)
        mark_dialed("north", record.lease.pk)
        report_results("north", [ReportedCall(record.lease.pk, code, talk_seconds=60)])
    text = sign_in(sam).get(address(campaign)).text
    assert "50.0 % of 3.0 %" in text
    assert "above the limit" in text


def test_the_dry_run_offers_the_switch_to_those_who_may(sign_in, alice, sam):
    campaign = CampaignFactory(tool=True, dialing_mode="PROGRESSIVEONLY", **ALL_DAY)
    contact_of(campaign)
    page = sign_in(alice).get(address(campaign, "dry-run/"))
    assert page.context["run"].dialable == 1
    assert "Switch the campaign on" in page.text
    assert "Switch the campaign on" not in sign_in(sam).get(address(campaign, "dry-run/")).text


@pytest.mark.parametrize(("choice", "enabled"), [("on", True), ("off", False)])
def test_the_switch_is_a_change_of_the_campaign(sign_in, alice, choice, enabled):
    campaign = CampaignFactory(tool=True, enabled=not enabled)
    sign_in(alice).post(address(campaign, "switch/"), {"enabled": choice, "version": 0})
    campaign.refresh_from_db()
    assert (campaign.enabled, campaign.change_stamp) == (enabled, 1)
    assert campaign.history.first().history_user == alice


def test_a_page_that_is_out_of_date_switches_nothing(sign_in, alice):
    campaign = CampaignFactory(tool=True, change_stamp=4)
    answer = sign_in(alice).post(address(campaign, "switch/"), {"enabled": "on", "version": "3"}, follow=True)
    assert "Somebody else changed this" in answer.text
    campaign.refresh_from_db()
    assert not campaign.enabled


def test_a_supervisor_and_a_stranger_switch_nothing(sign_in, sam, nina):
    campaign = CampaignFactory(tool=True)
    data = {"enabled": "on", "version": 0}
    assert sign_in(sam).post(address(campaign, "switch/"), data).status_code == 403
    assert sign_in(nina).get(address(campaign)).status_code == 403
    assert sign_in(nina).get(address(campaign, "dry-run/")).status_code == 403
    campaign.refresh_from_db()
    assert not campaign.enabled


def test_a_campaign_of_the_api_is_switched_through_the_api_alone(sign_in, alice):
    campaign = CampaignFactory()
    assert "through the API" in sign_in(alice).get(address(campaign)).text
    data = {"enabled": "on", "version": 0}
    assert sign_in(alice).post(address(campaign, "switch/"), data).status_code == 404


def test_the_contacts_are_exported_with_formulas_defused(sign_in, sam, nina):
    campaign = CampaignFactory()
    contact_of(campaign, account_number="=1+1", numbers=["2125550100"])
    answer = sign_in(sam).get(address(campaign, "export/"))
    lines = answer.getvalue().decode().splitlines()
    assert answer["Content-Disposition"] == f'attachment; filename="{campaign.name}.csv"'
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1")
    assert sign_in(nina).get(address(campaign, "export/")).status_code == 403


def test_the_page_leads_to_import_and_export_for_those_who_may(sign_in, alice, sam):
    campaign = CampaignFactory(tool=True)
    contact_of(campaign)
    assert "Import contacts" in sign_in(alice).get(address(campaign)).text
    text = sign_in(sam).get(address(campaign)).text
    assert "Export contacts" in text
    assert "Import contacts" not in text


def test_a_deleted_campaign_has_no_page(sign_in, sam):
    campaign = CampaignFactory(deleted=True)
    assert sign_in(sam).get(address(campaign)).status_code == 404


def test_an_empty_campaign_says_what_to_do(sign_in, alice):
    campaign = CampaignFactory(on=True, **ALL_DAY)
    assert "The contacts are being counted." in sign_in(alice).get(address(campaign)).text
    count_changed_lists()
    assert "no contacts: import a list" in sign_in(alice).get(address(campaign)).text
    assert "Import a list." in sign_in(alice).get(address(campaign, "dry-run/")).text
