"""Wire names of agents and personal callbacks, in the order of the API text's examples."""

from datetime import datetime
from typing import Any

from callbacks.models import Agent, CallbackStatus, PersonalCallback
from campaigns.models import Campaign
from outbound_site.core.server_time import to_utc, to_wall
from outbound_site.imports.bulk_requests import BulkSerializer
from outbound_site.unifiedconfig.elements import Choice, Computed, Timestamp, element_for, elements_for
from outbound_site.unifiedconfig.references import Reference, find_by_id
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


class ServerTimestamp(Timestamp):
    """An instant, on the wire the wall clock of the server's zone; an offset sent with it does not count."""

    def to_representation(self, instance: Any) -> datetime:
        return to_wall(getattr(instance, self.attribute))

    def parse(self, raw: Any) -> datetime | None:
        wall = super().parse(raw)
        try:
            return to_utc(wall) if wall else None
        except OverflowError:
            raise self.refuse(raw) from None


class StatusName(Choice):
    """A status by its long name, stored as a letter."""

    LETTERS = {name: letter for letter, name in CallbackStatus.choices}

    def to_representation(self, instance: Any) -> str:
        return str(CallbackStatus(getattr(instance, self.attribute)).label)

    def parse(self, raw: Any) -> str | None:
        name = super().parse(raw)
        return None if name is None else self.LETTERS[name]


class PersonalCallbackSerializer(ResourceSerializer):
    root_name = "personalCallback"
    elements = (
        element_for(PersonalCallback, "changeStamp", update_only=True),
        Computed("refURL", lambda callback: callback.ref_url),
        # The example of the API text shows no more than their refURLs, with the ids beside them.
        Reference(
            "campaign",
            kind="campaign",
            find=find_by_id(Campaign.objects.all),
            show=lambda campaign: {"refURL": campaign.ref_url},
        ),
        Reference(
            "agent",
            kind="agent",
            find=find_by_id(Agent.objects.all),
            show=lambda agent: {"refURL": agent.ref_url},
            required=True,
        ),
        Computed("campaignId", lambda callback: callback.campaign_id),
        Computed("peripheralId", lambda callback: callback.agent.peripheral_id),
        Computed("agentId", lambda callback: callback.agent.agent_id),
        element_for(PersonalCallback, "campaignDn"),
        element_for(PersonalCallback, "phone", required=True),
        element_for(PersonalCallback, "accountNumber"),
        element_for(PersonalCallback, "maxAttempts", required=True),
        ServerTimestamp(
            "callbackDateTime",
            required=True,
            validators=PersonalCallback._meta.get_field("callback_date_time").validators,
        ),
        StatusName("callStatus", choices=CallbackStatus.labels),
        element_for(PersonalCallback, "callResult", read_only=True),
        *elements_for(PersonalCallback, "lastName", "firstName"),
    )


class PersonalCallbackBulkSerializer(BulkSerializer):
    root_name = "personalCallback"
