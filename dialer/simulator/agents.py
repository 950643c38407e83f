"""The agents of a simulated dialer: whom they wait for, and what they make of a call."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

# Of the offers of a preview campaign; the rest is accepted.
REJECTS, REJECTS_AND_CLOSES, LETS_PASS = 0.05, 0.02, 0.02
# Of the talks; the rest ends as an ordinary one.
CALLBACKS, WRONG_NUMBERS, NOT_HOME = 0.05, 0.02, 0.04
WRAP_UP_SECONDS = (5, 25)
LOOKING_SECONDS = (3, 15)


class State(StrEnum):
    IDLE = "idle"
    RESERVED = "reserved"
    TALKING = "talking"
    WRAP_UP = "wrap-up"


@dataclass(eq=False)
class Agent:
    """`campaign`: whom the agent is reserved for or talks for; `calls`: lines dialed for this agent now."""

    id: str
    state: State = State.IDLE
    campaign: int | None = None
    calls: int = 0

    def reserve(self, campaign: int) -> None:
        self.state, self.campaign = State.RESERVED, campaign

    def release(self) -> None:
        self.state, self.campaign = State.IDLE, None


class Agents:
    def __init__(self, ids: Iterable[str], rng: random.Random) -> None:
        self.all = {id: Agent(id) for id in ids}
        self.rng = rng

    def share(self, campaign: int, percentage: int) -> list[Agent]:
        """The idle agents that the campaign may still reserve (docs/behaviour.md 10.1, rule 2)."""
        held = sum(agent.campaign == campaign for agent in self.all.values())
        idle = [agent for agent in self.all.values() if agent.state == State.IDLE]
        return idle[: max(0, ceil(len(self.all) * percentage / 100) - held)]

    def free_for(self, campaign: int, first: Agent | None) -> Agent | None:
        """Who takes a call: the one it was dialed for, another one waiting for this campaign, or nobody."""
        waiting = [
            agent
            for agent in self.all.values()
            if agent.state == State.RESERVED and agent.campaign == campaign
        ]
        return first if first in waiting else next(iter(waiting), None)

    def count(self, *states: State) -> int:
        return sum(agent.state in states for agent in self.all.values())

    def response_to_offer(self) -> int | None:
        """None: dial it; else the call result of the refusal."""
        draw = self.rng.random()
        for share, result in ((REJECTS, 18), (REJECTS_AND_CLOSES, 19), (LETS_PASS, 33)):
            if draw < share:
                return result
            draw -= share
        return None

    def result_of_talk(self) -> int:
        draw = self.rng.random()
        for share, result in ((CALLBACKS, 14), (WRONG_NUMBERS, 23), (NOT_HOME, 24)):
            if draw < share:
                return result
            draw -= share
        return 10

    def wrap_up_seconds(self) -> float:
        return self.rng.uniform(*WRAP_UP_SECONDS)

    def looking_seconds(self) -> float:
        return self.rng.uniform(*LOOKING_SECONDS)
