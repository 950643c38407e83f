"""The dialer's own behaviour over hours of traffic, in virtual time and with an endless list.

Hours of calls cannot pass through HTTP in a test; tests/dialing/test_simulate_dialer.py has the real server.
"""

import random
import uuid
from collections import Counter

import pytest

from dialer.client import Interface, Unreachable
from dialer.clock import Clock
from dialer.simulator.agents import Agents
from dialer.simulator.customers import Customers, Habit
from dialer.simulator.dialer import SimulatedDialer

HABIT = Habit(0, answer=0.3, machine=0.3, busy=0.1, talk_seconds=90)
CAMPAIGN = {
    "campaign": 5000,
    "name": "Endless",
    "campaignPurposeType": "agentCampaign",
    "linesPerAgent": 1.5,
    "maximumLinesPerAgent": 3.0,
    "reservationPercentage": 100,
    "abandonEnabled": True,
    "abandonPercent": 3.0,
    "predictiveCorrectionPace": 70,
    "predictiveGain": 1.0,
    "amdTreatmentMode": "abandonCall",
    "callProgressAnalysis": {"enabled": True},
}
GROUP = {"overflowAgents": 0, "recordsToCache": 10, "ivrPorts": 8, "abandonedRoutePoint": ""}


class VirtualClock(Clock):
    """Time passes only while the dialer sleeps."""

    def __init__(self):
        super().__init__()
        self.moment = 0.0

    def now(self):
        return self.moment

    def sleep_until(self, moment):
        self.moment = max(self.moment, moment)


class EndlessList(Interface):
    """A campaign whose list never ends; it notes what the dialer holds and how many lines are open."""

    def __init__(self, **changes):
        super().__init__("http://127.0.0.1", "", "", "d1")
        self.campaign = CAMPAIGN | {"skillGroups": [GROUP | changes.pop("group", {})]} | changes
        self.given, self.dialed_now, self.most_lines = 0, set(), 0
        self.held, self.results = set(), Counter()
        self.refused, self.broken = (), False

    def another(self):
        return self

    def campaigns(self):
        return [self.campaign] if self.campaign else []

    def records(self, campaign, count):
        records = []
        for _ in range(count):
            self.given += 1
            lease = str(uuid.UUID(int=self.given))
            self.held.add(lease)
            record = {"lease": lease, "campaign": campaign, "number": str(2_000_000 + self.given)}
            records.append(record | {"attempt": 1, "expiresAt": "2999-01-01T00:00:00Z"})
        return records

    def callbacks(self, agents, count):
        return []

    def dialed(self, lease):
        if self.broken:
            raise Unreachable("broken")
        if lease in self.refused:
            self.held.discard(lease)
            return "recalled"
        self.dialed_now.add(lease)
        self.most_lines = max(self.most_lines, len(self.dialed_now))
        return "dialed"

    def report(self, results):
        for result in results:
            self.results[result["callResult"]] += 1
            self.held.remove(result["lease"])
            self.dialed_now.discard(result["lease"])

    def recalls(self, after, wait):
        return [], after

    def heartbeat(self, agents):
        self.agents = agents


def simulate(hours, agents=10, seed=1, watch=lambda dialer: None, **changes):
    """Run the campaign for so many virtual hours; the server's view and the dialer."""
    server, clock = EndlessList(**changes), VirtualClock()
    dialer = SimulatedDialer(
        server, Agents(map(str, range(agents)), random.Random(seed)), Customers(seed, [HABIT]), clock
    )
    dialer.run(lambda: clock.now() < hours * 3600, lambda: watch(dialer))
    return server, dialer


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("agents", [10, 40])
def test_a_predictive_campaign_stays_under_its_abandon_limit(agents, seed):
    server, dialer = simulate(8, agents, seed, dialingMode="PREDICTIVEONLY")

    session = dialer.sessions[5000]
    assert session.pacer.day.live > 1000
    assert session.pacer.day.rate < 3.0
    assert server.results[16] == session.pacer.day.abandoned


def test_without_a_limit_a_predictive_campaign_goes_to_its_cap():
    _, dialer = simulate(8, dialingMode="PREDICTIVEONLY", abandonEnabled=False)

    assert dialer.sessions[5000].lines == 3.0


@pytest.mark.parametrize(("lines", "most"), [(1.0, 10), (2.0, 20)])
def test_a_progressive_campaign_dials_its_lines_for_each_agent(lines, most):
    server, dialer = simulate(1, dialingMode="PROGRESSIVEONLY", linesPerAgent=lines)

    assert dialer.sessions[5000].lines == lines
    assert server.given > 300
    # All ten agents begin together; lines of an agent who talks already may still be ringing.
    assert most <= server.most_lines <= most + 10


@pytest.mark.parametrize("mode", ["PREVIEWONLY", "PREVIEWDIRECTONLY"])
def test_preview_modes_dial_one_line_for_an_agent_who_accepts(mode):
    server, _ = simulate(4, dialingMode=mode)

    assert server.most_lines <= 10
    assert server.results[16] == server.results[20] == 0
    assert all(server.results[refusal] for refusal in (18, 19, 33))


def test_an_ivr_campaign_keeps_to_its_ports_and_needs_no_agent():
    server, _ = simulate(1, agents=1, dialingMode="PROGRESSIVEONLY", campaignPurposeType="ivrCampaign")

    assert server.most_lines <= 8
    assert server.results[10] > 50
    assert server.agents == {}


def test_the_server_learns_how_many_agents_serve_a_campaign():
    server, _ = simulate(1, agents=7, dialingMode="PROGRESSIVEONLY")

    assert server.agents == {server.campaign["campaign"]: 7}


def test_a_campaign_that_reserves_nobody_is_not_dialed():
    server, _ = simulate(1, dialingMode="PROGRESSIVEONLY", reservationPercentage=0)

    assert server.most_lines == 0


def test_a_share_of_the_agents_is_reserved():
    busy = []

    def watch(dialer):
        busy.append(sum(agent.campaign == 5000 for agent in dialer.agents.all.values()))

    simulate(1, watch=watch, dialingMode="PROGRESSIVEONLY", reservationPercentage=30)

    assert max(busy) == 3


def test_nothing_is_left_with_the_dialer_when_it_ends():
    server, _ = simulate(0.5, dialingMode="PREDICTIVEONLY")

    assert server.given
    assert not server.held
    assert server.results[25]


def test_a_record_that_the_server_refuses_is_not_dialed():
    leases = {str(uuid.UUID(int=number)) for number in range(60, 90)}

    def watch(dialer):
        dialer.interface.refused = leases
        assert not leases & dialer.interface.dialed_now

    server, _ = simulate(0.5, watch=watch, dialingMode="PROGRESSIVEONLY")

    assert server.given > 90
    assert not server.held


def test_agents_come_back_when_the_server_does():
    """While nobody knows whether a call may be made none is made, and no agent stays reserved for it."""

    def watch(dialer):
        dialer.interface.broken = 600 < dialer.clock.now() < 1200

    server, dialer = simulate(1, watch=watch, dialingMode="PROGRESSIVEONLY")

    assert dialer.clock.now() >= 3600
    assert server.results[10] > 50
    assert not server.held


def test_records_of_a_campaign_that_ended_go_back():
    def watch(dialer):
        if dialer.clock.now() > 300:
            dialer.interface.campaign = None

    server, dialer = simulate(0.5, watch=watch, dialingMode="PROGRESSIVEONLY")

    assert not dialer.sessions
    assert not server.held
