import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from outbound_site.bulk.queue import CAPACITY, LEASE, QueueFull, turn, waiting
from outbound_site.models import RequestPlace
from outbound_site.unifiedconfig.errors import errors_of
from tests.conftest import wait_until


def places(count, lane="a", lease=LEASE):
    until = timezone.now() + lease
    lane = lane if connection.vendor == "postgresql" else "one writer"
    RequestPlace.objects.bulk_create([RequestPlace(lane=lane, alive_until=until) for _ in range(count)])


@pytest.mark.django_db
def test_a_turn_in_an_empty_lane_comes_at_once_and_gives_its_place_back():
    with turn("a"):
        assert RequestPlace.objects.count() == 1
        assert waiting() == 0
    assert not RequestPlace.objects.exists()


@pytest.mark.django_db
def test_a_failure_gives_the_place_back_even_when_its_transaction_had():
    def work():
        with turn("a") as current, transaction.atomic():
            current.end()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert not RequestPlace.objects.exists()


@pytest.mark.django_db
def test_a_full_queue_refuses_with_503_and_says_when_to_come_again():
    places(CAPACITY + 1)
    with pytest.raises(QueueFull) as refusal, turn("a"):
        pass
    status, errors = errors_of(refusal.value)
    assert (status, refusal.value.wait) == (503, 5)
    assert errors[0].message == "Request processing queue is at capacity."


@pytest.mark.django_db(transaction=True)
def test_requests_of_one_lane_run_in_the_order_they_came():
    ran = []

    def request(name):
        with turn("a"):
            ran.append(name)
        connection.close()

    with turn("a"):
        threads = []
        for name in range(4):
            threads.append(threading.Thread(target=request, args=[name]))
            threads[-1].start()
            assert wait_until(lambda count=name + 1: waiting() == count)
        assert ran == []
    for thread in threads:
        thread.join()
    assert ran == [0, 1, 2, 3]


@pytest.mark.django_db
def test_the_place_of_a_dead_process_is_free_within_30_seconds():
    places(CAPACITY + 1)
    with time_machine.travel(timezone.now() + timedelta(seconds=30)), turn("a"):
        assert waiting() == 0
    assert not RequestPlace.objects.exists()


@pytest.mark.django_db
@pytest.mark.postgresql
def test_another_lane_does_not_wait():
    places(3, lane="b")
    with turn("a"):
        assert waiting() == 2
