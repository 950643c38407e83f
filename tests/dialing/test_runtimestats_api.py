import pytest
import time_machine

from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from tests.dialing.worlds import NOON, contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
ORDER = [
    "abandonDetectCount",
    "abandonToIvrCount",
    "agentClosedCount",
    "agentRejectedCount",
    "answeringMachineCount",
    "attemptedCount",
    "busyCount",
    "callBackCount",
    "cancelledDetectCount",
    "closedCount",
    "customerAbandonDetectCount",
    "customerNotHomeCount",
    "dateTime",
    "faxDetectCount",
    "networkAnsMachineCount",
    "noAnswerDetectCount",
    "noDialToneDetectCount",
    "noRingBackDetectCount",
    "personalCallbackCount",
    "sitToneDetectCount",
    "talkTimeCount",
    "totalCount",
    "totalVoiceCount",
    "voiceCount",
    "wrapupTimeCount",
    "wrongNumberCount",
]


def call(campaign, code, **details):
    [record] = claim_records("d1", campaign.pk, 1)
    report_results("d1", [ReportedCall(record.lease.pk, code, **details)])


@time_machine.travel(NOON, tick=False)
def test_the_answer_has_the_26_elements_of_the_text_in_its_order(api):
    contact = contact_of()
    call(contact.campaign, 10, talk_seconds=65, wrapup_seconds=12)

    answer = api.get(f"campaign/{contact.campaign.pk}/runtimestats")

    assert answer.tree.tag == "runtimeStatus"
    values = {element.tag: element.text for element in answer.tree}
    assert list(values) == ORDER
    assert {name: value for name, value in values.items() if value != "0"} == {
        "attemptedCount": "1",
        "dateTime": "2026-03-10T12:00:00",
        "talkTimeCount": "65",
        "totalVoiceCount": "1",
        "voiceCount": "1",
        "wrapupTimeCount": "12",
    }


def test_in_json_they_are_the_same_with_numbers_as_numbers(api):
    answer = api.get(f"campaign/{contact_of().campaign.pk}/runtimestats", accept="application/json")
    values = answer.json()
    assert list(values) == ORDER
    assert values.pop("totalCount") == 1
    assert set(values.values()) - {0} == {values["dateTime"]}


def test_daily_counters_start_anew_at_the_reset_and_those_of_the_list_go_on(api, settings):
    campaign = CampaignFactory(on=True, start_time="00:00", end_time="00:00")
    for _ in range(2):
        contact_of(campaign)
    with time_machine.travel(NOON.replace(hour=0, minute=29)):
        call(campaign, 10)
    with time_machine.travel(NOON.replace(hour=0, minute=30)):
        values = {e.tag: e.text for e in api.get(f"campaign/{campaign.pk}/runtimestats").tree}
    assert (values["voiceCount"], values["totalVoiceCount"]) == ("0", "1")


@pytest.mark.parametrize("campaign", [{"tool": True}, {"deleted": True}], ids=str)
def test_a_campaign_that_the_api_does_not_see_is_not_found(api, campaign):
    answer = api.get(f"campaign/{CampaignFactory(**campaign).pk}/runtimestats")
    assert answer.status_code == 404
    assert b"CceDBDataNotFoundException" in answer.content


@pytest.mark.parametrize(
    ("status", "available"),
    [
        ("P", 1),
        ("A", 1),
        ("D", 1),
        ("R", 1),
        ("B", 1),
        ("U", 1),
        ("S", 0),
        ("C", 0),
        ("M", 0),
        ("J", 0),
    ],
)
def test_the_total_count_is_that_of_records_available_to_dial(api, status, available):
    """docs/behaviour.md 11: not closed, not exhausted, not a personal callback."""
    contact = contact_of(status=status)
    answer = api.get(f"campaign/{contact.campaign.pk}/runtimestats")
    assert answer.tree.findtext("totalCount") == str(available)
