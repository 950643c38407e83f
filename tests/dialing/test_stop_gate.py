import os
import threading
import time

import pytest
from django.db import connection

from dialing import stop_gate
from dialing.stop_gate import shut_gate, through_gate

pytestmark = pytest.mark.django_db(transaction=True)


class Passing(threading.Thread):
    """Somebody who goes through a gate; `inside` once there."""

    def __init__(self, gate):
        super().__init__(daemon=True)
        self.gate, self.inside = gate, threading.Event()
        self.start()

    def run(self):
        with self.gate():
            self.inside.set()
        connection.close()


@pytest.mark.parametrize(
    ("first", "second"), [(shut_gate, through_gate), (through_gate, shut_gate), (shut_gate, shut_gate)]
)
def test_a_stop_and_a_hand_out_never_meet(first, second):
    with first():
        passing = Passing(second)
        assert not passing.inside.wait(0.5)
    assert passing.inside.wait(30)
    passing.join()


def test_the_mark_of_a_stop_that_died_holds_nobody_off_for_long():
    if mark := stop_gate._mark():
        mark.touch()
        long_ago = time.time() - stop_gate.MARK_SECONDS
        os.utime(mark, (long_ago, long_ago))
    with through_gate():
        pass
    with shut_gate():
        pass
    assert mark is None or not mark.exists()
