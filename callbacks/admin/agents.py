from collections.abc import Iterable
from typing import Any

from django.contrib import admin

from callbacks.agents import delete_agent, open_callbacks
from callbacks.models import Agent, DeletedAgent
from outbound_site.core.admin.soft_deletion import DeletedAdmin, SoftDeletableAdmin
from outbound_site.core.admin.versioned import VersionedAdmin

MOST_NAMED = 100


@admin.register(Agent)
class AgentAdmin(SoftDeletableAdmin, VersionedAdmin):
    when_empty = "There is no agent yet. Personal callbacks belong to agents: add them first."
    list_display = ["agent_id", "first_name", "last_name", "user_name", "peripheral_id", "description"]
    list_display_links = ["agent_id"]
    list_filter = ["peripheral_id"]
    search_fields = ["agent_id", "first_name", "last_name", "user_name", "description"]
    fields = [
        "agent_id",
        "peripheral_id",
        "first_name",
        "last_name",
        "user_name",
        "description",
        "version",
    ]

    def remove(self, item: Any) -> None:
        delete_agent(item)

    def obstacles(self, items: Iterable[Any]) -> list[str]:
        waiting = open_callbacks(items)
        named = [f"{row.agent}: the personal callback {row} waits" for row in waiting[:MOST_NAMED]]
        more = len(waiting) - len(named)
        return [*named, f"and {more} more"] if more else named


@admin.register(DeletedAgent)
class DeletedAgentAdmin(DeletedAdmin):
    list_display = ["__str__", "peripheral_id", "deleted_at", "deleted_by"]
    fields = ["agent_id", "peripheral_id", "first_name", "last_name", "user_name", "description"]
    search_fields = ["agent_id", "first_name", "last_name", "user_name"]
