from tests.api_client import JSON
from tests.factories import SkillGroupFactory


def test_a_skill_group_shows_what_clients_look_up(api):
    group = SkillGroupFactory(name="Renewals", description="all who renew", peripheral_number=12)

    assert api.get(f"skillgroup/{group.pk}", accept=JSON).json() == {
        "changeStamp": 0,
        "refURL": f"/unifiedconfig/config/skillgroup/{group.pk}",
        "name": "Renewals",
        "description": "all who renew",
        "peripheralNumber": 12,
    }


def test_a_deleted_skill_group_is_not_found(api):
    assert api.get(f"skillgroup/{SkillGroupFactory(deleted=True).pk}").status_code == 404
