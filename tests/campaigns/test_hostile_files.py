"""Files of contacts as nobody should make them, uploaded or imported by the command: stored or refused."""

import io
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from callbacks.models import CallbackImport
from campaigns.models import Contact, ImportJob
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def examples(count):
    suppressed = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count, deadline=None, suppress_health_check=suppressed)


@pytest.fixture
def campaign():
    return CampaignFactory(name="Renewals")


@pytest.fixture
def admin(client, alice):
    client.force_login(alice)
    client.raise_request_exception = True
    return client


HEADERS = [
    "AccountNumber,FirstName,LastName,Phone01,Phone02,TimeZoneBias,DstObserved",
    "Surname;Phone;Mobile;Phone",
    "Phone01",
    "Phone\tName",
]
field = st.one_of(
    st.sampled_from(
        ["", "5550100", '"Silva, Ana"', '"two\nlines"', '"open', 'a"b', "-480", "true", "5" * 5_000, "\x00"]
    ),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=12),
)
row = st.tuples(st.lists(field, max_size=8), st.sampled_from([",", ";", "\t", "|"])).map(
    lambda drawn: drawn[1].join(drawn[0])
)
encoding = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp1250", "shift_jis"])
lines = st.tuples(
    st.sampled_from(HEADERS), st.lists(row, max_size=5), st.sampled_from(["\n", "\r\n", "\r"]), encoding
).map(lambda drawn: drawn[2].join([drawn[0], *drawn[1]]).encode(drawn[3], "replace"))
content = st.one_of(
    lines,
    st.binary(max_size=80),
    st.tuples(st.sampled_from(HEADERS), st.binary(max_size=60)).map(lambda d: d[0].encode() + b"\n" + d[1]),
)
name = st.one_of(
    st.sampled_from(["list.csv", "list.txt", "list", "list.", ".csv", "a/b.csv", "x" * 300 + ".csv"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters='/.\\"\r\n'), min_size=1),
)


def upload(admin, page, data, file):
    """Go through both steps as the pages say, with the first columns left as they are suggested."""
    answer = admin.post(reverse(f"admin:{page}_upload"), data | {"file": SimpleUploadedFile(*file)})
    if answer.status_code == 200:
        assert "errorlist" in answer.text
        return
    address = answer["Location"]
    form = admin.get(address).context["form"]
    chosen = {name: field.initial or "" for name, field in form.fields.items()} | {
        name: value or "" for name, value in form.initial.items()
    }
    for button in ("preview", "import"):
        answer = admin.post(address, chosen | {"bad_rows": "skip", "overwrite": "on", button: "1"})
        assert answer.status_code in {200, 302}
    assert answer.status_code == 302 or "errorlist" in answer.text or "errornote" in answer.text
    rejects = admin.get(address.replace("preview", "rejects"))
    assert rejects.status_code in {200, 404}
    if rejects.streaming:
        rejects.getvalue()


@examples(25)
@given(content=content, name=name)
def test_any_upload_is_imported_or_refused_in_words(admin, campaign, content, name):
    upload(admin, "campaigns_importjob", {"campaign": campaign.pk}, (name, content))


@examples(10)
@given(content=content)
def test_any_upload_of_callbacks_is_imported_or_refused_in_words(admin, content):
    upload(admin, "callbacks_callbackimport", {}, ("list.csv", content))
    assert not CallbackImport.objects.filter(state="running").exists()


@examples(40)
@given(content=content)
def test_any_file_is_imported_by_the_command_or_refused_in_words(campaign, tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    before = Contact.objects.count()
    flags = ["--skip-bad-rows", "--again", "--rejects", str(tmp_path / "rejects.csv")]
    try:
        call_command("import_contacts", "Renewals", str(path), *flags)
    except CommandError:
        assert Contact.objects.count() == before
    assert not ImportJob.objects.filter(state="running").exists()


@examples(10)
@given(
    content=content, encoding=st.sampled_from(["utf-7", "unicode_escape", "idna", "hex", "utf-32", "\x00"])
)
def test_any_encoding_that_a_person_names_is_taken_or_refused_in_words(campaign, tmp_path, content, encoding):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    flags = ["--skip-bad-rows", "--again", "--rejects", str(tmp_path / "rejects.csv")]
    with suppress(CommandError):
        call_command("import_contacts", "Renewals", str(path), "--encoding", encoding, *flags)


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes().filter(lambda at: at.year >= 1900),
    st.sampled_from(["5550100", "two\nlines", "=1+1", "#REF!", " "]),
)


@examples(4)
@given(rows=st.lists(st.lists(cells, max_size=4), max_size=4), cut=st.integers(0, 6_000) | st.none())
def test_any_spreadsheet_is_imported_or_refused_in_words(admin, campaign, rows, cut):
    book, file = Workbook(), io.BytesIO()
    for row in [["LastName", "Phone01", "Phone02"], *rows]:
        book.active.append(row)
    book.save(file)
    content = file.getvalue()
    if cut is not None:
        content = content[:cut] + b"\xff" + content[cut + 1 :]
    upload(admin, "campaigns_importjob", {"campaign": campaign.pk}, ("list.xlsx", content))
