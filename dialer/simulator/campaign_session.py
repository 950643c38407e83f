"""What a simulated dialer keeps of one campaign while it dials for it."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from dialer.simulator.agents import Agent
from dialer.simulator.pacing import Pace, Pacer

PREVIEW_MODES = {"PREVIEWONLY", "PREVIEWDIRECTONLY"}


@dataclass(eq=False)
class Call:
    """One record on its way: offered, ringing, or in conversation with `agent`."""

    record: dict[str, Any]
    agent: Agent | None = None
    dialed: bool = False
    cancelled: bool = False
    connected: bool = False


@dataclass(eq=False)
class CampaignSession:
    """`settings`: the campaign as the server describes it."""

    settings: dict[str, Any]
    pacer: Pacer
    cache: deque[dict[str, Any]] = field(default_factory=deque)
    ask_again_at: float = 0.0
    # Fraction of a line that rounding down left over (docs/behaviour.md 10.1, rule 1).
    credit: float = 0.0
    dialed: int = 0

    @classmethod
    def of(cls, settings: dict[str, Any], now: float) -> "CampaignSession":
        return cls(settings, Pacer(settings["linesPerAgent"], timedelta(seconds=now)))

    @property
    def id(self) -> int:
        return int(self.settings["campaign"])

    @property
    def mode(self) -> str:
        return str(self.settings["dialingMode"])

    @property
    def is_preview(self) -> bool:
        return self.mode in PREVIEW_MODES

    @property
    def is_ivr(self) -> bool:
        return bool(self.settings["campaignPurposeType"] == "ivrCampaign")

    @property
    def detects(self) -> bool:
        """Whether the dialer detects machines; in direct preview the agent does."""
        return bool(self.settings["callProgressAnalysis"]["enabled"])

    @property
    def lines(self) -> float:
        """Per agent: set, adjusted, or always one (docs/behaviour.md 10.1)."""
        if self.is_preview:
            return 1.0
        return self.pacer.lines if self.mode == "PREDICTIVEONLY" else float(self.settings["linesPerAgent"])

    def calls_for_one_agent(self) -> int:
        self.credit += self.lines
        calls = int(self.credit)
        self.credit -= calls
        return calls

    def most(self, setting: str) -> int:
        """The largest value of a setting among the campaign's skill groups."""
        return max((group[setting] for group in self.settings["skillGroups"]), default=0)

    @property
    def ports(self) -> int:
        return sum(group["ivrPorts"] for group in self.settings["skillGroups"])

    @property
    def abandons_to_ivr(self) -> bool:
        return any(group["abandonedRoutePoint"] for group in self.settings["skillGroups"])

    def pace(self) -> Pace:
        settings = self.settings
        return Pace(
            settings["maximumLinesPerAgent"],
            settings["abandonPercent"] if settings["abandonEnabled"] else None,
            settings["predictiveCorrectionPace"],
            settings["predictiveGain"],
        )

    def count_live(self, abandoned: bool, now: float) -> None:
        """A person answered; in predictive mode this may change the lines."""
        self.pacer.count(abandoned, self.pace(), timedelta(seconds=now))
