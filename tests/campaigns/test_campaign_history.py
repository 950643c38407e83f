"""Who changed what and when, whether through the API or here; and what becomes of deleted items."""

import pytest

from campaigns.models import Campaign, SkillGroup
from tests.campaigns.admin_forms import INLINE, submit, text_of
from tests.factories import CampaignFactory, SkillGroupFactory

CAMPAIGN, DELETED = "/admin/campaigns/campaign/", "/admin/campaigns/deletedcampaign/"


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


def history(client, campaign, section=None):
    """The rows of the page, each with its cells' text; `section` is a heading."""
    answer = client.get(f"{CAMPAIGN}{campaign.pk}/history/")
    records = answer.context["parts"][section] if section else answer.context["page_obj"]
    return [
        (
            str(record.history_user or ""),
            record.get_history_type_display(),
            {
                change["field"]: (change["old"], change["new"])
                for change in getattr(record, "history_delta_changes", [])
            },
        )
        for record in records
    ]


def test_an_update_through_the_api_is_recorded_with_its_user_and_difference(signed_in, api_as, lou):
    campaign = CampaignFactory()
    body = {"changeStamp": 0, "maxAttempts": 7, "dialingMode": "PREVIEWONLY"}
    assert api_as(lou).put(f"campaign/{campaign.pk}", body).status_code == 200

    assert history(signed_in, campaign)[0] == (
        "lou@cce.example",
        "Changed",
        {"Max attempts": ("3", "7"), "Dialing mode": ("Inbound (no outbound dialing)", "Preview")},
    )
    assert "lou@cce.example Changed" in text_of(signed_in.get(f"{CAMPAIGN}{campaign.pk}/history/"))


def test_skill_groups_given_and_taken_are_recorded_whoever_did_it(signed_in, api_as, lou):
    first, second = SkillGroupFactory(name="First"), SkillGroupFactory(name="Second")
    campaign = CampaignFactory(skill_groups=[first])
    body = (
        "<campaign><changeStamp>0</changeStamp><skillGroupInfosAdded><skillGroupInfo><skillGroup>"
        f"<refURL>{second.ref_url}</refURL></skillGroup></skillGroupInfo></skillGroupInfosAdded>"
        f"<skillGroupInfosRemoved><skillGroupInfo><skillGroup><refURL>{first.ref_url}</refURL></skillGroup>"
        "</skillGroupInfo></skillGroupInfosRemoved></campaign>"
    )
    assert api_as(lou).put(f"campaign/{campaign.pk}", body).status_code == 200
    records = signed_in.get(f"{CAMPAIGN}{campaign.pk}/history/").context["parts"]["Skill groups"]

    assert [(r.item, r.get_history_type_display(), str(r.history_user)) for r in records] == [
        ("Second", "Created", "lou@cce.example"),
        ("First", "Deleted", "lou@cce.example"),
        ("First", "Created", "None"),
    ]


def test_only_the_skill_group_that_changed_is_recorded(signed_in):
    campaign = CampaignFactory(tool=True, skill_groups=SkillGroupFactory.create_batch(2))
    submit(signed_in, f"{CAMPAIGN}{campaign.pk}/change/", **{f"{INLINE}-1-overflow_agents": "5"})

    assert history(signed_in, campaign, "Skill groups")[0] == (
        "alice@cce.example",
        "Changed",
        {"Overflow agents": ("0", "5")},
    )
    assert len(history(signed_in, campaign, "Skill groups")) == 3


def test_the_oldest_record_of_a_page_has_its_difference_too(signed_in, monkeypatch):
    monkeypatch.setattr("campaigns.admin.CampaignAdmin.history_list_per_page", 2)
    campaign = CampaignFactory(tool=True)
    for attempts in (4, 5, 6):
        submit(signed_in, f"{CAMPAIGN}{campaign.pk}/change/", max_attempts=attempts)

    assert [difference for _, _, difference in history(signed_in, campaign)] == [
        {"Max attempts": ("5", "6")},
        {"Max attempts": ("4", "5")},
    ]


def test_no_old_version_can_be_brought_back(signed_in):
    campaign = CampaignFactory(tool=True)
    record = campaign.history.first()
    path = f"{CAMPAIGN}{campaign.pk}/history/{record.pk}/"

    assert signed_in.post(path, {"name": "Old"}, follow=True).status_code in (404, 200)
    assert Campaign.objects.get().name == campaign.name


