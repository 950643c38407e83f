"""Writes with `async=true`, polled as a client polls them (docs/wire-format.md 10)."""

import pytest

from campaigns.models import Campaign, Contact
from tests.api_client import BASE, JSON, errors_of, xml_of
from tests.factories import CampaignFactory, ImportRuleFactory

NEW = xml_of("campaign", {"name": "New", "timeZone": {"refURL": f"{BASE}timezone/UTC"}})
SERVER = "http://testserver"

pytestmark = pytest.mark.django_db


def poll(api, answer, **headers):
    assert answer.status_code == 202
    assert answer["Location"].startswith(f"{SERVER}{BASE}asyncrequeststatus/")
    return api.get(answer["Location"].removeprefix(SERVER), **headers)


def test_a_create_ends_in_201_with_the_location_of_the_item(api):
    answer = api.post("campaign?async=true", NEW)

    assert answer.tree.tag == "asyncResult"
    assert answer.tree.findtext("progress") == "IN_QUEUE"
    for _ in range(2):
        polled = poll(api, answer)
        assert (polled.status_code, polled.content) == (201, b"")
        assert polled["Location"] == f"{SERVER}{BASE}campaign/{Campaign.objects.get().pk}"


def test_the_answer_is_in_the_negotiated_format(api):
    assert api.post("campaign?async=TRUE", NEW, accept=JSON).json() == {"progress": "IN_QUEUE"}


def test_updates_deletes_and_imports_end_in_200(api):
    campaign = CampaignFactory()
    content = {"fileContent": "Phone01\n5550100200"}
    for answer in [
        api.put(f"campaign/{campaign.pk}/?async=true", {"changeStamp": 0, "description": "changed"}),
        api.post(f"campaign/{campaign.pk}/import?async=true", xml_of("import", content)),
        api.delete(f"dnc/{ImportRuleFactory().pk}?async=true"),
    ]:
        polled = poll(api, answer)
        assert (polled.status_code, polled.content) == (200, b"")
        assert "Location" not in polled
    assert (Campaign.objects.get().description, Contact.objects.count()) == ("changed", 1)


def test_an_invalid_request_is_refused_at_once(api):
    answer = api.post("campaign?async=true", xml_of("campaign", {"name": "New"}))

    assert (answer.status_code, errors_of(answer)) == (400, [("invalidInput.fieldRequired", "timeZone")])
    assert api.delete("campaign/1?async=true").status_code == 404


@pytest.mark.parametrize("query", ["", "?async=false", "?async=", "?async=1"])
def test_only_true_asks_for_it(api, query):
    assert api.post(f"campaign{query}", NEW).status_code == 201


def test_reads_are_never_asynchronous(api):
    assert api.get("campaign?async=true").status_code == 200


def test_the_emergency_stop_answers_200_when_all_is_stopped(api):
    campaign = CampaignFactory(enabled=True)

    assert api.put("campaign/disable?async=true").status_code == 200
    campaign.refresh_from_db()
    assert not campaign.enabled


def test_nobody_else_may_poll(api, api_as, sam, nina):
    answer = api.post("campaign?async=true", NEW)

    assert poll(api_as(sam), answer).status_code == 404
    assert poll(api_as(nina), answer).status_code == 403


@pytest.mark.parametrize("job", ["1", "W10:abc:def", "ü", "a" * 1000])
def test_a_job_that_is_not_ours_is_not_found(api, job):
    answer = api.get(f"asyncrequeststatus/{job}")

    assert (answer.status_code, errors_of(answer)) == (404, [("notFound.dbData", None)])
