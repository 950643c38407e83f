import pytest

from callbacks.models import Agent
from campaigns.models import BlendedAgentOptions, SkillGroup
from outbound_site.seeding import seed
from timezones.models import RegionPrefix, TimeZone

pytestmark = pytest.mark.django_db


def test_a_new_server_has_what_the_examples_of_the_api_text_refer_to():
    seed()

    assert TimeZone.objects.count() == 144
    assert RegionPrefix.objects.count() > 1000
    assert BlendedAgentOptions.objects.count() == 1
    assert list(SkillGroup.objects.order_by("pk").values_list("pk", flat=True)) == list(range(5001, 5021))
    assert SkillGroup.objects.get(pk=5001).name == "sgcampaign"
    assert list(Agent.objects.order_by("pk").values_list("pk", "agent_id")) == [
        (1004, "1010"),
        *((5050 + n, str(1001 + n)) for n in range(9)),
    ]


def test_seeding_again_changes_nothing():
    seed()
    SkillGroup.objects.filter(pk=5001).update(name="Renamed")
    SkillGroup.objects.get(pk=5002).mark_deleted()
    SkillGroup.objects.get(pk=5003).delete()
    Agent.objects.get(pk=5050).delete()
    TimeZone.objects.filter(name="UTC").update(retired=True)
    BlendedAgentOptions.objects.update(analysis_period=5000)

    seed()

    assert SkillGroup.objects.get(pk=5001).name == "Renamed"
    assert SkillGroup.objects.get(pk=5002).deleted_at is not None
    assert not SkillGroup.objects.filter(pk=5003).exists()
    assert not Agent.objects.filter(pk=5050).exists()
    assert TimeZone.objects.get(name="UTC").retired
    assert BlendedAgentOptions.objects.get().analysis_period == 5000


@pytest.mark.parametrize(("model", "row"), [(SkillGroup, {"name": "Ours"}), (Agent, {"agent_id": "9999"})])
def test_rows_made_afterwards_get_ids_of_their_own(model, row):
    seed()

    assert model.objects.create(**row).pk > 5020


def test_a_table_that_people_have_filled_gets_no_examples():
    SkillGroup.objects.create(name="SkillGroup02")

    seed()

    assert SkillGroup.objects.count() == 1
