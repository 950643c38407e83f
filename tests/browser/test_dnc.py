import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from dnc.do_not_call_list import add, contains
from dnc.import_runner import run_waiting
from dnc.models import FileImport
from outbound_site.core.jobs import JobState
from tests.factories import FileImportFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(autouse=True)
def work_directory(settings, tmp_path):
    settings.DNC_WORK_DIR = tmp_path


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_numbers_are_added_looked_up_and_removed(open_page, alice, axe, width, scheme):
    page = open_page(alice, width=width, color_scheme=scheme)
    page.goto(reverse("admin:dnc_handentry_numbers"))
    page.get_by_label("Numbers:").fill("2225554444\n*67#")
    page.get_by_label("Reason:").fill("a letter")
    page.get_by_role("button", name="Add by hand").click()
    expect(page.get_by_role("row", name="*67# listed")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("link", name="2225554444").click()
    expect(page.get_by_text("2225554444 is listed")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_label("Reason:").fill("a mistake")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("row", name="2225554444 not listed")).to_be_visible()
    assert contains(["2225554444", "*67#"]) == {"*67#"}


def test_a_file_is_uploaded_and_its_import_seen_to_end_without_a_reload(open_page, alice, axe, tmp_path):
    (tmp_path / "list.txt").write_text("2225554444\r\n")
    page = open_page(alice)
    page.goto(reverse("admin:dnc_fileimport_changelist"))
    page.get_by_role("link", name="Upload a file").click()
    page.get_by_label("File:").set_input_files(tmp_path / "list.txt")
    assert axe(page) == []
    page.get_by_role("button", name="Upload and import").click()
    expect(page.get_by_text("Waiting: list.txt")).to_be_visible()
    page.evaluate("window.sameDocument = true")

    run_waiting()

    expect(page.get_by_text("succeeded, 1 added")).to_be_visible()
    assert page.evaluate("window.sameDocument")


def test_a_running_import_shows_how_far_it_is(open_page, alice, axe):
    batch = FileImportFactory(
        state=JobState.RUNNING, phase="reading", done=30, total=100, lease_until=timezone.now()
    )
    page = open_page(alice, width=390)
    page.goto(reverse("admin:dnc_fileimport_changelist"))
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "30")
    assert axe(page) == []

    FileImport.objects.filter(pk=batch.pk).update(done=70)

    expect(bar).to_have_attribute("value", "70")


def test_the_list_is_downloaded(open_page, alice):
    add(["2225554444"], alice, "a letter")
    page = open_page(alice)
    page.goto(reverse("admin:dnc_handentry_changelist"))

    with page.expect_download() as download:
        page.get_by_role("link", name="Export the list").click()

    assert download.value.path().read_text() == "2225554444\n"
