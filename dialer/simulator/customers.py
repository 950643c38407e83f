"""Customers that are not there: whether and how they answer, reproducibly.

What happens in a call depends on seed, number, attempt and hour alone, so two runs with one seed meet the
same customers, in whatever order they are dialed.
"""

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

HABITS = Path(__file__).parent / "customers.csv"
# Numbers that are never a person, whatever the hour.
FAX_SHARE, INVALID_SHARE = 0.01, 0.02
HANG_UP_SHARE = 0.03
RING_SECONDS, NO_ANSWER_SECONDS = (3, 22), 32


class Answer(StrEnum):
    PERSON = "person"
    MACHINE = "machine"
    BUSY = "busy"
    FAX = "fax"
    INVALID = "invalid"
    NONE = "no answer"


class Reaction(NamedTuple):
    """`ring_seconds` until it is known; `talk_seconds` of the person, less than one for a hang-up."""

    answer: Answer
    ring_seconds: float
    talk_seconds: float = 0.0


@dataclass(frozen=True)
class Habit:
    """From this hour on: shares of calls that meet a person, a machine, a busy line; mean length of talks."""

    from_hour: int
    answer: float
    machine: float
    busy: float
    talk_seconds: float

    def __post_init__(self) -> None:
        shares = (self.answer, self.machine, self.busy)
        if not 0 <= self.from_hour <= 23 or min(shares) < 0 or sum(shares) > 1 or self.talk_seconds <= 0:
            raise ValueError(f"from_hour {self.from_hour}: shares are 0 to 1 and together at most 1")


class Customers:
    def __init__(self, seed: int, habits: Iterable[Habit]) -> None:
        """Raises ValueError without a habit."""
        self.seed = seed
        self.habits = sorted(habits, key=lambda habit: habit.from_hour)
        if not self.habits:
            raise ValueError("no habit is given")

    def react(self, number: str, attempt: int, hour: int) -> Reaction:
        """What the `attempt`th call to the number at that hour of the day meets."""
        if fixed := self._never_a_person(number):
            return fixed
        habit, rng = self.habit_at(hour), random.Random(f"{self.seed} {number} {attempt} {hour}")
        ring, draw = rng.uniform(*RING_SECONDS), rng.random()
        if draw < habit.answer:
            at_once = rng.random() < HANG_UP_SHARE
            return Reaction(
                Answer.PERSON, ring, 0.4 if at_once else 5 + rng.expovariate(1 / habit.talk_seconds)
            )
        if draw < habit.answer + habit.machine:
            return Reaction(Answer.MACHINE, ring)
        if draw < habit.answer + habit.machine + habit.busy:
            return Reaction(Answer.BUSY, 2)
        return Reaction(Answer.NONE, NO_ANSWER_SECONDS)

    def habit_at(self, hour: int) -> Habit:
        """The last habit that has begun; before the first one, that of yesterday's end."""
        begun = [habit for habit in self.habits if habit.from_hour <= hour]
        return (begun or self.habits)[-1]

    def _never_a_person(self, number: str) -> Reaction | None:
        draw = random.Random(f"{self.seed} {number}").random()
        if draw < FAX_SHARE:
            return Reaction(Answer.FAX, RING_SECONDS[0])
        return Reaction(Answer.INVALID, 1) if draw < FAX_SHARE + INVALID_SHARE else None


def read_habits(path: Path) -> list[Habit]:
    """The habits of a CSV file with the columns of customers.csv. Raises OSError, ValueError, KeyError."""
    with path.open(newline="") as file:
        return [
            Habit(
                int(row["from_hour"]),
                *(float(row[name]) for name in ("answer", "machine", "busy", "talk_seconds")),
            )
            for row in csv.DictReader(file)
        ]
