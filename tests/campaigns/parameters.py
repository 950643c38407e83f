"""Every campaign parameter with its default, bounds and examples (API text, "Outbound Campaign API").

One table for XML, JSON and the admin's form. Values are texts as a client or a person writes them;
`value_of` gives the Python value behind a text.
"""

from dataclasses import dataclass
from datetime import date, time

MISSING = "invalidInput.fieldRequired"
RANGE = "invalidInput.outOfRange"
VALUE = "invalidInput.invalidValue"
LENGTH = "invalidInput.fieldLengthExceeded"
CHARACTER = "invalidInput.invalidCharacter"
RESERVED = "invalidInput.reservedName"
REFERENCE = "invalidInput.invalidReference"


@dataclass(frozen=True)
class Parameter:
    """`name` is the wire name, a dot between a group and its member; `default` is None where today decides
    it or there is none. An empty text gives a text of no characters, the default or, where `required`, an
    error. `invalid` pairs each text with the type of its error.
    """

    name: str
    attribute: str
    kind: type
    default: object
    low: float | None = None
    high: float | None = None
    valid: tuple[str, ...] = ()
    invalid: tuple[tuple[str, str], ...] = ()
    required: bool = False

    def __str__(self):
        return self.name

    def value_of(self, text):
        if self.kind is bool:
            return text == "true"
        if self.kind in (date, time):
            return self.kind.fromisoformat(text)
        return self.kind(text)


class Choice(str):
    """The kind of a parameter that is one of a few words."""


class Reference(str):
    """The kind of a parameter that names another item; its texts are ids inside a `refURL`."""


def integer(name, attribute, default, low, high):
    return Parameter(
        name,
        attribute,
        int,
        default,
        low,
        high,
        valid=(str(low), str(high)),
        invalid=((str(low - 1), RANGE), (str(high + 1), RANGE), ("many", VALUE), ("2.5", VALUE)),
    )


def real(name, attribute, default, low, high):
    outside = (f"{low - 0.01:.2f}", f"{high + 0.01:.2f}")
    return Parameter(
        name,
        attribute,
        float,
        default,
        low,
        high,
        valid=(str(low), str(high), "2.5"),
        invalid=((outside[0], RANGE), (outside[1], RANGE), ("many", VALUE), ("NaN", VALUE), ("inf", VALUE)),
    )


def flag(name, attribute, default):
    return Parameter(name, attribute, bool, default, valid=("true", "false"), invalid=(("maybe", VALUE),))


def choice(name, attribute, default, *words):
    invalid = (("somethingElse", VALUE), (default.swapcase(), VALUE))
    return Parameter(name, attribute, Choice, default, valid=words, invalid=invalid)


def text(name, attribute, high, valid=(), invalid=()):
    longest = "7" * high
    return Parameter(
        name,
        attribute,
        str,
        "",
        high=high,
        valid=("", longest, *valid),
        invalid=((longest + "7", LENGTH), *invalid),
    )


