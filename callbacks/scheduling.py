"""What may be done to personal callbacks: the one function for each operation, for API and admin alike."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from callbacks.agents import hold_agents
from callbacks.models import SET_BY_DIALERS, Agent, CallbackStatus, PersonalCallback
from outbound_site.core.errors import stale
from outbound_site.core.history import record


@transaction.atomic
def schedule(values: Mapping[str, Any]) -> PersonalCallback:
    """Store a new callback. Raises ValidationError."""
    callback = PersonalCallback(**without_dialers_status(values))
    callback.clean()
    hold_agents({callback.agent_id})
    callback.save()
    return callback


@transaction.atomic
def change(callback: PersonalCallback, values: Mapping[str, Any], change_stamp: int | None = None) -> None:
    """Change what is given of the stored callback.

    Raises ValidationError when a dialer holds it, when `change_stamp` is given and stale and when a value is
    refused, Http404 when it was removed meanwhile.
    """
    current = get_object_or_404(PersonalCallback.objects.locked(), pk=callback.pk)
    if change_stamp is not None and change_stamp != current.change_stamp:
        raise stale()
    stored_agent = current.agent_id
    for name, value in without_dialers_status(values).items():
        setattr(current, name, value)
    current.clean()
    if current.agent_id != stored_agent:
        hold_agents({current.agent_id})
    current.change_stamp += 1
    current.save()


def without_dialers_status(values: Mapping[str, Any]) -> dict[str, Any]:
    """A status that only dialers set says nothing here: nobody could change the callback any more, and no
    dialer would take it. It stays as it is, a new one is pending.
    """
    return {
        name: value for name, value in values.items() if name != "call_status" or value not in SET_BY_DIALERS
    }


@transaction.atomic
def remove(callback: PersonalCallback) -> None:
    """Remove the callback. Raises ValidationError when a dialer holds it, Http404 when it has gone."""
    current = get_object_or_404(PersonalCallback.objects.locked(), pk=callback.pk)
    current.refuse_if_active()
    current.delete()


@transaction.atomic
def remove_all(callbacks: QuerySet[PersonalCallback]) -> int:
    """Remove the callbacks that no dialer holds; the number of those."""
    pks = lock_inactive(callbacks)
    chosen = PersonalCallback.objects.filter(pk__in=pks)
    record(chosen, "-")
    chosen._raw_delete(chosen.db)
    return len(pks)


@transaction.atomic
def reassign(callbacks: QuerySet[PersonalCallback], agent: Agent) -> int:
    """Give the callbacks that no dialer holds to an agent; the number of those that changed hands.

    Raises ValidationError when the agent has been deleted.
    """
    hold_agents({agent.pk})
    pks = lock_inactive(callbacks.exclude(agent=agent))
    chosen = PersonalCallback.objects.filter(pk__in=pks)
    chosen.change(agent=agent)
    record(chosen, "~")
    return len(pks)


def lock_inactive(callbacks: QuerySet[PersonalCallback]) -> list[int]:
    """The ids of those that no dialer holds, locked until the end of the transaction."""
    free = PersonalCallback.objects.filter(pk__in=callbacks.values("pk")).exclude(
        call_status=CallbackStatus.ACTIVE
    )
    return list(free.locked().order_by("pk").values_list("pk", flat=True))
