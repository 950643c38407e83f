"""What may be done to agents."""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from callbacks.models import Agent, PersonalCallback, agent_deleted
from outbound_site.core.errors import reference_violation


def open_callbacks(agents: Iterable[Agent]) -> list[PersonalCallback]:
    """The callbacks that customers still expect from these agents."""
    return list(PersonalCallback.objects.open().filter(agent__in=list(agents)).select_related("agent"))


def delete_agent(agent: Agent) -> None:
    """Mark the agent deleted; the agent ID stays taken until the purge. Raises ValidationError while
    customers expect personal callbacks from the agent.
    """
    with transaction.atomic():
        # Waits for a callback that is just being stored, and makes the next one wait for the mark.
        locked: Any = Agent.objects.select_for_update().get(pk=agent.pk)
        if waiting := open_callbacks([locked]):
            raise reference_violation("personalCallback", waiting)
        locked.change_stamp += 1
        locked.mark_deleted()


def hold_agents(ids: Collection[int]) -> None:
    """Keep these agents from being deleted until the transaction ends. Raises ValidationError when one has
    been deleted meanwhile.
    """
    agents: Any = Agent.objects.select_for_update(no_key=True).filter(pk__in=ids, deleted_at=None)
    if len(agents.order_by("pk").values_list("pk", flat=True)) != len(ids):
        raise ValidationError({"agent": agent_deleted()})
