import pytest
from django.urls import reverse

from campaigns.configuration import SkillGroupChange, update_campaign
from campaigns.models import Campaign, CampaignSkillGroup, Origin, SkillGroup
from tests.campaigns.admin_forms import INLINE, errors_of, submit, text_of, with_skill_groups
from tests.factories import CampaignFactory, SkillGroupFactory
from timezones.models import TimeZone

LIST = "/admin/campaigns/campaign/"
ADD = f"{LIST}add/"


def page(campaign, name="change"):
    return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def new_campaign(db):
    """What a person has to type into the form for a new campaign."""
    return {"name": "Renewals_Q3", "time_zone": TimeZone.objects.get(name="UTC").pk}


def test_a_campaign_made_in_the_admin_is_stored_with_its_skill_groups(signed_in, new_campaign):
    groups = SkillGroupFactory.create_batch(2)
    answer = submit(signed_in, ADD, **new_campaign, **with_skill_groups(*groups, dialed_number="7001"))
    campaign = Campaign.objects.get()

    assert answer.status_code == 302
    assert (campaign.name, campaign.origin, campaign.change_stamp) == (
        "Renewals_Q3",
        Origin.CAMPAIGN_TOOL,
        0,
    )
    assert [(i.skill_group, i.dialed_number) for i in campaign.skill_group_infos.order_by("pk")] == [
        (group, "7001") for group in groups
    ]


def test_the_form_for_a_new_campaign_starts_from_the_options(signed_in, new_campaign):
    signed_in.get("/admin/campaigns/blendedagentoptions/")
    submit(
        signed_in,
        "/admin/campaigns/blendedagentoptions/1/change/",
        dial_start="10:30",
        analysis_period="3000",
    )
    submit(signed_in, ADD, **new_campaign)
    campaign = Campaign.objects.get()

    assert (f"{campaign.start_time:%H:%M}", campaign.analysis_period) == ("10:30", 3000)
    assert (
        campaign.end_date.replace(year=campaign.start_date.year, day=campaign.start_date.day)
        == campaign.start_date
    )


def test_an_edit_replaces_values_and_skill_groups_in_one_version(signed_in):
    old, kept, new = SkillGroupFactory.create_batch(3)
    campaign = CampaignFactory(tool=True, skill_groups=[old, kept])
    submit(
        signed_in,
        page(campaign),
        max_attempts="7",
        **{
            f"{INLINE}-0-DELETE": "on",
            f"{INLINE}-1-overflow_agents": "5",
            f"{INLINE}-2-skill_group": new.pk,
        },
    )
    campaign.refresh_from_db()

    assert (campaign.max_attempts, campaign.change_stamp) == (7, 1)
    assert {i.skill_group: i.overflow_agents for i in campaign.skill_group_infos.all()} == {kept: 5, new: 0}


def test_what_imports_do_with_duplicates_is_set_on_the_form_and_recorded(signed_in, alice):
    campaign = CampaignFactory(origin=Origin.CAMPAIGN_TOOL)
    submit(signed_in, page(campaign), duplicate_rows="first_phone")
    campaign.refresh_from_db()
    record = campaign.history.first()

    assert (campaign.duplicate_rows, campaign.change_stamp) == ("first_phone", 1)
    assert (record.duplicate_rows, record.history_user) == ("first_phone", alice)


def test_a_form_that_was_open_while_another_changed_the_campaign_stores_nothing(signed_in):
    campaign = CampaignFactory(tool=True)
    update_campaign(campaign.pk, 0, {"max_attempts": 9}, SkillGroupChange())
    answer = submit(signed_in, page(campaign), description="mine", version="0")
    campaign.refresh_from_db()

    assert "Somebody else changed this while you had it open" in text_of(answer)
    assert (campaign.max_attempts, campaign.description, campaign.change_stamp) == (9, "", 1)


def test_a_form_without_its_version_stores_nothing(signed_in):
    campaign = CampaignFactory(tool=True)
    answer = submit(signed_in, page(campaign), description="mine", version=None)

    assert "Somebody else changed this" in text_of(answer)


