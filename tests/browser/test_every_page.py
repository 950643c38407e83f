"""Every page of the admin in a real browser: it keeps the rules of accessibility, is no wider than the screen
and makes no complaint in the console."""

import pytest
from playwright.sync_api import expect

from tests.admin_world import addresses

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900),
]
# Width, theme and the rules to keep there: all of them, and those that width and theme have a part in.
DESK = (1280, "light", None)
PHONE = (390, "dark", ["color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block"])


# The supervisor's pages are the administrator's with less on them: what fits the phone there fits it here.
@pytest.mark.parametrize(
    ("name", "fewest", "screen"), [("alice", 90, DESK), ("alice", 90, PHONE), ("sam", 60, DESK)]
)
def test_every_page_fits_and_keeps_the_rules(open_page, axe, client, world, request, name, fewest, screen):
    user, (width, scheme, rules) = request.getfixturevalue(name), screen
    client.force_login(user)
    opened = [address for address in addresses() if client.get(address).status_code == 200]
    page, found = open_page(user, width=width, color_scheme=scheme), []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    for address in opened:
        page.goto(address)
        found += axe(page, rules)
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{address} is {needed} wide on a screen of {width}")

    assert found == []
    assert len(opened) > fewest


def test_a_report_is_printed_dark_on_white_from_a_dark_screen_too(open_page, world, sam):
    page = open_page(sam, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.goto("/admin/dialing/stopreport/")
    page.locator("#result_list tbody a").first.click()

    def color_of(selector):
        return page.locator(selector).first.evaluate("part => getComputedStyle(part).color")

    assert {color_of(part) for part in ("h1", "dd", "th", "main a")} <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#header").is_visible()
    expect(page.locator(".printed")).to_contain_text(sam.username)
