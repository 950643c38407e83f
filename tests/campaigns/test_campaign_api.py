import json
from datetime import date, time
from pathlib import Path

import pytest
import time_machine
from lxml import etree

from campaigns.models import Campaign, CampaignSkillGroup
from tests.api_client import BASE, JSON, XML, errors_of, xml_of
from tests.factories import CampaignFactory, SkillGroupFactory
from timezones.models import TimeZone

DATA = Path(__file__).parent.parent / "data"
NEW = {"name": "Renewals_Q3", "timeZone": {"refURL": f"{BASE}timezone/UTC"}}
ALWAYS_THERE = """
    refURL changeStamp name abandonEnabled abandonPercent amdTreatmentMode campaignPurposeType
    callProgressAnalysis/enabled callProgressAnalysis/record callProgressAnalysis/minSilencePeriod
    callProgressAnalysis/analysisPeriod callProgressAnalysis/minimumValidSpeech
    callProgressAnalysis/maxTimeAnalysis callProgressAnalysis/maxTermToneAnalysis enabled startDate endDate
    startTime endTime ipAmdEnabled ipTerminatingBeepDetect linesPerAgent maximumLinesPerAgent maxAttempts
    minimumCallDuration noAnswerRingLimit personalizedCallbackEnabled predictiveCorrectionPace predictiveGain
    rescheduleCallbackMode retries/answeringMachineDelay retries/busySignalDelay
    retries/customerAbandonedDelay retries/customerNotHomeDelay retries/dialerAbandonedDelay
    retries/noAnswerDelay timeZone/refURL
    timeZone/displayName skillGroupInfos import/refURL
"""
IN_EVERY_SKILL_GROUP_INFO = """
    dialedNumber ivrPorts overflowAgents recordsToCache skillGroup/refURL skillGroup/name
"""


def shape(element):
    """An element without its comments, order and white space."""
    children = sorted(shape(child) for child in element if isinstance(child.tag, str))
    return (element.tag, (element.text or "").strip(), children)


def info_of(group, **members):
    return members | {"skillGroup": {"refURL": f"{BASE}skillgroup/{group.pk}"}}


def infos_of(*groups):
    return {"skillGroupInfo": [info_of(group) for group in groups]}


def groups_of(campaign):
    return sorted(CampaignSkillGroup.objects.filter(campaign=campaign).values_list("skill_group", flat=True))


def create(api, **members):
    answer = api.post("campaign", xml_of("campaign", NEW | members))
    assert answer.status_code == 201, answer.content
    return Campaign.objects.get(pk=answer["Location"].rpartition("/")[2])


def put(api, campaign, **members):
    """A change in the version that stands, unless `changeStamp` says otherwise."""
    stamp = Campaign.objects.get(pk=campaign.pk).change_stamp
    return api.put(f"campaign/{campaign.pk}", xml_of("campaign", {"changeStamp": stamp} | members))


@pytest.fixture
def example(db):
    """The campaign of the API text's example."""
    campaign = CampaignFactory(
        pk=5168,
        name="APIoct1",
        change_stamp=48,
        campaign_prefix="978",
        dialing_mode="PREVIEWONLY",
        enabled=True,
        zone="Eastern Standard Time",
        start_date=date(2016, 1, 14),
        end_date=date(2016, 1, 15),
        start_time=time(9),
        end_time=time(17),
        maximum_lines_per_agent=100,
    )
    group = SkillGroupFactory(pk=5004, name="errorDetailsRouteScript")
    campaign.skill_group_infos.create(
        skill_group=group, dialed_number="123", ivr_route_point="91234", abandoned_route_point="12345"
    )
    return campaign


def test_the_create_request_of_the_api_text_works_unchanged(api):
    SkillGroupFactory(pk=5001, name="sgcampaign")

    answer = api.post("campaign", (DATA / "campaign_create.xml").read_bytes())

    campaign = Campaign.objects.get()
    assert answer.status_code == 201
    assert answer.content == b""
    assert answer["Content-Length"] == "0"
    assert answer["Location"] == f"http://testserver/unifiedconfig/config/campaign/{campaign.pk}"
    assert (campaign.name, campaign.origin, campaign.change_stamp) == ("APIOct1", "api", 0)
    assert groups_of(campaign) == [5001]


