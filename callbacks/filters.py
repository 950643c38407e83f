from callbacks.models import Agent
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
