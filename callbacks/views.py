from callbacks.filters import AgentFilter
from callbacks.models import Agent
from callbacks.serializers import AgentSerializer
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.views import Listed, Retrieved


class AgentViewSet(Listed, Retrieved):
    queryset = Agent.objects.active()
    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    collection_name = "agents"
    access = Access(read=("callbacks.view_agent",))
