"""Every parameter of a campaign through XML and JSON: default, bounds, just outside, wrong type, empty."""

from datetime import date, time

import pytest

from campaigns.models import Campaign, CampaignSkillGroup
from tests.api_client import BASE, JSON, XML, errors_of, xml_of
from tests.campaigns.parameters import PARAMETERS, SKILL_GROUP_PARAMETERS, Reference
from tests.factories import SkillGroupFactory

NEW = {"name": "A", "timeZone": {"refURL": f"{BASE}timezone/UTC"}}
FORMATS = pytest.mark.parametrize("content_type", [XML, JSON])


def sent(parameter, text):
    """The members of a campaign that carry this text."""
    group, _, name = parameter.name.rpartition(".")
    value = {"refURL": f"{BASE}timezone/{text}" if text else ""} if parameter.kind is Reference else text
    return {group: {name: value}} if group else {name: value}


def post(api, members, content_type):
    return api.post("campaign", members if content_type == JSON else xml_of("campaign", members))


def shown(value):
    """A value as it stands in XML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def shown_in_json(value):
    return shown(value) if isinstance(value, date | time) else value


def rows(parameters, column):
    return [
        pytest.param(parameter, example, id=f"{parameter}={str(example)[:20]}")
        for parameter in parameters
        for example in getattr(parameter, column)
    ]


@FORMATS
@pytest.mark.parametrize(("parameter", "text"), rows(PARAMETERS, "valid"))
def test_a_valid_value_is_stored_and_shown(api, parameter, text, content_type):
    infos = {"skillGroupInfo": {"skillGroup": {"refURL": SkillGroupFactory().ref_url}}}
    answer = post(api, NEW | {"skillGroupInfos": infos} | sent(parameter, text), content_type)

    assert answer.status_code == 201, answer.content
    campaign = Campaign.objects.get()
    stored = getattr(campaign, parameter.attribute)
    if parameter.kind is Reference:
        assert stored.name == text
        return
    assert stored == parameter.value_of(text)
    path = parameter.name.replace(".", "/")
    assert api.get(f"campaign/{campaign.pk}").tree.findtext(path) == (shown(stored) or None)
    found = api.get(f"campaign/{campaign.pk}", accept=JSON).json()
    for name in parameter.name.split("."):
        found = found.get(name)
    assert found == (None if stored == "" else shown_in_json(stored))


@FORMATS
@pytest.mark.parametrize(("parameter", "example"), rows(PARAMETERS, "invalid"))
def test_an_invalid_value_is_refused_by_name(api, parameter, example, content_type):
    text, error = example

    answer = post(api, NEW | sent(parameter, text), content_type)

    assert answer.status_code == 400
    assert errors_of(answer) == [(error, parameter.name.rpartition(".")[2])]
    assert not Campaign.objects.exists()


@FORMATS
@pytest.mark.parametrize("form", ["absent", "empty"])
@pytest.mark.parametrize("parameter", [p for p in PARAMETERS if not p.required], ids=str)
def test_a_value_that_is_not_given_is_the_default(api, parameter, form, content_type):
    members = NEW | (sent(parameter, "") if form == "empty" else {})

    assert post(api, members, content_type).status_code == 201

    if parameter.default is not None:
        assert getattr(Campaign.objects.get(), parameter.attribute) == parameter.default


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], [["a"]]])
@pytest.mark.parametrize("parameter", [p for p in PARAMETERS if p.kind is not Reference], ids=str)
def test_a_structure_where_a_value_belongs_is_refused(api, parameter, value):
    answer = api.post("campaign", NEW | sent(parameter, value))

    assert errors_of(answer) == [("invalidInput.invalidValue", parameter.name.rpartition(".")[2])]


@pytest.mark.parametrize("parameter", [p for p in PARAMETERS if p.kind in (int, float)], ids=str)
def test_native_json_numbers_are_accepted(api, parameter):
    for number in (parameter.low, parameter.high):
        answer = api.post("campaign", NEW | {"name": f"A{number}"} | sent(parameter, number))
        assert answer.status_code == 201
    assert errors_of(api.post("campaign", NEW | sent(parameter, True))) == [
        ("invalidInput.invalidValue", parameter.name.rpartition(".")[2])
    ]


def with_skill_group(parameter, text):
    info = {"skillGroup": {"refURL": SkillGroupFactory().ref_url}, parameter.name: text}
    return NEW | {"skillGroupInfos": {"skillGroupInfo": info}}


@FORMATS
@pytest.mark.parametrize(("parameter", "text"), rows(SKILL_GROUP_PARAMETERS, "valid"))
def test_a_valid_value_of_a_skill_group_is_stored_and_shown(api, parameter, text, content_type):
    answer = post(api, with_skill_group(parameter, text), content_type)

    assert answer.status_code == 201, answer.content
    stored = getattr(CampaignSkillGroup.objects.get(), parameter.attribute)
    assert stored == parameter.value_of(text)
    info = api.get("campaign").tree.find("campaigns/campaign/skillGroupInfos/skillGroupInfo")
    assert (info.findtext(parameter.name) or "") == shown(stored)


@FORMATS
@pytest.mark.parametrize(("parameter", "example"), rows(SKILL_GROUP_PARAMETERS, "invalid"))
def test_an_invalid_value_of_a_skill_group_is_refused_by_name(api, parameter, example, content_type):
    text, error = example

    answer = post(api, with_skill_group(parameter, text), content_type)

    assert errors_of(answer) == [(error, parameter.name)]


@FORMATS
@pytest.mark.parametrize("parameter", SKILL_GROUP_PARAMETERS, ids=str)
def test_an_empty_value_of_a_skill_group_is_its_default(api, parameter, content_type):
    assert post(api, with_skill_group(parameter, ""), content_type).status_code == 201

    assert getattr(CampaignSkillGroup.objects.get(), parameter.attribute) == parameter.default
