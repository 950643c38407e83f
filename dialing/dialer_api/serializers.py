"""What dialers send and get: names, ranges and rules across fields; documented in docs/dialer-interface.md.

Field names are those of the Outbound API where it has them.
"""

from datetime import UTC
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from rest_framework import serializers

from callbacks.rules import storable
from campaigns.models import Campaign
from campaigns.models.campaign import DialingMode
from dialing.before_the_call import Dialing, LeaseEnd
from dialing.eligibility import Rule
from dialing.personal_callbacks import CallbackRecord
from dialing.record_feed import MOST_RECORDS, Record
from dialing.result_codes import CALLBACKS, RESULT_CODES
from dialing.result_intake import NotMade, Outcome
from outbound_site.core.validators import phone_characters, printable
from outbound_site.unifiedconfig.names import camel_case

T = TypeVar("T")


# Fields are declared in snake case; the wire, errors and description have them in camel case. The docstring
# of a serializer stands in the description.
class WireSerializer(serializers.Serializer[T]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for name, field in fields.items():
            if camel_case(name) != name:
                field.source = field.source or name
        return {camel_case(name): field for name, field in fields.items()}


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
        choices=sorted(RESULT_CODES),
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


# `callback` of a result's answer.
NOT_MADE = "notMade"
# They get no prefix (docs/behaviour.md 10.1, TestNumberMaxDigits).
TEST_NUMBER_DIGITS = 5
# The campaign's own number is ignored there (10.1).
PREVIEW_MODES = {DialingMode.PREVIEW, DialingMode.PREVIEW_DIRECT}


class Instant(serializers.DateTimeField):
    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M:%SZ", default_timezone=UTC, **options)


class LeasedAnswer(WireSerializer[Any]):
    """A contact or a personal callback with its lease."""

    lease = serializers.UUIDField(source="lease.pk")
    campaign = serializers.IntegerField(source="lease.campaign_id")
    number = serializers.CharField(
        source="lease.number", help_text="The customer's, as it came in the list, without any prefix."
    )
    dial = serializers.SerializerMethodField(
        help_text="What to dial: the number behind the `campaignPrefix` of its campaign. Test numbers of at"
        f" most {TEST_NUMBER_DIGITS} digits have no prefix. The dialer's own prefixes come before it."
    )
    account_number = serializers.CharField(source="lease.record.account_number")
    first_name = serializers.CharField(source="lease.record.first_name")
    last_name = serializers.CharField(source="lease.record.last_name")
    attempt = serializers.IntegerField(source="lease.attempt", help_text="1 for the first call.")
    expires_at = Instant(source="lease.expires_at", help_text="To be dialed before.")

    def get_dial(self, record: Record | CallbackRecord) -> str:
        lease = record.lease
        if lease.campaign is None or len(lease.number) <= TEST_NUMBER_DIGITS:
            return lease.number
        return lease.campaign.campaign_prefix + lease.number


class RecordAnswer(LeasedAnswer):
    """One record with its lease. `phone` is null for a callback to another number."""

    contact = serializers.CharField(source="contact.ref_url")
    phone = serializers.SerializerMethodField()
    attempts_left = serializers.IntegerField(
        help_text="After this one. 0: a regular callback cannot be promised, it would not be made."
    )

    def get_phone(self, record: Record) -> str | None:
        return f"phone{record.lease.phone:02}" if record.lease.phone else None


class RecordsAnswer(WireSerializer[Any]):
    records = RecordAnswer(many=True)


class CallbackAnswer(LeasedAnswer):
    """One personal callback with its lease. `campaign` is null for one that belongs to none."""

    campaign = serializers.IntegerField(source="lease.campaign_id", allow_null=True)
    personal_callback = serializers.CharField(source="callback.ref_url")
    agent = serializers.CharField(source="callback.agent.agent_id")
    other_agent = serializers.BooleanField(
        help_text="The agent is not there: reserve another one through `campaignDn`."
    )
    campaign_dn = serializers.CharField(source="callback.campaign_dn")


class CallbacksAnswer(WireSerializer[Any]):
    records = CallbackAnswer(many=True)


class DialedAnswer(WireSerializer[Any]):
    lease = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=[value.value for value in Dialing])
    reason = serializers.ChoiceField(
        choices=[value.value for value in (*Rule, *LeaseEnd)],
        required=False,
        help_text="Of a no, beside `unknown`; a dialer should bear with names that are added later.",
    )


