import json
import os
import random
import signal
import time
from collections import defaultdict
from itertools import pairwise
from types import SimpleNamespace

import pytest
import requests

from campaigns.models import Contact, ContactPhone
from dialing.models import CampaignManagerOptions
from dnc import do_not_call_list
from tests.conftest import wait_until
from tests.factories import (
    PASSWORD,
    CampaignFactory,
    ImportJobFactory,
    SkillGroupFactory,
    UserFactory,
)
from tests.test_processes import free_port
from timezones.models import ZoneSet

MAX_ATTEMPTS = 3


class Program:
    """A process that is killed and started again; `lives` holds when each life began and ended."""

    def __init__(self, start, *arguments, **environment):
        self.start_process, self.arguments, self.environment = start, arguments, environment
        self.begin()

    def begin(self):
        self.process = self.start_process(*self.arguments, **self.environment)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self):
        self.kill()
        self.begin()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.process.log.read_text()


@pytest.fixture
def programs(start_process, transactional_db):
    """Start web server, worker, schedule and dialers on this test's database."""
    UserFactory(username="dora@cce.example", roles=["dialer"])
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    signed_in = {"DIALER_USERNAME": "dora@cce.example", "DIALER_PASSWORD": PASSWORD, "WEB_THREADS": "40"}

    def web():
        program = Program(
            start_process,
            *("-m", "gunicorn", "outbound_site.wsgi", "-b", f"127.0.0.1:{port}", "-k", "gthread"),
            *("--workers", "2", "--threads", "16", "--no-control-socket", "--log-level", "error"),
            **signed_in,
        )
        assert wait_until(answers, 60), program.process.log.read_text()
        return program

    def answers():
        try:
            return requests.get(f"{url}/dialer/v1/campaigns", timeout=5).status_code == 401
        except requests.RequestException:
            return False

    def worker():
        return Program(
            start_process,
            *("-m", "celery", "-A", "outbound_site", "worker", "-P", "threads", "-c", "4"),
            *("-Q", "urgent,imports", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        )

    def schedule():
        return Program(start_process, "-m", "celery", "-A", "outbound_site", "beat")

    def python(*arguments):
        return Program(start_process, *arguments, **signed_in)

    return SimpleNamespace(url=url, web=web, worker=worker, schedule=schedule, python=python, answers=answers)


@pytest.fixture
def impatient_options(transactional_db):
    """Silence of a dialer is noticed soon."""
    CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(dialer_silence_seconds=5, lease_minutes=1, unknown_reset_minutes=1)


def make_list(contacts, phones, **campaign):
    """A campaign that dials all day with so many contacts, each with so many different numbers."""
    values = {"on": True, "start_time": "00:00", "end_time": "00:00", "max_attempts": MAX_ATTEMPTS}
    made = CampaignFactory(**values | campaign, skill_groups=[SkillGroupFactory()])
    zone_set, _ = ZoneSet.objects.get_or_create(members="0", campaign=None)
    job = ImportJobFactory(campaign=made)
    rows = Contact.objects.bulk_create(
        Contact(campaign=made, job=job, zone_set=zone_set) for _ in range(contacts)
    )
    ContactPhone.objects.bulk_create(
        ContactPhone(
            contact=row,
            position=position,
            number=f"{position}{row.pk:09}",
            zone_set=zone_set,
            zone_source="C",
        )
        for row in rows
        for position in range(1, phones + 1)
    )
    return made


def list_every(nth):
    """Put every nth number on the Do Not Call list; the numbers."""
    numbers = list(ContactPhone.objects.order_by("pk").values_list("number", flat=True))[::nth]
    do_not_call_list.add(numbers, user=None, reason="test")
    return set(numbers)


def read_lines(path):
    """The whole lines of a log; the last one may have been cut by a kill."""
    lines = path.read_text().splitlines() if path.exists() else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def overlaps(intervals):
    """Pairs of overlapping intervals of one key; `intervals`: (key, start, end)."""
    by_key = defaultdict(list)
    for key, start, end in intervals:
        by_key[key].append((start, end))
    return [
        (key, one, two)
        for key, own in by_key.items()
        for one, two in pairwise(sorted(own))
        if two[0] < one[1]
    ]


def pause(rng: random.Random, low=0.2, high=1.0):
    time.sleep(rng.uniform(low, high))
