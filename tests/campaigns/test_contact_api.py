"""The Import API as its text describes it."""

import pytest
import time_machine
from django.contrib.auth.models import Permission
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Contact, ContactPhone, ImportJob
from outbound_site.core.validators import NOT_IN_XML
from tests.api_client import JSON, errors_of, xml_of
from tests.factories import CampaignFactory, ContactFactory
from timezones.models import RegionPrefix, ZoneSet
from timezones.zones import Zone, write_zones

pytestmark = pytest.mark.django_db

CREATE_EXAMPLE = """
<import>
  <fileContent>
    <![CDATA[
      AccountNumber,FirstName,LastName,Phone01,Phone02,TimeZoneBias,DstObserved
      6782,Henry,Martin,2225554444,2225556262,720,false
      3456,Michele,Smith,2225559999,2225551234,540,true
      4569,Walker,Evans,2225552000,2225557890,-600,true
    ]]>
  </fileContent>
  <delimiter>,</delimiter>
</import>
"""
PIPE_EXAMPLE = """<import>
  <fileContent><![CDATA[
    AccountNumber|FirstName|LastName|Phone01|TimeZoneBias|DstObserved
    A-1001|Ana|Silva|5550100200|-60|true
    A-1002|Li|Wei|5550100201#7|-480|false
  ]]></fileContent>
  <delimiter>|</delimiter>
  <overwriteData>true</overwriteData>
</import>"""


@pytest.fixture
def campaign():
    return CampaignFactory(zone="Eastern Standard Time")


@pytest.fixture
def url(campaign):
    return f"campaign/{campaign.pk}/import"


def body(*lines, **members):
    return xml_of("import", {"fileContent": "\n".join(lines)} | members)


def refused(answer):
    """`[(line, column, errorType, errorMessage), ...]` of a refused list."""
    assert answer.status_code == 400, answer.content
    found = []
    for error in answer.tree:
        assert error.findtext("errorData") == "fileContent"
        inner = error.find("errorDetail/error")
        assert inner.findtext("errorMessage") == error.findtext("errorMessage")
        found.append(
            (
                inner.findtext("line"),
                inner.findtext("errorData"),
                inner.findtext("errorType"),
                inner.findtext("errorMessage"),
            )
        )
    assert not Contact.objects.exists()
    assert not ContactPhone.objects.exists()
    return found


def test_the_create_example_of_the_api_text_is_imported(api, url, alice, campaign):
    answer = api.post(url, CREATE_EXAMPLE)
    assert (answer.status_code, answer.content) == (200, b"")
    rows = [
        (
            c.account_number,
            c.first_name,
            c.last_name,
            [(p.number, p.gmt_offset, p.dst_observed) for p in c.phones.all()],
        )
        for c in Contact.objects.all()
    ]
    assert rows == [
        ("6782", "Henry", "Martin", [("2225554444", 720, False), ("2225556262", 720, False)]),
        ("3456", "Michele", "Smith", [("2225559999", 900, True), ("2225551234", 900, True)]),
        ("4569", "Walker", "Evans", [("2225552000", 600, True), ("2225557890", 600, True)]),
    ]
    job = ImportJob.objects.get()
    assert (job.campaign, job.user, job.source, job.state) == (campaign, alice, "api", "succeeded")
    assert (job.rows_read, job.rows_stored, job.rows_bad, job.phones_by_row) == (3, 3, 0, 6)
    assert job.finished_at >= job.created_at


def test_the_get_example_of_the_api_text_is_answered(api, campaign, url):
    with time_machine.travel("2016-03-28T01:09:40Z", tick=False):
        contact = ContactFactory(
            campaign=campaign,
            account_number="4019",
            first_name="Mir",
            last_name="Ali",
            calls_made=1,
            phones=[f"97893600{n:02}" for n in range(1, 11)],
            zone="720d",
        )
    answer = api.get(f"{url}/{contact.pk}")
    phones = "".join(
        f"<phone{n:02}><callResult>0</callResult><dstObserved>true</dstObserved><gmtOffset>720</gmtOffset>"
        f"<number>97893600{n:02}</number></phone{n:02}>"
        for n in range(1, 11)
    )
    assert answer.content.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<importContact><refURL>/unifiedconfig/config/campaign/{campaign.pk}/import/{contact.pk}</refURL>"
        "<accountNumber>4019</accountNumber><callsMade>1</callsMade><callStatus>pending</callStatus>"
        "<callResultOverall>0</callResultOverall><firstName>Mir</firstName><lastName>Ali</lastName>"
        f"<importDate>2016-03-28T01:09:40</importDate>{phones}</importContact>"
    )


