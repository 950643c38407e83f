"""The `serve` command with its real processes, killed in every way."""

import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
import requests
from django.conf import settings

from tests.conftest import free_port, wait_until


class Server:
    """A `serve` on a data directory and a port of its own."""

    command = "serve"

    def __init__(self, data_dir, **environment):
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            # Found in the environment of every descendant, whoever its parent has become.
            "SERVER_UNDER_TEST": str(data_dir),
            **environment,
        }
        self.log = data_dir.parent / "serve.log"

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", self.command],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert wait_until(lambda: self.answers() or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def answers(self):
        try:
            return requests.get(f"{self.url}/admin/login/", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def is_healthy(self):
        try:
            return requests.get(f"{self.url}/health", timeout=10).ok
        except requests.RequestException:
            return False

    def descendants(self):
        """Command lines of the living processes that this server has started, by process id."""
        marker = f"SERVER_UNDER_TEST={self.data_dir}".encode()
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if marker in (process / "environ").read_bytes().split(b"\0"):
                    found[int(process.name)] = (process / "cmdline").read_bytes().decode().replace("\0", " ")
            except OSError:
                continue
        found.pop(self.process.pid, None)
        return found

    def child(self, word):
        """The one direct child whose command line holds this word, other than as a part of an option."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = [
            pid for pid, line in self.descendants().items() if f" {word} " in line and str(pid) in children
        ]
        return found[0] if found else None

    def dialers(self):
        """Those that have been heard of."""
        with closing(sqlite3.connect(self.data_dir / "outbound.sqlite3")) as database:
            return [name for (name,) in database.execute("SELECT name FROM dialing_dialer")]

    def kill(self):
        for pid in [*self.descendants(), self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    server.kill()


def test_a_first_start_prints_a_curl_line_that_works_and_a_second_one_no_password(server):
    server.start()
    first = server.log.read_text()
    curl = shlex.split(re.search(r"curl .*", first)[0])

    answer = requests.get(curl[-1], auth=tuple(curl[2].split(":")), timeout=10)

    assert curl[:2] == ["curl", "-u"]
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("<?xml")
    assert f"{server.url}/admin/" in first
    assert f"{server.url}/unifiedconfig/config/" in first
    assert requests.get(f"{server.url}/static/admin/css/base.css", timeout=10).ok

    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(40) == 0
    assert server.descendants() == {}
    server.log.write_text("")
    server.start()

    assert "Password" not in server.log.read_text()
    assert curl[2].split(":")[1] not in server.log.read_text()
    assert requests.get(curl[-1], auth=tuple(curl[2].split(":")), timeout=10).ok


def test_a_password_that_the_operator_chose_is_not_printed(tmp_path, server):
    server.environment["ADMIN_PASSWORD"] = "correct horse battery"

    server.start()

    assert "correct horse" not in server.log.read_text()
    assert requests.get(
        f"{server.url}/unifiedconfig/config/campaign",
        auth=("administrator@localhost", "correct horse battery"),
        timeout=10,
    ).ok


@pytest.mark.fault
def test_each_process_that_is_killed_is_started_again(server):
    server.start()
    assert wait_until(server.is_healthy)

    for word in ("gunicorn", "worker", "beat"):
        killed = server.child(word)
        group = [pid for pid in server.descendants() if os.getpgid(pid) == killed]
        os.kill(killed, signal.SIGKILL)

        assert wait_until(lambda word=word, killed=killed: server.child(word) not in (None, killed))
        assert wait_until(lambda group=group: not set(group) & set(server.descendants()))
        assert wait_until(server.answers)

    assert wait_until(server.is_healthy)
    assert len(server.descendants()) == 4


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_server_that_is_asked_to_stop_leaves_nothing(number, server):
    server.start()

    server.process.send_signal(number)

    assert server.process.wait(40) == 0
    assert server.descendants() == {}
    assert not server.answers()


@pytest.mark.fault
def test_a_dialer_that_waits_for_recalls_is_answered_when_the_server_ends(server):
    server.environment["ADMIN_PASSWORD"] = "correct horse battery"
    server.start()
    poll = f"{server.url}/dialer/v1/recalls?dialer=d1&after=0&wait=25"
    auth = ("administrator@localhost", "correct horse battery")
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(requests.get, poll, auth=auth, timeout=60)
        assert wait_until(lambda: server.dialers() == ["d1"])
        server.process.send_signal(signal.SIGTERM)

        assert answer.result().json() == {"recalls": [], "next": 0}
    assert server.process.wait(40) == 0


@pytest.mark.fault
def test_a_server_that_is_killed_leaves_no_orphan(server):
    server.start()
    assert wait_until(lambda: len(server.descendants()) == 4)

    server.process.kill()
    server.process.wait()

    assert wait_until(lambda: server.descendants() == {}, 40)


def test_a_port_that_is_taken_stops_the_start_with_advice(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        environment = os.environ | {"PORT": str(port), "DATA_DIR": str(tmp_path)}
        started = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert started.returncode == 1
    assert started.stderr.startswith(f"CommandError: Port {port} of 127.0.0.1 is taken by another program.")
    assert f"PORT={port + 1} make run" in started.stderr


def test_an_address_of_another_machine_stops_the_start_with_advice(tmp_path):
    started = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"HOST": "192.0.2.1", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 1
    assert "HOST is an address of this machine" in started.stderr
