"""Contacts that are called although the Do Not Call list has their number in another form."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from campaigns import near_misses
from campaigns.contact_import import import_content
from campaigns.models import ContactPhone, ImportJob
from campaigns.near_misses import contacts_of_all, count_for, count_waiting
from dnc.do_not_call_list import add
from dnc.models import FileImport
from dnc.near_misses import listed_lengths
from tests.factories import CampaignFactory, ContactFactory, FileImportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(alice):
    """Put numbers on the list: `listed("13035550185")`."""
    return lambda *numbers: add(numbers, alice, "asked us")


@pytest.mark.parametrize(
    ("on_list", "number", "counted"),
    [
        ("13035550185", "3035550185", 1),
        ("3035550185", "13035550185", 1),
        ("0013035550185", "3035550185", 1),
        ("442079460000", "00442079460000", 1),
        ("3035550185", "3035550185", 0),
        ("3035550186", "3035550185", 0),
        ("*67", "3035550185", 0),
    ],
)
def test_a_contact_counts_whose_number_is_listed_with_another_prefix_only(listed, on_list, number, counted):
    listed(on_list)
    ContactFactory(phones=[number])
    assert contacts_of_all() == counted


def test_a_number_that_is_listed_itself_is_no_near_miss(listed):
    listed("3035550185", "13035550185")
    ContactFactory(phones=["3035550185"])
    assert contacts_of_all() == 0


def test_contacts_that_are_called_no_more_do_not_count(listed):
    listed("13035550185")
    ContactFactory(phones=["3035550185"], status="C")
    ContactFactory(phones=["3035550185"], status="M")
    ContactFactory(phones=["3035550185"], campaign=CampaignFactory(deleted_at=timezone.now()))
    closed = ContactFactory(phones=["3035550185"])
    closed.phones.update(closed=True)
    assert contacts_of_all() == 0


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_a_contact_with_several_such_numbers_counts_once(listed, monkeypatch, batch):
    monkeypatch.setattr(near_misses, "BATCH", batch)
    listed("13035550185", "13035550186")
    for _ in range(3):
        ContactFactory(phones=["3035550185", "3035550186", "5550100"])
    assert contacts_of_all() == 3


def test_the_queries_do_not_grow_with_the_contacts(listed, django_assert_num_queries):
    listed("13035550185")
    for number in range(30):
        ContactFactory(phones=["3035550185", f"30355501{number:02}"])
    # Of the lengths 4 to 15 all but that of the number; manual entries; phones, list twice, contacts.
    with django_assert_num_queries(11 + 1 + 4):
        assert contacts_of_all() == 30


def test_of_a_list_with_numbers_of_one_length_no_number_of_that_length_is_looked_up(
    listed, django_assert_num_queries
):
    listed("3035550185")
    ContactFactory(phones=["3035550186"])
    assert listed_lengths() == {10}
    with django_assert_num_queries(11 + 1 + 1):
        assert contacts_of_all() == 0


def test_an_import_counts_its_own_contacts(listed):
    listed("13035550185")
    campaign = CampaignFactory()
    ContactFactory(campaign=campaign, phones=["3035550185"])
    job = import_content(
        campaign, "Phone01,Phone02\n3035550185,5\n3035550187,3035550185\n3035550188,\n", user=None
    )
    count_for(job)
    assert ImportJob.objects.get(pk=job.pk).near_misses == 2


def test_imports_of_the_last_day_are_counted_in_the_background(listed):
    listed("13035550185")
    now = timezone.now()
    file = FileImportFactory(state="succeeded", in_force=True, in_force_at=now)
    old = FileImportFactory(state="succeeded", in_force=True, in_force_at=now - timedelta(days=2))
    replaced = FileImportFactory(state="succeeded", in_force=False, in_force_at=now)
    job = import_content(CampaignFactory(), "Phone01\n3035550185\n", user=None)

    count_waiting()
    counts = dict(FileImport.objects.values_list("pk", "near_misses"))
    assert counts == {file.pk: 1, old.pk: None, replaced.pk: None}
    assert ImportJob.objects.get(pk=job.pk).near_misses == 1

    ContactPhone.objects.update(closed=True)
    count_waiting()
    assert FileImport.objects.get(pk=file.pk).near_misses == 1


def test_the_command_shows_them(listed, tmp_path, capsys):
    listed("13035550185")
    CampaignFactory(name="Renewals")
    path = tmp_path / "list.csv"
    path.write_text("Name,Phone\nAna,+1 303 555 0185\nLi,3035550186\n")
    call_command("import_contacts", "Renewals", str(path))
    output = " ".join(capsys.readouterr().out.split())
    assert "with a number that is on the Do Not Call list in another form only: 1." in output


def test_import_dnc_shows_them(tmp_path, capsys, settings):
    settings.DNC_WORK_DIR = tmp_path / "work"
    ContactFactory(phones=["3035550185"])
    path = tmp_path / "list.txt"
    path.write_text("13035550185\n")
    call_command("import_dnc", str(path))
    assert "contacts listed in another form only" in capsys.readouterr().out
    assert FileImport.objects.get().near_misses == 1


def test_the_pages_of_imports_show_them(client, alice, listed):
    listed("13035550185")
    client.force_login(alice)
    job = import_content(CampaignFactory(), "Phone01\n3035550185\n", user=None)
    file = FileImportFactory(state="succeeded", in_force=True, in_force_at=timezone.now())
    count_waiting()
    for page in (
        reverse("admin:campaigns_importjob_change", args=[job.pk]),
        reverse("admin:dnc_fileimport_change", args=[file.pk]),
    ):
        assert "listed in another form only" in client.get(page).text
