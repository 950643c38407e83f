"""`make screenshots`: pictures of the main pages of a running demo, light and dark, in docs/screenshots/."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
DIRECTORY = Path("docs/screenshots")
URL = "http://127.0.0.1:8099"
SIZE = {"width": 1120, "height": 720}
# Where the theme has most to show; the repository stays small.
DARK_TOO = {"board", "campaign", "time-zones", "stop-report"}
# Long enough for calls of every kind.
AT_WORK_SECONDS = 60
LIST = b"Account,First name,Phone\n6782,Henry,2225554444\n6783,Elif,222-555-6262\n6784,Ben,\n"


def main():
    DIRECTORY.mkdir(exist_ok=True)
    with running_demo() as password:
        time.sleep(AT_WORK_SECONDS)
        take_pictures(password)


@contextmanager
def running_demo():
    """A demo on data of its own; gives the administrator's password."""
    with tempfile.TemporaryDirectory() as data:
        settings = {"DATA_DIR": data, "PORT": URL.rpartition(":")[2], "SERVER_TIME_ZONE": "America/New_York"}
        settings |= {"DATABASE_URL": "", "CELERY_BROKER_URL": "", "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "manage.py", "demo"]
        demo = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True)
        try:
            lines = iter(demo.stdout.readline, "")
            yield next(found[1] for line in lines if (found := re.search(r"Password  (\S+)", line)))
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)


def take_pictures(password):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=URL, viewport=SIZE, reduced_motion="reduce")
        page.goto("/admin/")
        page.fill("#id_username", "administrator@localhost")
        page.fill("#id_password", password)
        page.get_by_role("button", name="Log in").click()
        for name, address in addresses(page).items():
            page.goto(address)
            if name == "stop-report":
                page.get_by_role("button", name="Stop all campaigns now").click()
            if name == "import":
                page.locator("#bad-rows").scroll_into_view_if_needed()
            for scheme in ("light", "dark") if name in DARK_TOO else ("light",):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=DIRECTORY / f"{name}-{scheme}.png")
        page.set_viewport_size({"width": 390, "height": 720})
        page.goto("/admin/")
        page.screenshot(path=DIRECTORY / "board-phone.png")
        browser.close()


def addresses(page):
    """Of the pages by name, in the order in which they are taken; the stop comes last."""
    found = {"board": "/admin/"}
    page.goto("/admin/")
    found["campaign"] = page.get_by_role("link", name="demo.survey").first.get_attribute("href")
    page.goto("/admin/campaigns/contact/?status__exact=C")
    page.locator("#result_list tbody a").first.click()
    found["contact"] = page.get_by_role("link", name="Timeline and decision").get_attribute("href")
    found["dnc-number"] = "/admin/dnc/handentry/number/?number=2125550100"
    found["callbacks"] = "/admin/callbacks/personalcallback/calendar/"
    page.goto("/admin/campaigns/importjob/upload/")
    page.get_by_label("Campaign:").select_option(label="demo.reminder")
    page.set_input_files("#id_file", {"name": "april.csv", "mimeType": "text/csv", "buffer": LIST})
    page.get_by_role("button", name="Look at the file").click()
    found["import"] = page.url
    found["time-zones"] = "/admin/timezones/around-the-clock/"
    found["stop-report"] = "/admin/dialing/stopreport/stop/"
    return found


if __name__ == "__main__":
    main()
