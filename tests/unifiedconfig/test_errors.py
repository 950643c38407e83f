import pytest
from django.conf import settings

from campaigns.models import Campaign
from tests.api_client import BASE, JSON, XML, Api, errors_of, xml_of
from tests.factories import CampaignFactory

MEMBERS = {"name": "A", "timeZone": {"refURL": f"{BASE}timezone/UTC"}}
FORMATS = pytest.mark.parametrize("accept", [XML, JSON])


@FORMATS
@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "error"),
    [
        ("POST", "campaign", b"<campaign>", XML, 400, "processing.xmlSyntaxError"),
        ("POST", "campaign", b"", XML, 400, "processing.xmlSyntaxError"),
        ("POST", "campaign", b"{", JSON, 400, "processing.xmlSyntaxError"),
        ("POST", "campaign", xml_of("dnc", MEMBERS), XML, 400, "processing.xmlSyntaxError"),
        ("PUT", "campaign/1", b"", "text/plain", 400, "processing.xmlSyntaxError"),
        ("GET", "campaign/4711", b"", XML, 404, "notFound.dbData"),
        ("GET", "campaign/" + "9" * 30, b"", XML, 404, "notFound.dbData"),
        ("PUT", "campaign/4711", b"<campaign/>", XML, 404, "notFound.dbData"),
        ("DELETE", "campaign/4711", b"", XML, 404, "notFound.dbData"),
        ("GET", "skillgroup/4711", b"", XML, 404, "notFound.dbData"),
        ("GET", "agent/4711", b"", XML, 404, "notFound.dbData"),
        ("GET", "timezone/Nowhere", b"", XML, 404, "notFound.dbData"),
        ("GET", "nothing", b"", XML, 404, "notFound.url"),
        ("POST", "nothing", b"<a/>", XML, 404, "notFound.url"),
        ("PATCH", "nothing", b"<a/>", XML, 404, "notFound.url"),
        ("GET", "campaign/abc", b"", XML, 404, "notFound.url"),
        ("GET", "Campaign", b"", XML, 404, "notFound.url"),
        ("GET", "/unifiedconfig/", b"", XML, 404, "notFound.url"),
        ("GET", "campaign//1", b"", XML, 404, "notFound.url"),
        ("PATCH", "campaign/1", b"<a/>", XML, 405, "operation.methodNotAllowed"),
        ("PUT", "campaign", b"<a/>", XML, 405, "operation.methodNotAllowed"),
        ("DELETE", "campaign", b"", XML, 405, "operation.methodNotAllowed"),
        ("POST", "campaign/1", b"<a/>", XML, 405, "operation.methodNotAllowed"),
        ("OPTIONS", "campaign", b"", XML, 405, "operation.methodNotAllowed"),
        ("TRACE", "campaign", b"", XML, 405, "operation.methodNotAllowed"),
        ("POST", "timezone", b"<a/>", XML, 405, "operation.methodNotAllowed"),
        ("PUT", "timezone/UTC", b"<a/>", XML, 405, "operation.methodNotAllowed"),
        ("DELETE", "timezone/UTC", b"", XML, 405, "operation.methodNotAllowed"),
        ("POST", "skillgroup", b"<a/>", XML, 405, "operation.methodNotAllowed"),
        ("DELETE", "agent/1", b"", XML, 405, "operation.methodNotAllowed"),
        ("POST", "campaign", b"a,b", "text/csv", 415, "processing.unsupportedMediaType"),
        ("POST", "campaign", b"a", "nonsense", 415, "processing.unsupportedMediaType"),
    ],
)
def test_each_refusal_has_its_status_and_type(api, method, path, body, content_type, status, error, accept):
    CampaignFactory(pk=1)

    answer = api.request(method, path, body, content_type=content_type, accept=accept)

    assert answer.status_code == status
    assert errors_of(answer) == [(error, None)]
    assert ("json" in answer["Content-Type"]) == (accept == JSON)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("campaign", "GET, POST, HEAD"),
        ("campaign/1", "GET, PUT, DELETE, HEAD"),
        ("timezone", "GET, HEAD"),
        ("timezone/UTC", "GET, HEAD"),
        ("agent/1", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_offered_names_those_that_are(api, path, allowed):
    answer = api.request("PATCH", path)

    assert answer.status_code == 405
    assert sorted(answer["Allow"].split(", ")) == sorted(allowed.split(", "))


@FORMATS
@pytest.mark.urls("tests.unifiedconfig.urls")
def test_a_fault_of_the_server_says_nothing_of_its_cause(api, accept, caplog):
    answer = api.get("broken", accept=accept)

    assert answer.status_code == 500
    assert errors_of(answer) == [("internalError", None)]
    assert b"hunter2" not in answer.content
    assert "hunter2" in caplog.text


def test_a_foreign_host_name_is_refused_in_xml(api):
    answer = api.get("campaign", host="evil.example")

    assert answer.status_code == 400
    assert errors_of(answer) == [("processing.badRequest", None)]


@FORMATS
@pytest.mark.parametrize("name", ["q", "sort"])
def test_a_query_that_holds_a_nul_is_refused_by_name(api, name, accept):
    answer = api.get(f"campaign?{name}=%00", accept=accept)

    assert answer.status_code == 400
    assert errors_of(answer) == [("invalidInput.invalidValue", name)]


def filled_to(size, content_type):
    body = xml_of("campaign", MEMBERS | {"unknown": ""}).replace(b"<unknown></unknown>", b"<unknown/>")
    start, end = body.split(b"<unknown/>")
    return start + b"<unknown>" + b"x" * (size - len(body) - 9) + b"</unknown>" + end


def test_a_body_of_sixteen_megabytes_is_read(api):
    body = filled_to(settings.MAX_BODY_BYTES, XML)
    assert len(body) == 16 * 1024 * 1024

    assert api.post("campaign", body).status_code == 201


@FORMATS
@pytest.mark.parametrize("content_type", [XML, JSON, ""])
def test_a_body_of_one_byte_more_is_not(api, accept, content_type):
    answer = api.post(
        "campaign", b" " * (settings.MAX_BODY_BYTES + 1), content_type=content_type, accept=accept
    )

    assert answer.status_code == 413, answer.content
    assert errors_of(answer) == [("limitExceeded.requestSize", None)]
    assert not Campaign.objects.exists()


def test_a_stranger_is_refused_before_the_body_is_read(db):
    assert Api("eve@cce.example", "guess").post("campaign", b"<campaign>").status_code == 401