def test_import_dates_are_reported_in_the_servers_zone(api, campaign, url, settings):
    settings.SERVER_TIME_ZONE = "America/New_York"
    with time_machine.travel("2016-03-28T01:09:40Z", tick=False):
        contact = ContactFactory(campaign=campaign)
    assert api.get(f"{url}/{contact.pk}").tree.findtext("importDate") == "2016-03-27T21:09:40"


def test_a_list_with_pipes_overwrites(api, url):
    api.post(url, CREATE_EXAMPLE)
    assert api.post(url, PIPE_EXAMPLE).status_code == 200
    assert list(Contact.objects.values_list("account_number", flat=True)) == ["A-1001", "A-1002"]
    assert list(ContactPhone.objects.values_list("number", flat=True)) == ["5550100200", "5550100201#7"]


def test_without_overwrite_rows_are_appended_even_when_they_are_there(api, url):
    for _ in range(2):
        api.post(url, CREATE_EXAMPLE)
    assert Contact.objects.count() == 6


def test_escaped_text_and_json_are_read_like_cdata(api, url):
    content = "LastName,Phone01\nO'Neil & <Sons>,555"
    assert api.post(url, body(content)).status_code == 200
    assert (
        api.post(url, {"fileContent": content, "delimiter": ",", "overwriteData": "false"}).status_code == 200
    )
    assert {c.last_name for c in Contact.objects.all()} == {"O'Neil & <Sons>"}


def test_the_last_of_repeated_elements_counts_and_a_final_slash_is_no_redirect(api, url):
    answer = api.post(
        f"{url}/",
        "<import><delimiter>;</delimiter><fileContent>x</fileContent>"
        "<fileContent>Phone01|Phone02\n1|</fileContent><delimiter>|</delimiter></import>",
    )
    assert answer.status_code == 200
    assert ContactPhone.objects.get().number == "1"


ACCOUNT, FIRST = "AccountNumber", "FirstName"


@pytest.mark.parametrize(
    ("header", "row", "column", "rule"),
    [
        (f"{ACCOUNT},Phone01", f"{'1' * 31},5", ACCOUNT, "invalidInput.fieldLengthExceeded"),
        (f"{ACCOUNT},Phone01", f"{'é' * 16},5", ACCOUNT, "invalidInput.fieldLengthExceeded"),
        (f"{FIRST},Phone01", f"{'é' * 51},5", FIRST, "invalidInput.fieldLengthExceeded"),
        ("LastName,Phone01", f"{'x' * 51},5", "LastName", "invalidInput.fieldLengthExceeded"),
        ("Phone01", "555-0100", "Phone01", "invalidInput.invalidCharacter"),
        ("Phone01", "+15550100", "Phone01", "invalidInput.invalidCharacter"),
        ("Phone01", "٣٤٥", "Phone01", "invalidInput.invalidCharacter"),
        ("Phone01", "1" * 21, "Phone01", "invalidInput.fieldLengthExceeded"),
        ("Phone10", "1" * 21, "Phone10", "invalidInput.fieldLengthExceeded"),
        ("Phone01,TimeZoneBias", "5,-781", "TimeZoneBias", "invalidInput.outOfRange"),
        ("Phone01,TimeZoneBias", "5,721", "TimeZoneBias", "invalidInput.outOfRange"),
        ("Phone01,TimeZoneBias", "5,EST", "TimeZoneBias", "invalidInput.invalidValue"),
        ("Phone01,TimeZoneBias", "5,1.5", "TimeZoneBias", "invalidInput.invalidValue"),
        ("Phone01,TimeZoneBias,DstObserved", "5,60,maybe", "DstObserved", "invalidInput.invalidValue"),
        ("Phone01,TimeZoneBias,DstObserved", "5,,true", "DstObserved", "invalidInput.fieldRequired"),
        (f"{ACCOUNT},Phone01,Phone02", "4019,,", None, "invalidInput.fieldRequired"),
        ("Phone01,Phone02", "5", None, "invalidInput.columnCount"),
        ("Phone01,Phone02", "5,6,7", None, "invalidInput.columnCount"),
    ],
)
def test_a_bad_row_refuses_the_whole_list_and_is_reported(api, url, header, row, column, rule):
    good = ",".join({"Phone01": "5", "Phone10": "5"}.get(name, "") for name in header.split(","))
    answer = api.post(url, body(header, good, row, good))
    ((line, named, error_type, message),) = refused(answer)
    assert (line, named, error_type) == ("3", column, rule)
    assert message.startswith(f"Line 3: {column or ''}")


