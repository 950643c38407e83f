"""Imports whose web process or database connection is killed at random moments."""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from campaigns.models import Contact, ContactPhone, ImportJob
from tests.campaigns.import_servers import is_up, post_import, start_server
from tests.conftest import FAULT_SCALE, wait_until
from tests.factories import CampaignFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

ROUNDS = max(3, round(5 * FAULT_SCALE))
AT_ONCE = 4
PHONES_A_ROW = 2


@pytest.fixture
def rng():
    return random.Random(20260328)


@pytest.fixture
def administrator():
    return UserFactory(roles=["administrator"])


def stored(key):
    """Rows and phones of the list with that key."""
    contacts = Contact.objects.filter(account_number__startswith=f"{key}-")
    return contacts.count(), ContactPhone.objects.filter(contact__in=contacts).count()


def whole(rows):
    return rows, rows * PHONES_A_ROW


def check_answers(answers):
    """`answers`: (rows, answer) by key. Returns the keys that have to be sent again."""
    fates = Counter()
    for key, (rows, answer) in answers.items():
        there = stored(key)
        if answer is None:
            # Killed between the commit and the answer: nobody can know but by sending it again.
            assert there in {(0, 0), whole(rows)}, key
        elif answer.status_code == 200:
            assert there == whole(rows), key
        else:
            assert answer.status_code >= 500, answer.text
            assert there == (0, 0), key
        status = "no answer" if answer is None else answer.status_code
        fates[status, "stored" if any(there) else "absent"] += 1
    print(f"{ROUNDS} kills, {len(answers)} imports: {dict(fates)}")
    return [key for key, (_, answer) in answers.items() if answer is None or answer.status_code != 200]


def seconds_of_an_import(server, administrator):
    """On this machine at this time; the first one signs the user in."""
    for number in range(2):
        start = time.monotonic()
        assert (
            post_import(server.url, CampaignFactory(), administrator, f"w{number}", 2000).status_code == 200
        )
    return time.monotonic() - start


def run_rounds(server, administrator, rng, break_something):
    longest = AT_ONCE * seconds_of_an_import(server, administrator)
    campaigns = [CampaignFactory(), CampaignFactory()]
    answers, sent = {}, {}
    for number in range(ROUNDS):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for client in range(AT_ONCE):
                key, rows = f"r{number}c{client}", rng.randrange(1, 4000)
                sent[key] = (campaigns[client % 2], administrator, key, rows)
                answers[key] = (rows, pool.submit(post_import, server.url, *sent[key]))
            time.sleep(rng.uniform(0, longest))
            break_something()
        assert wait_until(lambda: is_up(server.url), 60)
    answers = {key: (rows, future.result()) for key, (rows, future) in answers.items()}
    again = check_answers(answers)
    for key in again:
        assert post_import(server.url, *sent[key]).status_code == 200
    assert {key: stored(key) for key in answers} == {key: whole(rows) for key, (rows, _) in answers.items()}
    assert ImportJob.objects.filter(campaign__in=campaigns, state="succeeded").count() == len(answers)
    return again


def test_killed_web_processes_leave_whole_lists_or_none(start_process, administrator, rng):
    server = start_server(start_process)

    def kill_web_process():
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    assert run_rounds(server, administrator, rng, kill_web_process)


@pytest.mark.postgresql
def test_killed_database_connections_leave_whole_lists_or_none(start_process, administrator, rng):
    server = start_server(start_process)

    def kill_connections():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )

    assert run_rounds(server, administrator, rng, kill_connections)
