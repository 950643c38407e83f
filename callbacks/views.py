from typing import Any

from callbacks import scheduling
from callbacks.filters import AgentFilter, PersonalCallbackFilter
from callbacks.models import Agent, PersonalCallback
from callbacks.serializers import AgentSerializer, PersonalCallbackSerializer
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.views import Created, Deleted, Listed, Retrieved, Updated


class AgentViewSet(Listed, Retrieved):
    queryset = Agent.objects.active()
    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    collection_name = "agents"
    access = Access(read=("callbacks.view_agent",))


class PersonalCallbackViewSet(Listed, Retrieved, Created, Updated, Deleted):
    queryset = PersonalCallback.objects.select_related("agent", "campaign")
    serializer_class = PersonalCallbackSerializer
    filterset_class = PersonalCallbackFilter
    collection_name = "personalCallbacks"
    access = Access(
        read=("callbacks.view_personalcallback",),
        create=("callbacks.add_personalcallback",),
        update=("callbacks.change_personalcallback",),
        delete=("callbacks.delete_personalcallback",),
    )

    def add(self, values: dict[str, Any]) -> PersonalCallback:
        values.pop("change_stamp", None)
        return scheduling.schedule(values)

    def change(self, item: PersonalCallback, values: dict[str, Any]) -> None:
        scheduling.change(item, values, values.pop("change_stamp", None))

    def remove(self, item: PersonalCallback) -> None:
        scheduling.remove(item)
