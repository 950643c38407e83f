"""Lists of contacts as nobody should send them: stored as they are, or refused with a reason; never a 500."""

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Contact
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db

NAMES = [
    "AccountNumber",
    "FirstName",
    "LastName",
    "Phone01",
    "Phone02",
    "Phone10",
    "TimeZoneBias",
    "DstObserved",
]
SAFE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def url():
    return f"campaign/{CampaignFactory().pk}/import"


def send(api, url, content, delimiter=","):
    Contact.objects.all().delete()
    answer = api.post(url, {"fileContent": content, "delimiter": delimiter}, accept="application/json")
    if answer.status_code == 400:
        errors = answer.json()["apiError"]
        assert errors
        assert all(
            error["errorMessage"] and error["errorDetail"]["error"]["errorMessage"] for error in errors
        )
        assert not Contact.objects.exists()
    else:
        assert answer.status_code == 200, answer.content
    return answer


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ('quoted "name"', 'quoted "name"'),
        ('"quoted', '"quoted'),
        ("tab\tinside", "tab\tinside"),
        ("😀 émoji", "😀 émoji"),
        ("مرحبا\u202eabc", "مرحبا\u202eabc"),
        ("=1+1", "=1+1"),
        ("a|b", "a|b"),
        ("\\N", "\\N"),
        ("\\.", "\\."),
        ("%s %(x)s {}", "%s %(x)s {}"),
        ("'; DROP TABLE campaigns_contact; --", "'; DROP TABLE campaigns_contact; --"),
        ("<![CDATA[x]]>", "<![CDATA[x]]>"),
        ("a\u2028b\x85c", "a\u2028b\x85c"),
        ("\u00a0padded\u3000", "padded"),
        ("nul\x00", None),
        ("bell\x07", None),
        ("half \ud83d", None),
        ("\ufffe", None),
        ("comma, inside", None),
        ("x" * 1_000_000, None),
    ],
)
def test_a_name_is_stored_as_it_is_or_refused(api, url, name, stored):
    answer = send(api, url, f"LastName,Phone01\n{name},5")
    if stored is None:
        assert answer.status_code == 400
    else:
        assert Contact.objects.get().last_name == stored
        listed = api.get(url, accept="application/json").json()
        assert listed["importContacts"][0]["importContact"][0]["lastName"] == stored
        # The format has no quotes.
        lines = io.StringIO(api.get(f"{url}/csv").getvalue().decode(), newline="")
        assert list(csv.reader(lines, quoting=csv.QUOTE_NONE))[1][2] == stored


@pytest.mark.parametrize(
    "content",
    [
        "Phone01",
        "Phone01\n\n\n",
        ",,,\n,,,",
        "Phone01,Phone01\n1,2",
        "Phone01,Fax\n1,2",
        "\x00\n\x00",
        "Phone01\n" + "1\n" * 10_001,
        "Phone01," * 5_000 + "Phone02\n1",
        "Phone01" + "," * 100_000 + "\n1",
    ],
)
def test_what_is_no_list_is_refused(api, url, content):
    assert send(api, url, content).status_code == 400


fields = st.one_of(
    st.text(alphabet=st.characters(exclude_characters="\r\n"), max_size=40),
    st.sampled_from(["", "2125550100", "9*1#", "true", "-480", "=1+1", " ", "\t5\t", "5" * 21]),
)


@SAFE
@given(header=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), data=st.data())
def test_any_rows_are_stored_or_refused(api, url, header, data):
    rows = data.draw(st.lists(st.lists(fields, min_size=len(header), max_size=len(header)), max_size=4))
    content = "\n".join(",".join(row) for row in [header, *rows])
    if send(api, url, content).status_code == 200:
        assert Contact.objects.count() <= len(rows)
        assert api.get(url).status_code == 200


@SAFE
@given(content=st.text(max_size=200), delimiter=st.sampled_from([",", "|"]))
def test_any_text_is_stored_or_refused(api, url, content, delimiter):
    Contact.objects.all().delete()
    body = json.dumps({"fileContent": content, "delimiter": delimiter})
    assert api.post(url, body, content_type="application/json").status_code in {200, 400}


@SAFE
@given(phones=st.lists(st.text("0123456789#*", max_size=20), min_size=10, max_size=10))
def test_good_phones_come_back_in_their_places(api, url, phones):
    header = ",".join(f"Phone{n:02}" for n in range(1, 11))
    answer = send(api, url, f"{header}\n{','.join(phones)}")
    if any(phones):
        assert [p.number for p in Contact.objects.get().phones.all()] == [p for p in phones if p]
    else:
        assert answer.status_code == 400
