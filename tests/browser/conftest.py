"""A real browser on a live server. Pages are watched: nothing from outside, no script or style refused."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
  "Content Security Policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile));
"""


@pytest.fixture(scope="session")
def chromium():
    # Playwright keeps an event loop in this thread, which Django takes for a view that must not use its ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """`open_page(alice, width=390, color_scheme="dark")`: a watched page, signed in when a user is given."""
    complaints, contexts = [], []

    def open_page(user=None, width=1280, height=900, color_scheme="light"):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme=color_scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        watch(page, live_server.url, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def watch(page, own_url, complaints):
    def request(request):
        if not request.url.startswith((own_url, "data:", "blob:")):
            complaints.append(f"request outside the server: {request.url}")

    def response(response):
        if response.status >= 500:
            complaints.append(f"{response.status}: {response.url}")

    def console(message):
        if "Content Security Policy" in message.text:
            complaints.append(f"{page.url}: {message.text}")

    page.on("request", request)
    page.on("response", response)
    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


@pytest.fixture(scope="session")
def axe():
    """`axe(page)`: what axe-core finds wrong with the page, as readable lines; with `only` by those rules."""
    rules = Axe()

    def check(page, only=None):
        # Its look at style sheets would add styles of its own to the page, which the policy refuses.
        options = {"preload": False} | ({"runOnly": only} if only else {})
        found = rules.run(page, options=options).response["violations"]
        return [
            f"{page.url} {violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for violation in found
            for node in violation["nodes"]
        ]

    return check