@pytest.mark.parametrize(
    ("row", "phones"),
    [
        (f"{'1' * 30},{'é' * 50},x,9876543*22,,,", ["9876543*22"]),
        (f"{'é' * 15},,,,987654323#,-780,", ["987654323#"]),
        (",,,1,,720,TRUE", ["1"]),
        (f",,,{'1' * 20},,,", ["1" * 20]),
        (",\t,,5, 6 ,,", ["5", "6"]),
    ],
)
def test_values_at_the_limits_are_taken(api, url, row, phones):
    header = "AccountNumber,FirstName,LastName,Phone01,Phone02,TimeZoneBias,DstObserved"
    assert api.post(url, body(header, row)).status_code == 200
    assert [phone.number for phone in Contact.objects.get().phones.all()] == phones


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("AccountNumber,FirstName\n1,2", "invalidInput.fieldRequired"),
        ("Phone01,DstObserved\n5,true", "invalidInput.fieldRequired"),
        ("Phone01", "invalidInput.fieldRequired"),
        ("phone01\n5", "invalidInput.unknownColumn"),
        ("Phone11\n5", "invalidInput.unknownColumn"),
        ("Phone01,Phone01\n5,6", "invalidInput.repeatedColumn"),
        ("Phone01;Phone02\n5;6", "invalidInput.unknownColumn"),
        ("Phone01\n" + "5\n" * 10_001, "limitExceeded.importRecords"),
    ],
)
def test_a_content_that_is_no_list_of_contacts_is_refused(api, url, content, rule):
    assert [error[2] for error in refused(api.post(url, body(content)))] == [rule]


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({}, ("invalidInput.fieldRequired", "fileContent")),
        ({"fileContent": "  \n "}, ("invalidInput.fieldRequired", "fileContent")),
        ({"fileContent": "Phone01\n5", "delimiter": ";"}, ("invalidInput.invalidValue", "delimiter")),
        (
            {"fileContent": "Phone01\n5", "overwriteData": "maybe"},
            ("invalidInput.invalidValue", "overwriteData"),
        ),
    ],
)
def test_a_bad_request_around_the_content_is_refused(api, url, members, error):
    answer = api.post(url, xml_of("import", members))
    assert (answer.status_code, errors_of(answer)) == (400, [error])


def test_the_wrong_root_is_refused(api, url):
    assert api.post(url, xml_of("campaign", {"fileContent": "Phone01\n5"})).status_code == 400


def test_of_many_bad_rows_100_are_reported_in_full_and_the_rest_counted(api, url):
    answer = api.post(url, body("Phone01", *["x"] * 150, *["1" * 21] * 30))
    found = refused(answer)
    assert [int(line) for line, *_ in found[:100]] == list(range(2, 102))
    assert [message for *_, message in found[100:]] == [
        "50 more of 150 errors of the type invalidInput.invalidCharacter",
        "30 more of 30 errors of the type invalidInput.fieldLengthExceeded",
    ]
    assert ImportJob.objects.get().rows_bad == 180


def test_a_bad_list_leaves_the_standing_contacts_alone(api, url, campaign):
    ContactFactory(campaign=campaign)
    assert api.post(url, body("Phone01", "x", overwriteData="true")).status_code == 400
    assert Contact.objects.count() == 1