class ResultOutcome(WireSerializer[Any]):
    lease = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=[value.value for value in Outcome])
    callback = serializers.ChoiceField(
        choices=[NOT_MADE],
        required=False,
        help_text="The result is stored, but the callback that it asks for will not be made.",
    )
    reason = serializers.ChoiceField(
        choices=[value.value for value in NotMade], required=False, help_text="Why it will not be made."
    )


class ResultsAnswer(WireSerializer[Any]):
    results = ResultOutcome(many=True)


class RecallAnswer(WireSerializer[Any]):
    lease = serializers.UUIDField()
    reason = serializers.CharField()


class RecallsAnswer(WireSerializer[Any]):
    recalls = RecallAnswer(many=True)
    next = serializers.IntegerField(help_text="`after` of the next request; it confirms these recalls.")


class SkillGroupAnswer(WireSerializer[Any]):
    skill_group = serializers.CharField(source="skill_group.ref_url")
    name = serializers.CharField(source="skill_group.name")
    overflow_agents = serializers.IntegerField()
    records_to_cache = serializers.IntegerField()
    dialed_number = serializers.CharField()
    ivr_ports = serializers.IntegerField()
    ivr_route_point = serializers.CharField()
    abandoned_route_point = serializers.CharField()


class CallProgressAnalysisAnswer(WireSerializer[Any]):
    """Times are milliseconds."""

    enabled = serializers.BooleanField(source="cpa_enabled")
    record = serializers.BooleanField(source="cpa_record")
    min_silence_period = serializers.IntegerField()
    analysis_period = serializers.IntegerField()
    minimum_valid_speech = serializers.IntegerField()
    max_time_analysis = serializers.IntegerField()
    max_term_tone_analysis = serializers.IntegerField()


class CampaignAnswer(WireSerializer[Campaign]):
    campaign = serializers.IntegerField(source="pk")
    ref_url = serializers.CharField()
    change_stamp = serializers.IntegerField()
    name = serializers.CharField()
    campaign_purpose_type = serializers.CharField()
    dialing_mode = serializers.CharField()
    lines_per_agent = serializers.SerializerMethodField(
        "get_lines_per_agent", help_text="Always 1 in the preview modes."
    )
    maximum_lines_per_agent = serializers.FloatField()
    reservation_percentage = serializers.IntegerField()
    campaign_prefix = serializers.CharField(
        help_text="Dialed before each number; the `dial` of records and callbacks begins with it."
    )
    no_answer_ring_limit = serializers.IntegerField()
    minimum_call_duration = serializers.IntegerField()
    abandon_enabled = serializers.BooleanField()
    abandon_percent = serializers.FloatField()
    predictive_correction_pace = serializers.IntegerField()
    predictive_gain = serializers.FloatField()
    ip_amd_enabled = serializers.BooleanField()
    amd_treatment_mode = serializers.CharField()
    ip_terminating_beep_detect = serializers.BooleanField()
    personalized_callback_enabled = serializers.BooleanField()
    call_progress_analysis = CallProgressAnalysisAnswer(source="*")
    skill_groups = SkillGroupAnswer(many=True, source="loaded_skill_groups")

    def get_lines_per_agent(self, campaign: Campaign) -> float:
        return 1.0 if campaign.dialing_mode in PREVIEW_MODES else campaign.lines_per_agent


class CampaignsAnswer(WireSerializer[Any]):
    campaigns = CampaignAnswer(many=True)
