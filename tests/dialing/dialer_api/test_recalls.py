"""Long polls, over a real web server: a client waits there for what another process decides."""

import threading
import time
from contextlib import suppress

import pytest
import requests

from dialing.leases import recall_of_disabled_campaigns
from tests.conftest import wait_until
from tests.dialing.dialer_api.conftest import DialerClient
from tests.factories import PASSWORD
from tests.test_processes import free_port


def test_recalls_come_once_with_reason_and_number(dialer, campaign):
    [record] = dialer.records(campaign)
    type(campaign).objects.update(enabled=False)
    recall_of_disabled_campaigns()

    first = dialer.get("recalls", dialer="d1").json()
    assert first == {"recalls": [{"lease": record["lease"], "reason": "campaign disabled"}], "next": 1}
    assert dialer.get("recalls", dialer="d1", after=0).json() == first
    assert dialer.get("recalls", dialer="d1", after=1).json() == {"recalls": [], "next": 1}


def test_another_dialers_recalls_stay_with_it(dialer, campaign, client, dora):
    dialer.records(campaign)
    type(campaign).objects.update(enabled=False)
    recall_of_disabled_campaigns()

    stranger = DialerClient(client, dora.username, "d2")
    assert stranger.get("recalls", dialer="d2").json() == {"recalls": [], "next": 0}


@pytest.fixture
def server(start_process, transactional_db):
    """A web server of one process with ten threads; `server.get(...)`."""
    port = free_port()
    start_process(
        *("-m", "gunicorn", "outbound_site.wsgi", "-b", f"127.0.0.1:{port}", "-k", "gthread"),
        *("--threads", "10", "--no-control-socket"),
        WEB_THREADS="10",
    )
    server = Server(port)
    assert wait_until(server.is_up, 60)
    return server


class Server:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/dialer/v1/"

    def is_up(self):
        try:
            return requests.get(self.url, timeout=5).status_code == 401
        except requests.RequestException:
            return False

    def recalls(self, user, **query):
        answer = requests.get(
            f"{self.url}recalls", {"dialer": "d1", **query}, auth=(user.username, PASSWORD), timeout=60
        )
        answer.raise_for_status()
        return answer.json()


class Poll(threading.Thread):
    """One long poll; `answer` when it has come, `seconds` it took."""

    def __init__(self, server, user, **query):
        super().__init__(daemon=True)
        self.server, self.user, self.query = server, user, query
        self.answer = None
        self.start()

    def run(self):
        started = time.monotonic()
        # At the end of a test the server goes before those that wait there.
        with suppress(requests.ConnectionError):
            self.answer = self.server.recalls(self.user, **self.query)
        self.seconds = time.monotonic() - started


def test_a_waiting_dialer_is_informed_when_its_record_is_recalled(server, dialer, dora, campaign):
    [record] = dialer.records(campaign)
    poll = Poll(server, dora, wait=25)
    time.sleep(1)
    assert poll.answer is None

    type(campaign).objects.update(enabled=False)
    recall_of_disabled_campaigns()

    assert wait_until(lambda: poll.answer, 20)
    assert [recall["lease"] for recall in poll.answer["recalls"]] == [record["lease"]]


def test_without_a_recall_the_answer_is_empty_when_the_time_is_over(server, dora):
    poll = Poll(server, dora, wait=2)

    assert wait_until(lambda: poll.answer, 20) == {"recalls": [], "next": 0}
    assert poll.seconds >= 2


def test_waiting_dialers_leave_threads_for_others(server, dora):
    """Two of the ten threads may wait; whoever asks beyond that is answered at once."""
    polls = [Poll(server, dora, wait=20) for _ in range(8)]

    assert wait_until(lambda: sum(poll.answer is not None for poll in polls) == 6, 15)
    assert server.recalls(dora) == {"recalls": [], "next": 0}
    assert sum(poll.answer is None for poll in polls) == 2
