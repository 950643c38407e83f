import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from dialing.record_feed import claim_records
from supervision.list_counts import count_changed_lists
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}


def test_the_board_follows_what_happens_and_keeps_the_focus(open_page, sam):
    campaign = CampaignFactory(name="Renewals", **ALL_DAY)
    contact_of(campaign)
    count_changed_lists()
    page = open_page(sam)
    page.goto("/admin/")
    link = page.get_by_role("region", name="Campaigns that are on").get_by_role("link", name="Renewals")
    link.focus()
    expect(page.get_by_role("row", name="Renewals")).to_contain_text("no dialer is connected")
    CampaignFactory(name="Another", **ALL_DAY)
    claim_records("north", campaign.pk, 1)
    expect(page.get_by_role("row", name="Another")).to_be_visible()
    expect(page.get_by_role("row", name="north")).to_be_visible()
    expect(link).to_be_focused()
    Campaign.objects.filter(name="Another").update(enabled=False)
    expect(page.get_by_role("row", name="Another")).to_have_count(0)
    link.press("Enter")
    expect(page.get_by_role("heading", name="Counters")).to_be_visible()


@pytest.mark.parametrize(("width", "color_scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_the_board_breaks_no_rule_of_accessibility(open_page, axe, alice, width, color_scheme):
    campaign = CampaignFactory(name="Renewals", **ALL_DAY)
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    CampaignFactory(name="Welcome", **ALL_DAY)
    page = open_page(alice, width=width, color_scheme=color_scheme)
    page.goto("/admin/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hidden_tab_asks_for_nothing_and_goes_on_when_it_is_seen(open_page, sam):
    CampaignFactory(**ALL_DAY)
    page = open_page(sam)
    page.goto("/admin/")

    def hide(hidden):
        page.evaluate(
            "hidden => Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})", hidden
        )

    hide(True)
    asked = []
    # The browser fetches the page's icon when it likes.
    page.on("request", lambda request: "/static/" in request.url or asked.append(request.url))
    page.wait_for_timeout(4_500)
    assert asked == []
    with page.expect_request("**/dialing/board/"):
        hide(False)