def test_only_free_skill_groups_are_offered(signed_in):
    _free, own, taken = (SkillGroupFactory(name=name) for name in ("Free", "Own", "Taken"))
    SkillGroupFactory(name="Gone", deleted=True)
    CampaignFactory(skill_groups=[taken])
    campaign = CampaignFactory(tool=True, skill_groups=[own])
    form = signed_in.get(page(campaign)).context["inline_admin_formsets"][0].formset.forms[0]

    assert [name for _, name in form.fields["skill_group"].choices] == ["---------", "Free", "Own"]
    answer = submit(signed_in, page(campaign), **{f"{INLINE}-0-skill_group": taken.pk})
    assert "This skill group is in another campaign or was deleted" in text_of(answer)


def test_a_campaign_with_21_skill_groups_is_refused(signed_in, new_campaign):
    answer = submit(signed_in, ADD, **new_campaign, **with_skill_groups(*SkillGroupFactory.create_batch(21)))

    assert answer.status_code == 200
    assert "20" in text_of(answer)
    assert not Campaign.objects.exists()


def test_one_skill_group_twice_is_refused(signed_in, new_campaign):
    group = SkillGroupFactory()
    answer = submit(signed_in, ADD, **new_campaign, **with_skill_groups(group, group))

    assert "Please correct the duplicate" in text_of(answer)
    assert not Campaign.objects.exists()


def test_a_campaign_of_the_api_is_shown_whole_and_cannot_be_changed(signed_in):
    group = SkillGroupFactory(name="Renewals")
    campaign = CampaignFactory(name="OfTheApi", skill_groups=[group])
    answer = signed_in.get(page(campaign))
    shown = text_of(answer)

    assert "View campaign" in shown
    assert all(label in shown for label in ("OfTheApi", "Max term tone analysis", "30000", "Renewals"))
    assert b'type="submit" value="Save' not in answer.content
    assert signed_in.post(page(campaign), {"name": "Mine"}).status_code == 403
    assert signed_in.post(page(campaign, "delete"), {"post": "yes"}).status_code == 403


def test_campaigns_of_the_api_stay_when_they_are_among_those_selected_for_deletion(signed_in):
    campaigns = [CampaignFactory(tool=True), CampaignFactory(name="OfTheApi")]
    selected = {"action": "delete_selected", "_selected_action": [c.pk for c in campaigns]}
    answer = signed_in.post(LIST, selected | {"post": "yes"})

    assert "OfTheApi: made through the API, which alone deletes it" in text_of(answer)
    assert Campaign.objects.active().count() == 2


def test_selected_campaigns_are_marked_deleted_and_free_their_skill_groups(signed_in):
    campaigns = [CampaignFactory(tool=True, on=True, skill_groups=[SkillGroupFactory()]) for _ in range(2)]
    selected = {"action": "delete_selected", "_selected_action": [c.pk for c in campaigns]}
    assert "stand under Deleted objects until they are purged" in text_of(signed_in.post(LIST, selected))
    signed_in.post(LIST, selected | {"post": "yes"})

    assert [(c.deleted_at is not None, c.enabled) for c in Campaign.objects.all()] == [(True, False)] * 2
    assert not CampaignSkillGroup.objects.exists()
    assert SkillGroup.objects.active().count() == 2


def test_a_deleted_campaign_leaves_the_list_and_its_page(signed_in):
    campaign = CampaignFactory(tool=True, name="Gone", deleted=True)

    assert "Gone" not in text_of(signed_in.get(LIST))
    assert signed_in.get(page(campaign)).status_code == 302


