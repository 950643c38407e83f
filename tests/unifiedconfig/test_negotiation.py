import pytest

from tests.api_client import BASE, JSON, XML, Api, errors_of, xml_of
from tests.factories import CampaignFactory

MEMBERS = {"name": "A", "timeZone": {"refURL": f"{BASE}timezone/UTC"}}
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/xml"),
        ("", "application/xml"),
        ("*/*", "application/xml"),
        ("application/xml", "application/xml"),
        ("Application/XML", "application/xml"),
        ("text/xml", "text/xml"),
        ("application/json", "application/json"),
        ("application/json;charset=utf-8", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("application/xml, text/xml, application/json, */*;q=0.1", "application/xml"),
        ("application/xml;q=0.5, application/json", "application/json"),
        ("application/*", "application/xml"),
        ("application/xml;q=0, application/json;q=0.1", "application/json"),
        (JAVA, "application/xml"),
        ("application/json;q=high, application/xml;q=0.1", "application/json"),
        (", ;q=, application/json", "application/json"),
    ],
)
@pytest.mark.parametrize("path", ["campaign", "campaign/4711"])
def test_what_is_accepted_decides_what_is_answered(api, path, accept, answered):
    headers = {} if accept is None else {"accept": accept}

    answer = api.get(path, **headers)

    assert answer["Content-Type"].replace(" ", "") == f"{answered};charset=UTF-8"
    assert answer.content.startswith(b"{" if "json" in answered else b"<?xml")


@pytest.mark.parametrize("accept", ["image/png", "text/plain", "*/*;q=0"])
def test_what_cannot_be_answered_is_refused_in_xml(api, accept):
    answer = api.get("campaign", accept=accept)

    assert answer.status_code == 406
    assert errors_of(answer) == [("processing.notAcceptable", None)]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/xml", xml_of("campaign", MEMBERS), 201),
        ("application/xml;charset=UTF-8", xml_of("campaign", MEMBERS), 201),
        ("text/xml", xml_of("campaign", MEMBERS), 201),
        ("application/json", MEMBERS, 201),
        ("application/json; charset=utf-8", MEMBERS, 201),
        ("", xml_of("campaign", MEMBERS), 201),
        ("", b"\n  " + xml_of("campaign", MEMBERS), 201),
        ("", b'\n {"name": "A", "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"}}', 201),
        ("text/plain", xml_of("campaign", MEMBERS), 415),
        ("application/x-www-form-urlencoded", b"name=A", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/json", xml_of("campaign", MEMBERS), 400),
        ("application/xml", b'{"name": "A"}', 400),
    ],
)
def test_the_type_of_a_body_decides_how_it_is_read(api, content_type, body, status):
    answer = api.request("POST", "campaign", body, content_type=content_type)

    assert answer.status_code == status


def test_white_space_before_the_root_is_accepted(api):
    body = b"\n    <?xml version='1.0' encoding='UTF-8'?>\n" + xml_of("campaign", MEMBERS)

    assert api.post("campaign", body).status_code == 201


def test_namespaces_and_type_attributes_are_ignored(api):
    body = (
        '<c:campaign xmlns:c="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<name xsi:type="string">A</name><!-- a comment --><?hint no?>'
        "<timeZone><refURL><![CDATA[/unifiedconfig/config/timezone/UTC]]></refURL></timeZone></c:campaign>"
    )

    assert api.post("campaign", body.encode()).status_code == 201


@pytest.mark.parametrize(
    "path", ["campaign/", "campaign/{pk}/", "timezone/", "timezone/UTC/", "skillgroup/", "agent/"]
)
def test_a_slash_at_the_end_does_not_redirect(api, path):
    assert api.get(path.format(pk=CampaignFactory().pk)).status_code == 200


def test_a_body_sent_to_a_url_with_a_slash_arrives(api):
    created = api.post("campaign/", xml_of("campaign", MEMBERS))

    assert created.status_code == 201
    path = created["Location"].partition("testserver")[2] + "/"
    assert api.put(path, {"changeStamp": 0}).status_code == 200
    assert api.delete(path).status_code == 200


@pytest.mark.parametrize("path", ["campaign", "timezone/UTC"])
def test_head_answers_as_get_without_a_body(api, path):
    answer = api.request("HEAD", path)

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer["Content-Type"] == api.get(path)["Content-Type"]


def test_no_credentials_is_reported_in_json_too(db):
    answer = Api().get("campaign", accept=JSON)

    assert answer.status_code == 401
    assert errors_of(answer) == [("access.unauthenticated", None)]


def test_answers_escape_what_people_typed(api):
    text = "<script>alert('1 & 2')</script> ]]> \"größe\" 顧客 😀"
    campaign = CampaignFactory(description=text)

    assert api.get(f"campaign/{campaign.pk}").tree.findtext("description") == text
    assert api.get(f"campaign/{campaign.pk}", accept=JSON).json()["description"] == text
    assert b"<script>" not in api.get("campaign", accept=XML).content
