import pytest
from drf_spectacular.validation import validate_schema

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