def test_the_get_response_of_the_api_text_comes_literally(api, example):
    answer = api.get("campaign/5168")

    assert answer.status_code == 200
    assert answer["Content-Type"].replace(" ", "") == "application/xml;charset=UTF-8"
    assert shape(answer.tree) == shape(etree.fromstring((DATA / "campaign_get.xml").read_bytes()))


def test_the_same_in_json(api, example):
    answer = api.get("campaign/5168", accept=JSON)

    assert answer["Content-Type"].replace(" ", "") == "application/json;charset=UTF-8"
    assert answer.json() == json.loads((DATA / "campaign_get.json").read_text())
    assert b'"maximumLinesPerAgent": 100.0' in answer.content


@pytest.mark.parametrize("accept", [XML, JSON])
def test_a_get_answer_put_back_unchanged_changes_nothing_but_the_stamp(api, example, accept):
    before = api.get("campaign/5168", accept=accept)

    answer = api.put("campaign/5168", before.content, content_type=accept)

    assert (answer.status_code, answer.content) == (200, b"")
    after = api.get("campaign/5168").content.replace(b"<changeStamp>49<", b"<changeStamp>48<")
    assert after == api.get("campaign/5168").content.replace(b"49", b"48")
    assert shape(etree.fromstring(after)) == shape(etree.fromstring((DATA / "campaign_get.xml").read_bytes()))


@pytest.mark.parametrize("path", ["campaign", "campaign/{pk}"])
def test_every_element_that_clients_read_without_asking_is_there(api, path):
    campaign = create(api, skillGroupInfos=infos_of(SkillGroupFactory(), SkillGroupFactory()))

    tree = api.get(path.format(pk=campaign.pk)).tree

    found = tree if tree.tag == "campaign" else tree.find("campaigns/campaign")
    assert [name for name in ALWAYS_THERE.split() if found.find(name) is None] == []
    for info in found.find("skillGroupInfos"):
        assert [name for name in IN_EVERY_SKILL_GROUP_INFO.split() if info.find(name) is None] == []


def test_a_campaign_without_skill_groups_leaves_out_what_depends_on_them(api):
    campaign = create(api, dialingMode="PROGRESSIVEONLY")

    tree = api.get(f"campaign/{campaign.pk}").tree

    assert tree.find("dialingMode") is None
    assert tree.find("reservationPercentage") is None
    assert len(tree.find("skillGroupInfos")) == 0
    assert api.get(f"campaign/{campaign.pk}", accept=JSON).json()["skillGroupInfos"] == [
        {"skillGroupInfo": []}
    ]


@pytest.mark.parametrize("name", ["description", "campaignPrefix"])
def test_a_text_without_a_value_is_left_out_and_an_empty_element_clears_it(api, name):
    campaign = create(api, **{name: "0012"})
    assert api.get(f"campaign/{campaign.pk}").tree.findtext(name) == "0012"

    assert put(api, campaign, **{name: ""}).status_code == 200

    assert api.get(f"campaign/{campaign.pk}").tree.find(name) is None


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("maxAttempts", "max_attempts"),
        ("linesPerAgent", "lines_per_agent"),
        ("enabled", "enabled"),
        ("startDate", "start_date"),
        ("endTime", "end_time"),
        ("amdTreatmentMode", "amd_treatment_mode"),
    ],
)
def test_an_empty_element_of_another_type_counts_as_not_sent(api, name, attribute):
    campaign = CampaignFactory(
        max_attempts=7, lines_per_agent=2.5, enabled=True, amd_treatment_mode="transferToAgent"
    )

    assert put(api, campaign, **{name: ""}).status_code == 200

    assert getattr(Campaign.objects.get(), attribute) == getattr(campaign, attribute)


