import os
import threading
import time

import pytest
from django.db import connection

from dialing import claim_lock
from dialing.claim_lock import exclusive_claim_lock, shared_claim_lock

pytestmark = pytest.mark.django_db(transaction=True)


class Passing(threading.Thread):
    """Somebody who takes a lock; `inside` once it is held."""

    def __init__(self, lock):
        super().__init__(daemon=True)
        self.lock, self.inside = lock, threading.Event()
        self.start()

    def run(self):
        with self.lock():
            self.inside.set()
        connection.close()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (exclusive_claim_lock, shared_claim_lock),
        (shared_claim_lock, exclusive_claim_lock),
        (exclusive_claim_lock, exclusive_claim_lock),
    ],
)
def test_a_stop_and_a_hand_out_never_meet(first, second):
    with first():
        passing = Passing(second)
        assert not passing.inside.wait(0.5)
    assert passing.inside.wait(30)
    passing.join()


def test_the_mark_of_a_stop_that_died_holds_nobody_off_for_long():
    if mark := claim_lock._mark():
        mark.touch()
        long_ago = time.time() - claim_lock.MARK_SECONDS
        os.utime(mark, (long_ago, long_ago))
    with shared_claim_lock():
        pass
    with exclusive_claim_lock():
        pass
    assert mark is None or not mark.exists()
