import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from dialing.record_feed import claim_records
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL_DAY = {"start_time": "00:00", "end_time": "00:00"}


def test_a_campaign_is_tried_dry_and_switched_on(open_page, alice):
    campaign = CampaignFactory(name="Welcome", tool=True, dialing_mode="PROGRESSIVEONLY", **ALL_DAY)
    contact_of(campaign)
    contact_of(campaign, status="C")
    page = open_page(alice)
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    page.get_by_role("link", name="State and figures").click()
    page.get_by_role("link", name="Dry run, then switch on").press("Enter")
    expect(page.get_by_text("Of 2 contacts, 1 could be dialed now")).to_be_visible()
    expect(page.get_by_role("row", name="Done with")).to_be_visible()
    page.get_by_role("button", name="Switch the campaign on").press("Enter")
    expect(page.get_by_text("Welcome is on.")).to_be_visible()
    assert Campaign.objects.get().enabled


@pytest.mark.parametrize(("width", "color_scheme"), [(1280, "light"), (390, "dark")])
def test_the_pages_of_a_campaign_break_no_rule_of_accessibility(open_page, axe, alice, width, color_scheme):
    campaign = CampaignFactory(on=True, tool=True, **ALL_DAY)
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    page = open_page(alice, width=width, color_scheme=color_scheme)
    found = []
    for end in ("", "dry-run/"):
        page.goto(f"/admin/dialing/campaign/{campaign.pk}/{end}")
        found += axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []
