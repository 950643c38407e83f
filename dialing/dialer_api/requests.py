"""What dialers send: names, ranges and rules across fields. Docs: docs/dialer-interface.md."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from rest_framework import serializers

from callbacks.rules import storable
from dialing.call_results import CALL_RESULTS, CALLBACKS
from dialing.dialer_api.wire import WireSerializer
from dialing.record_feed import MOST_RECORDS
from outbound_site.core.validators import phone_characters, printable

MOST_RESULTS = 1_000
MOST_AGENTS = 5_000
MOST_CAMPAIGNS = 5_000
MOST_WAIT_SECONDS = 25
LARGEST_ID = 2**63 - 1
DAY_SECONDS = 86_400


class DialerName(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_length=1, max_length=64, validators=[printable], help_text="The dialer's own name.", **options
        )


class AgentId(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        shortest = None if options.get("allow_blank") else 1
        super().__init__(
            min_length=shortest,
            max_length=32,
            validators=[printable],
            help_text="The agent's login number.",
            **options,
        )


class CampaignAgents(WireSerializer[Any]):
    campaign = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="The campaign's id.")
    agents = serializers.IntegerField(
        min_value=0, max_value=MOST_AGENTS, help_text="Agents logged in to its skill groups."
    )


class HeartbeatRequest(WireSerializer[Any]):
    dialer = DialerName()
    campaigns = serializers.ListField(
        child=CampaignAgents(),
        max_length=MOST_CAMPAIGNS,
        required=False,
        help_text="Replaces what was reported.",
    )


class DialedRequest(WireSerializer[Any]):
    dialer = DialerName(required=False)


class RecordsRequest(WireSerializer[Any]):
    dialer = DialerName()
    campaign = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="The campaign's id.")
    count = serializers.IntegerField(min_value=1, max_value=MOST_RECORDS, help_text="Most records wanted.")


class CallbacksRequest(WireSerializer[Any]):
    dialer = DialerName()
    agents = serializers.ListField(
        child=AgentId(), max_length=MOST_AGENTS, help_text="The agents that are logged in."
    )
    count = serializers.IntegerField(min_value=1, max_value=MOST_RECORDS, help_text="Most callbacks wanted.")


class RecallsRequest(WireSerializer[Any]):
    """The query string."""

    dialer = DialerName()
    after = serializers.IntegerField(
        min_value=0, max_value=LARGEST_ID, default=0, help_text="`next` of the answer before; 0 at first."
    )
    wait = serializers.IntegerField(
        min_value=0, max_value=MOST_WAIT_SECONDS, default=0, help_text="Seconds to wait for a recall."
    )


class RequestedCallback(WireSerializer[Any]):
    date_time = serializers.DateTimeField(
        source="callback_at",
        default_timezone=ZoneInfo(settings.SERVER_TIME_ZONE),
        validators=[storable],
        help_text="ISO 8601; without an offset in the server's time zone.",
    )
    phone = serializers.CharField(
        source="callback_number",
        min_length=1,
        max_length=20,
        validators=[phone_characters],
        required=False,
        help_text="Where another number than the dialed one is to be called.",
    )


class ReportedResult(WireSerializer[Any]):
    lease = serializers.UUIDField()
    call_result = serializers.ChoiceField(
        choices=sorted(CALL_RESULTS),
        source="code",
        # The message of REST framework repeats the value, whatever that is.
        error_messages={"invalid_choice": "There is no such call result."},
        help_text="docs/dialer-interface.md",
    )
    agent = AgentId(required=False, allow_blank=True)
    talk_time = serializers.IntegerField(
        source="talk_seconds", min_value=0, max_value=DAY_SECONDS, required=False, help_text="Seconds."
    )
    wrapup_time = serializers.IntegerField(
        source="wrapup_seconds", min_value=0, max_value=DAY_SECONDS, required=False, help_text="Seconds."
    )
    callback = RequestedCallback(required=False, help_text="With the results 14 and 15, and only there.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        callback = values.pop("callback", None)
        if (values["code"] in CALLBACKS) != (callback is not None):
            message = "Required with the call results 14 and 15, and allowed only there."
            raise serializers.ValidationError({"callback": message})
        return values | (callback or {})


class ResultsRequest(WireSerializer[Any]):
    dialer = DialerName()
    results = serializers.ListField(child=ReportedResult(), min_length=1, max_length=MOST_RESULTS)