def test_deleted_objects_show_when_and_by_whom(signed_in):
    campaign = CampaignFactory(tool=True, name="Gone")
    CampaignFactory(name="Stays")
    signed_in.post(f"{CAMPAIGN}{campaign.pk}/delete/", {"post": "yes"})
    row = signed_in.get(DELETED).context["cl"].result_list[0]

    assert (row.name, row.deleted_by) == ("Gone", "alice@cce.example")
    assert row.deleted_at is not None
    assert "Stays" not in text_of(signed_in.get(DELETED))
    assert len(signed_in.get(f"{DELETED}?q=gon").context["cl"].result_list) == 1
    assert len(signed_in.get(f"{DELETED}?q=other").context["cl"].result_list) == 0


def test_a_campaign_deleted_through_the_api_stands_there_too(signed_in, api, alice):
    campaign = CampaignFactory(name="Gone")
    assert api.delete(f"campaign/{campaign.pk}").status_code == 200

    assert [c.deleted_by for c in signed_in.get(DELETED).context["cl"].result_list] == [alice.username]


def test_a_purge_asks_first_removes_for_good_and_frees_the_name(signed_in, api):
    campaign = CampaignFactory(name="Gone", deleted=True)
    page = f"{DELETED}{campaign.pk}/delete/"

    assert "removed for good" in text_of(signed_in.get(page))
    assert Campaign.objects.count() == 1
    signed_in.post(page, {"post": "yes"})
    assert Campaign.objects.count() == 0
    assert Campaign.history.filter(id=campaign.pk).first().history_user.username == "alice@cce.example"
    body = {"name": "Gone", "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"}}
    assert api.post("campaign", body).status_code == 201


def test_selected_items_are_purged_together_and_others_stay(signed_in):
    gone = [CampaignFactory(deleted=True) for _ in range(2)]
    kept = CampaignFactory(deleted=True)
    selected = {"action": "delete_selected", "_selected_action": [c.pk for c in gone]}
    assert "removed for good" in text_of(signed_in.post(DELETED, selected))
    signed_in.post(DELETED, selected | {"post": "yes"})

    assert list(Campaign.objects.all()) == [kept]


def test_a_supervisor_sees_deleted_objects_and_cannot_purge(client, sam):
    campaign = CampaignFactory(deleted=True)
    client.force_login(sam)

    assert client.get(DELETED).status_code == 200
    assert client.post(f"{DELETED}{campaign.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Campaign.objects.exists()


def test_a_skill_group_in_use_is_not_deleted_and_the_campaign_is_named(signed_in):
    group = SkillGroupFactory()
    CampaignFactory(name="Renewals", skill_groups=[group])
    page = f"/admin/campaigns/skillgroup/{group.pk}/delete/"

    assert f"{group.name}: the campaign Renewals uses it" in text_of(signed_in.get(page))
    assert "the campaign Renewals uses it" in text_of(signed_in.post(page, {"post": "yes"}))
    assert SkillGroup.objects.active().count() == 1


def test_a_skill_group_that_a_campaign_takes_after_the_question_is_refused_with_a_message(
    signed_in, monkeypatch
):
    group = SkillGroupFactory()
    CampaignFactory(name="Faster", skill_groups=[group])
    monkeypatch.setattr("campaigns.admin.skill_groups.campaigns_using", lambda items: [])
    answer = signed_in.post(f"/admin/campaigns/skillgroup/{group.pk}/delete/", {"post": "yes"}, follow=True)

    assert "This item is referenced by other items: Faster." in text_of(answer)
    assert SkillGroup.objects.active().count() == 1


def test_a_free_skill_group_is_deleted_and_then_purged(signed_in):
    group = SkillGroupFactory()
    signed_in.post(f"/admin/campaigns/skillgroup/{group.pk}/delete/", {"post": "yes"})
    assert SkillGroup.objects.deleted().get() == group
    signed_in.post(f"/admin/campaigns/deletedskillgroup/{group.pk}/delete/", {"post": "yes"})

    assert not SkillGroup.objects.exists()
