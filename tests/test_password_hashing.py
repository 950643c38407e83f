"""What password hashes cost, measured on real servers."""

import multiprocessing
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    PBKDF2PasswordHasher,
    check_password,
    make_password,
)

from outbound_site import password_hashing
from outbound_site.password_hashing import AT_ONCE, BoundedArgon2PasswordHasher, room_for_hash
from tests.conftest import free_port, wait_until
from tests.factories import PASSWORD

PATH = "/unifiedconfig/config/campaign"
OURS = "outbound_site.password_hashing.BoundedArgon2PasswordHasher"
LIMIT = 400_000_000


@pytest.fixture
def hashers(settings):
    settings.PASSWORD_HASHERS = [OURS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def of_django():
    """A hash as earlier releases stored it."""
    return Argon2PasswordHasher().encode(PASSWORD, "0123456789abcdef012345")


def test_the_costs_are_those_that_owasp_recommends(hashers):
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


@pytest.mark.parametrize(
    "encoded", [of_django(), PBKDF2PasswordHasher().encode(PASSWORD, "0123456789abcdef012345")]
)
def test_an_older_hash_works_and_is_renewed_at_the_next_sign_in(encoded, client, alice, hashers):
    alice.__class__.objects.filter(pk=alice.pk).update(password=encoded)

    answer = client.post("/admin/login/", {"username": alice.username, "password": "wrong"})
    assert answer.status_code == 200
    alice.refresh_from_db()
    assert alice.password == encoded
    answer = client.post(
        "/admin/login/", {"username": alice.username, "password": PASSWORD, "next": "/admin/"}
    )

    assert answer.status_code == 302
    alice.refresh_from_db()
    assert "m=47104,t=1,p=1" in alice.password
    assert check_password(PASSWORD, alice.password)
    assert not check_password("wrong", alice.password)


class Counter:
    """How many were in the room at once."""

    def __init__(self):
        self.inside = self.most = 0
        self.lock = threading.Lock()

    def enter(self, kibibytes):
        with room_for_hash(kibibytes):
            with self.lock:
                self.inside += kibibytes
                self.most = max(self.most, self.inside)
            time.sleep(0.01)
            with self.lock:
                self.inside -= kibibytes


def test_no_more_than_the_limit_are_computed_at_once_and_a_costly_one_alone():
    counter = Counter()
    ours, costly = BoundedArgon2PasswordHasher.memory_cost, 102_400
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(counter.enter, [ours] * 20))
        assert counter.most == AT_ONCE * ours
        list(pool.map(counter.enter, [ours, costly] * 20))

    assert counter.most == costly


def hold(kibibytes, begun, seconds):
    with room_for_hash(kibibytes):
        begun.put(time.monotonic())
        time.sleep(seconds)


@pytest.fixture
def shared_limit(tmp_path):
    password_hashing.share_limit(tmp_path)
    yield
    password_hashing._lock_files.clear()


def test_the_limit_holds_for_all_processes_and_a_killed_one_gives_its_place_back(shared_limit):
    context = multiprocessing.get_context("fork")
    begun = context.Queue()
    costly = [context.Process(target=hold, args=(102_400, begun, 60)) for _ in range(2)]
    for process in costly:
        process.start()
    begun.get(timeout=10)
    time.sleep(0.3)
    assert begun.empty()

    for process in costly:
        process.kill()
        process.join()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold, 102_400, begun, 0).result(timeout=10)


def memory_of(pid):
    """Bytes that a process and its descendants hold in memory; what they share is counted once."""
    total = 0
    with suppress(OSError):
        total = (
            int(re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) * 1024
        )
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += memory_of(child)
    return total


class MemoryWatch(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.goes_on = pid, 0, True

    def run(self):
        while self.goes_on:
            self.most = max(self.most, memory_of(self.pid))
            time.sleep(0.005)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.goes_on = False
        self.join()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("encoded", [None, of_django()], ids=["today's hash", "older hash"])
def test_forty_wrong_sign_ins_at_once_stay_under_400_mb(workers, encoded, start_process, alice, hashers):
    alice.__class__.objects.filter(pk=alice.pk).update(password=encoded or make_password(PASSWORD))
    port = free_port()
    server = start_process(
        *("-m", "gunicorn", "outbound_site.wsgi", "--config", "python:outbound_site.web_server"),
        *("--bind", f"127.0.0.1:{port}"),
        DJANGO_SETTINGS_MODULE="outbound_site.settings",
        WEB_WORKERS=str(workers),
        SIGN_IN_FAILURE_LIMIT="1000",
    )
    url = f"http://127.0.0.1:{port}{PATH}"
    assert wait_until(lambda: status(url) == 401, 60), server.log.read_text()

    with MemoryWatch(server.pid) as memory, ThreadPoolExecutor(40) as pool:
        wrong = [(alice.username, "wrong")] * 30 + [(f"nobody{n}", "wrong") for n in range(10)]
        assert set(pool.map(lambda credentials: status(url, credentials), wrong)) == {401}

    assert memory.most < LIMIT
    assert status(url, (alice.username, PASSWORD)) == 200


def status(url, credentials=None):
    try:
        return requests.get(url, auth=credentials, timeout=60).status_code
    except requests.ConnectionError:
        return None
