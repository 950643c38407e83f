import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest
from django.db import connection

from outbound_site.imports import bulk_requests
from outbound_site.imports.bulk_requests import QueueFull, slot, ticket, waiting
from outbound_site.unifiedconfig.errors import errors_of
from tests.conftest import wait_until


@pytest.fixture
def tickets():
    """Tickets that are given back at the end."""
    with ExitStack() as held:
        yield lambda count: [held.enter_context(ticket()) for _ in range(count)]


@pytest.fixture
def start_holder():
    """Another process that takes a ticket and says so; it ends when it is killed."""
    started = []

    def start():
        code = "from outbound_site.imports.bulk_requests import ticket\n"
        code += "with ticket(): print('held', flush=True); input()"
        process = subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def in_threads(number, work):
    threads = [threading.Thread(target=work, args=[n]) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.django_db
def test_a_slot_of_an_empty_queue_comes_at_once_and_leaves_nothing_behind():
    with slot("a"):
        assert waiting() == 0
        assert [path.name for path in bulk_requests.DIRECTORY.iterdir()] != ["lock"]
    assert [path.name for path in bulk_requests.DIRECTORY.iterdir()] == ["lock"]


@pytest.mark.django_db
def test_a_failure_gives_the_slot_back():
    with pytest.raises(ZeroDivisionError), slot("a"):
        raise ZeroDivisionError
    with slot("a"):
        pass


def test_30_requests_wait_and_the_31st_is_refused_with_503_and_when_to_come_again(tickets):
    tickets(30)
    assert waiting() == 30

    with pytest.raises(QueueFull) as refusal, ticket():
        pass

    status, errors = errors_of(refusal.value)
    assert (status, refusal.value.wait) == (503, 5)
    assert errors[0].message == "Request processing queue is at capacity."


def test_29_requests_leave_room_for_one_more(tickets):
    tickets(29)
    with ticket():
        assert waiting() == 30


@pytest.mark.django_db
def test_the_one_that_works_does_not_count(tickets):
    with slot("a"):
        tickets(30)
        assert waiting() == 30
        with pytest.raises(QueueFull), ticket():
            pass


def test_requests_that_wait_leave_threads_to_the_others(tickets, monkeypatch):
    """40 threads: 8 wait for recalls, 31 hold tickets, one answers."""
    assert bulk_requests.MOST_IN_PROCESS == 31
    monkeypatch.setattr(bulk_requests, "MOST_IN_PROCESS", 3)
    tickets(3)
    with pytest.raises(QueueFull), ticket():
        pass


@pytest.mark.django_db(transaction=True)
def test_requests_of_one_queue_work_in_the_order_they_came():
    worked = []

    def request(name):
        with slot("a"):
            worked.append(name)
        connection.close()

    with slot("a"):
        threads = []
        for name in range(4):
            threads += in_threads(1, lambda _, name=name: request(name))
            assert wait_until(
                lambda count=name + 1: len(list(bulk_requests.DIRECTORY.glob("* waiting"))) == count
            )
        assert worked == []
    for thread in threads:
        thread.join()
    assert worked == [0, 1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_never_do_two_requests_of_one_queue_work_at_once():
    at_work, most = [], []

    def request(number):
        with slot("a"):
            at_work.append(number)
            most.append(len(at_work))
            at_work.remove(number)
        connection.close()

    for thread in in_threads(25, request):
        thread.join()
    assert most == [1] * 25


def test_of_requests_that_come_together_no_more_are_accepted_than_there_is_room_for():
    refused, done = [], threading.Event()

    def request(_):
        try:
            with ticket():
                done.wait(30)
        except QueueFull:
            refused.append(1)

    threads = in_threads(60, request)
    assert wait_until(lambda: len(refused) == 30)
    assert waiting() == 30
    done.set()
    for thread in threads:
        thread.join()
    assert len(refused) == 30


def test_the_tickets_of_a_dead_process_are_free_at_once(tickets, start_holder, monkeypatch):
    monkeypatch.setattr(bulk_requests, "_looked_at", 0.0)
    holder = start_holder()
    tickets(29)
    assert waiting() == 30
    holder.kill()
    holder.wait()
    with ticket():
        assert waiting() == 30


@pytest.mark.django_db
@pytest.mark.postgresql
def test_another_queue_does_not_wait():
    with slot("b"), slot("a"):
        assert waiting() == 0
