"""How many lines a predictive campaign dials for each agent (docs/behaviour.md 10.2).

The original documents start, cap, direction, pace, gain and the target of 85 % of the limit; its formula is
not published. The one here is ours.
"""

from dataclasses import dataclass, field
from datetime import timedelta

# Share of `abandonPercent` that is aimed at, to stay just under it.
INNER_TARGET = 0.85
# Largest change of the lines in one adjustment with a gain of 1.
STEP = 0.1
# With a rate this many times the limit the adjustment does not wait for the whole sample.
WIDE_MARGIN = 2
SMALLEST_SAMPLE = 10
# The rate of the day corrects the target only from then on.
DAY_CORRECTION_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Pace:
    """What the campaign sets. `abandon_percent` is None where its limit is off."""

    maximum_lines: float
    abandon_percent: float | None
    correction_pace: int
    gain: float


@dataclass
class Tally:
    """Calls that a live person answered, and how many of them found no agent."""

    live: int = 0
    abandoned: int = 0

    @property
    def rate(self) -> float:
        """Percent abandoned of live (docs/behaviour.md 10.2, "Rates")."""
        return 100 * self.abandoned / self.live if self.live else 0.0

    def add(self, abandoned: bool) -> None:
        self.live += 1
        self.abandoned += abandoned


def next_lines(lines: float, pace: Pace, sample: Tally, day: Tally, ran: timedelta) -> float | None:
    """The lines per agent after this sample; None while the sample is not complete.

    `day`: all calls since the campaign began today, `ran` ago. A number means that a new sample begins.
    """
    if not _is_complete(sample, pace):
        return None
    error = 1.0
    if pace.abandon_percent is not None:
        target = _target(pace.abandon_percent, day, ran)
        error = _clamp((target - sample.rate) / target, -1, 1)
    return _clamp(lines + STEP * pace.gain * error, 1, pace.maximum_lines)


def _is_complete(sample: Tally, pace: Pace) -> bool:
    if sample.live >= pace.correction_pace:
        return True
    if pace.abandon_percent is None:
        return False
    return sample.live >= SMALLEST_SAMPLE and sample.rate > WIDE_MARGIN * pace.abandon_percent


def _target(abandon_percent: float, day: Tally, ran: timedelta) -> float:
    target = INNER_TARGET * abandon_percent
    if ran < DAY_CORRECTION_AFTER:
        return target
    return target + _clamp(target - day.rate, -target / 2, target / 2)


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))


@dataclass
class Pacer:
    """The lines per agent of one campaign while it runs. `now` is any clock's reading, as a timedelta."""

    lines: float
    started: timedelta
    sample: Tally = field(default_factory=Tally)
    day: Tally = field(default_factory=Tally)

    def count(self, abandoned: bool, pace: Pace, now: timedelta) -> None:
        """Note a call that a live person answered, and adjust the lines when it completes the sample."""
        self.sample.add(abandoned)
        self.day.add(abandoned)
        adjusted = next_lines(self.lines, pace, self.sample, self.day, now - self.started)
        if adjusted is not None:
            self.lines, self.sample = adjusted, Tally()
