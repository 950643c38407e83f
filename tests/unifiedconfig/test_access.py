import pytest
from django.contrib.auth.models import Permission

from outbound_site.unifiedconfig.access import OPERATIONS
from tests.api_client import BASE, JSON, errors_of, xml_of
from tests.factories import AgentFactory, CampaignFactory, SkillGroupFactory, UserFactory
from tests.unifiedconfig.url_map import api_patterns, endpoints

NEW = xml_of("campaign", {"name": "New", "timeZone": {"refURL": f"{BASE}timezone/UTC"}})
CHANGE = xml_of("campaign", {"changeStamp": 0, "description": "changed"})


@pytest.fixture
def world(db):
    CampaignFactory(pk=1)
    SkillGroupFactory(pk=1)
    AgentFactory(pk=1)


@pytest.fixture
def sue(db):
    """A custom role with the subfeature CampaignStatus."""
    return UserFactory(username="sue@cce.example", permissions=["campaign_status"])


CAST = ["alice", "sam", "lou", "sue", "nina"]
MAY = [
    # method, path, body, and the status for each of the cast
    ("GET", "campaign", b"", 200, 200, 200, 200, 403),
    ("POST", "campaign", NEW, 201, 403, 403, 403, 403),
    ("GET", "campaign/1", b"", 200, 200, 200, 200, 403),
    ("PUT", "campaign/1", CHANGE, 200, 403, 200, 200, 403),
    ("DELETE", "campaign/1", b"", 200, 403, 403, 403, 403),
    ("GET", "skillgroup", b"", 200, 200, 200, 200, 403),
    ("GET", "skillgroup/1", b"", 200, 200, 200, 200, 403),
    ("GET", "agent", b"", 200, 200, 403, 403, 403),
    ("GET", "agent/1", b"", 200, 200, 403, 403, 403),
    ("GET", "timezone", b"", 200, 200, 403, 403, 403),
    ("GET", "timezone/UTC", b"", 200, 200, 403, 403, 403),
]


@pytest.mark.parametrize(
    ("name", "method", "path", "body", "status"),
    [(name, *row[:3], status) for row in MAY for name, status in zip(CAST, row[3:], strict=True)],
    ids=lambda value: str(value) if isinstance(value, str | int) else "",
)
def test_who_may_do_what(name, method, path, body, status, world, request, api_as):
    answer = api_as(request.getfixturevalue(name)).request(method, path, body)

    assert answer.status_code == status
    if status == 403:
        assert errors_of(answer) == [("access.denied", None)]


@pytest.mark.parametrize(
    ("name", "create", "update", "delete", "role"),
    [
        ("alice", True, True, True, "administrator"),
        ("sam", False, False, False, "supervisor"),
        ("lou", False, True, False, "administrator"),
        ("sue", False, True, False, "administrator"),
    ],
)
def test_the_list_shows_each_user_what_it_may_write(name, create, update, delete, role, request, api_as):
    answer = api_as(request.getfixturevalue(name)).get("campaign", accept=JSON)

    assert answer.json()["permissionInfo"] == {
        "canCreate": create,
        "canUpdate": update,
        "canDelete": delete,
        "role": role,
    }


@pytest.mark.parametrize("path", ["skillgroup", "agent", "timezone"])
def test_lists_that_nobody_writes_say_nothing_of_permissions(path, api):
    answer = api.get(path)

    assert answer.status_code == 200
    assert answer.tree.find("permissionInfo") is None


def test_a_disabled_right_counts_at_once(api_as, lou, world):
    assert api_as(lou).put("campaign/1", CHANGE).status_code == 200
    lou.user_permissions.remove(Permission.objects.get(codename="campaign_contact"))

    assert api_as(lou).get("campaign/1").status_code == 403


@pytest.mark.parametrize("pattern", api_patterns(), ids=lambda pattern: str(pattern.pattern))
def test_every_endpoint_declares_who_may_use_it(pattern):
    view, actions = pattern.callback.cls, pattern.callback.actions
    if view.__name__ in {"AsyncRequestStatus", "UnknownUrl"}:
        # They belong to no resource; what each of them asks for is tested below by path.
        return

    for action in actions.values():
        operation = (OPERATIONS | view.operations)[action]
        assert getattr(view.access, operation)


@pytest.mark.parametrize(("path", "methods"), endpoints())
def test_nobody_gets_in_without_a_role(path, methods, api_as, nina):
    for method in methods:
        status = api_as(nina).request(method.upper(), path).status_code
        assert status == (404 if "nothing" in path else 403)


@pytest.mark.parametrize(("path", "methods"), endpoints())
def test_nobody_gets_in_without_signing_in(path, methods, client, db):
    for method in [*methods, "patch", "options"]:
        answer = client.generic(method.upper(), path)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Basic realm="Outbound"'


@pytest.mark.urls("tests.unifiedconfig.urls")
@pytest.mark.parametrize("path", ["undeclared", "unmapped", "unlisted"])
def test_an_endpoint_without_a_rule_refuses_even_an_administrator(path, api):
    answer = api.get(path)

    assert answer.status_code == 403
    assert errors_of(answer) == [("access.denied", None)]