def test_ten_thousand_rows_are_taken(api, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        assert api.post(url, body("Phone01,Phone02,Phone03", *["2125550100,5,6"] * 10_000)).status_code == 200
    assert (Contact.objects.count(), ContactPhone.objects.count()) == (10_000, 30_000)


def test_phones_get_the_rows_zone_else_their_prefixs_else_the_campaigns(api, url):
    for prefix, zones in [("1212", "300d"), ("12125", "360d 300d")]:
        RegionPrefix.objects.update_or_create(
            prefix=prefix,
            defaults={"zone_set": ZoneSet.objects.get_or_create(members=zones, campaign=None)[0]},
        )
    RegionPrefix.objects.filter(prefix__startswith="1222").delete()
    answer = api.post(
        url,
        body(
            "Phone01,Phone02,TimeZoneBias,DstObserved",
            "2124440100,,-330,false",
            "2124440100,2125550100,,",
            "2225550100,5550100,,",
        ),
    )
    assert answer.status_code == 200
    found = [
        [(phone.zone_source, phone.zone_set.members) for phone in contact.phones.all()]
        for contact in Contact.objects.all()
    ]
    assert found == [
        [("R", "-330")],
        [("P", "300d"), ("P", "360d 300d")],
        [("C", "300d"), ("C", "300d")],
    ]
    assert [c.zone_set.members for c in Contact.objects.all()] == ["-330", "300d", "300d"]
    job = ImportJob.objects.get()
    assert (job.phones_by_row, job.phones_by_prefix, job.phones_by_campaign) == (1, 2, 2)


@pytest.mark.parametrize(
    ("bias", "offset"), [("300", "1140"), ("-330", "330"), ("720", "720"), ("-780", "780"), ("0", "0")]
)
def test_the_gmt_offset_follows_from_the_bias_by_the_formula(api, url, bias, offset):
    api.post(url, body("Phone01,TimeZoneBias", f"5,{bias}"))
    assert api.get(url).tree.findtext(".//phone01/gmtOffset") == offset


@pytest.mark.parametrize("make", [{"tool": True}, {"deleted": True}, None])
@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("delete", ""), ("get", "/csv"), ("get", "/1")],
)
def test_campaigns_that_the_api_does_not_see_are_not_found(api, make, method, path):
    pk = CampaignFactory(**make).pk if make else 99999
    answer = getattr(api, method)(f"campaign/{pk}/import{path}")
    assert answer.status_code == 404
    assert answer.tree.findtext("apiError/errorMessage") == (
        "CceDBDataNotFoundException: The specified ID does not exist in the database."
    )


@pytest.mark.parametrize(("user", "status"), [("sam", 403), ("lou", 403), ("nina", 403), ("alice", 200)])
def test_only_administrators_import(api_as, request, url, user, status):
    signed_in = api_as(request.getfixturevalue(user))
    assert signed_in.post(url, CREATE_EXAMPLE).status_code == status
    assert signed_in.get(url).status_code == status
    assert signed_in.get("campaign/import/template").status_code == status
    assert signed_in.delete(url).status_code == status


