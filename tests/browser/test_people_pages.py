import pytest
from playwright.sync_api import expect

from dnc import do_not_call_list
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "color_scheme"), [(1280, "light"), (390, "dark")])
def test_a_person_is_found_by_number_and_the_timeline_opened(open_page, axe, sam, alice, width, color_scheme):
    campaign = CampaignFactory(name="Renewals", on=True)
    numbers = ["2125550100", "2125550199"]
    contact_of(campaign, numbers=numbers, account_number="6782", first_name="<b>Henry</b>")
    do_not_call_list.add(["2125550100"], alice, "asked by letter")
    page = open_page(sam, width=width, color_scheme=color_scheme)
    page.goto("/admin/")
    page.get_by_role("link", name="Find a person or number").press("Enter")
    found = axe(page)
    expect(page.get_by_label("Phone number, account number or name")).to_be_focused()
    page.keyboard.type("212-555-0100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It may not be called")).to_be_visible()
    found += axe(page)
    page.get_by_role("link", name="6782 <b>Henry</b>").click()
    expect(page.get_by_role("heading", name="May this contact be called now?")).to_be_visible()
    expect(page.get_by_role("row", name="2125550100")).to_contain_text("On the Do Not Call list")
    found += axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []
