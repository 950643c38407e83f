import pytest

from callbacks.agents import delete_agent
from campaigns.configuration import delete_campaign
from campaigns.skill_groups import delete_skill_group
from tests.factories import AgentFactory, CampaignFactory, SkillGroupFactory


@pytest.mark.parametrize(
    ("factory", "delete"),
    [
        (CampaignFactory, delete_campaign),
        (SkillGroupFactory, delete_skill_group),
        (AgentFactory, delete_agent),
    ],
)
def test_what_is_deleted_is_another_version_for_whoever_still_has_it_open(factory, delete, db):
    item = factory(change_stamp=4)

    delete(item)

    item.refresh_from_db()
    assert (item.change_stamp, item.deleted_at is None) == (5, False)
