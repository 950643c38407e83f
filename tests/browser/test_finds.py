"""What somebody finds who never saw these pages, starting from the first one."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Campaign
from dnc import do_not_call_list
from tests.dialing.worlds import contact_of
from tests.factories import AgentFactory, CampaignFactory, ImportJobFactory, PersonalCallbackFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page, sam):
    CampaignFactory(name="Welcome", on=True, start_time="00:00", end_time="00:00")
    page = open_page(sam)
    page.goto("/admin/")
    return page


def test_why_a_campaign_is_not_dialing(page):
    exhausted = CampaignFactory(name="Renewals", on=True, start_time="00:00", end_time="00:00")
    contact_of(exhausted, status="C")
    expect(page.get_by_role("row", name="Renewals")).to_contain_text("list exhausted")


def test_whether_a_number_may_be_called_and_since_when_not(page, alice):
    do_not_call_list.add(["2125550100"], alice, "asked by letter")
    page.get_by_role("link", name="Find a person or number").click()
    page.get_by_label("Phone number, account number or name").fill("212-555-0100")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text(f"It may not be called since {timezone.now():%Y-%m-%d}")).to_be_visible()
    expect(page.get_by_text("asked by letter")).to_be_visible()


def test_tomorrows_callbacks_of_one_agent(page):
    rosa, other = AgentFactory(agent_id="4711"), AgentFactory(agent_id="4712")
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    PersonalCallbackFactory(agent=rosa, phone="2125550101", callback_date_time=noon + timedelta(days=1))
    PersonalCallbackFactory(agent=rosa, phone="2125550102", callback_date_time=noon + timedelta(days=2))
    PersonalCallbackFactory(agent=other, phone="2125550103", callback_date_time=noon + timedelta(days=1))
    page.get_by_role("link", name="Personal callbacks").first.click()
    page.get_by_role("link", name="Due tomorrow").click()
    page.locator("#searchbar").fill("4711")
    page.keyboard.press("Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("2125550101")


def test_which_rows_of_an_import_were_refused(page):
    job = ImportJobFactory(file_name="march.csv", rows_read=3, rows_stored=2, rows_bad=1)
    job.rejects.save("rejects.csv", ContentFile(b"line,reason\r\n3,no phone\r\n"))
    page.get_by_role("link", name="Import jobs").first.click()
    page.locator("#result_list tbody a").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download bad rows").click()
    assert "3,no phone" in download.value.path().read_text()


def test_how_to_stop_everything(page):
    page.get_by_role("link", name="Emergency stop", exact=True).click()
    page.get_by_role("button", name="Stop all campaigns now").click()
    expect(page.get_by_role("heading", name="Report of an emergency stop")).to_be_visible()
    assert not Campaign.objects.filter(enabled=True).exists()
