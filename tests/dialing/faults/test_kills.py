"""Programs are killed in turn, without warning, while records, calls and results are under way."""

import random
import time
from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest
from django.utils import timezone

from campaigns.models import Contact
from dialing import counters
from dialing.leases import give_up_silent, unknown_to_pending
from dialing.models import CallHistory, Lease
from tests.conftest import FAULT_SCALE, wait_until
from tests.dialing.faults.conftest import (
    MAX_ATTEMPTS,
    list_every,
    make_list,
    overlaps,
    pause,
    read_lines,
)

pytestmark = pytest.mark.fault

CONTACTS = round(400 * max(1, FAULT_SCALE))
KILLS = max(3, round(6 * FAULT_SCALE))
CLAIMS = max(500, round(1000 * FAULT_SCALE))


class Dialers:
    """Simulated dialers that are killed and started again, each life with a trace of its own."""

    def __init__(self, programs, folder, names):
        self.programs, self.folder, self.lives = programs, folder, []
        self.running = {name: self.start(name) for name in names}

    def start(self, name):
        trace = self.folder / f"{name}-{len(self.lives)}.jsonl"
        self.lives.append([trace, None])
        number = len(self.lives)
        return (
            self.programs.python(
                *("manage.py", "simulate_dialer", "--url", self.programs.url, "--name", name),
                *("--agents", "6", "--speed", "40", "--seed", str(number), "--trace", str(trace)),
            ),
            number - 1,
        )

    def kill_and_start(self, name):
        program, life = self.running[name]
        program.kill()
        self.lives[life][1] = time.monotonic()
        self.running[name] = self.start(name)

    def end(self):
        for program, life in self.running.values():
            program.end()
            self.lives[life][1] = time.monotonic()

    def dialed(self):
        """Every call: contact, number, start, and end or the death of its dialer."""
        for trace, ended_at in self.lives:
            calls = {}
            for line in read_lines(trace):
                if line["event"] == "dialed":
                    calls[line["lease"]] = [line["contact"], line["number"], line["at"], ended_at]
                elif line["event"] == "ended" and line["lease"] in calls:
                    calls[line["lease"]][3] = line["at"]
            yield from calls.values()


def settle():
    """What the schedule does within two hours, now."""
    later = timezone.now() + timedelta(hours=1)
    give_up_silent(later)
    unknown_to_pending(later + timedelta(hours=1))


@pytest.mark.timeout(3600)
def test_killed_programs_lose_nothing_and_dial_nobody_wrongly(programs, impatient_options, tmp_path):
    progressive = make_list(CONTACTS, phones=4, dialing_mode="PROGRESSIVEONLY", lines_per_agent=2.0)
    predictive = make_list(CONTACTS, phones=2, dialing_mode="PREDICTIVEONLY")
    listed = list_every(7)
    rng = random.Random(20261123)
    web, worker, schedule = programs.web(), programs.worker(), programs.schedule()
    dialers = Dialers(programs, tmp_path, ["d1", "d2", "d3"])
    victims = cycle(["dialer", "web", "worker"])
    for _ in range(KILLS):
        pause(rng, 0.5, 3)
        match next(victims):
            case "web":
                web.kill()
                pause(rng)
                web = programs.web()
            case "worker":
                worker.restart()
            case "dialer":
                dialers.kill_and_start(rng.choice(list(dialers.running)))
    calls_before = len(list(dialers.dialed()))
    assert calls_before > 20 * KILLS**0.5, "there was no traffic to speak of"
    pause(rng, 2, 3)
    dialers.end()
    schedule.kill()
    worker.kill()
    settle()

    # No contact lost, none stuck: who is not at rest is in a call whose dialer died, which is never repeated.
    assert Contact.objects.count() == 2 * CONTACTS
    in_flight = Contact.objects.filter(status__in=["A", "D", "U"])
    assert set(in_flight.values_list("status", flat=True)) <= {"D"}
    open_leases = set(Lease.objects.open().values_list("contact_id", "state"))
    assert {(contact.pk, "dialed") for contact in in_flight} == open_leases
    # No listed number dialed, by the server's record and by the dialers' own.
    calls = list(dialers.dialed())
    assert not listed & {number for _, number, _, _ in calls}
    assert not Lease.objects.filter(dialed_at__isnull=False, number__in=listed).exists()
    # No attempt beyond maxAttempts, no contact in two calls at once.
    assert max(Counter(contact for contact, _, _, _ in calls).values()) <= MAX_ATTEMPTS
    assert not Contact.objects.filter(calls_made__gt=MAX_ATTEMPTS).exists()
    assert overlaps((contact, start, end) for contact, _, start, end in calls) == []
    # What is counted is what happened.
    for campaign in (progressive, predictive):
        assert CallHistory.objects.filter(campaign=campaign).exists()
        assert counters.kept(campaign.pk) == counters.replay(campaign.pk)


@pytest.mark.timeout(3600)
def test_no_record_is_with_two_dialers_whoever_is_killed(programs, impatient_options, tmp_path):
    campaign = make_list(500, phones=1)
    rng = random.Random(7)
    web = programs.web()

    def claimer(number):
        log = tmp_path / f"claims-{number}.jsonl"
        arguments = (programs.url, f"c{number}", str(campaign.pk), str(log))
        return programs.python("-m", "tests.dialing.faults.claimer", *arguments), log

    def claims():
        return sum(len(line[3]) for log, _ in logs for line in read_lines(log) if line[0] == "taken")

    logs = []
    running = [claimer(number) for number in range(4)]
    born = len(running)
    while sum(1 for _ in logs) < 3 or claims() < CLAIMS:
        pause(rng, 1, 3)
        place = rng.randrange(len(running))
        program, log = running[place]
        program.kill()
        logs.append((log, time.monotonic()))
        running[place] = claimer(born)
        born += 1
        if born % 4 == 0:
            web.kill()
            web = programs.web()
        give_up_silent()
        unknown_to_pending(timezone.now() + timedelta(minutes=2))
    for program, log in running:
        program.kill()
        logs.append((log, time.monotonic()))

    assert overlaps(held(logs)) == []
    # The server may still be answering a request of a dialer that is dead.
    assert wait_until(all_came_back, 30)


def all_came_back():
    settle()
    statuses = set(Contact.objects.values_list("status", flat=True))
    return statuses == {"P"} and not Lease.objects.open().exists()


def held(logs):
    """From the answer that brought a record to the moment before it was given back, or the death."""
    for log, died_at in logs:
        taken = {}
        for event, at, *rest in read_lines(log):
            if event == "taken":
                taken |= {lease: (contact, at) for contact, lease in rest[1]}
            else:
                yield from ((*taken.pop(lease), at) for lease in rest[0])
        yield from ((contact, start, died_at) for contact, start in taken.values())
