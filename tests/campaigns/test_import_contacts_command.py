import os
import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaigns.dialing_list import delete_contacts, length
from campaigns.management.commands.import_contacts import open_list
from campaigns.models import Contact, ContactPhone, ImportJob
from campaigns.resumable_import import open_job, store_steps
from tests.conftest import wait_until
from tests.factories import CampaignFactory, ContactFactory

pytestmark = pytest.mark.django_db

GOOD = "Customer;First name;Phone\n1;Zoë;2125550100\n2;Li;5550101\n"
BAD = GOOD + "3;Eva;call me\n=4;;\n"


@pytest.fixture
def campaign():
    return CampaignFactory(name="Renewals")


@pytest.fixture
def write(tmp_path):
    def write(content, name="list.csv", encoding="cp1252"):
        path = tmp_path / name
        path.write_text(content, encoding=encoding)
        return str(path)

    return write


def run(*arguments):
    call_command("import_contacts", *arguments)


def test_a_file_is_imported_by_the_name_of_its_campaign(campaign, write, capsys):
    run("renewals", write(GOOD), "--column", "Customer=AccountNumber")
    rows = [(c.account_number, c.first_name, c.phones.get().number) for c in Contact.objects.all()]
    assert rows == [("1", "Zoë", "2125550100"), ("2", "Li", "5550101")]
    job = ImportJob.objects.get()
    assert (job.source, job.state, job.file_name, job.rows_read) == ("command", "succeeded", "list.csv", 2)
    assert "2 contacts stored in Renewals" in " ".join(capsys.readouterr().out.split())


def test_numbers_as_people_write_them_are_stored_in_digits(campaign, write):
    run("renewals", write(GOOD + "3;Eva;+1 (303) 555-0185\n4;Kai;0044\u00a020 7946 0000\n"))
    numbers = ContactPhone.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["2125550100", "5550101", "3035550185", "442079460000"]


def test_bad_rows_refuse_the_file_and_are_shown(campaign, write, capsys):
    with pytest.raises(CommandError, match="2 rows are wrong"):
        run(str(campaign.pk), write(BAD))
    assert not Contact.objects.exists()
    assert "invalid characters" in capsys.readouterr().out


def test_bad_rows_may_be_left_out_and_written_to_a_file(campaign, write, tmp_path):
    rejects = tmp_path / "rejects.csv"
    run("Renewals", write(BAD), "--skip-bad-rows", "--rejects", str(rejects))
    assert Contact.objects.count() == 2
    assert rejects.read_text().splitlines() == [
        "Line,Errors,Customer,First name,Phone",
        "4,Phone01 contains invalid characters,3,Eva,call me",
        "5,the row has no phone,'=4,,",
    ]


def test_a_file_is_imported_twice_only_when_asked(campaign, write):
    path = write(GOOD)
    run("Renewals", path)
    with pytest.raises(CommandError, match="has been imported"):
        run("Renewals", path)
    run("Renewals", path, "--again")
    assert Contact.objects.count() == 4


def test_a_list_is_replaced_when_the_whole_file_is_in(campaign, write):
    ContactFactory(campaign=campaign, phones=["1", "2"])
    elsewhere = ContactFactory(phones=["3"])
    run("Renewals", write(GOOD), "--overwrite")
    assert Contact.objects.filter(campaign=campaign).count() == 2
    assert Contact.objects.filter(pk=elsewhere.pk).exists()
    assert ContactPhone.objects.count() == 3
    campaign.refresh_from_db()
    assert campaign.list_began is not None


@pytest.mark.parametrize("rows", ["", "4;;\n"])
def test_a_list_is_emptied_by_a_file_only_when_that_was_asked_for(campaign, write, rows):
    ContactFactory(campaign=campaign)
    path = write("Customer;First name;Phone\n" + rows)
    for flags in (["--overwrite"], ["--empty-list"], []):
        with pytest.raises(CommandError, match=r"nothing was stored. --overwrite --empty-list empties"):
            run("Renewals", path, "--skip-bad-rows", *flags)
    assert Contact.objects.count() == 1
    run("Renewals", path, "--skip-bad-rows", "--overwrite", "--empty-list")
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Nobody", "{file}"], "There is no campaign Nobody"),
        (["Renewals", "/nowhere/list.csv"], "No such file"),
        (["Renewals", "{file}", "--encoding", "utf-8"], "no text in the encoding utf-8"),
        (["Renewals", "{file}", "--encoding", "morse"], "no text in the encoding morse"),
        (["Renewals", "{file}", "--delimiter", "|"], "at least one of the columns Phone01 to Phone10"),
    ],
)
def test_what_cannot_be_done_is_reported_in_one_sentence(campaign, write, arguments, message):
    path = write(GOOD)
    with pytest.raises(CommandError, match=message):
        run(*[argument.format(file=path) for argument in arguments])


def test_a_file_of_errors_is_given_up(campaign, write):
    with pytest.raises(CommandError, match="rows are wrong"):
        run("Renewals", write("Phone01\n" + "x\n" * 25_000), "--skip-bad-rows")
    assert not Contact.objects.exists()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_without_doubling_rows(start_process, campaign, write):
    rows = 60_000
    path = write("AccountNumber,Phone01\n" + "".join(f"{n},{2125550000 + n}\n" for n in range(rows)))
    kills = 0
    while not ImportJob.objects.filter(state="succeeded").exists():
        before = Contact.objects.count()
        process = start_process("manage.py", "import_contacts", "Renewals", path)
        wait_until(
            lambda before=before, process=process: (
                Contact.objects.count() > before or process.poll() is not None
            )
        )
        if kills < 3:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        assert process.wait(120) in {0, -signal.SIGKILL}, process.log.read_text()
    assert kills == 3
    numbers = Contact.objects.values_list("account_number", flat=True)
    assert sorted(map(int, numbers)) == list(range(rows))
    assert ContactPhone.objects.count() == rows
    assert ImportJob.objects.count() == 1


def test_a_list_that_is_emptied_during_an_import_keeps_its_length(campaign, write):
    """What came before goes, what comes after stays."""
    file = open_list(
        {"file": Path(write("Phone01\n" + "5\n" * 12_000)), "encoding": "", "delimiter": "", "column": []}
    )
    job = open_job(campaign, file, overwrite=False, again=False)
    emptied = []

    for done in store_steps(job, file):
        if not emptied:
            emptied.append(done)
            delete_contacts(campaign)
    assert length(campaign.pk) == Contact.objects.count() == 12_000 - emptied[0]


def test_the_command_says_how_it_reads_the_file(campaign, write, capsys):
    run("Renewals", write("Kunde;Vorname;Telefon;Handy;Telefon\n1;Zoë;2125550100;5;6\n"))
    output = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "list.csv: Western European (Windows-1252), semicolon between fields" in output
    assert "Kunde left out" in output
    assert "Vorname FirstName" in output
    assert "Telefon Phone01" in output
    assert "Handy Phone02" in output
    assert "“Telefon” heads more than one column" in output
    assert Contact.objects.get().first_name == "Zoë"
