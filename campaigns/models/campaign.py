from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from outbound_site.core.errors import duplicate_name
from outbound_site.core.soft_deletion import SoftDeletable, SoftDeletableQuerySet, history_of_concrete_model
from outbound_site.core.validators import Characters, InRange, name_characters, printable
from outbound_site.unifiedconfig.references import ref_url
from timezones.models import TimeZone

RESERVED_NAMES = {"dnc", "none"}
MAX_SKILL_GROUPS = 20

# Numeric parameters with their bounds (API text, "Outbound Campaign API", "Parameters"); delays are minutes,
# the analysis times are milliseconds.
RANGES: dict[str, tuple[float, float]] = {
    "lines_per_agent": (1, 100),
    "maximum_lines_per_agent": (1, 100),
    "abandon_percent": (1, 100),
    "predictive_correction_pace": (10, 5000),
    "predictive_gain": (0.1, 3.0),
    "no_answer_ring_limit": (2, 10),
    "max_attempts": (1, 100),
    "minimum_call_duration": (0, 10),
    "no_answer_delay": (1, 99999),
    "busy_signal_delay": (1, 99999),
    "customer_abandoned_delay": (1, 99999),
    "dialer_abandoned_delay": (1, 99999),
    "answering_machine_delay": (1, 99999),
    "customer_not_home_delay": (1, 99999),
    "reservation_percentage": (0, 100),
    "min_silence_period": (100, 1000),
    "analysis_period": (1000, 10000),
    "minimum_valid_speech": (50, 500),
    "max_time_analysis": (1000, 10000),
    "max_term_tone_analysis": (1000, 60000),
}
SKILL_GROUP_RANGES: dict[str, tuple[float, float]] = {
    "overflow_agents": (0, 100),
    "records_to_cache": (1, 400),
    # The API text names no upper bound; clients of the original keep to five digits.
    "ivr_ports": (0, 99999),
}


def not_reserved(name: str) -> None:
    if name.lower() in RESERVED_NAMES:
        raise ValidationError("This name is reserved", "invalidInput.reservedName")


def range_constraints(prefix: str, ranges: dict[str, tuple[float, float]]) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=Q(**{f"{name}__range": bounds}), name=f"{prefix}_{name}_in_range")
        for name, bounds in ranges.items()
    ]


def _number(name: str, default: int, help_text: str) -> Any:
    return models.PositiveIntegerField(
        default=default, help_text=help_text, validators=[InRange(*RANGES[name])]
    )


def _real(name: str, default: float, help_text: str) -> Any:
    low, high = map(float, RANGES[name])
    return models.FloatField(default=default, help_text=help_text, validators=[InRange(low, high)])


class Origin(models.TextChoices):
    """Who made a campaign; the API sees only its own (API text, "Outbound API")."""

    API = "api", "API"
    CAMPAIGN_TOOL = "campaign_tool", "Campaign tool"


class PurposeType(models.TextChoices):
    AGENT = "agentCampaign", "Agent campaign"
    IVR = "ivrCampaign", "IVR campaign"


class AmdTreatmentMode(models.TextChoices):
    ABANDON_CALL = "abandonCall", "Abandon call"
    TRANSFER_TO_AGENT = "transferToAgent", "Transfer to agent"
    TRANSFER_TO_IVR = "transferToIVRRoutePoint", "Transfer to IVR route point"
    TERMINATE_TONE_DETECT = "terminateToneDetect", "Terminate tone detect"


class RescheduleCallbackMode(models.TextChoices):
    USE_CAMPAIGN_DN = "useCampaignDN", "Use campaign DN"
    SAME_TIME_NEXT_BUSINESS_DAY = "sameTimeNextBusinessDay", "Same time next business day"
    ABANDON = "abandon", "Abandon"


class DuplicateRows(models.TextChoices):
    """What an import does with a row that is already in the campaign; the API text knows appending only."""

    KEEP = "keep", "Keep all rows"
    SKIP_ACCOUNT_NUMBER = "account_number", "Skip a row whose account number is already there"
    SKIP_FIRST_PHONE = "first_phone", "Skip a row whose first phone is already there"


class DialingMode(models.TextChoices):
    INBOUND = "INBOUND", "Inbound (no outbound dialing)"
    PREDICTIVE = "PREDICTIVEONLY", "Predictive"
    PREVIEW = "PREVIEWONLY", "Preview"
    PROGRESSIVE = "PROGRESSIVEONLY", "Progressive"
    PREVIEW_DIRECT = "PREVIEWDIRECTONLY", "Direct preview"


class CampaignQuerySet(SoftDeletableQuerySet):
    def visible_to_api(self) -> "CampaignQuerySet":
        return self.active().filter(origin=Origin.API)

    def with_parts(self) -> "CampaignQuerySet":
        """With everything an answer shows, in a constant number of queries; rows in `loaded_skill_groups`."""
        groups = CampaignSkillGroup.objects.select_related("skill_group").order_by("pk")
        return self.select_related("time_zone").prefetch_related(
            models.Prefetch("skill_group_infos", queryset=groups, to_attr="loaded_skill_groups")
        )


