"""A well-behaved dialer with simulated agents and customers, over HTTP.

It keeps a few records ready, asks before each call, sends results until they are taken, cancels what the
server recalls, and hands back what it has not dialed when it ends. One thread dials; a second one waits for
recalls.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TextIO

from dialer.client import Interface, Unreachable
from dialer.clock import Agenda, Clock
from dialer.recall_listener import RecallListener
from dialer.simulator.agents import Agent, Agents, State
from dialer.simulator.campaign_session import Call, CampaignSession
from dialer.simulator.customers import Answer, Customers, Reaction

log = logging.getLogger(__name__)

# Simulated seconds (docs/behaviour.md 5.3, 9.2).
LOOK_SECONDS = 2.0
CAMPAIGN_SECONDS = 10.0
ASK_AGAIN_SECONDS = 30.0
CALLBACK_SECONDS = 60.0
CALLBACKS_AT_ONCE = 20
# Seconds on the wall.
HEARTBEAT_SECONDS, PAUSE_SECONDS = 2.0, 0.5
RESULTS_AT_ONCE = 500
MACHINE_SECONDS = 20
# Stands for a campaign where an agent is reserved for a personal callback.
PERSONAL = 0
SIGNALLED = {Answer.BUSY: 9, Answer.NONE: 8, Answer.FAX: 11, Answer.INVALID: 7, Answer.MACHINE: 12}
STOPPED, NOT_ATTEMPTED, ABANDONED, ABANDONED_TO_IVR, HUNG_UP, ANSWERED = 13, 25, 16, 20, 21, 10


class SimulatedDialer:
    def __init__(
        self,
        interface: Interface,
        agents: Agents,
        customers: Customers,
        clock: Clock,
        trace: TextIO | None = None,
    ) -> None:
        self.interface = interface
        self.agents = agents
        self.customers = customers
        self.clock = clock
        self.trace = trace
        self.agenda = Agenda()
        self.sessions: dict[int, CampaignSession] = {}
        self.order: deque[int] = deque()
        self.calls: dict[str, Call] = {}
        self.outbox: list[dict[str, Any]] = []
        self.personal: list[dict[str, Any]] = []
        self.reachable = True
        self.listener = RecallListener(interface.another())

    # The loop

    def run(self, goes_on: Callable[[], bool], after_look: Callable[[], None] = lambda: None) -> None:
        """Dial while `goes_on()`; then hand back what is left. Raises Refused."""
        self.listener.start()
        self.repeat(HEARTBEAT_SECONDS * self.clock.speed, self.give_sign_of_life)
        self.repeat(CAMPAIGN_SECONDS, self.read_campaigns)
        self.repeat(CALLBACK_SECONDS, self.ask_for_callbacks)
        self.repeat(LOOK_SECONDS, self.look)
        while goes_on():
            self.attempt(partial(self.agenda.run_due, self.clock.now()))
            after_look()
            self.clock.sleep_until(self.agenda.next_moment() or 0)
        self.hand_back()

    def repeat(self, seconds: float, action: Callable[[], None]) -> None:
        """Now and every so many simulated seconds; a server out of reach does not end it."""
        # On the wall: a fast clock must not hammer a server that is starting again.
        pause = seconds if self.attempt(action) else max(seconds, PAUSE_SECONDS * self.clock.speed)
        self.later(pause, partial(self.repeat, seconds, action))

    def attempt(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except Unreachable as error:
            log.info("%s: %s", self.interface.dialer, error)
            self.reachable = False
        else:
            self.reachable = True
        return self.reachable

    def look(self) -> None:
        """What a dialer does every two seconds: results out, then calls for the agents that are free."""
        self.cancel_recalled()
        self.send_results()
        self.offer_callbacks()
        # Another campaign comes first every time, or one would get all agents (docs/behaviour.md 10.1).
        self.order.rotate(1)
        for campaign in self.order:
            self.dial_for(self.sessions[campaign])

    def give_sign_of_life(self) -> None:
        """All agents serve every campaign but those whose calls no agent takes."""
        served = [campaign for campaign, session in self.sessions.items() if not session.is_ivr]
        self.interface.heartbeat(dict.fromkeys(served, len(self.agents.all)))

    def read_campaigns(self) -> None:
        """New campaigns begin; what is cached of those that ended goes back."""
        now = {int(campaign["campaign"]): campaign for campaign in self.interface.campaigns()}
        for gone in set(self.sessions) - set(now):
            session = self.sessions.pop(gone)
            for record in session.cache:
                self.note_result(record, NOT_ATTEMPTED)
        for campaign_id, settings in now.items():
            if campaign_id in self.sessions:
                self.sessions[campaign_id].settings = settings
            else:
                self.sessions[campaign_id] = CampaignSession.of(settings, self.clock.now())
        self.order = deque(self.sessions)

    # Calls for agents and ports

    def dial_for(self, session: CampaignSession) -> None:
        if session.is_ivr:
            busy = sum(call.record["campaign"] == session.id for call in self.calls.values())
            self.place(session, [None] * max(0, session.ports - busy))
            return
        free = [a for a in self.agents.all.values() if a.campaign == session.id and self.is_waiting(a)]
        free += self.agents.share(session.id, session.settings["reservationPercentage"])
        if session.is_preview:
            self.offer_all(session, free)
        elif len(free) > session.most("overflowAgents") or session.mode == "PREDICTIVEONLY":
            self.dial_lines(session, free)

    def is_waiting(self, agent: Agent) -> bool:
        return agent.state == State.RESERVED and agent.calls == 0

    def dial_lines(self, session: CampaignSession, free: list[Agent]) -> None:
        """Reserve the agents and dial so many lines for each."""
        for agent in free:
            agent.reserve(session.id)
        try:
            self.place(session, [agent for agent in free for _ in range(session.calls_for_one_agent())])
        finally:
            self.release(*free)

    def release(self, *agents: Agent | None) -> None:
        """Those for whom nothing is going on any more."""
        for agent in agents:
            if agent and self.is_waiting(agent):
                agent.release()

    def place(self, session: CampaignSession, agents: Sequence[Agent | None]) -> None:
        """One call for each entry, as far as there are records."""
        self.refill(session, len(agents))
        for agent in agents:
            record = self.next_record(session)
            if record is None:
                return
            self.dial(session, Call(record, agent))

    def refill(self, session: CampaignSession, needed: int) -> None:
        missing = max(session.most("recordsToCache"), needed) - len(session.cache)
        if missing <= 0 or self.clock.now() < session.ask_again_at:
            return
        records = self.interface.records(session.id, missing)
        for record in records:
            self.note("taken", record)
        session.cache.extend(records)
        if len(records) < missing:
            session.ask_again_at = self.clock.now() + ASK_AGAIN_SECONDS

    def next_record(self, session: CampaignSession) -> dict[str, Any] | None:
        """The oldest one of the cache that is still ours."""
        while session.cache:
            record = session.cache.popleft()
            if datetime.now(UTC) < datetime.fromisoformat(record["expiresAt"]):
                return record
            self.note_result(record, NOT_ATTEMPTED)
        return None

    def dial(self, session: CampaignSession, call: Call) -> None:
        """Ask, then dial; whatever the server answers but `dialed` takes the record away."""
        try:
            outcome = self.interface.dialed(call.record["lease"])
        except Unreachable:
            self.note_result(call.record, NOT_ATTEMPTED)
            raise
        if outcome != "dialed":
            self.note("refused", call.record)
            return
        self.note("dialed", call.record)
        session.dialed += 1
        call.dialed = True
        self.calls[call.record["lease"]] = call
        if call.agent:
            call.agent.calls += 1
        reaction = self.customers.react(
            call.record["number"], call.record.get("attempt", 1), self.clock.hour()
        )
        self.later(reaction.ring_seconds, partial(self.ring_ends, session, call, reaction))

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self.agenda.note(self.clock.now() + seconds, action)

    # The course of a call

    def ring_ends(self, session: CampaignSession, call: Call, reaction: Reaction) -> None:
        if call.cancelled:
            return
        if call.agent:
            call.agent.calls -= 1
        if reaction.answer == Answer.PERSON or self.passes_for_person(session, reaction):
            self.connect(session, call, reaction)
        else:
            self.end_call(call, SIGNALLED[reaction.answer])
            self.release(call.agent)

    def passes_for_person(self, session: CampaignSession, reaction: Reaction) -> bool:
        """Without detection every connect counts as voice; a machine may be meant for the agent."""
        if session.mode == "PREVIEWDIRECTONLY":
            return False
        machine = reaction.answer == Answer.MACHINE
        if not session.detects:
            return machine or reaction.answer == Answer.FAX
        return machine and session.settings["amdTreatmentMode"] == "transferToAgent" and not session.is_ivr

    def connect(self, session: CampaignSession, call: Call, reaction: Reaction) -> None:
        call.connected = True
        seconds = reaction.talk_seconds or MACHINE_SECONDS
        if session.is_ivr:
            self.later(seconds, partial(self.end_call, call, ANSWERED, talkTime=round(seconds)))
            return
        agent = self.agents.free_for(session.id, call.agent)
        if reaction.answer == Answer.PERSON and not session.is_preview:
            session.count_live(agent is None, self.clock.now())
        if agent is None:
            self.end_call(call, ABANDONED_TO_IVR if session.abandons_to_ivr else ABANDONED)
            return
        call.agent = agent
        agent.state = State.TALKING
        self.later(seconds, partial(self.talk_ends, session, call, reaction, seconds))

    def talk_ends(self, session: CampaignSession, call: Call, reaction: Reaction, seconds: float) -> None:
        agent, wrap_up = call.agent, self.agents.wrap_up_seconds()
        assert agent is not None
        agent.state = State.WRAP_UP
        self.later(wrap_up, agent.release)
        values = {"agent": agent.id, "talkTime": round(seconds), "wrapupTime": round(wrap_up)}
        if reaction.answer != Answer.PERSON:
            self.end_call(call, SIGNALLED[Answer.MACHINE] if session.detects else ANSWERED, **values)
        elif seconds < 1:
            self.end_call(call, HUNG_UP, agent=agent.id)
        else:
            result = self.agents.result_of_talk()
            self.end_call(call, result, **values, **self.callback(result))

    def callback(self, result: int) -> dict[str, Any]:
        """The time that customer and agent agree on: in one to four simulated hours."""
        if result != 14:
            return {}
        minutes = self.agents.rng.randint(60, 240) / self.clock.speed
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        return {"callback": {"dateTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}}

    def end_call(self, call: Call, result: int, **values: Any) -> None:
        if self.calls.pop(call.record["lease"], None):
            self.note_result(call.record, result, **values)

    # Offers: preview campaigns and personal callbacks

    def offer_all(self, session: CampaignSession, free: list[Agent]) -> None:
        self.refill(session, len(free))
        for agent in free:
            if record := self.next_record(session):
                agent.reserve(session.id)
                self.offer(session, record, agent)

    def offer(self, session: CampaignSession, record: dict[str, Any], agent: Agent) -> None:
        """The agent looks at the record for a while, and is not free for anything else."""
        agent.calls += 1
        call = Call(record, agent)
        self.calls[record["lease"]] = call
        self.later(self.agents.looking_seconds(), partial(self.offer_ends, session, call))

    def offer_ends(self, session: CampaignSession, call: Call) -> None:
        agent = call.agent
        assert agent is not None
        if call.cancelled:
            return
        agent.calls -= 1
        refusal = self.agents.response_to_offer()
        try:
            if refusal is None:
                del self.calls[call.record["lease"]]
                self.dial(session, call)
            else:
                self.end_call(call, refusal, agent=agent.id)
        finally:
            self.release(agent)

    def ask_for_callbacks(self) -> None:
        missing = CALLBACKS_AT_ONCE - len(self.personal)
        records = self.interface.callbacks(self.agents.all, missing) if missing > 0 else []
        for record in records:
            self.note("taken", record)
        self.personal += records

    def offer_callbacks(self) -> None:
        """Each waits for its own agent until it expires."""
        for record in list(self.personal):
            agent = self.agent_for(record)
            if agent:
                self.personal.remove(record)
                agent.reserve(PERSONAL)
                self.offer(self.personal_session(), record, agent)
            elif datetime.fromisoformat(record["expiresAt"]) <= datetime.now(UTC):
                self.personal.remove(record)
                self.note_result(record, 17)

    def agent_for(self, record: dict[str, Any]) -> Agent | None:
        """The callback's agent, or anybody where that one is logged in nowhere; None while they are busy."""
        agents = self.agents.all
        candidates = list(agents.values()) if record["otherAgent"] else [agents.get(record["agent"])]
        return next((agent for agent in candidates if agent and agent.state == State.IDLE), None)

    def personal_session(self) -> CampaignSession:
        """A callback is offered like a preview call, whatever its campaign does (docs/behaviour.md 9.3)."""
        settings = {
            "campaign": PERSONAL,
            "dialingMode": "PREVIEWONLY",
            "campaignPurposeType": "agentCampaign",
            "amdTreatmentMode": "transferToAgent",
            "callProgressAnalysis": {"enabled": True},
            "linesPerAgent": 1,
            "skillGroups": [],
        }
        return CampaignSession.of(settings, self.clock.now())

    # Results, recalls, the end

    def note_result(self, record: dict[str, Any], result: int, **values: Any) -> None:
        self.note("ended", record, result)
        self.outbox.append({"lease": record["lease"], "callResult": result, **values})

    def send_results(self) -> None:
        """A batch leaves the outbox when it was answered; sent twice it counts once."""
        while batch := self.outbox[:RESULTS_AT_ONCE]:
            self.interface.report(batch)
            del self.outbox[: len(batch)]

    def cancel_recalled(self) -> None:
        """Records not dialed are forgotten, ringing calls cancelled; conversations go on."""
        gone = self.listener.take()
        if not gone:
            return
        for session in self.sessions.values():
            session.cache = deque(record for record in session.cache if record["lease"] not in gone)
        self.personal = [record for record in self.personal if record["lease"] not in gone]
        for lease in gone & set(self.calls):
            if not self.calls[lease].connected:
                self.cancel(self.calls[lease])

    def cancel(self, call: Call) -> None:
        call.cancelled = True
        if call.agent:
            call.agent.calls -= 1
            self.release(call.agent)
        self.end_call(call, STOPPED if call.dialed else NOT_ATTEMPTED)

    def hand_back(self) -> None:
        """Records not dialed go back, ringing calls are cancelled, conversations end now."""
        self.listener.ending.set()
        for session in self.sessions.values():
            for record in session.cache:
                self.note_result(record, NOT_ATTEMPTED)
            session.cache.clear()
        for record in self.personal:
            self.note_result(record, NOT_ATTEMPTED)
        for call in list(self.calls.values()):
            if call.connected:
                self.end_call(call, ANSWERED)
            else:
                self.cancel(call)
        try:
            self.send_results()
        except Unreachable as error:
            log.warning("%s results could not be handed back: %s", len(self.outbox), error)

    def note(self, event: str, record: dict[str, Any], result: int | None = None) -> None:
        """One line of the trace, written through at once: it has to survive a kill."""
        if self.trace is None:
            return
        line = {"at": time.monotonic(), "event": event, "result": result}
        line |= {name: record.get(name) for name in ("lease", "contact", "number", "campaign")}
        print(json.dumps(line), file=self.trace, flush=True)