def test_delete_removes_all_contacts_of_this_campaign_only(api, url, campaign):
    ContactFactory(campaign=campaign, phones=["1", "2"])
    other = ContactFactory(phones=["3"])
    answer = api.delete(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert list(Contact.objects.all()) == [other]
    assert [phone.number for phone in ContactPhone.objects.all()] == ["3"]
    campaign.refresh_from_db()
    assert campaign.list_began is not None


def test_one_contact_cannot_be_deleted_and_a_list_cannot_be_updated(api, url, campaign):
    contact = ContactFactory(campaign=campaign)
    assert api.delete(f"{url}/{contact.pk}").status_code == 405
    assert api.put(url, CREATE_EXAMPLE).status_code == 405


def test_deleting_a_campaign_drops_its_contacts(api, campaign):
    ContactFactory(campaign=campaign)
    assert api.delete(f"campaign/{campaign.pk}").status_code == 200
    assert not Contact.objects.exists()
    assert not ContactPhone.objects.exists()


def test_the_list_is_paged_and_ordered_by_account_number_without_regard_to_case(api, campaign, url):
    for number in ["b2", "A10", "", "B1", "a9", "É", "é"]:
        ContactFactory(campaign=campaign, account_number=number)
    ContactFactory()
    seen = []
    for start in range(0, 7, 2):
        tree = api.get(f"{url}?resultsPerPage=2&startIndex={start}").tree
        seen += [contact.findtext("accountNumber") for contact in tree.find("importContacts")]
    assert seen == [None, "A10", "a9", "B1", "b2", "É", "é"]
    assert tree.findtext("pageInfo/totalResults") == "7"
    assert tree.find("pageInfo/nextPage") is None
    assert {e.tag: e.text for e in tree.find("permissionInfo")} == {
        "canCreate": "true",
        "canDelete": "true",
        "role": "administrator",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=MÜLL", ["1"]),
        ("q=ana", ["1", "2"]),
        ("q=ana%20x-2", ["2"]),
        ("q=100%25", ["3"]),
        ("q=_", []),
        ("q=annemüller", []),
        ("sort=firstName", ["3", "1", "2"]),
        ("sort=lastName%20desc", ["2", "1", "3"]),
        ("sort=accountNumber+desc", ["2", "1", "3"]),
    ],
)
def test_contacts_are_searched_and_sorted_without_regard_to_case(api, campaign, url, query, found):
    names = {"1": ("C-1", "Ana", "Müller"), "2": ("X-2", "HanaN", "zeta"), "3": ("100%", "", "abc")}
    ids = {
        ContactFactory(campaign=campaign, account_number=a, first_name=f, last_name=n).pk: key
        for key, (a, f, n) in names.items()
    }
    tree = api.get(f"{url}?{query}").tree
    keys = [ids[int(c.findtext("refURL").rsplit("/", 1)[1])] for c in tree.find("importContacts")]
    assert (sorted(keys) if "q=" in query else keys) == found


def test_another_sort_field_is_refused(api, url):
    assert errors_of(api.get(f"{url}?sort=phone01")) == [("invalidInput.invalidValue", "sort")]


def test_a_summary_has_no_phones(api, campaign, url):
    ContactFactory(campaign=campaign, account_number="1", first_name="Ana", last_name="Silva")
    (contact,) = api.get(f"{url}?summary=true").tree.find("importContacts")
    assert [element.tag for element in contact] == [
        "refURL",
        "accountNumber",
        "callStatus",
        "callResultOverall",
        "firstName",
        "lastName",
    ]


def test_an_empty_list_has_its_wrapper(api, url):
    assert api.get(url).tree.find("importContacts") is not None
    assert api.get(url, accept=JSON).json()["importContacts"] == [{"importContact": []}]


def test_a_list_in_json_has_numbers_and_phones(api, campaign, url):
    contact = ContactFactory(campaign=campaign, account_number="0012", phones=["0100"], zone="300d")
    ((wrapped,),) = [api.get(url, accept=JSON).json()["importContacts"]]
    (shown,) = wrapped["importContact"]
    assert shown == {
        "refURL": contact.ref_url,
        "accountNumber": "0012",
        "callsMade": 0,
        "callStatus": "pending",
        "callResultOverall": 0,
        "importDate": shown["importDate"],
        "phone01": {"callResult": 0, "dstObserved": True, "gmtOffset": 1140, "number": "0100"},
    }


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        *[("P", "pending"), ("A", "active"), ("D", "dialed"), ("R", "retry"), ("B", "callbackRequested")],
        *[("S", "personalCallbackRequested"), ("C", "closed"), ("M", "maxAttemptsReached")],
        *[("J", "agentRejected"), ("U", "unknown")],
    ],
)
def test_call_statuses_have_their_wire_names(api, campaign, url, letter, name):
    contact = ContactFactory(campaign=campaign, status=letter)
    assert api.get(f"{url}/{contact.pk}").tree.findtext("callStatus") == name


def test_a_page_takes_a_constant_number_of_queries(api, campaign, url, django_assert_max_num_queries):
    for _ in range(30):
        ContactFactory(campaign=campaign, phones=["1", "2", "3"])
    api.get(url)
    with django_assert_max_num_queries(12):
        api.get(url)


def test_a_contact_of_another_campaign_is_not_found(api, url):
    assert api.get(f"{url}/{ContactFactory().pk}").status_code == 404


