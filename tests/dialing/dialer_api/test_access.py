import json

import pytest

from dialing.models import Dialer
from tests.dialing.dialer_api.conftest import DialerClient

pytestmark = pytest.mark.django_db

GETS = ["campaigns", "recalls?dialer=d1", "openapi.json"]
POSTS = [
    "records",
    "callbacks",
    "results",
    "heartbeat",
    "records/7b0b9f5c-0000-4000-8000-000000000000/dialed",
]


@pytest.mark.parametrize(
    ("user", "allowed"), [("dora", True), ("alice", True), ("sam", False), ("lou", False), ("nina", False)]
)
@pytest.mark.parametrize("path", GETS)
def test_dialers_and_administrators_may_read(request, client, user, allowed, path):
    dialer = DialerClient(client, request.getfixturevalue(user).username)

    assert dialer.get(path).status_code == (200 if allowed else 403)


@pytest.mark.parametrize("path", POSTS)
def test_supervisors_may_not_dial(client, sam, path):
    answer = DialerClient(client, sam.username).post(path)

    assert answer.status_code == 403
    assert "detail" in answer.json()
    assert not Dialer.objects.exists()


@pytest.mark.parametrize("path", [*GETS, "nothing/here"])
def test_nobody_gets_in_without_credentials(client, db, path):
    answer = client.get(f"/dialer/v1/{path}")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")


def test_a_dialer_sees_nothing_else_of_the_server(client, dora):
    headers = DialerClient(client, dora.username).headers

    assert client.get("/unifiedconfig/config/campaign", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"), [("get", "records", 405), ("post", "nothing", 404), ("get", "nothing", 404)]
)
def test_what_is_not_there_is_said_in_json(dialer, method, path, status):
    answer = getattr(dialer, method)(path)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    assert "detail" in answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"dialer": NaN}',
        b"[" * 100_000,
        b'{"dialer": "\\ud800", "campaign": 1, "count": 1}',
        b'{"dialer": "\\u0000", "campaign": 1, "count": 1}',
    ],
)
@pytest.mark.parametrize("path", ["records", "callbacks", "results", "heartbeat"])
def test_a_body_that_is_no_request_is_refused(dialer, path, body):
    assert dialer.send(path, body).status_code == 400
    assert not Dialer.objects.exists()


def test_only_json_is_read(dialer):
    assert dialer.send("heartbeat", "<a/>", "application/xml").status_code == 415


def test_a_body_beyond_the_limit_is_refused(dialer, settings):
    settings.MAX_BODY_BYTES = 1024

    assert dialer.send("heartbeat", json.dumps({"dialer": "d" * 2000})).status_code == 413


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("records", {"count": 1}, "campaign"),
        ("records", {"campaign": 5000}, "count"),
        ("records", {"campaign": 5000, "count": 0}, "count"),
        ("records", {"campaign": 5000, "count": 1001}, "count"),
        ("records", {"campaign": 2**63, "count": 1}, "campaign"),
        ("records", {"campaign": "x", "count": 1}, "campaign"),
        ("records", {"dialer": "", "campaign": 5000, "count": 1}, "dialer"),
        ("records", {"dialer": "d" * 65, "campaign": 5000, "count": 1}, "dialer"),
        ("records", {"dialer": ["d1"], "campaign": 5000, "count": 1}, "dialer"),
        ("callbacks", {"count": 1}, "agents"),
        ("callbacks", {"agents": "1001", "count": 1}, "agents"),
        ("callbacks", {"agents": [None], "count": 1}, "agents"),
        ("results", {}, "results"),
        ("results", {"results": []}, "results"),
        ("results", {"results": {"lease": 1}}, "results"),
        ("heartbeat", {"dialer": None}, "dialer"),
        ("heartbeat", {"campaigns": {"5000": 1}}, "campaigns"),
        ("heartbeat", {"campaigns": [{"campaign": 5000}]}, "campaigns"),
        ("heartbeat", {"campaigns": [{"campaign": 5000, "agents": -1}]}, "campaigns"),
        ("heartbeat", {"campaigns": [{"campaign": 0, "agents": 1}]}, "campaigns"),
    ],
)
def test_a_wrong_field_is_named(dialer, path, body, field):
    answer = dialer.post(path, **body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.parametrize("query", [{"after": -1}, {"after": 2**63}, {"wait": 26}, {"wait": "long"}])
def test_a_wrong_query_is_named(dialer, query):
    answer = dialer.get("recalls", dialer="d1", **query)

    assert answer.status_code == 400
    assert list(answer.json()) == list(query)


def test_a_heartbeat_makes_a_dialer_known(dialer):
    assert dialer.post("heartbeat").json() == {}
    assert Dialer.objects.get().name == "d1"


def test_the_agents_of_campaigns_are_those_last_reported(dialer):
    for reported in ([(5000, 3), (5001, 4)], [(5001, 2)]):
        campaigns = [{"campaign": campaign, "agents": agents} for campaign, agents in reported]
        dialer.post("heartbeat", campaigns=campaigns)
    dialer.post("heartbeat")
    assert Dialer.objects.get().agents_by_campaign == {"5001": 2}
