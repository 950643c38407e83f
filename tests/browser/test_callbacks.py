"""The calendar of personal callbacks and their reassignment in a real browser; the server is in New York."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from callbacks.models import PersonalCallback
from outbound_site.core.server_time import to_utc, today
from tests.browser.test_admin import focus
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = {
    "week": "calendar/",
    "day": "calendar/?view=day",
    "list": "",
    "form": "add/",
    "upload": "../callbackimport/upload/",
}


@pytest.fixture(autouse=True)
def callbacks(settings, transactional_db):
    """Two agents with callbacks of today and tomorrow; one is far too long to fit anywhere."""
    settings.SERVER_TIME_ZONE = "America/New_York"
    rosa = AgentFactory(agent_id="1001", first_name="Rosa", last_name="Keller")
    nora = AgentFactory(agent_id="1002", first_name="Nora", last_name="Berg")
    noon = to_utc(datetime.combine(today(), time(12)))
    campaign = CampaignFactory(name="Renewals_Q3")
    long = {"last_name": "W" * 50, "account_number": "9" * 30, "campaign": campaign}
    return [
        PersonalCallbackFactory(agent=rosa, callback_date_time=noon, last_name="Silva"),
        PersonalCallbackFactory(agent=nora, callback_date_time=noon + timedelta(hours=1), **long),
        PersonalCallbackFactory(agent=nora, callback_date_time=noon + timedelta(days=1), active=True),
        PersonalCallbackFactory(
            agent=nora, callback_date_time=noon + timedelta(hours=2), last_name="<b>Li</b>"
        ),
    ]


def test_the_calendar_is_walked_by_keyboard(open_page, alice):
    page = open_page(alice)
    keys = page.keyboard
    page.goto("/admin/callbacks/personalcallback/")
    focus(page, page.get_by_role("link", name="Calendar"))
    keys.press("Enter")
    expect(page.get_by_text("All times are America/New_York")).to_be_visible()
    expect(page.get_by_role("region")).to_have_count(7)
    expect(page.locator(".calendar-today")).to_contain_text("12:00 Silva")
    expect(page.locator(".calendar-today")).to_contain_text("1001 Rosa Keller")

    focus(page, page.locator(".calendar-today h2 a"))
    keys.press("Enter")
    page.wait_for_url("**view=day**")
    expect(page.get_by_role("region", name="1002 Nora Berg")).to_contain_text("<b>Li</b>")
    focus(page, page.get_by_role("link", name="Next day"))
    keys.press("Enter")
    expect(page.get_by_role("region", name="1002 Nora Berg")).to_contain_text("active")
    focus(page, page.get_by_role("link", name="Today", exact=True))
    keys.press("Enter")

    focus(page, "Agent ID or name contains:")
    keys.type("keller")
    keys.press("Enter")
    expect(page.get_by_role("region")).to_have_count(1)
    focus(page, page.get_by_role("link", name="12:00"))
    keys.press("Enter")
    expect(page.get_by_label("Last name:")).to_have_value("Silva")
    expect(page.get_by_label("Callback time:")).to_have_value(f"{today()}T12:00")


def test_callbacks_are_reassigned_by_keyboard(open_page, alice, callbacks):
    page = open_page(alice)
    keys = page.keyboard
    page.goto("/admin/callbacks/personalcallback/?q=agentId:1002")
    focus(page, page.locator("#action-toggle"))
    keys.press("Space")
    focus(page, page.locator("select[name=action]"), key="Shift+Tab")
    keys.type("Reassign")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("3 callbacks will go to the agent")).to_be_visible()

    focus(page, "To agent:")
    keys.type("1001")
    focus(page, page.get_by_role("button", name="Reassign"))
    keys.press("Enter")
    expect(page.get_by_text("2 of 3 callbacks went to 1001 Rosa Keller.")).to_be_visible()
    expect(page.get_by_text("1 were left as they are")).to_be_visible()
    assert PersonalCallback.objects.filter(agent__agent_id="1001").count() == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_fits_and_keeps_the_rules_of_accessibility(open_page, alice, axe, width, scheme):
    page = open_page(alice, width=width, color_scheme=scheme)
    for path in PAGES.values():
        page.goto(f"/admin/callbacks/personalcallback/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = axe(page)
        assert not found, "\n".join(found)