HEADER = "AccountNumber,FirstName,LastName," + ",".join(f"Phone{n:02}" for n in range(1, 11))
HEADER += ",TimeZoneBias,DstObserved"


def test_the_template_is_an_attachment_without_byte_order_mark_and_can_be_imported(api, url):
    answer = api.get("campaign/import/template", accept="image/png")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines()[0] == HEADER
    assert api.post(url, {"fileContent": answer.content.decode()}).status_code == 200


@pytest.mark.parametrize(("path", "headers"), [("", {"accept": "text/csv"}), ("/csv", {}), ("/csv/", {})])
def test_contacts_are_downloaded_as_csv_in_import_order(api, url, path, headers):
    api.post(
        url, body("LastName|Phone02|TimeZoneBias|DstObserved", "=1+1|5|60|true", 'q"|6||', delimiter="|")
    )
    answer = api.get(f"{url}{path}", **headers)
    assert answer["Content-Disposition"] == 'attachment; filename="Contacts.csv"'
    assert not answer.has_header("X-Contacts-Incomplete")
    assert answer.getvalue().decode().split("\r\n") == [
        HEADER,
        ",,=1+1,,5,,,,,,,,,60,true",
        ',,q",,6,,,,,,,,,,',
        "",
    ]


def test_a_download_shows_which_values_its_delimiter_cannot_carry(api, campaign, url):
    comma = ContactFactory(campaign=campaign, account_number="7", last_name="Silva, Ana")
    lines = ContactFactory(campaign=campaign, first_name="A\nB", last_name=" x")
    ContactFactory(campaign=campaign, last_name="a|b")
    ContactFactory(last_name="of another, campaign")

    answer = api.get(f"{url}/csv")
    assert answer["X-Contacts-Incomplete"] == "2"
    assert answer["X-Values-Left-Out"] == f"{comma.pk} LastName, {lines.pk} FirstName LastName"
    assert [line[:8] for line in answer.getvalue().decode().split("\r\n")[1:4]] == [
        *["7,,,2125", ",,,21255", ",,a|b,21"]
    ]

    piped = api.get(f"{url}/csv?delimiter=|")
    assert "7||Silva, Ana|2125550100" in piped.getvalue().decode()
    assert piped["X-Contacts-Incomplete"] == "2"


def test_a_download_knows_the_delimiters_of_an_import_alone(api, url):
    answer = api.get(f"{url}/csv?delimiter=;")
    assert answer.status_code == 400
    assert errors_of(answer) == [("invalidInput.invalidValue", "delimiter")]


# Blanks and line ends more often than in random text.
TEXT = st.text(
    st.sampled_from(" ,|\"'\n\r\t\u00a0\u2028=+") | st.characters(exclude_categories=["Cs"]), max_size=12
).filter(lambda text: not NOT_IN_XML.search(text))
CONTACTS = st.lists(
    st.fixed_dictionaries(
        {
            "account_number": TEXT.filter(lambda text: len(text.encode()) <= 30),
            "first_name": TEXT,
            "last_name": TEXT,
            "phones": st.dictionaries(
                st.integers(1, 10), st.text("0123456789#*", min_size=1, max_size=20), min_size=1
            ),
            "zone": st.none() | st.tuples(st.integers(-780, 720), st.booleans()),
        }
    ),
    min_size=1,
    max_size=4,
)