def test_the_last_of_repeated_elements_counts(api):
    campaign = create(api, dialingMode=["INBOUND", "PREDICTIVEONLY"])

    assert campaign.dialing_mode == "PREDICTIVEONLY"


def test_unknown_and_read_only_elements_and_extra_members_of_references_are_ignored(api):
    campaign = create(
        api,
        refURL="/unifiedconfig/config/campaign/1",
        changeStamp="77",
        department={"refURL": "/unifiedconfig/config/department/1"},
        timeZone={"refURL": f"{BASE}timezone/UTC", "displayName": "wrong", "bias": "many"},
    )

    assert campaign.pk != 1
    assert campaign.change_stamp == 0
    assert campaign.time_zone.name == "UTC"


@pytest.mark.parametrize(
    "members",
    [
        {"changeStamp": "copied by hand"},
        {"skillGroupInfosAdded": {"skillGroupInfo": {"skillGroup": {"refURL": f"{BASE}skillgroup/999999"}}}},
        {"skillGroupInfosRemoved": "all of them"},
    ],
)
def test_what_only_an_update_takes_is_ignored_by_a_create_however_wrong(api, members):
    campaign = create(api, **members)

    assert campaign.change_stamp == 0
    assert groups_of(campaign) == []


def test_the_url_decides_which_campaign_changes(api):
    one, other = CampaignFactory(), CampaignFactory()

    put(api, one, refURL=other.ref_url, description="changed")

    assert list(Campaign.objects.order_by("pk").values_list("description", flat=True)) == ["changed", ""]


@pytest.mark.parametrize(
    ("stamp", "status", "errors"),
    [
        ("3", 200, None),
        (None, 400, [("invalidInput.fieldRequired", "changeStamp")]),
        ("", 400, [("invalidInput.fieldRequired", "changeStamp")]),
        ("2", 400, [("invalidInput.changeStampMismatch", "changeStamp")]),
        ("4", 400, [("invalidInput.changeStampMismatch", "changeStamp")]),
        ("-1", 400, [("invalidInput.changeStampMismatch", "changeStamp")]),
        ("99999999999999999", 400, [("invalidInput.changeStampMismatch", "changeStamp")]),
        ("three", 400, [("invalidInput.invalidValue", "changeStamp")]),
        ("3.5", 400, [("invalidInput.invalidValue", "changeStamp")]),
    ],
)
def test_a_change_needs_the_change_stamp_that_stands(api, stamp, status, errors):
    campaign = CampaignFactory(change_stamp=3, description="before")
    members = {"description": "after"} | ({} if stamp is None else {"changeStamp": stamp})

    answer = api.put(f"campaign/{campaign.pk}", xml_of("campaign", members))

    campaign.refresh_from_db()
    assert answer.status_code == status
    assert (campaign.description, campaign.change_stamp) == (("after", 4) if status == 200 else ("before", 3))
    if errors:
        assert errors_of(answer) == errors


def test_what_an_update_does_not_send_stays(api, example):
    assert put(api, example, maxAttempts=9).status_code == 200

    expected = json.loads((DATA / "campaign_get.json").read_text()) | {"maxAttempts": 9, "changeStamp": 49}
    assert api.get("campaign/5168", accept=JSON).json() == expected


@pytest.mark.parametrize(
    "members", [{"retries": {"busySignalDelay": 5}}, {"busySignalDelay": 5}], ids=["nested", "flat"]
)
def test_retries_merge_and_are_accepted_flat(api, members):
    campaign = CampaignFactory(no_answer_delay=7)

    assert put(api, campaign, **members).status_code == 200

    campaign.refresh_from_db()
    assert (campaign.busy_signal_delay, campaign.no_answer_delay) == (5, 7)


def test_call_progress_analysis_merges_member_by_member(api):
    campaign = CampaignFactory(cpa_record=True, analysis_period=3000)

    assert (
        put(api, campaign, callProgressAnalysis={"enabled": "false", "minSilencePeriod": 200}).status_code
        == 200
    )

    campaign.refresh_from_db()
    assert (campaign.cpa_enabled, campaign.cpa_record) == (False, True)
    assert (campaign.min_silence_period, campaign.analysis_period) == (200, 3000)
    assert campaign.enabled is False