PARAMETERS = [
    Parameter(
        "name",
        "name",
        str,
        None,
        high=32,
        valid=("A", "0.a_B", "N" * 32),
        invalid=(
            ("", MISSING),
            ("N" * 33, LENGTH),
            ("_a", CHARACTER),
            (".a", CHARACTER),
            ("a b", CHARACTER),
            ("a-b", CHARACTER),
            ("Größe", CHARACTER),
            ("<b>", CHARACTER),
            ("dnc", RESERVED),
            ("NONE", RESERVED),
        ),
        required=True,
    ),
    text("description", "description", 255, valid=("Größe & <script>alert(1)</script> 顧客",)),
    real("linesPerAgent", "lines_per_agent", 1.5, 1, 100),
    real("maximumLinesPerAgent", "maximum_lines_per_agent", 2.0, 1, 100),
    flag("abandonEnabled", "abandon_enabled", True),
    real("abandonPercent", "abandon_percent", 3.0, 1, 100),
    integer("predictiveCorrectionPace", "predictive_correction_pace", 70, 10, 5000),
    real("predictiveGain", "predictive_gain", 1.0, 0.1, 3.0),
    integer("noAnswerRingLimit", "no_answer_ring_limit", 4, 2, 10),
    integer("maxAttempts", "max_attempts", 3, 1, 100),
    integer("minimumCallDuration", "minimum_call_duration", 1, 0, 10),
    integer("retries.noAnswerDelay", "no_answer_delay", 60, 1, 99999),
    integer("retries.busySignalDelay", "busy_signal_delay", 60, 1, 99999),
    integer("retries.customerAbandonedDelay", "customer_abandoned_delay", 30, 1, 99999),
    integer("retries.dialerAbandonedDelay", "dialer_abandoned_delay", 60, 1, 99999),
    integer("retries.answeringMachineDelay", "answering_machine_delay", 60, 1, 99999),
    integer("retries.customerNotHomeDelay", "customer_not_home_delay", 60, 1, 99999),
    flag("personalizedCallbackEnabled", "personalized_callback_enabled", False),
    choice(
        "rescheduleCallbackMode",
        "reschedule_callback_mode",
        "useCampaignDN",
        "useCampaignDN",
        "sameTimeNextBusinessDay",
        "abandon",
    ),
    choice("campaignPurposeType", "campaign_purpose_type", "agentCampaign", "agentCampaign", "ivrCampaign"),
    flag("ipAmdEnabled", "ip_amd_enabled", True),
    choice(
        "amdTreatmentMode",
        "amd_treatment_mode",
        "abandonCall",
        "abandonCall",
        "transferToAgent",
        "transferToIVRRoutePoint",
        "terminateToneDetect",
    ),
    flag("ipTerminatingBeepDetect", "ip_terminating_beep_detect", False),
    Parameter(
        "timeZone",
        "time_zone",
        Reference,
        None,
        valid=("UTC", "Eastern Standard Time", "Nepal Standard Time"),
        invalid=(("", MISSING), ("No Such Time", REFERENCE)),
        required=True,
    ),
    Parameter(
        "startTime",
        "start_time",
        time,
        time(8),
        valid=("00:00", "23:59"),
        invalid=(("24:00", VALUE), ("12:60", VALUE), ("noon", VALUE)),
    ),
    Parameter(
        "endTime",
        "end_time",
        time,
        time(21),
        valid=("00:00", "23:59"),
        invalid=(("24:00", VALUE), ("12:60", VALUE), ("noon", VALUE)),
    ),
    flag("enabled", "enabled", False),
    Parameter(
        "startDate",
        "start_date",
        date,
        None,
        valid=("2031-02-03", "2032-02-29"),
        invalid=(("2031-02-29", VALUE), ("2031-13-01", VALUE), ("tomorrow", VALUE)),
    ),
    Parameter(
        "endDate",
        "end_date",
        date,
        None,
        valid=("2032-02-29", "9999-12-31"),
        invalid=(("2031-02-29", VALUE), ("2031-13-01", VALUE), ("tomorrow", VALUE)),
    ),
    text(
        "campaignPrefix",
        "campaign_prefix",
        15,
        valid=("0012",),
        invalid=(("12a", CHARACTER), ("+1", CHARACTER), ("1 2", CHARACTER), ("١٢", CHARACTER)),
    ),
    choice(
        "dialingMode",
        "dialing_mode",
        "INBOUND",
        "INBOUND",
        "PREDICTIVEONLY",
        "PREVIEWONLY",
        "PROGRESSIVEONLY",
        "PREVIEWDIRECTONLY",
    ),
    integer("reservationPercentage", "reservation_percentage", 100, 0, 100),
    flag("callProgressAnalysis.enabled", "cpa_enabled", True),
    flag("callProgressAnalysis.record", "cpa_record", False),
    integer("callProgressAnalysis.minSilencePeriod", "min_silence_period", 608, 100, 1000),
    integer("callProgressAnalysis.analysisPeriod", "analysis_period", 2500, 1000, 10000),
    integer("callProgressAnalysis.minimumValidSpeech", "minimum_valid_speech", 112, 50, 500),
    integer("callProgressAnalysis.maxTimeAnalysis", "max_time_analysis", 3000, 1000, 10000),
    integer("callProgressAnalysis.maxTermToneAnalysis", "max_term_tone_analysis", 30000, 1000, 60000),
]

# Inside each `skillGroupInfo`, beside its required `skillGroup`.
SKILL_GROUP_PARAMETERS = [
    integer("overflowAgents", "overflow_agents", 0, 0, 100),
    text(
        "dialedNumber",
        "dialed_number",
        10,
        valid=("aZ0._",),
        invalid=(("7 1", CHARACTER), ("7-1", CHARACTER), ("#7", CHARACTER)),
    ),
    integer("recordsToCache", "records_to_cache", 1, 1, 400),
    integer("ivrPorts", "ivr_ports", 0, 0, 99999),
    text("ivrRoutePoint", "ivr_route_point", 32),
    text("abandonedRoutePoint", "abandoned_route_point", 10),
]
