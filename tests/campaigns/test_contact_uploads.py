"""The upload of contacts in the admin, without a browser."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.configuration import delete_campaign
from campaigns.contact_import import import_content
from campaigns.models import CallStatus, Campaign, Contact, ContactPhone, ImportJob
from dnc import do_not_call_list
from outbound_site.unifiedconfig.errors import ApiError
from tests.factories import CampaignFactory, ContactFactory, ImportJobFactory

pytestmark = pytest.mark.django_db

GOOD = "Name,Mobile,Bias\nAna,2125550100,\nLi,5550101,-480\n"
BAD = "LastName,Phone01\nAna,2125550100\n=1+1,call-me\n<b>Eva</b>,\n"


@pytest.fixture
def admin(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def campaign():
    return CampaignFactory(name="Renewals", zone="Eastern Standard Time")


@pytest.fixture
def upload(admin, campaign):
    """Upload a list as the first step; the address of the second."""

    def upload(content, name="list.csv"):
        file = SimpleUploadedFile(name, content.encode())
        answer = admin.post(
            reverse("admin:campaigns_importjob_upload"), {"campaign": campaign.pk, "file": file}
        )
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    return upload


def choices(*columns, **changes):
    form = {"encoding": "utf-8-sig", "delimiter": ",", "bad_rows": "refuse"}
    return form | {f"column{number}": column for number, column in enumerate(columns)} | changes


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_file_is_looked_at_mapped_and_imported(admin, upload, campaign):
    address = upload(GOOD)
    assert not Contact.objects.exists()
    admin.post(address, choices("LastName", "Phone01", "TimeZoneBias", preview="1"))
    shown = text_of(admin.get(address))
    assert "UTC-05:00, daylight saving" in shown
    assert "UTC+08:00" in shown
    answer = admin.post(
        address, choices("LastName", "Phone01", "TimeZoneBias", **{"import": "1"}), follow=True
    )
    assert "2 contacts were imported into Renewals." in text_of(answer)
    assert list(Contact.objects.values_list("last_name", flat=True)) == ["Ana", "Li"]
    job = ImportJob.objects.get()
    assert (job.state, job.source, job.rows_stored, job.user.username) == (
        "succeeded",
        "upload",
        2,
        "alice@cce.example",
    )
    assert not job.upload


def test_a_file_for_a_campaign_that_was_deleted_meanwhile_is_refused(admin, upload, campaign):
    address = upload(GOOD)
    delete_campaign(campaign)

    answer = admin.post(address, choices("LastName", "Phone01", "TimeZoneBias", **{"import": "1"}))

    assert answer.status_code == 200
    assert "Nothing was imported: The campaign was deleted meanwhile" in text_of(answer)
    assert not Contact.objects.exists()


def test_the_mapping_is_remembered_for_the_campaign(admin, upload):
    admin.post(upload(GOOD), choices("LastName", "Phone01", "TimeZoneBias", **{"import": "1"}))
    page = admin.get(upload(GOOD)).content.decode()
    assert re.findall(r'<option value="(\w+)" selected', page) == [*["LastName", "Phone01", "TimeZoneBias"]]


def test_by_choice_a_bad_row_refuses_the_file(admin, upload):
    address = upload(BAD)
    answer = admin.post(address, choices("LastName", "Phone01", **{"import": "1"}))
    shown = text_of(answer)
    assert "Nothing was imported: 2 rows are wrong" in shown
    assert "contains invalid characters" in shown
    assert "<b>Eva" not in answer.content.decode()
    assert not Contact.objects.exists()


def test_by_choice_bad_rows_are_left_out_and_handed_back_defused(admin, upload):
    admin.post(upload(BAD), choices("LastName", "Phone01", bad_rows="skip", **{"import": "1"}))
    job = ImportJob.objects.get()
    assert (job.rows_read, job.rows_stored, job.rows_bad) == (3, 1, 2)
    answer = admin.get(reverse("admin:campaigns_importjob_rejects", args=[job.pk]))
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows == [
        ["Line", "Errors", "LastName", "Phone01"],
        ["3", "Phone01 contains invalid characters", "'=1+1", "call-me"],
        ["4", "the row has no phone", "<b>Eva</b>", ""],
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["LastName", ""], "at least one of the columns Phone01 to Phone10 is required"),
        (["Phone01", "Phone01"], "Chosen for more than one column of the file: Phone01."),
    ],
)
def test_columns_that_do_not_go_together_are_reported(admin, upload, columns, message):
    answer = admin.post(upload(BAD), choices(*columns, **{"import": "1"}))
    assert message in text_of(answer)
    assert not Contact.objects.exists()


def test_another_delimiter_makes_other_columns(admin, upload):
    address = upload("Last,Name;Phone01\nAna,x;5550100\n")
    answer = admin.post(address, choices("", "", delimiter=";", **{"import": "1"}), follow=True)
    assert not Contact.objects.exists()
    assert "Last,Name" in text_of(answer)
    admin.post(address, choices("LastName", "Phone01", delimiter=";", **{"import": "1"}))
    assert Contact.objects.get().last_name == "Ana,x"


@pytest.mark.parametrize(
    ("name", "content"),
    [("list.xlsx", "none"), ("list.csv", ""), ("list.csv", "\n \n"), ("list.csv", "Na\x00me,Phone01\n1,2\n")],
)
def test_an_unreadable_file_is_refused(admin, campaign, name, content):
    file = SimpleUploadedFile(name, content.encode())
    answer = admin.post(reverse("admin:campaigns_importjob_upload"), {"campaign": campaign.pk, "file": file})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_a_file_is_imported_once_however_often_the_button_is_pressed(admin, upload):
    address = upload(GOOD)
    form = choices("LastName", "Phone01", "TimeZoneBias", **{"import": "1"})
    assert [admin.post(address, form).status_code for _ in range(2)] == [302, 404]
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("state", [{}, {"origin": "api"}])
@pytest.mark.parametrize("button", ["preview", "import"])
def test_an_upload_changes_nothing_of_the_campaign(admin, upload, campaign, state, button):
    Campaign.objects.update(duplicate_rows="first_phone", **state)
    before, histories = Campaign.objects.values().get(), campaign.history.count()
    address = upload(GOOD)
    shown = text_of(admin.get(address))

    form = choices("LastName", "Phone01", "TimeZoneBias", duplicate_rows="keep", **{button: "1"})
    admin.post(address, form)

    assert "Skip a row whose first phone is already there: a setting of the campaign" in shown
    assert Campaign.objects.values().get() == before
    assert campaign.history.count() == histories


def test_rows_that_are_there_already_are_treated_as_the_campaign_says(admin, upload, campaign):
    Campaign.objects.update(duplicate_rows="first_phone")
    for _ in range(2):
        admin.post(upload(GOOD), choices("LastName", "Phone01", "TimeZoneBias", **{"import": "1"}))
    assert Contact.objects.count() == 2
    assert ImportJob.objects.first().rows_duplicate == 2


def test_an_import_may_replace_the_list(admin, upload, campaign):
    ContactFactory(campaign=campaign)
    admin.post(
        upload(GOOD), choices("LastName", "Phone01", "TimeZoneBias", overwrite="on", **{"import": "1"})
    )
    assert list(Contact.objects.values_list("last_name", flat=True)) == ["Ana", "Li"]


EMPTY = "LastName,Phone01\n"
ALL_BAD = "LastName,Phone01\nAna,none\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(EMPTY, "the file has no row below its header"), (ALL_BAD, "no row of the file is")],
)
def test_a_list_is_emptied_by_a_file_only_when_that_was_asked_for(admin, upload, campaign, content, reason):
    ContactFactory(campaign=campaign)
    address = upload(content)
    form = choices("LastName", "Phone01", overwrite="on", bad_rows="skip", **{"import": "1"})
    assert "Empty the list" not in text_of(admin.get(address))

    shown = text_of(admin.post(address, form))

    assert f"Nothing was imported: {reason}" in shown
    assert "Empty the list: delete the contacts of Renewals" in shown
    assert Contact.objects.count() == 1

    admin.post(address, form | {"may_empty": "on"})
    assert not Contact.objects.exists()
    assert ImportJob.objects.get(file_name="list.csv").state == "succeeded"


@pytest.mark.parametrize("content", [EMPTY, ALL_BAD])
def test_a_file_without_a_good_row_that_adds_is_refused(admin, upload, content):
    form = choices("LastName", "Phone01", bad_rows="skip", may_empty="on", **{"import": "1"})
    shown = text_of(admin.post(upload(content), form))
    assert "Nothing was imported" in shown
    assert "Empty the list" not in shown


def test_undoing_an_import_keeps_what_was_dialed(admin, campaign):
    job = ImportJobFactory(campaign=campaign, rows_stored=5)
    made = [
        ContactFactory(campaign=campaign, job=job, **state)
        for state in [
            {},
            {"calls_made": 1, "status": CallStatus.RETRY},
            {"status": CallStatus.ACTIVE},
            {"status": CallStatus.UNKNOWN},
            {"status": CallStatus.CLOSED, "call_result": 26},
        ]
    ]
    other = ContactFactory(campaign=campaign)
    address = reverse("admin:campaigns_importjob_undo", args=[job.pk])
    assert admin.get(address).status_code == 200
    admin.post(address)
    assert set(Contact.objects.all()) == {*made[1:4], other}
    assert set(ContactPhone.objects.values_list("contact", flat=True)) == {c.pk for c in [*made[1:4], other]}
    job.refresh_from_db()
    assert (job.state, job.rows_undone, job.rows_kept) == ("undone", 2, 3)
    assert admin.post(address).status_code == 404


def test_the_rows_of_an_import_are_downloaded_defused(admin, campaign):
    job = ImportJobFactory(campaign=campaign)
    ContactFactory(campaign=campaign, job=job, last_name="=cmd()", phones=["5"], status="M", calls_made=3)
    ContactFactory(campaign=campaign)
    answer = admin.get(reverse("admin:campaigns_importjob_rows", args=[job.pk]))
    header, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert dict(zip(header, row, strict=True)) | {"LastName": "'=cmd()", "Phone01": "5"} == dict(
        zip(header, row, strict=True)
    )
    assert row[-3:] == ["maxAttemptsReached", "0", "3"]


@pytest.mark.parametrize(
    ("page", "status"),
    [("upload", 403), ("preview", 403), ("undo", 200), ("rows", 200), ("change", 200), ("changelist", 200)],
)
def test_a_supervisor_looks_on(client, sam, page, status):
    job = ImportJobFactory()
    client.force_login(sam)
    arguments = [] if page in {"upload", "changelist"} else [job.pk]
    assert client.get(reverse(f"admin:campaigns_importjob_{page}", args=arguments)).status_code == status


@pytest.mark.parametrize(
    ("query", "found"),
    [
        *[("SILV", [0]), ("4019", [0]), ("2125550100", [1]), ("212555", []), ("9*1#", [1])],
        *[("+1 (212) 555-0100", [1]), ("212.555", [])],
    ],
)
def test_contacts_are_looked_up_by_name_account_and_phone(admin, query, found):
    contacts = [
        ContactFactory(account_number="4019", last_name="Silva", phones=["1"]),
        ContactFactory(phones=["2125550100", "9*1#"]),
    ]
    answer = admin.get(reverse("admin:campaigns_contact_changelist"), {"q": query})
    assert [c.pk for c in answer.context["cl"].result_list] == [contacts[n].pk for n in found]


def test_the_page_of_a_contact_shows_its_phones(admin):
    contact = ContactFactory(phones=["2125550100"], zone="360d 300d")
    shown = text_of(admin.get(reverse("admin:campaigns_contact_change", args=[contact.pk])))
    assert "2125550100" in shown
    assert "UTC-06:00, daylight saving; UTC-05:00, daylight saving" in shown


def test_an_upload_that_nobody_imports_lapses_with_its_file(admin, upload):
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        upload(GOOD, name="lapsing.txt")
    file = Path(ImportJob.objects.get().upload.path)
    assert file.exists()
    upload(BAD)
    assert not file.exists()
    assert ImportJob.objects.get().file_name == "list.csv"


def test_a_list_without_a_column_of_phones_is_looked_at_with_what_is_missing(admin, upload):
    page = text_of(admin.get(upload("Account,Mail\n1,a@example.com\n")))

    assert "Phone01" in page
    assert "Choose below which column of the file is which" in page


WRITTEN = """LastName,Phone01,Phone02
Ana,+1 (303) 555-0185,0044 (0)20 7946 0000
Li,5550101,tel:+1-303-555-0186
Eva,+1 303 555,
Kai,+47 22 12 34 56,
"""


def test_numbers_as_people_write_them_are_shown_in_digits_and_stored_so(admin, upload):
    address = upload(WRITTEN)
    shown = admin.get(address).content.decode()
    assert "<td>+1 (303) 555-0185 → <strong>3035550185</strong></td>" in shown
    assert "0044 (0)20 7946 0000 → <strong>442079460000</strong>" in shown
    assert "<td>5550101</td>" in shown
    assert "contains invalid characters: it is too short for a number of +1" in shown
    assert "4722123456, its digits, would be dialed as a number of US" in shown

    admin.post(address, choices("LastName", "Phone01", "Phone02", bad_rows="skip", **{"import": "1"}))
    assert list(ContactPhone.objects.order_by("pk").values_list("number", flat=True)) == [
        *["3035550185", "442079460000", "5550101", "3035550186"]
    ]
    job = ImportJob.objects.get()
    assert "Kai" in Path(job.rejects.path).read_text(encoding="utf-8-sig")
    assert (job.rows_stored, job.rows_bad) == (2, 2)


def test_the_api_does_not_clean_numbers(campaign):
    with pytest.raises(ApiError, match="invalid characters"):
        import_content(campaign, "Phone01\n+1 303 555 0185", user=None)


def test_a_column_shows_some_of_its_values_before_anything_is_chosen(admin, upload):
    page = admin.get(upload("Wer,Nummer,Fax\nAna,2125550100,\nLi,5550101,9\nAna,5550102,8\n"))
    samples = [values for _, values in page.context["columns"]]
    assert samples == [["Ana", "Li"], ["2125550100", "5550101", "5550102"], ["9", "8"]]
    shown = text_of(page)
    assert "Nothing can be imported yet: at least one of the columns Phone01 to Phone10 is required" in shown
    assert re.search(r"2 Ana 2125550100", shown)


def test_headings_that_stand_twice_are_reported(admin, upload):
    page = admin.get(upload("Name,Phone,<i>,Phone,<i>\nAna,1,2,3,4\n"))
    assert "Headings that stand twice: “Phone”, “&lt;i&gt;”." in page.content.decode()


def test_rows_with_letters_beyond_ascii_are_shown_first_and_the_encoding_in_words(admin, campaign):
    plain = "".join(f"Smith,{number}\n" for number in range(100, 200))
    content = f"LastName,Phone01\n{plain}Muñoz,5\nPeña,6\n".encode("cp1252")
    file = SimpleUploadedFile("list.csv", content)
    form = {"campaign": campaign.pk, "file": file}
    address = admin.post(reverse("admin:campaigns_importjob_upload"), form)["Location"]
    page = admin.get(address)

    assert [row.fields[0] for row in page.context["rows"]] == ["Muñoz", "Peña", *["Smith"] * 18]
    assert '<option value="cp1252" selected>Western European (Windows-1252)</option>' in page.content.decode()

    admin.post(address, choices("LastName", "Phone01", encoding="cp1250"))
    page = admin.get(address)
    assert [row.fields[0] for row in page.context["rows"]][:2] == ["Muńoz", "Peńa"]


def test_an_encoding_in_which_the_file_is_no_text_is_refused_by_its_line(admin, campaign, upload):
    address = upload("LastName,Phone01\nMuñoz,5\n")
    answer = admin.post(address, choices("LastName", "Phone01", encoding="utf-16", **{"import": "1"}))
    assert "The file is no text in the encoding Unicode (UTF-16)" in text_of(answer)
    answer = admin.post(address, choices("LastName", "Phone01", encoding="cp932", **{"import": "1"}))
    assert not Contact.objects.exists()


def test_an_upload_shows_contacts_that_are_listed_in_another_form_only(admin, alice, upload):
    do_not_call_list.add(["13035550185"], alice, "asked us")
    address = upload("LastName,Phone01\nAna,303-555-0185\nLi,3035550186\n")
    answer = admin.post(address, choices("LastName", "Phone01", **{"import": "1"}), follow=True)
    assert "on the Do Not Call list in another form only: 1. They are called" in text_of(answer)
    assert ImportJob.objects.get().near_misses == 1
