"""`make demo` with its real processes."""

import re
import signal

import pytest
import requests

from tests.conftest import wait_until
from tests.test_processes import Server


class Demo(Server):
    command = "demo"


@pytest.fixture
def demo(tmp_path):
    server = Demo(tmp_path / "data", LOG_LEVEL="WARNING")
    yield server
    server.kill()


def ask(address, password):
    user = ("administrator@localhost", password)
    return requests.get(address, auth=user, headers={"Accept": "application/json"}, timeout=30)


def test_numbers_move_and_nothing_stays_behind(demo):
    demo.start()
    text = demo.log.read_text()
    password = re.search(r"Password  (\S+)", text)[1]
    addresses = re.findall(r"http://\S+/runtimestats", text)

    def attempts():
        answers = [ask(address, password) for address in addresses]
        return sum(answer.json()["attemptedCount"] for answer in answers if answer.ok)

    assert len(addresses) == 2
    assert wait_until(lambda: attempts() > 20, 60)
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(60) == 0
    assert demo.descendants() == {}
    assert "could not be handed back" not in demo.log.read_text()