def test_the_spelling_of_the_example_is_accepted(api):
    assert create(api, ipAMDEnabled="false").ip_amd_enabled is False


def test_what_is_not_sent_takes_its_default(api):
    with time_machine.travel("2031-02-03T23:30:00Z", tick=False):
        campaign = create(api, timeZone={"refURL": f"{BASE}timezone/Tokyo%20Standard%20Time"})

    assert (campaign.start_date, campaign.end_date) == (date(2031, 2, 4), date(2032, 2, 4))
    assert (campaign.start_time, campaign.end_time) == (time(8), time(21))


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        ({"startDate": "2029-06-01"}, date(2032, 2, 3)),
        ({"startDate": "2031-02-02"}, date(2032, 2, 3)),
        ({"startDate": "2031-06-01"}, date(2032, 6, 1)),
        ({"endDate": "2030-01-01"}, date(2030, 1, 1)),
        ({}, date(2032, 2, 3)),
    ],
)
def test_an_end_that_is_not_sent_is_a_year_after_the_later_of_start_and_today(api, sent, end):
    with time_machine.travel("2031-02-03T12:00:00Z", tick=False):
        assert create(api, **sent).end_date == end


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2031-02-03", date(2031, 2, 3)),
        ("2031-02-03T00:00:00.000-05:00", date(2031, 2, 3)),
        ("2031-02-03T23:59:59Z", date(2031, 2, 3)),
        ("2031-02-03Z", date(2031, 2, 3)),
    ],
)
def test_dates_are_read_in_every_form_that_clients_marshal(api, sent, kept):
    assert create(api, startDate=sent).start_date == kept


@pytest.mark.parametrize(
    ("sent", "kept"), [("9:05", time(9, 5)), ("09:05:00", time(9, 5)), ("09:05:00.000Z", time(9, 5))]
)
def test_so_are_times(api, sent, kept):
    assert create(api, startTime=sent).start_time == kept


def test_an_end_before_the_start_is_refused(api):
    body = xml_of("campaign", NEW | {"startDate": "2031-02-03", "endDate": "2031-02-02"})

    assert errors_of(api.post("campaign", body)) == [("invalidInput.invalidValue", "endDate")]


def test_all_errors_come_at_once(api):
    body = xml_of("campaign", {"maxAttempts": 0, "enabled": "perhaps", "retries": {"busySignalDelay": 0}})

    answer = api.post("campaign", body)

    assert answer.status_code == 400
    assert set(errors_of(answer)) == {
        ("invalidInput.fieldRequired", "name"),
        ("invalidInput.fieldRequired", "timeZone"),
        ("invalidInput.outOfRange", "maxAttempts"),
        ("invalidInput.invalidValue", "enabled"),
        ("invalidInput.outOfRange", "busySignalDelay"),
    }
    assert not Campaign.objects.exists()


def test_an_error_has_every_part_in_both_formats(api):
    body = xml_of("campaign", NEW | {"linesPerAgent": 0})

    error = api.post("campaign", body).tree.find("apiError")
    in_json = api.post("campaign", body, accept=JSON).json()

    assert [(child.tag, child.text) for child in error.iter() if not len(child)] == [
        ("errorData", "linesPerAgent"),
        ("min", "1.0"),
        ("max", "100.0"),
        ("errorMessage", "This field must contain a value from 1.0 to 100.0"),
        ("errorType", "invalidInput.outOfRange"),
    ]
    assert in_json == {
        "apiError": [
            {
                "errorData": "linesPerAgent",
                "errorDetail": {"min": 1.0, "max": 100.0},
                "errorMessage": "This field must contain a value from 1.0 to 100.0",
                "errorType": "invalidInput.outOfRange",
            }
        ]
    }


