import re

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from campaigns.models import Contact
from tests.factories import CampaignFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def spreadsheet(tmp_path):
    book = Workbook()
    for row in [
        ["Customer", "First name", "Mobile", "Phone 2", "Remark"],
        [4019, "Mir", 2125550100, None, "calls in the evening"],
        [4020, "<script>alert(1)</script>", 3125550101, 5550102, "=1+1"],
        [4021, "Ana", "on request", None, None],
    ]:
        book.active.append(row)
    path = tmp_path / "customers.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("width", [1280, 390])
def test_a_spreadsheet_is_uploaded_looked_at_and_imported(open_page, alice, spreadsheet, axe, width):
    CampaignFactory(name="Renewals", zone="Eastern Standard Time")
    page = open_page(alice, width=width)
    page.goto("/admin/campaigns/importjob/")
    page.get_by_role("link", name="Upload contacts").click()
    page.get_by_label("Campaign:").select_option("Renewals")
    page.get_by_label("File:").set_input_files(spreadsheet)
    assert axe(page) == []
    page.get_by_role("button", name="Look at the file").click()

    page.get_by_label("Customer").select_option("AccountNumber")
    page.get_by_label("Mobile").select_option("Phone01")
    page.get_by_role("button", name="Look at it again").click()
    good = page.get_by_role("row", name=re.compile("4019"))
    expect(good).to_contain_text("UTC-05:00, daylight saving")
    bad = page.get_by_role("row", name=re.compile("4021"))
    expect(bad).to_contain_text("Phone01 contains invalid characters")
    assert axe(page) == []

    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Nothing was imported: 1 rows are wrong")).to_be_visible()
    assert not Contact.objects.exists()

    page.get_by_label("Leave bad rows out").check()
    page.get_by_role("button", name="Import").click()
    expect(
        page.get_by_text("2 contacts were imported into Renewals. 1 bad rows were left out.")
    ).to_be_visible()
    assert list(Contact.objects.values_list("account_number", flat=True)) == ["4019", "4020"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download bad rows").click()
    assert "4021" in download.value.path().read_text("utf-8-sig")

    page.get_by_role("link", name="Undo").click()
    assert axe(page) == []
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("2 contacts were removed")).to_be_visible()
    assert not Contact.objects.exists()
