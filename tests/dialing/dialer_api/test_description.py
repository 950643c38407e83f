import jsonschema
import pytest
from drf_spectacular.validation import validate_schema

from tests.api_client import basic
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def test_the_description_is_valid_openapi_and_names_every_operation(dialer):
    description = dialer.get("openapi.json").json()

    validate_schema(description)
    assert set(description["paths"]) == {
        "/dialer/v1/campaigns",
        "/dialer/v1/records",
        "/dialer/v1/records/{lease}/dialed",
        "/dialer/v1/callbacks",
        "/dialer/v1/results",
        "/dialer/v1/recalls",
        "/dialer/v1/heartbeat",
    }


def test_the_description_has_the_names_of_the_wire(dialer, campaign):
    schemas = dialer.get("openapi.json").json()["components"]["schemas"]
    [record] = dialer.records(campaign)
    [running] = dialer.get("campaigns").json()["campaigns"]

    assert list(schemas["RecordAnswer"]["properties"]) == list(record)
    assert list(schemas["CampaignAnswer"]["properties"]) == list(running)


RECORDS = "/dialer/v1/records"
EVERYWHERE = {"200", "401", "403", "406", "500", "503"}
WITH_QUERY = EVERYWHERE | {"400"}
WITH_BODY = WITH_QUERY | {"413", "415"}


@pytest.fixture
def description(dialer):
    return dialer.get("openapi.json").json()


@pytest.fixture
def operations(description):
    return {
        path: operation for path, methods in description["paths"].items() for operation in methods.values()
    }


@pytest.fixture
def check(description):
    """Whether a body is what a schema says, and nothing that it does not know."""
    return lambda body, schema: jsonschema.validate(body, schema | {"components": description["components"]})


def content_of(described):
    return described["content"]["application/json"]


def test_each_operation_names_every_status_that_it_answers(operations):
    for path, operation in operations.items():
        expected = {"/dialer/v1/campaigns": EVERYWHERE, "/dialer/v1/recalls": WITH_QUERY}.get(path, WITH_BODY)
        assert set(operation["responses"]) == expected, path
        assert all(response["description"] for response in operation["responses"].values())
        assert "Retry-After" in operation["responses"]["503"]["headers"]
        assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]


def test_requests_and_answers_have_examples_that_are_valid(operations, check):
    for path, operation in operations.items():
        bodies = [*operation["responses"].values()]
        if "requestBody" in operation:
            bodies.append(operation["requestBody"])
        for body in bodies:
            [example] = content_of(body)["examples"].values()
            check(example["value"], content_of(body)["schema"])
        assert bodies, path


def test_texts_that_may_not_be_empty_and_lists_that_may_not_have_a_shortest_length(description):
    schemas = description["components"]["schemas"]

    assert schemas["RecordsRequest"]["properties"]["dialer"]["minLength"] == 1
    assert schemas["CallbacksRequest"]["properties"]["agents"]["items"]["minLength"] == 1
    assert schemas["RequestedCallback"]["properties"]["phone"]["minLength"] == 1
    assert "minLength" not in schemas["ReportedResult"]["properties"]["agent"]
    assert schemas["ResultsRequest"]["properties"]["results"]["minItems"] == 1
    [name] = [
        parameter
        for parameter in description["paths"]["/dialer/v1/recalls"]["get"]["parameters"]
        if parameter["name"] == "dialer"
    ]
    assert name["schema"]["minLength"] == 1


def test_what_is_shorter_is_refused(dialer, campaign):
    assert dialer.post("records", dialer="", campaign=campaign.pk, count=1).status_code == 400
    assert dialer.post("callbacks", agents=[""], count=1).status_code == 400
    assert dialer.post("results", results=[]).status_code == 400


def failing(*arguments):
    raise RuntimeError


def test_a_client_that_goes_by_the_description_knows_every_answer(
    dialer, campaign, operations, check, monkeypatch, settings
):
    """Wrong password, nothing to dial and the rest: each has a status of its own and the body described."""
    asked = {"campaign": campaign.pk, "count": 1}
    path = RECORDS.removeprefix("/dialer/v1/")
    settings.MAX_BODY_BYTES = 10_000
    answers = [dialer.post(path, **asked), dialer.post(path, **asked)]
    answers.append(dialer.post(path, campaign=campaign.pk))
    answers.append(dialer.send(path, "{"))
    answers.append(dialer.send(path, "a,b", "text/csv"))
    answers.append(dialer.send(path, "{}", accept="image/png"))
    answers.append(dialer.send(path, " " * 10_001))
    answers.append(dialer.send(path, "{}", authorization=basic("dora@cce.example", "wrong")))
    supervisor = UserFactory(username="sue@cce.example", roles=["supervisor"])
    answers.append(dialer.send(path, "{}", authorization=basic(supervisor.username, PASSWORD)))
    monkeypatch.setattr("dialing.dialer_api.views.claim_records", failing)
    answers.append(dialer.post(path, **asked))

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 200, 400, 400, 415, 406, 413, 401, 403, 500]
    assert answers[1].json() == {"records": []}
    for answer in answers:
        check(answer.json(), content_of(operations[RECORDS]["responses"][str(answer.status_code)])["schema"])
    assert answers[7].json() == {"detail": "Invalid user name or password"}
    assert "records" not in answers[7].json()
