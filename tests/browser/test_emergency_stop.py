import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from dialing.emergency_stop import finish_recalls
from dialing.leases import recalls_after
from dialing.record_feed import claim_records
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}


def test_everything_stops_by_keyboard_the_report_follows_the_recall_and_the_campaigns_come_back(
    open_page, sam
):
    campaign = CampaignFactory(name="Renewals", **ALL_DAY)
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    page = open_page(sam)
    page.goto("/admin/campaigns/campaign/")
    page.get_by_role("link", name="Emergency stop", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dialers hold 1 record of it")).to_be_visible()
    page.get_by_role("button", name="Stop all campaigns now").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Report of an emergency stop")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=sam.username)).to_be_visible()
    assert not Campaign.objects.get().enabled
    expect(page.get_by_role("row", name="north")).to_contain_text("told, not confirmed yet")
    finish_recalls()
    [recall] = recalls_after("north", 0)
    box = page.get_by_role("checkbox", name="Bring back Renewals")
    box.focus()
    recalls_after("north", recall.number)
    expect(page.get_by_text("every dialer has confirmed")).to_be_visible()
    expect(box).to_be_focused()

    page.get_by_role("button", name="Switch the ticked campaigns on again").press("Enter")
    expect(page.get_by_text("1 campaign switched on again")).to_be_visible()
    assert Campaign.objects.get().enabled


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_the_stop_break_no_rule_of_accessibility(open_page, axe, sam, width, color_scheme):
    campaign = CampaignFactory(name="Renewals", **ALL_DAY)
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    page = open_page(sam, width=width, color_scheme=color_scheme)
    page.goto("/admin/dialing/stopreport/")
    found = axe(page)
    page.goto("/admin/dialing/stopreport/stop/")
    found += axe(page)
    assert page.get_by_role("link", name="Emergency stop", exact=True).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Stop all campaigns now").click()
    found += axe(page)
    page.goto("/admin/dialing/stopreport/")
    found += axe(page)
    assert found == []
