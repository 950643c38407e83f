"""Every campaign parameter through the admin's form: default, bounds, just outside, wrong type, empty."""

import pytest

from campaigns.models import Campaign, CampaignSkillGroup
from tests.campaigns.admin_forms import INLINE, errors_of, fields_of, with_skill_groups
from tests.campaigns.parameters import PARAMETERS, SKILL_GROUP_PARAMETERS, Reference
from tests.factories import SkillGroupFactory
from timezones.models import TimeZone

ADD = "/admin/campaigns/campaign/add/"
# A box of a form is ticked or not; it has no wrong value.
FORM_PARAMETERS = [p for p in PARAMETERS if p.kind is not bool]


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def send(signed_in):
    """Send the form for a new campaign as the page shows it, with some fields typed over."""
    utc = TimeZone.objects.get(name="UTC").pk
    needed = {"name": "Renewals", "time_zone": utc, "start_date": "2031-01-01", "end_date": "9999-12-31"}
    shown = fields_of(signed_in.get(ADD)) | needed

    def send(**typed):
        values = shown | typed
        return signed_in.post(ADD, {name: value for name, value in values.items() if value is not None})

    return send


def typed(parameter, text):
    """What stands in the form for the text of the table; None is an unticked box."""
    if parameter.kind is bool:
        return "on" if text == "true" else None
    if parameter.kind is Reference and text:
        zone = TimeZone.objects.filter(name=text).first()
        return zone.pk if zone else "999999"
    return text


@pytest.mark.parametrize("parameter", PARAMETERS, ids=str)
def test_valid_values_are_stored(send, parameter):
    for text in parameter.valid:
        Campaign.objects.all().delete()
        answer = send(**{parameter.attribute: typed(parameter, text)})
        assert answer.status_code == 302, (text, errors_of(answer))
        stored = getattr(Campaign.objects.get(), parameter.attribute)
        assert (stored.name if parameter.kind is Reference else stored) == parameter.value_of(text)


@pytest.mark.parametrize("parameter", FORM_PARAMETERS, ids=str)
def test_invalid_values_are_errors_of_the_field_and_store_nothing(send, parameter):
    empty = [("", "")] if parameter.default != "" else []
    for text, _ in [*parameter.invalid, *empty]:
        answer = send(**{parameter.attribute: typed(parameter, text)})
        assert list(errors_of(answer)) == [parameter.attribute], text
        assert not Campaign.objects.exists()


def test_a_form_left_alone_stores_the_defaults(send):
    send()
    campaign = Campaign.objects.get()
    wanted = {p.attribute: p.default for p in PARAMETERS if p.default is not None}

    assert {name: getattr(campaign, name) for name in wanted} == wanted


@pytest.mark.parametrize("parameter", SKILL_GROUP_PARAMETERS, ids=str)
def test_values_of_a_skill_group_are_checked_like_those_of_the_campaign(send, parameter):
    group = SkillGroupFactory()
    for text in parameter.valid:
        Campaign.objects.all().delete()
        send(**with_skill_groups(group, **{parameter.attribute: text}))
        stored = getattr(CampaignSkillGroup.objects.get(), parameter.attribute)
        assert stored == parameter.value_of(text)
    Campaign.objects.all().delete()
    for text, _ in parameter.invalid:
        rows = with_skill_groups(group, **{parameter.attribute: text})
        answer = send(**rows)
        assert list(errors_of(answer)["inline"]) == [parameter.attribute], text
        assert not Campaign.objects.exists()


def test_a_new_assignment_starts_from_the_defaults(send):
    row = {f"{INLINE}-0-skill_group": SkillGroupFactory().pk}
    send(**row)
    info = CampaignSkillGroup.objects.get()
    wanted = {p.attribute: p.default for p in SKILL_GROUP_PARAMETERS}

    assert {name: getattr(info, name) for name in wanted} == wanted
