from callbacks.models import Agent
from outbound_site.unifiedconfig.elements import Computed, element_for, elements_for
from outbound_site.unifiedconfig.serializers import Group, ResourceSerializer


class AgentSerializer(ResourceSerializer):
    root_name = "agent"
    elements = (
        element_for(Agent, "changeStamp", read_only=True),
        Computed("refURL", lambda agent: agent.ref_url),
        *elements_for(Agent, "agentId", "description"),
        Group("person", elements_for(Agent, "firstName", "lastName", "userName")),
        Group("peripheral", [element_for(Agent, "id", "peripheral_id")]),
    )
