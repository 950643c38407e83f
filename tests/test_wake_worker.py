"""Requests that send a task while the broker is gone, with real requests, brokers and ports."""

import json
import socket
import sqlite3
from contextlib import closing, contextmanager, suppress

import pytest
from django.db import transaction

from dialing.models import StopReport
from dnc.models import FileImport
from outbound_site.celery import app
from outbound_site.core.wake_worker import wake_worker
from tests.api_client import Api
from tests.conftest import free_port
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db(transaction=True)

# Posts a file, five times, and stops all campaigns; prints status and seconds of each request.
REQUESTS = """
import json, os, sys, time
import django
django.setup()
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
client = Client(headers={"host": "localhost"}, raise_request_exception=False)
client.force_login(User.objects.get(username="alice@cce.example"))
client.get("/admin/login/")
def ask(method, url, **values):
    start = time.monotonic()
    answer = getattr(client, method)(url, **values)
    return answer.status_code, time.monotonic() - start
for number in range(5):
    file = SimpleUploadedFile("list.txt", b"2125550100\\n")
    print(json.dumps(ask("post", "/admin/dnc/fileimport/upload/", data={"file": file})))
print(json.dumps(ask("put", "/unifiedconfig/config/campaign/disable", headers=json.loads(sys.argv[1]))))
"""


@contextmanager
def closed_port(tmp_path):
    yield free_port()


@contextmanager
def silent_port(tmp_path):
    """Accepts connections, and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=100)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def held_file(tmp_path):
    """The embedded broker's file, under a lock that nobody gives back."""
    with closing(sqlite3.connect(tmp_path / "broker.sqlite3", isolation_level=None)) as broker:
        broker.execute("BEGIN EXCLUSIVE")
        yield f"{tmp_path}/broker.sqlite3"


@contextmanager
def garbage_file(tmp_path):
    (tmp_path / "broker.sqlite3").write_bytes(b"garbage" * 1000)
    yield f"{tmp_path}/broker.sqlite3"


@pytest.mark.fault
@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://127.0.0.1:{}/0", closed_port),
        ("redis://127.0.0.1:{}/0", silent_port),
        ("amqp://guest@127.0.0.1:{}//", closed_port),
        ("amqp://guest@127.0.0.1:{}//", silent_port),
        ("sqlitemq://localhost/{}", held_file),
        ("sqlitemq://localhost/{}", garbage_file),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else value.__name__,
)
def test_a_request_neither_fails_nor_waits_while_the_broker_is_gone(
    url, broker, alice, start_process, tmp_path
):
    CampaignFactory(on=True)
    with broker(tmp_path) as place:
        headers = json.dumps(Api(alice.username).headers)
        process = start_process("-c", REQUESTS, headers, CELERY_BROKER_URL=url.format(place))
        process.wait(120)

    answers = [json.loads(line) for line in process.log.read_text().splitlines() if line.startswith("[")]
    assert [status for status, _ in answers] == [302] * 5 + [200], process.log.read_text()
    assert max(seconds for _, seconds in answers) < 1.5, answers
    assert FileImport.objects.count() == 5
    assert StopReport.objects.count() == 1


@contextmanager
def empty_queue(name):
    with app.connection_for_read() as connection, connection.SimpleQueue(name) as messages:
        with suppress(messages.Empty):
            while message := messages.get_nowait():
                message.ack()
        yield messages


def next_task(messages):
    message = messages.get(timeout=30)
    message.ack()
    return message.headers["task"]


@pytest.mark.parametrize(
    ("task", "queue"), [("dnc.tasks.run_imports", "imports"), ("dialing.tasks.recall_stopped", "urgent")]
)
def test_the_task_comes_to_its_queue(task, queue):
    app.loader.import_default_modules()
    assert task in app.tasks
    with empty_queue(queue) as messages:
        wake_worker(task)

        assert next_task(messages) == task


def test_only_what_is_committed_wakes_a_worker():
    with empty_queue("imports") as messages:
        with transaction.atomic():
            wake_worker("dnc.tasks.run_imports")
            transaction.set_rollback(True)
        wake_worker("dnc.tasks.scan_files")

        assert next_task(messages) == "dnc.tasks.scan_files"
