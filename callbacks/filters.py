from typing import Any

from django.db.models import Q

from callbacks.models import Agent, PersonalCallback
from outbound_site.unifiedconfig.filters import ResourceFilter
from outbound_site.unifiedconfig.text import Fold


class AgentFilter(ResourceFilter):
    searched = {
        "agentId": "agent_id",
        "firstName": "first_name",
        "lastName": "last_name",
        "userName": "user_name",
        "description": "description",
    }
    sorted_by = searched
    default_order = (Fold("agent_id"), "pk")

    class Meta:
        model = Agent
        fields: list[str] = []


class PersonalCallbackFilter(ResourceFilter):
    searched = {
        "agentId": "agent__agent_id",
        "accountNumber": "account_number",
        "firstName": "first_name",
        "lastName": "last_name",
    }
    sorted_by = terms = searched
    parameters = tuple(searched)

    class Meta:
        model = PersonalCallback
        fields: list[str] = []

    def contains(self, attribute: str, text: Any) -> Q:
        if attribute != "agent__agent_id":
            return super().contains(attribute, text)
        # As a list of keys, so that PostgreSQL can join it with the trigram indexes; agents are few.
        agents = Agent.objects.filter(super().contains("agent_id", text))
        return Q(agent__in=list(agents.values_list("pk", flat=True)))
