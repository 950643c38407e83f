import pytest

from callbacks.models import Agent, CallbackStatus
from tests.campaigns.admin_forms import errors_of, submit, text_of
from tests.factories import AgentFactory, PersonalCallbackFactory

AGENT, DELETED = "/admin/callbacks/agent/", "/admin/callbacks/deletedagent/"


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


def test_an_agent_is_added_and_edited(signed_in):
    submit(signed_in, f"{AGENT}add/", agent_id="1001", last_name="Keller")
    agent = Agent.objects.get()
    submit(signed_in, f"{AGENT}{agent.pk}/change/", last_name="Moser")
    agent.refresh_from_db()

    assert (agent.agent_id, agent.last_name, agent.change_stamp) == ("1001", "Moser", 1)


def test_an_agent_id_is_taken_once_at_a_peripheral(signed_in):
    AgentFactory(agent_id="1001", deleted=True)

    answer = submit(signed_in, f"{AGENT}add/", agent_id="1001")
    assert errors_of(answer) == {"__all__": ["This agent ID is already in use."]}


def test_a_form_that_was_open_while_another_changed_the_agent_stores_nothing(signed_in):
    agent = AgentFactory(last_name="Keller")
    submit(signed_in, f"{AGENT}{agent.pk}/change/", last_name="Moser")
    answer = submit(signed_in, f"{AGENT}{agent.pk}/change/", last_name="Huber", version="0")
    agent.refresh_from_db()

    assert "Somebody else changed this" in text_of(answer)
    assert agent.last_name == "Moser"


def test_an_agent_from_whom_a_customer_expects_a_call_is_not_deleted(signed_in):
    agent = AgentFactory()
    callback = PersonalCallbackFactory(agent=agent)
    page = f"{AGENT}{agent.pk}/delete/"
    assert "personal callback" in text_of(signed_in.post(page, {"post": "yes"}))
    assert Agent.objects.active().exists()
    type(callback).objects.update(call_status=CallbackStatus.CLOSED)
    signed_in.post(page, {"post": "yes"})

    assert Agent.objects.deleted().get() == agent


def test_a_purge_waits_for_the_callbacks_that_still_name_the_agent(signed_in):
    agent = AgentFactory(deleted=True)
    callback = PersonalCallbackFactory(agent=agent, call_status=CallbackStatus.CLOSED)
    page = f"{DELETED}{agent.pk}/delete/"
    assert "personal callbacks: 1 refer to it; delete them first" in text_of(
        signed_in.post(page, {"post": "yes"})
    )
    callback.delete()
    signed_in.post(page, {"post": "yes"})

    assert not Agent.objects.exists()


def test_names_of_agents_appear_escaped(signed_in):
    agent = AgentFactory(first_name="<script>alert(1)</script>", last_name="<b>")
    for path in (
        AGENT,
        f"{AGENT}{agent.pk}/change/",
        f"{AGENT}{agent.pk}/history/",
        f"{AGENT}{agent.pk}/delete/",
    ):
        page = signed_in.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
