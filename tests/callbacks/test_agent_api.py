from tests.api_client import JSON
from tests.factories import AgentFactory


def test_an_agent_shows_what_clients_look_up(api):
    agent = AgentFactory(agent_id="0012", first_name="Rosa", last_name="Keller", user_name="rkeller")

    assert api.get(f"agent/{agent.pk}", accept=JSON).json() == {
        "changeStamp": 0,
        "refURL": f"/unifiedconfig/config/agent/{agent.pk}",
        "agentId": "0012",
        "person": {"firstName": "Rosa", "lastName": "Keller", "userName": "rkeller"},
        "peripheral": {"id": 5000},
    }


def test_agents_are_found_by_any_of_their_names(api):
    AgentFactory(agent_id="1001", first_name="Jürgen", last_name="Ärmel", user_name="ja")
    AgentFactory(agent_id="1002", first_name="Rosa", last_name="Keller", user_name="rkeller")

    for word, found in {"JÜRGEN": "1001", "ärm": "1001", "1002": "1002", "RKELL": "1002"}.items():
        answer = api.get(f"agent?q={word}", accept=JSON).json()
        assert [agent["agentId"] for agent in answer["agents"][0]["agent"]] == [found]


def test_a_deleted_agent_is_not_found(api):
    assert api.get(f"agent/{AgentFactory(deleted=True).pk}").status_code == 404