def test_a_name_of_a_deleted_campaign_stays_taken(signed_in, new_campaign):
    CampaignFactory(name="renewals_q3", deleted=True)

    assert errors_of(submit(signed_in, ADD, **new_campaign)) == {
        "name": ["This name is already in use by a deleted item"]
    }


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (
            {"start_date": "2031-01-02", "end_date": "2031-01-01"},
            {"end_date": ["The end date is before the start date"]},
        ),
        ({"max_attempts": ""}, {"max_attempts": ["This field is required."]}),
        ({"name": "A\x00B"}, {"name": ["Null characters are not allowed."]}),
        ({"description": "a\x0bb"}, {"description": ["This field contains invalid characters"]}),
        (
            {"time_zone": "999999"},
            {"time_zone": ["Select a valid choice. That choice is not one of the available choices."]},
        ),
        ({"version": "one"}, {"version": ["Enter a whole number."]}),
    ],
)
def test_bad_values_are_errors_of_their_fields(signed_in, typed, error):
    campaign = CampaignFactory(tool=True)

    assert errors_of(submit(signed_in, page(campaign), **typed)) == error


def test_a_campaign_keeps_a_zone_that_has_left_the_list(signed_in):
    campaign = CampaignFactory(tool=True, zone="Nepal Standard Time")
    TimeZone.objects.filter(name="Nepal Standard Time").update(retired=True)

    assert submit(signed_in, page(campaign), max_attempts="4").status_code == 302


def test_the_list_searches_filters_and_shows_what_a_supervisor_asks_for(signed_in):
    CampaignFactory(name="Renewals", tool=True, on=True, skill_groups=[SkillGroupFactory(name="Blue")])
    CampaignFactory(name="Other", description="winter", zone="Eastern Standard Time")

    row = "Renewals True Campaign tool Progressive 2020-01-01 to 2040-12-31 08:00–21:00 UTC Blue"
    everything = signed_in.get(LIST).content.decode()
    assert 'alt="True"' in everything
    shown = text_of(signed_in.get(LIST))
    assert all(word in shown for word in row.replace("True ", "").split())
    for query, found in [
        ("q=blue", ["Renewals"]),
        ("q=WINTER", ["Other"]),
        ("enabled__exact=1", ["Renewals"]),
        ("origin__exact=api", ["Other"]),
        ("dialing_mode__exact=PROGRESSIVEONLY", ["Renewals"]),
        ("q=nothing", []),
    ]:
        listed = signed_in.get(f"{LIST}?{query}").context["cl"].result_list
        assert [campaign.name for campaign in listed] == found, query


@pytest.mark.parametrize("model", ["campaign", "skillgroup", "deletedcampaign", "deletedskillgroup"])
def test_a_list_costs_the_same_for_5_and_50_rows(
    signed_in, model, django_assert_num_queries, django_assert_max_num_queries
):
    def fill(count):
        deleted = model.startswith("deleted")
        for _ in range(count):
            group = SkillGroupFactory()
            CampaignFactory(skill_groups=[group])
            if deleted:
                CampaignFactory(deleted=True)
                SkillGroupFactory(deleted=True)

    path = f"/admin/campaigns/{model}/"
    fill(5)
    signed_in.get(path)
    with django_assert_max_num_queries(20) as few:
        signed_in.get(path)
    fill(45)
    with django_assert_num_queries(len(few)):
        signed_in.get(path)


def test_the_form_costs_the_same_for_1_and_20_skill_groups(
    signed_in, django_assert_num_queries, django_assert_max_num_queries
):
    one = CampaignFactory(tool=True, skill_groups=[SkillGroupFactory()])
    many = CampaignFactory(tool=True, skill_groups=SkillGroupFactory.create_batch(20))
    signed_in.get(page(one))
    with django_assert_max_num_queries(20) as few:
        signed_in.get(page(one))
    with django_assert_num_queries(len(few)):
        signed_in.get(page(many))


def test_everything_a_person_types_appears_escaped(signed_in):
    script = "<script>alert(1)</script>"
    campaign = CampaignFactory(tool=True, name="Safe", description=script)
    update_campaign(campaign.pk, 0, {"description": script + "2"}, SkillGroupChange())
    SkillGroupFactory(description=script)
    for path in [
        LIST,
        page(campaign),
        page(campaign, "history"),
        page(campaign, "delete"),
        "/admin/campaigns/skillgroup/",
    ]:
        assert script not in signed_in.get(path).content.decode(), path
    assert "&lt;script&gt;" in signed_in.get(page(campaign, "history")).content.decode()