class Campaign(SoftDeletable):
    """An outbound campaign. Names, ranges and defaults: API text, "Outbound Campaign API"."""

    name = models.CharField(
        max_length=32,
        validators=[name_characters, not_reserved],
        help_text="1 to 32 letters, digits, periods and underscores; the first one a letter or digit.",
    )
    description = models.CharField(max_length=255, blank=True, validators=[printable])
    origin = models.CharField(max_length=13, choices=Origin, default=Origin.CAMPAIGN_TOOL, editable=False)
    change_stamp = models.PositiveIntegerField(default=0, editable=False)
    enabled = models.BooleanField(
        default=False, help_text="Whether the dialer is available to call contacts."
    )
    time_zone = models.ForeignKey(
        TimeZone,
        models.PROTECT,
        related_name="campaigns",
        help_text="Used where the location of the customer's number is unknown, and for the dates.",
    )
    start_date = models.DateField(help_text="First day of dialing, in the campaign's time zone.")
    end_date = models.DateField(help_text="Last day of dialing, in the campaign's time zone.")
    start_time = models.TimeField(
        help_text="The campaign dials from this time on, in the customer's local time."
    )
    end_time = models.TimeField(
        help_text="The campaign stops dialing at this time, in the customer's local time."
    )

    campaign_purpose_type = models.CharField(
        "purpose",
        max_length=13,
        choices=PurposeType,
        default=PurposeType.AGENT,
        help_text="Agent campaigns transfer calls to agents, IVR campaigns to a service control-based IVR.",
    )
    dialing_mode = models.CharField(
        max_length=17,
        choices=DialingMode,
        default=DialingMode.INBOUND,
        help_text="The dialing mode of the campaign's skill groups.",
    )
    lines_per_agent = _real(
        "lines_per_agent",
        1.5,
        "Lines dedicated to each agent, 1 to 100. Preview: always 1. Predictive: the initial value.",
    )
    maximum_lines_per_agent = _real(
        "maximum_lines_per_agent",
        2.0,
        "Most customers dialed for a reserved agent in predictive mode, 1 to 100.",
    )
    reservation_percentage = _number(
        "reservation_percentage", 100, "Percentage of the skill groups' agents to reserve, 0 to 100."
    )
    campaign_prefix = models.CharField(
        max_length=15,
        blank=True,
        validators=[Characters("0-9")],
        help_text="Digits in front of each number dialed, at most 15.",
    )

    abandon_enabled = models.BooleanField(
        default=True,
        help_text="Whether the limit of abandoned calls is kept; otherwise the campaign dials without it.",
    )
    abandon_percent = _real(
        "abandon_percent", 3.0, "Limit of abandoned calls in percent, 1 to 100, to one tenth."
    )
    predictive_correction_pace = _number(
        "predictive_correction_pace", 70, "Live voice connections between two adjustments, 10 to 5000."
    )
    predictive_gain = _real(
        "predictive_gain", 1.0, "Size of an adjustment to the lines per agent, 0.1 to 3.0."
    )

    no_answer_ring_limit = _number(
        "no_answer_ring_limit", 4, "Rings before a call counts as no answer, 2 to 10."
    )
    max_attempts = _number("max_attempts", 3, "Attempts in all, callbacks and retries included, 1 to 100.")
    minimum_call_duration = _number(
        "minimum_call_duration",
        1,
        "Seconds, 0 to 10: a shorter call counts as abandoned by the customer and is retried; 0: off.",
    )
    no_answer_delay = _number(
        "no_answer_delay", 60, "Minutes before a no-answer call is tried again, 1 to 99999."
    )
    busy_signal_delay = _number("busy_signal_delay", 60, "Minutes before a busy number is tried again.")
    customer_abandoned_delay = _number(
        "customer_abandoned_delay", 30, "Minutes before a customer who abandoned the call is called back."
    )
    dialer_abandoned_delay = _number(
        "dialer_abandoned_delay", 60, "Minutes before a customer whom the dialer abandoned is called back."
    )
    answering_machine_delay = _number(
        "answering_machine_delay", 60, "Minutes before a call that an answering machine took is tried again."
    )
    customer_not_home_delay = _number(
        "customer_not_home_delay", 60, "Minutes before a customer who was not home is called back."
    )
    personalized_callback_enabled = models.BooleanField(
        default=False, help_text="Lets an agent schedule a callback that comes back to the same agent."
    )
    reschedule_callback_mode = models.CharField(
        max_length=23,
        choices=RescheduleCallbackMode,
        default=RescheduleCallbackMode.USE_CAMPAIGN_DN,
        help_text="What happens to a personal callback whose agent is not available.",
    )

    ip_amd_enabled = models.BooleanField(
        "answering machine detection",
        default=True,
        help_text="Whether the dialer acts on an answering machine that it detects.",
    )
    amd_treatment_mode = models.CharField(
        "answering machine treatment",
        max_length=23,
        choices=AmdTreatmentMode,
        default=AmdTreatmentMode.ABANDON_CALL,
        help_text="What the dialer does when it detects an answering machine.",
    )
    ip_terminating_beep_detect = models.BooleanField(
        "wait for the terminating beep",
        default=False,
        help_text="Transfer the call only after the answering machine's beep.",
    )
    cpa_enabled = models.BooleanField(
        "call progress analysis", default=True, help_text="Voice, fax, modem and answering machine detection."
    )
    cpa_record = models.BooleanField(
        "record the analysis",
        default=False,
        help_text="The gateway provides a media stream and the dialer records it.",
    )
    min_silence_period = _number(
        "min_silence_period",
        608,
        "Milliseconds of silence required to classify a call as voice, 100 to 1000.",
    )
    analysis_period = _number("analysis_period", 2500, "Milliseconds spent analyzing a call, 1000 to 10000.")
    minimum_valid_speech = _number(
        "minimum_valid_speech", 112, "Milliseconds of voice required to classify a call as voice, 50 to 500."
    )
    max_time_analysis = _number(
        "max_time_analysis",
        3000,
        "Milliseconds before a call counts as dead air or low volume, 1000 to 10000.",
    )
    max_term_tone_analysis = _number(
        "max_term_tone_analysis",
        30000,
        "Milliseconds an answering machine's message is searched for its closing tone, 1000 to 60000.",
    )

    duplicate_rows = models.CharField(
        max_length=14,
        choices=DuplicateRows,
        default=DuplicateRows.KEEP,
        help_text="What an import of contacts does with rows that the campaign already has.",
    )
    # Since when the list is this one; an overwriting import and the deletion of all contacts begin another.
    list_began = models.DateTimeField(null=True, editable=False, db_column="list_started_at")

    objects: ClassVar[Any] = CampaignQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["list_began"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="campaign_name", violation_error_message="This name is already in use."
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=models.F("start_date")),
                name="campaign_ends_after_its_start",
                violation_error_message="The end date is before the start date.",
            ),
            *range_constraints("campaign", RANGES),
        ]
        permissions = [
            ("campaign_status", "Subfeature CampaignStatus: update-only access to campaigns through the API"),
            (
                "campaign_contact",
                "Subfeature CampaignContact: update-only access to campaigns through the API",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref_url(self) -> str:
        return ref_url("campaign", self.pk)

    def clean(self) -> None:
        """The rules across fields. Raises ValidationError with the error type of the API as its code."""
        if self.abandon_percent is not None:
            self.abandon_percent = round(self.abandon_percent, 1)
        errors: dict[str, ValidationError] = {}
        if duplicate := Campaign.objects.filter(name__iexact=self.name).exclude(pk=self.pk).first():
            errors["name"] = duplicate_name("campaign", deleted=duplicate.deleted_at is not None)
        if (
            isinstance(self.start_date, date)
            and isinstance(self.end_date, date)
            and self.end_date < self.start_date
        ):
            errors["end_date"] = ValidationError(
                "The end date is before the start date", "invalidInput.invalidValue"
            )
        if errors:
            raise ValidationError(errors)


class CampaignSkillGroup(models.Model):
    """What a campaign knows of one of its skill groups (API text, `skillGroupInfo`)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="skill_group_infos")
    skill_group = models.OneToOneField("campaigns.SkillGroup", models.CASCADE, related_name="info")
    overflow_agents = models.PositiveIntegerField(
        default=0,
        validators=[InRange(*SKILL_GROUP_RANGES["overflow_agents"])],
        help_text="Extra agents to reserve before a progressive campaign dials, 0 to 100.",
    )
    dialed_number = models.CharField(
        max_length=10,
        blank=True,
        validators=[Characters("A-Za-z0-9._")],
        help_text="Dialed to reserve an agent: letters, digits, periods and underscores, at most 10.",
    )
    records_to_cache = models.PositiveIntegerField(
        default=1,
        validators=[InRange(*SKILL_GROUP_RANGES["records_to_cache"])],
        help_text="Fewest numbers each dialer keeps ready, 1 to 400.",
    )
    ivr_ports = models.PositiveIntegerField(
        "IVR ports",
        default=0,
        validators=[InRange(*SKILL_GROUP_RANGES["ivr_ports"])],
        help_text="IVR ports to which the dialer may transfer calls.",
    )
    ivr_route_point = models.CharField(
        "IVR route point",
        max_length=32,
        blank=True,
        validators=[printable],
        help_text="Route point of the transfer to IVR.",
    )
    abandoned_route_point = models.CharField(
        max_length=10,
        blank=True,
        validators=[printable],
        help_text="Route point of the message to calls that no agent can take.",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "skill group of a campaign"
        verbose_name_plural = "skill groups of a campaign"
        constraints = range_constraints("skill_group", SKILL_GROUP_RANGES)

    def __str__(self) -> str:
        return str(self.skill_group)


@history_of_concrete_model
class DeletedCampaign(Campaign):
    """Under Deleted Objects, with permissions of its own for the purge."""

    class Meta:
        proxy = True
        verbose_name = "deleted campaign"
