import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from kombu import Connection

from outbound_site.sqlitemq import is_alive, process_identity
from tests.conftest import FAULT_SCALE, wait_until

# A worker whose one task appends its number to the file named in the environment.
APPLICATION = """
import os, time
from celery import Celery
from kombu.transport import TRANSPORT_ALIASES
TRANSPORT_ALIASES["sqlitemq"] = "outbound_site.sqlitemq:Transport"
app = Celery("ledger")
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1,
                task_ignore_result=True, broker_transport_options={"polling_interval": 0.02},
                broker_connection_retry_on_startup=True)
@app.task(name="enter")
def enter(number):
    time.sleep(0.05)
    with open(os.environ["LEDGER"], "a") as ledger:
        ledger.write(f"{number}\\n")
"""


@pytest.fixture
def ledger(tmp_path):
    """A place with the application, its broker file and its ledger."""
    (tmp_path / "ledger_application.py").write_text(APPLICATION)
    environment = os.environ | {
        "PYTHONPATH": f"{settings.BASE_DIR}:{tmp_path}",
        "LEDGER": str(tmp_path / "ledger"),
        # Takes precedence over every other place that names a broker.
        "CELERY_BROKER_URL": f"sqlitemq://localhost/{tmp_path}/broker.sqlite3",
    }
    started = []

    def start(*arguments):
        with (tmp_path / f"errors-{len(started)}").open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def start_worker(start, pool):
    return start(
        *("-m", "celery", "-A", "ledger_application", "worker", "-P", pool, "-c", "2"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )


def publish(start, first, count):
    return start(
        "-c",
        "import ledger_application as a\n"
        f"for number in range({first}, {first + count}): a.enter.delay(number)",
    )


def entries(tmp_path):
    path = tmp_path / "ledger"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def messages_left(tmp_path):
    with closing(sqlite3.connect(tmp_path / "broker.sqlite3")) as broker:
        return broker.execute("SELECT count(*) FROM message").fetchone()[0]


@pytest.mark.fault
@pytest.mark.timeout(900)
@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_no_task_is_lost_when_workers_are_killed_again_and_again(pool, ledger, tmp_path):
    count, kills = int(200 * FAULT_SCALE), max(2, int(2 * FAULT_SCALE))
    publishers = [publish(ledger, 0, count), publish(ledger, count, count)]
    workers = [start_worker(ledger, pool), start_worker(ledger, pool)]

    for kill in range(kills):
        seen = len(entries(tmp_path))
        goal = min(seen + count // kills, 2 * count - 50)
        assert wait_until(lambda goal=goal: len(entries(tmp_path)) > goal, 120)
        os.killpg(workers[kill % 2].pid, signal.SIGKILL)
        workers[kill % 2].wait()
        workers[kill % 2] = start_worker(ledger, pool)

    assert wait_until(lambda: len(set(entries(tmp_path))) == 2 * count, 300)
    assert wait_until(lambda: messages_left(tmp_path) == 0, 60)
    assert [publisher.wait() for publisher in publishers] == [0, 0]
    # A task may run twice: once for each kill and each of the two threads of the killed worker at most.
    assert len(entries(tmp_path)) - 2 * count <= 2 * kills
    assert "locked" not in "".join(path.read_text() for path in tmp_path.glob("errors-*"))


@pytest.fixture
def queue(tmp_path):
    url = f"sqlitemq://localhost/{tmp_path}/broker.sqlite3"
    with Connection(url) as connection, connection.SimpleQueue("numbers") as queue:
        yield queue


def test_messages_come_in_the_order_they_were_put(queue):
    for number in range(5):
        queue.put(number)

    assert [queue.get(timeout=5).payload for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_message_is_gone_when_it_is_acknowledged(queue, tmp_path):
    queue.put("once")
    message = queue.get(timeout=5)
    assert messages_left(tmp_path) == 1

    message.ack()

    assert messages_left(tmp_path) == 0


def test_a_message_that_is_handed_back_comes_again(queue):
    queue.put("again")
    queue.get(timeout=5).requeue()

    assert queue.get(timeout=5).payload == "again"


def test_a_message_of_a_process_that_ended_goes_back_to_its_queue(queue, tmp_path):
    queue.put("orphan")
    take_and_die = (
        "import os; from outbound_site import celery; from kombu import Connection\n"
        f"queue = Connection('sqlitemq://localhost/{tmp_path}/broker.sqlite3').SimpleQueue('numbers')\n"
        "print(queue.get(timeout=5).payload, flush=True); os.kill(os.getpid(), 9)"
    )
    taken = subprocess.run(
        [sys.executable, "-c", take_and_die],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.stdout == "orphan\n"

    assert queue.get(timeout=10).payload == "orphan"


def test_a_process_number_given_to_another_process_is_not_taken_for_the_owner():
    identity = process_identity(os.getpid())
    number, started = identity.split(":")

    assert is_alive(identity)
    assert not is_alive(f"{number}:{int(started) - 1}")