@pytest.mark.parametrize("name", ["Renewals_Q3", "RENEWALS_q3"])
@pytest.mark.parametrize(
    ("state", "deleted"), [({}, "false"), ({"tool": True}, "false"), ({"deleted": True}, "true")]
)
def test_a_name_is_given_once(api, name, state, deleted):
    CampaignFactory(name=name, **state)

    answer = api.post("campaign", xml_of("campaign", NEW))

    assert errors_of(answer) == [("invalidInput.duplicateName", "name")]
    assert answer.tree.findtext("apiError/errorDetail/scope") == "campaign"
    assert answer.tree.findtext("apiError/errorDetail/deleted") == deleted


def test_a_campaign_cannot_be_renamed_to_a_name_in_use(api):
    CampaignFactory(name="Taken")

    assert errors_of(put(api, CampaignFactory(), name="Taken")) == [("invalidInput.duplicateName", "name")]


@pytest.mark.parametrize("name", ["dnc", "none", "DNC", "None"])
def test_some_names_are_reserved(api, name):
    answer = api.post("campaign", xml_of("campaign", NEW | {"name": name}))

    assert errors_of(answer) == [("invalidInput.reservedName", "name")]


@pytest.mark.parametrize("state", [{"tool": True}, {"deleted": True}], ids=["campaign tool", "deleted"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_campaigns_of_the_tool_and_deleted_ones_are_not_found(api, state, method):
    campaign = CampaignFactory(**state)

    answer = api.request(method, f"campaign/{campaign.pk}", xml_of("campaign", {"changeStamp": 0}))

    assert answer.status_code == 404
    assert errors_of(answer) == [("notFound.dbData", None)]
    assert answer.tree.findtext("apiError/errorMessage") == (
        "CceDBDataNotFoundException: The specified ID does not exist in the database."
    )
    assert api.get("campaign").tree.findtext("pageInfo/totalResults") == "0"


def test_a_deleted_campaign_keeps_its_name_and_frees_its_skill_groups(api):
    group = SkillGroupFactory()
    campaign = create(api, enabled="true", skillGroupInfos=infos_of(group))

    answer = api.delete(f"campaign/{campaign.pk}")

    campaign.refresh_from_db()
    assert (answer.status_code, answer.content) == (200, b"")
    assert campaign.deleted_at is not None
    assert campaign.enabled is False
    assert api.delete(f"campaign/{campaign.pk}").status_code == 404
    assert errors_of(api.post("campaign", xml_of("campaign", NEW))) == [
        ("invalidInput.duplicateName", "name")
    ]
    create(api, name="Another", skillGroupInfos=infos_of(group))


@pytest.mark.parametrize("content_type", ["text/plain", ""])
def test_a_delete_may_name_any_type_for_the_body_it_does_not_have(api, content_type):
    campaign = CampaignFactory()

    assert api.request("DELETE", f"campaign/{campaign.pk}", content_type=content_type).status_code == 200


def test_every_change_is_recorded_with_who_made_it(api, alice):
    campaign = create(api)
    put(api, campaign, description="changed")
    api.delete(f"campaign/{campaign.pk}")

    assert [record.history_user for record in campaign.history.all()] == [alice] * 3


# Time zones


def test_a_zone_that_has_gone_shows_as_invalid_and_can_be_put_back(api):
    campaign = CampaignFactory(zone="Nepal Standard Time")
    TimeZone.objects.filter(name="Nepal Standard Time").update(retired=True)

    answer = api.get(f"campaign/{campaign.pk}")

    assert answer.tree.findtext("timeZone/refURL") == "/unifiedconfig/config/timezone/INVALID"
    assert answer.tree.findtext("timeZone/displayName") == "INVALID Time Zone"
    assert api.get("timezone/INVALID").status_code == 404
    assert api.put(f"campaign/{campaign.pk}", answer.content).status_code == 200
    assert Campaign.objects.get().time_zone == campaign.time_zone


@pytest.mark.parametrize(
    "url",
    [f"{BASE}timezone/INVALID", f"https://cce.example{BASE}timezone/INVALID/", f" {BASE}timezone/INVALID\n"],
)
def test_the_invalid_zone_is_accepted_only_of_a_campaign_whose_zone_has_gone(api, url):
    campaign = CampaignFactory(zone="Nepal Standard Time")
    invalid = {"timeZone": {"refURL": url}}

    answer = put(api, campaign, **invalid)

    assert answer.status_code == 400
    assert errors_of(answer) == [("invalidInput.invalidReference", "timeZone")]
    assert Campaign.objects.get().change_stamp == 0
    TimeZone.objects.filter(name="Nepal Standard Time").update(retired=True)
    assert put(api, campaign, **invalid).status_code == 200
    assert Campaign.objects.get().time_zone == campaign.time_zone


@pytest.mark.parametrize(
    "url",
    [
        "/unifiedconfig/config/timezone/Eastern%20Standard%20Time",
        "https://cce.example/unifiedconfig/config/timezone/Eastern%20Standard%20Time",
        "/unifiedconfig/config/timezone/Eastern Standard Time",
        "/unifiedconfig/config/timezone/Eastern%20Standard%20Time/",
        " /unifiedconfig/config/timezone/Eastern%20Standard%20Time\n",
    ],
)
def test_references_may_be_relative_or_absolute(api, url):
    assert create(api, timeZone={"refURL": url}).time_zone.name == "Eastern Standard Time"


@pytest.mark.parametrize(
    "url",
    [
        "UTC",
        "/timezone/UTC",
        "/unifiedconfig/config/timezone/Nowhere",
        "/unifiedconfig/config/timezone/INVALID",
        "/unifiedconfig/config/timezone/utc",
        "/unifiedconfig/config/skillgroup/1",
        "http://[",
    ],
)
def test_a_reference_to_nothing_names_the_element_and_what_is_missing(api, url):
    answer = api.post("campaign", xml_of("campaign", NEW | {"timeZone": {"refURL": url}}))

    assert answer.status_code == 400
    assert errors_of(answer) == [("invalidInput.invalidReference", "timeZone")]
    assert answer.tree.findtext("apiError/errorDetail/type") == "timezone"
    assert answer.tree.findtext("apiError/errorDetail/name") in url


# Skill groups


def test_skill_group_infos_replace_the_set(api):
    one, two, three = (SkillGroupFactory() for _ in range(3))
    campaign = create(api, skillGroupInfos=infos_of(one, two))

    put(api, campaign, skillGroupInfos=infos_of(two, three))
    assert groups_of(campaign) == [two.pk, three.pk]
    put(api, campaign, skillGroupInfos="")
    assert groups_of(campaign) == []


def test_added_and_removed_change_the_set_together(api):
    one, two, three = (SkillGroupFactory() for _ in range(3))
    campaign = create(api, skillGroupInfos=infos_of(one, two))

    answer = put(
        api,
        campaign,
        skillGroupInfosAdded={"skillGroupInfo": info_of(three, dialedNumber="7002")},
        skillGroupInfosRemoved={"skillGroupInfo": {"skillGroup": {"refURL": one.ref_url}}},
    )

    assert answer.status_code == 200
    assert groups_of(campaign) == [two.pk, three.pk]
    tree = api.get(f"campaign/{campaign.pk}").tree
    assert tree.find("skillGroupInfosAdded") is None
    assert [info.findtext("dialedNumber") for info in tree.find("skillGroupInfos")] == ["", "7002"]


def test_bare_references_to_skill_groups_change_the_set_too(api):
    one, two, three, four = (SkillGroupFactory() for _ in range(4))
    campaign = create(api, skillGroupInfos=infos_of(one, two))
    bare = lambda *groups: {"skillGroup": [{"refURL": group.ref_url} for group in groups]}  # noqa: E731

    assert put(api, campaign, skillGroupInfosRemoved=bare(one, two)).status_code == 200
    assert groups_of(campaign) == []
    assert put(api, campaign, skillGroupInfosAdded=bare(three) | infos_of(four)).status_code == 200
    assert groups_of(campaign) == [three.pk, four.pk]
    for infos in (bare(one), [bare(one)], {"skillGroup": {"refURL": one.ref_url}}):
        stamp = Campaign.objects.get(pk=campaign.pk).change_stamp
        sent = {"changeStamp": stamp, "skillGroupInfosAdded": infos, "skillGroupInfosRemoved": bare(four)}
        assert api.put(f"campaign/{campaign.pk}", sent).status_code == 200
        assert groups_of(campaign) == [one.pk, three.pk]
    assert put(api, campaign, skillGroupInfos=bare(two)).status_code == 200
    assert groups_of(campaign) == [two.pk]


@pytest.mark.parametrize("delta", ["skillGroupInfos", "skillGroupInfosAdded", "skillGroupInfosRemoved"])
def test_a_bare_reference_to_no_skill_group_is_refused(api, delta):
    group = SkillGroupFactory()
    campaign = create(api, skillGroupInfos=infos_of(group))

    answer = put(api, campaign, **{delta: {"skillGroup": {"refURL": f"{BASE}skillgroup/4711"}}})

    assert errors_of(answer) == [("invalidInput.invalidReference", "skillGroup")]
    assert groups_of(campaign) == [group.pk]


@pytest.mark.parametrize("space", ["\n", " \t\r\n ", "\n    "])
@pytest.mark.parametrize(
    "name",
    ["skillGroupInfosAdded", "skillGroupInfosRemoved", "retries", "callProgressAnalysis", "import"],
)
def test_white_space_alone_in_a_structured_element_is_nothing(api, name, space):
    group = SkillGroupFactory()
    campaign = create(api, skillGroupInfos=infos_of(group), retries={"busySignalDelay": 7})

    assert put(api, campaign, **{name: space}).status_code == 200
    assert api.put(f"campaign/{campaign.pk}", {"changeStamp": 1, name: space}).status_code == 200
    campaign.refresh_from_db()
    assert (groups_of(campaign), campaign.busy_signal_delay) == ([group.pk], 7)


def test_white_space_alone_is_an_empty_set_and_no_time_zone(api):
    campaign = create(api, skillGroupInfos=infos_of(SkillGroupFactory()))

    assert put(api, campaign, timeZone="\n").status_code == 400
    assert put(api, campaign, skillGroupInfos="\n  ").status_code == 200
    assert groups_of(campaign) == []


@pytest.mark.parametrize("delta", ["skillGroupInfosAdded", "skillGroupInfosRemoved"])
def test_the_set_and_its_changes_cannot_be_mixed(api, delta):
    one, two = SkillGroupFactory(), SkillGroupFactory()
    campaign = create(api, skillGroupInfos=infos_of(one))

    answer = put(api, campaign, skillGroupInfos=infos_of(two), **{delta: infos_of(one)})

    assert errors_of(answer) == [("invalidInput.invalidValue", "skillGroupInfos")]
    assert groups_of(campaign) == [one.pk]


def test_the_changes_are_for_updates_only(api):
    assert groups_of(create(api, skillGroupInfosAdded=infos_of(SkillGroupFactory()))) == []


def test_a_group_that_stays_keeps_what_is_not_sent(api):
    group = SkillGroupFactory()
    campaign = create(
        api, skillGroupInfos={"skillGroupInfo": info_of(group, dialedNumber="7001", ivrPorts=3)}
    )

    put(api, campaign, skillGroupInfos={"skillGroupInfo": info_of(group, ivrPorts=4)})

    info = CampaignSkillGroup.objects.get()
    assert (info.dialed_number, info.ivr_ports) == ("7001", 4)


def test_a_skill_group_belongs_to_one_campaign(api):
    group = SkillGroupFactory()
    holder = create(api, name="Holder", skillGroupInfos=infos_of(group))

    answer = api.post("campaign", xml_of("campaign", NEW | {"skillGroupInfos": infos_of(group)}))

    assert errors_of(answer) == [("invalidInput.skillGroupInUse", "skillGroup")]
    reference = answer.tree.find("apiError/errorDetail/references/reference")
    assert (reference.findtext("refURL"), reference.findtext("name")) == (holder.ref_url, "Holder")
    assert not Campaign.objects.filter(name=NEW["name"]).exists()


def test_a_campaign_holds_twenty_skill_groups_and_no_more(api):
    groups = SkillGroupFactory.create_batch(21)
    campaign = create(api, skillGroupInfos=infos_of(*groups[:20]))

    answer = put(api, campaign, skillGroupInfosAdded=infos_of(groups[20]))

    assert errors_of(answer) == [("limitExceeded.skillGroupInfos", "skillGroupInfos")]
    assert answer.tree.findtext("apiError/errorDetail/max") == "20"
    assert len(groups_of(campaign)) == 20


def test_a_list_of_skill_groups_without_end_is_not_read(api):
    body = xml_of("campaign", NEW | {"skillGroupInfos": infos_of(*[SkillGroupFactory()] * 101)})

    assert errors_of(api.post("campaign", body)) == [("limitExceeded.skillGroupInfos", "skillGroupInfos")]


@pytest.mark.parametrize("key", ["deleted", "missing", "none"])
def test_a_skill_group_that_does_not_exist_is_refused(api, key):
    pk = SkillGroupFactory(deleted=True).pk if key == "deleted" else 4711
    info = {} if key == "none" else {"skillGroup": {"refURL": f"{BASE}skillgroup/{pk}"}}
    body = xml_of("campaign", NEW | {"skillGroupInfos": {"skillGroupInfo": info}})

    kind = "invalidInput.fieldRequired" if key == "none" else "invalidInput.invalidReference"
    assert errors_of(api.post("campaign", body)) == [(kind, "skillGroup")]


# JSON as clients send it


@pytest.mark.parametrize(
    "infos",
    [
        {"skillGroupInfo": {"skillGroup": {"refURL": f"{BASE}skillgroup/5001"}}},
        {"skillGroupInfo": [{"skillGroup": {"refURL": f"{BASE}skillgroup/5001"}}]},
        [{"skillGroupInfo": {"skillGroup": {"refURL": f"{BASE}skillgroup/5001"}}}],
        [{"skillGroupInfo": [{"skillGroup": {"refURL": f"{BASE}skillgroup/5001"}}]}],
    ],
)
def test_json_collections_are_read_in_every_form(api, infos):
    SkillGroupFactory(pk=5001)

    answer = api.post("campaign", NEW | {"skillGroupInfos": infos})

    assert answer.status_code == 201
    assert groups_of(Campaign.objects.get()) == [5001]


@pytest.mark.parametrize("infos", [[], {}, [{}], [{"skillGroupInfo": []}], {"skillGroupInfo": []}])
def test_an_empty_json_collection_clears(api, infos):
    campaign = create(api, skillGroupInfos=infos_of(SkillGroupFactory()))

    assert api.put(f"campaign/{campaign.pk}", {"changeStamp": 0, "skillGroupInfos": infos}).status_code == 200
    assert groups_of(campaign) == []


def test_json_scalars_may_be_strings_and_null_is_not_sent(api):
    members = {
        "enabled": "true",
        "maxAttempts": "5",
        "linesPerAgent": 2,
        "campaignPrefix": 978,
        "description": None,
    }
    answer = api.post("campaign", NEW | members | {"retries": None, "skillGroupInfos": None})

    assert answer.status_code == 201
    campaign = Campaign.objects.get()
    assert (campaign.enabled, campaign.max_attempts, campaign.lines_per_agent) == (True, 5, 2.0)
    assert (campaign.campaign_prefix, campaign.description) == ("978", "")


def test_json_may_wrap_the_item_in_its_root(api):
    assert api.post("campaign", {"campaign": NEW}).status_code == 201


def test_async_false_is_accepted(api):
    campaign = CampaignFactory()

    assert api.put(f"campaign/{campaign.pk}?async=false", {"changeStamp": 0}).status_code == 200
