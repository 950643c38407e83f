"""The upload of a list of callbacks in the admin, without a browser; the server's clock is in New York."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from callbacks.models import CallbackImport, PersonalCallback
from tests.factories import PersonalCallbackFactory

HEADER = "Surname;Phone;Agent;Callback time;Attempts"
GOOD = f"{HEADER}\nSilva;5550100;5050;2026-06-11T09:30:00;2\nMüller;5550101;5050;2026-06-12 10:00;1\n"
BAD = f"{GOOD}=1+1;5550102;5999;2026-06-11T09:30:00;1\n<b>Li</b>;;5050;2026-06-10T15:00:00;1\n"
CHOICES = {
    "encoding": "utf-8-sig",
    "delimiter": ";",
    "bad_rows": "refuse",
    "column0": "LastName",
    "column1": "Phone",
    "column2": "AgentSkillTargetId",
    "column3": "CallbackDateTime",
    "column4": "MaxAttempts",
    "import": "1",
}


@pytest.fixture(autouse=True)
def wednesday(set_clock, agent):
    set_clock("2026-06-10 16:00", "America/New_York")


@pytest.fixture
def upload(client, alice):
    """Upload a list as the first step; the address of the second."""
    client.force_login(alice)

    def upload(content):
        answer = client.post(
            reverse("admin:callbacks_callbackimport_upload"),
            {"file": SimpleUploadedFile("list.csv", content.encode())},
        )
        assert answer.status_code == 302, answer.text
        return answer["Location"]

    return upload


def test_a_list_is_looked_at_and_imported(client, upload, agent):
    address = upload(GOOD)
    shown = client.get(address).text
    assert not PersonalCallback.objects.exists()
    assert f"{agent}, Thu 11 Jun 2026, 09:30 EDT" in shown
    # All columns were recognised by their names.
    assert shown.count("selected") == 7

    answer = client.post(address, CHOICES, follow=True)
    assert "2 callbacks were imported into the callback list." in answer.text
    first = PersonalCallback.objects.first()
    assert (first.last_name, first.agent, first.max_attempts) == ("Silva", agent, 2)
    assert first.callback_date_time.isoformat() == "2026-06-11T13:30:00+00:00"
    job = CallbackImport.objects.get()
    assert (job.source, job.state, job.rows_stored, job.user.username) == (
        *("upload", "succeeded", 2),
        "alice@cce.example",
    )
    assert not job.upload
    records = PersonalCallback.history.all()
    assert {(r.history_type, r.history_user.username) for r in records} == {("+", "alice@cce.example")}


def test_a_file_without_rows_does_not_empty_the_list(client, upload):
    PersonalCallbackFactory(last_name="kept")
    answer = client.post(upload(f"{HEADER}\n"), CHOICES | {"overwrite": "on"})
    assert "Nothing was imported: the file has no row below its header" in answer.text
    assert PersonalCallback.objects.get().last_name == "kept"


def test_by_choice_bad_rows_refuse_the_file(client, upload):
    PersonalCallbackFactory(last_name="kept")
    answer = client.post(upload(BAD), CHOICES | {"overwrite": "on"})

    assert "Nothing was imported: 2 rows are wrong" in answer.text
    assert "names no agent that there is" in answer.text
    assert "cannot be 15 minutes or more before the current time" in answer.text
    assert "<b>Li" not in answer.text
    assert PersonalCallback.objects.get().last_name == "kept"


def test_by_choice_bad_rows_are_left_out_and_handed_back_defused(client, upload):
    PersonalCallbackFactory(last_name="replaced")
    client.post(upload(BAD), CHOICES | {"bad_rows": "skip", "overwrite": "on"})

    assert list(PersonalCallback.objects.values_list("last_name", flat=True)) == ["Silva", "Müller"]
    job = CallbackImport.objects.get()
    answer = client.get(reverse("admin:callbacks_callbackimport_rejects", args=[job.pk]))
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row[:1] + row[2:4] for row in rows] == [
        ["Line", "Surname", "Phone"],
        ["4", "'=1+1", "5550102"],
        ["5", "<b>Li</b>", ""],
    ]


def test_a_missing_column_is_reported(client, upload):
    answer = client.post(upload(GOOD), CHOICES | {"column1": ""})

    assert "the column Phone is required" in answer.text
    assert not PersonalCallback.objects.exists()


def test_whoever_may_not_delete_may_not_replace(client, upload, nina):
    address = upload(GOOD)
    nina.user_permissions.set(Permission.objects.filter(codename="add_personalcallback"))
    kept = PersonalCallbackFactory()
    client.force_login(nina)

    assert "overwrite" not in client.get(address).text
    client.post(address, CHOICES | {"overwrite": "on"})
    assert PersonalCallback.objects.filter(pk=kept.pk).exists()
    assert PersonalCallback.objects.count() == 3


def test_supervisors_look_on(client, upload, sam):
    address = upload(GOOD)
    client.force_login(sam)

    assert client.get(address).status_code == 403
    assert client.get(reverse("admin:callbacks_callbackimport_upload")).status_code == 403
    page = client.get(reverse("admin:callbacks_callbackimport_changelist"))
    assert (page.status_code, "Upload callbacks" in page.text) == (200, False)


def test_requests_of_the_api_are_listed_too(client, upload, api):
    body = {
        "fileContent": "Phone,AgentSkillTargetId,CallbackDateTime,MaxAttempts\n1,5050,2026-06-11T09:30:00,1"
    }
    assert api.post("personalcallback/import", body).status_code == 200

    job = CallbackImport.objects.get()
    assert (job.source, job.rows_read, job.rows_stored, job.user.username) == (
        "api",
        1,
        1,
        "alice@cce.example",
    )
    assert client.get(reverse("admin:callbacks_callbackimport_change", args=[job.pk])).status_code == 200


def test_numbers_as_people_write_them_are_shown_in_digits_and_stored_so(client, upload):
    row = ";5050;2026-06-11T09:30:00;1"
    numbers = ["+1 (303) 555-0185", "0044 20 7946 0000", "5550100", "+47 22 12 34 56"]
    content = "\n".join([HEADER, *(f"Silva;{number}{row}" for number in numbers)])

    address = upload(content)
    shown = client.get(address).text
    assert "+1 (303) 555-0185 → <strong>3035550185</strong>" in shown
    assert "0044 20 7946 0000 → <strong>442079460000</strong>" in shown
    assert "5550100 →" not in shown
    assert "4722123456, its digits, would be dialed as a number of US" in shown

    client.post(address, CHOICES | {"bad_rows": "skip"})
    assert list(PersonalCallback.objects.values_list("phone", flat=True)) == [
        "3035550185",
        "442079460000",
        "5550100",
    ]
