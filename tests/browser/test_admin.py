"""The admin in a real browser: by keyboard alone, in every theme and width, for everybody's eyes and ears."""

import pytest
from playwright.sync_api import expect

from campaigns.configuration import SkillGroupChange, delete_campaign, update_campaign
from campaigns.models import Campaign
from tests.factories import PASSWORD, CampaignFactory, SkillGroupFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focus(page, target, key="Tab"):
    """Go on with the key until the control, given by its label or as a locator, has the focus."""
    wanted = page.get_by_label(target, exact=True) if isinstance(target, str) else target
    handle = wanted.first.element_handle()
    for _ in range(200):
        page.keyboard.press(key)
        if handle.evaluate("control => document.activeElement === control"):
            return
    pytest.fail(f"the key {key} never reaches {target}")


def test_a_campaign_is_made_edited_deleted_and_purged_by_keyboard(open_page, alice):
    SkillGroupFactory(name="Blue")
    SkillGroupFactory(name="Green")
    page = open_page()
    keys = page.keyboard

    page.goto("/admin/")
    keys.type(alice.username)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()

    focus(page, page.get_by_role("link", name="Add a campaign"))
    keys.press("Enter")
    page.wait_for_url("**/campaign/add/")
    expect(page.get_by_label("Name:", exact=True)).to_be_focused()
    keys.type("Renewals_Q3")
    focus(page, "Skill group:")
    keys.type("Blue")
    focus(page, page.get_by_role("button", name="Add another Skill group"))
    keys.press("Enter")
    focus(page, page.locator("#id_skill_group_infos-1-skill_group"), key="Shift+Tab")
    keys.type("Green")
    focus(page, "Time zone:")
    keys.type("(UTC) Coord")
    focus(page, "Campaign prefix:")
    keys.press("Enter")
    row = page.get_by_role("row", name="Renewals_Q3")
    expect(row).to_contain_text("Blue, Green")

    focus(page, page.get_by_role("link", name="Renewals_Q3", exact=True))
    keys.press("Enter")
    focus(page, "Max attempts:")
    keys.press("Control+a")
    keys.type("7")
    keys.press("Enter")
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    campaign = Campaign.objects.get()
    assert campaign.max_attempts == 7

    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/history/")
    latest = page.get_by_role("main").get_by_role("row").nth(1)
    expect(latest).to_contain_text("Max attempts: 3 → 7")
    expect(latest).to_contain_text(alice.username)

    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    focus(page, page.get_by_role("link", name="Delete", exact=True))
    keys.press("Enter")
    page.wait_for_url("**/delete/")
    focus(page, page.get_by_role("button", name="Delete", exact=True))
    keys.press("Enter")
    expect(page.get_by_text("0 campaigns")).to_be_visible()

    focus(page, page.get_by_role("link", name="Deleted campaigns"))
    keys.press("Enter")
    focus(page, page.get_by_role("link", name="Renewals_Q3", exact=True))
    keys.press("Enter")
    focus(page, page.get_by_role("link", name="Delete", exact=True))
    keys.press("Enter")
    page.wait_for_url("**/delete/")
    focus(page, page.get_by_role("button", name="Purge"))
    keys.press("Enter")
    expect(page.get_by_text("0 deleted campaigns")).to_be_visible()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_breaks_a_rule_of_accessibility(open_page, axe, alice, width, color_scheme):
    groups = SkillGroupFactory.create_batch(3)
    tool = CampaignFactory(tool=True, name="Renewals", on=True, skill_groups=groups[:2])
    update_campaign(tool.pk, 0, {"max_attempts": 5}, SkillGroupChange())
    of_the_api = CampaignFactory(name="OfTheApi", skill_groups=groups[2:])
    deleted = CampaignFactory(tool=True)
    delete_campaign(deleted)
    visitor = open_page(width=width, color_scheme=color_scheme)
    visitor.goto("/admin/")
    found = axe(visitor)

    page = open_page(alice, width=width, color_scheme=color_scheme)
    one = f"campaigns/campaign/{tool.pk}"
    for path in [
        "",
        "campaigns/campaign/",
        f"{one}/change/",
        f"{one}/history/",
        f"{one}/delete/",
        f"campaigns/campaign/{of_the_api.pk}/change/",
        "campaigns/deletedcampaign/",
        f"campaigns/deletedcampaign/{deleted.pk}/delete/",
        "outbound_site/role/add/",
        f"auth/user/{alice.pk}/change/",
    ]:
        page.goto(f"/admin/{path}")
        found += axe(page)
    page.goto("/admin/campaigns/campaign/add/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Please correct the errors below")).to_be_visible()
    found += axe(page)
    assert found == []


def test_the_theme_follows_the_switch(open_page, alice):
    page = open_page(alice)
    page.goto("/admin/")

    def background():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    follows_the_system = background()
    page.locator(".theme-toggle").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    assert (follows_the_system, background()) == ("rgb(255, 255, 255)", "rgb(20, 25, 28)")


def test_what_a_person_types_never_becomes_markup(open_page, alice):
    trap = "<img src=x onerror=\"document.title='taken'\">"
    campaign = CampaignFactory(tool=True, description=trap)
    update_campaign(campaign.pk, 0, {"description": f"{trap}2"}, SkillGroupChange())
    page = open_page(alice)
    for name in ("change", "history", "delete"):
        page.goto(f"/admin/campaigns/campaign/{campaign.pk}/{name}/")
        assert page.title() != "taken"
        assert page.locator("main img[src=x]").count() == 0