def stored(campaign):
    """What an import would have to say to store the campaign's contacts."""
    rows = []
    for contact in Contact.objects.filter(campaign=campaign).order_by("pk"):
        phones = {phone.position: phone for phone in contact.phones.all()}
        zones = {(p.zone_set.members if p.zone_source == "R" else None) for p in phones.values()}
        texts = {name: getattr(contact, name) for name in ("account_number", "first_name", "last_name")}
        rows.append((texts, {position: phone.number for position, phone in phones.items()}, zones))
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=CONTACTS, delimiter=st.sampled_from(",|"))
def test_a_download_posted_back_gives_the_same_contacts(api, contacts, delimiter):
    there, back = CampaignFactory(), CampaignFactory()
    for values in contacts:
        zone, phones = values["zone"], values["phones"]
        members = write_zones([Zone(*zone)]) if zone else "0"
        texts = {name: values[name] for name in ("account_number", "first_name", "last_name")}
        contact = ContactFactory(campaign=there, zone=members, phones=[], **texts)
        for position, number in phones.items():
            source = "R" if zone else "C"
            contact.phones.create(
                position=position, number=number, zone_set=contact.zone_set, zone_source=source
            )

    answer = api.get(f"campaign/{there.pk}/import/csv?delimiter={delimiter}")
    content = answer.getvalue().decode()
    posted = api.post(f"campaign/{back.pk}/import", {"fileContent": content, "delimiter": delimiter})
    assert posted.status_code == 200, posted.content

    expected, left_out = stored(there), []
    for contact, (texts, _, _) in zip(
        Contact.objects.filter(campaign=there).order_by("pk"), expected, strict=True
    ):
        lost = [
            name for name, text in texts.items() if text != text.strip() or set(text) & {*delimiter, *"\n\r"}
        ]
        texts |= dict.fromkeys(lost, "")
        if lost:
            names = [name.title().replace("_", "") for name in lost]
            left_out.append(" ".join([str(contact.pk), *names]))
    assert stored(back) == expected
    assert answer.get("X-Values-Left-Out", "") == ", ".join(left_out)
    assert answer.get("X-Contacts-Incomplete", "0") == str(len(left_out))


def test_replacing_a_list_needs_the_right_to_delete(api_as, nina, campaign, url):
    standing = ContactFactory(campaign=campaign)
    nina.user_permissions.add(Permission.objects.get(codename="add_contact"))
    loader = api_as(nina)

    assert loader.post(url, body("Phone01", "5", overwriteData="true")).status_code == 403
    assert list(Contact.objects.all()) == [standing]
    assert loader.post(url, body("Phone01", "5", overwriteData="false")).status_code == 200
    assert Contact.objects.count() == 2


def test_a_request_repeated_with_its_key_stores_nothing(api, url):
    for _ in range(3):
        assert api.post(url, CREATE_EXAMPLE, idempotency_key="nightly-17").status_code == 200
    assert (Contact.objects.count(), ImportJob.objects.count()) == (3, 1)


def test_a_key_belongs_to_its_request_and_campaign(api, url):
    api.post(url, CREATE_EXAMPLE, idempotency_key="nightly-17")
    other = api.post(url, PIPE_EXAMPLE, idempotency_key="nightly-17")
    assert errors_of(other) == [("invalidInput.idempotencyKeyReused", "Idempotency-Key")]
    elsewhere = CampaignFactory()
    assert (
        api.post(f"campaign/{elsewhere.pk}/import", CREATE_EXAMPLE, idempotency_key="nightly-17").status_code
        == 200
    )
    assert Contact.objects.count() == 6


def test_a_refused_request_may_be_sent_again_corrected_with_its_key(api, url):
    assert api.post(url, body("Phone01", "x"), idempotency_key="k").status_code == 400
    assert api.post(url, body("Phone01", "5"), idempotency_key="k").status_code == 200


def test_a_key_that_is_too_long_is_refused(api, url):
    answer = api.post(url, CREATE_EXAMPLE, idempotency_key="k" * 256)
    assert errors_of(answer) == [("invalidInput.fieldLengthExceeded", "Idempotency-Key")]


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("keep", ["a", "A", "", "", "b"]),
        ("account_number", ["", "", "b"]),
        ("first_phone", ["A", "", "b"]),
    ],
)
def test_a_campaign_may_skip_rows_that_it_has(api, rule, kept):
    campaign = CampaignFactory(duplicate_rows=rule)
    ContactFactory(campaign=campaign, account_number="A", phones=["1", "2"])
    ContactFactory(account_number="b", phones=["4"])
    url = f"campaign/{campaign.pk}/import"
    rows = ["a,1,", "A,2,", ",,3", ",3,", "b,4,"]
    assert api.post(url, body("AccountNumber,Phone01,Phone02", *rows)).status_code == 200
    job = ImportJob.objects.filter(source="api").get()
    assert [c.account_number for c in job.contacts.all()] == kept
    assert (job.rows_read, job.rows_stored, job.rows_duplicate) == (5, len(kept), 5 - len(kept))
