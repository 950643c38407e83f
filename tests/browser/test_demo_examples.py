"""What somebody finds who never saw these pages, on the demo's data and starting from the first page."""

import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from outbound_site import demo
from outbound_site.seeding import seed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page, sam):
    seed()
    demo.prepare()
    page = open_page(sam)
    page.goto("/admin/")
    return page


def test_five_things_are_found_by_clicks_from_the_first_page(page):
    first = page.get_by_role("link", name="Outbound").first

    # Why a campaign is not dialing.
    expect(page.get_by_role("row", name="demo.renewal")).to_contain_text("the campaign ended on")

    # Whether a number may be called, and since when not.
    page.get_by_role("link", name="Find a person or number").click()
    page.get_by_label("Phone number, account number or name").fill("212-555-0100")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("It may not be called since 20")).to_be_visible()
    expect(page.get_by_text("asked by letter not to be called")).to_be_visible()

    # Tomorrow's callbacks of one agent.
    first.click()
    page.get_by_role("link", name="Personal callbacks").first.click()
    page.get_by_role("link", name="Due tomorrow").click()
    page.locator("#searchbar").fill("1001")
    page.keyboard.press("Enter")
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Iris Costa")

    # Which rows of an import were refused.
    first.click()
    page.get_by_role("link", name="Import jobs").first.click()
    page.get_by_role("row", name="renewals.csv").get_by_role("link").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download bad rows").click()
    assert "the row has no phone" in download.value.path().read_text()

    # How to stop everything.
    page.get_by_role("link", name="Emergency stop", exact=True).click()
    page.get_by_role("button", name="Stop all campaigns now").click()
    expect(page.get_by_role("heading", name="Report of an emergency stop")).to_be_visible()
    assert not Campaign.objects.filter(enabled=True).exists()
