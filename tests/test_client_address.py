"""Whose address counts behind proxies, through a real web server with real headers."""

import http.client
from base64 import b64encode
from contextlib import closing

import pytest
from axes.models import AccessAttempt

from outbound_site.client_address import forwarded_address
from tests.conftest import free_port, wait_until
from tests.factories import PASSWORD, UserFactory

DIALER, ATTACKER, OFFICE = "198.51.100.7", "203.0.113.9", "192.0.2.1"


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        (DIALER, 1, DIALER),
        (f"{DIALER}, {ATTACKER}", 1, ATTACKER),
        (f"  {DIALER} ,{ATTACKER}  ", 1, ATTACKER),
        (f"{DIALER}, {ATTACKER}, 10.0.0.1", 2, ATTACKER),
        (f"{ATTACKER}:51234", 1, ATTACKER),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("2001:DB8:0::1", 1, "2001:db8::1"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("fe80::1%eth0", 1, "fe80::1"),
        (f"::ffff:{DIALER}", 1, DIALER),
        ("", 1, None),
        (ATTACKER, 2, None),
        ("unknown", 1, None),
        ("_hidden", 1, None),
        ("1.2.3.4.5", 1, None),
        (f"{DIALER},", 1, None),
    ],
)
def test_the_client_is_whom_the_outermost_trusted_proxy_names(header, proxies, address):
    assert forwarded_address(header, proxies) == address


class Server:
    """The shipped web server, asked as a proxy asks it."""

    def __init__(self, start_process, proxies):
        self.port = free_port()
        process = start_process(
            *("-m", "gunicorn", "outbound_site.wsgi", "--config", "python:outbound_site.web_server"),
            *("--bind", f"127.0.0.1:{self.port}"),
            TRUSTED_PROXIES=str(proxies),
            CREDENTIAL_CACHE_SECONDS="0",
        )
        assert wait_until(self.is_up, 60), process.log.read_text()

    def is_up(self):
        try:
            return self.status("nobody", "") == 401
        except OSError:
            return False

    def status(self, username, password, *headers):
        """The status of one request, with these headers in this order."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest("GET", "/unifiedconfig/config/campaign")
            credentials = b64encode(f"{username}:{password}".encode()).decode()
            connection.putheader("Authorization", f"Basic {credentials}")
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            return connection.getresponse().status


def via(*addresses):
    return ("X-Forwarded-For", ", ".join(addresses))


@pytest.fixture
def dialer(db):
    return UserFactory(username="dialer@cce.example", roles=["administrator"]).username


def test_ten_wrong_passwords_do_not_lock_out_the_dialer_behind_the_same_proxy(start_process, dialer):
    server = Server(start_process, 1)
    for _ in range(10):
        assert server.status(dialer, "wrong", via(ATTACKER)) == 401

    assert server.status(dialer, PASSWORD, via(ATTACKER)) == 401
    assert server.status(dialer, PASSWORD, via(DIALER)) == 200


def test_a_client_cannot_name_another_address_or_have_another_paused(start_process, dialer):
    server = Server(start_process, 1)
    spoofed = [
        [via(DIALER, ATTACKER)],
        [via("10.9.9.9", DIALER, ATTACKER)],
        [via(DIALER), via(ATTACKER)],
        [("X_Forwarded_For", DIALER), via(ATTACKER)],
        [("Forwarded", f"for={DIALER}"), ("X-Real-IP", DIALER), via(ATTACKER)],
    ]
    for headers in spoofed * 2:
        assert server.status(dialer, "wrong", *headers) == 401

    assert {attempt.ip_address for attempt in AccessAttempt.objects.filter(username=dialer)} == {ATTACKER}
    assert server.status(dialer, PASSWORD, *spoofed[0]) == 401
    assert server.status(dialer, PASSWORD, via(DIALER)) == 200


def test_without_trusted_proxies_the_header_is_ignored(start_process, dialer):
    server = Server(start_process, 0)
    for number in range(10):
        assert server.status(dialer, "wrong", via(f"203.0.113.{number}")) == 401

    assert server.status(dialer, PASSWORD, via(DIALER)) == 401
    assert {attempt.ip_address for attempt in AccessAttempt.objects.filter(username=dialer)} == {"127.0.0.1"}


def test_a_request_past_the_proxies_counts_for_its_own_address(start_process, dialer):
    server = Server(start_process, 2)

    server.status(dialer, "wrong", via(DIALER))
    server.status(dialer, "wrong")

    assert {attempt.ip_address for attempt in AccessAttempt.objects.filter(username=dialer)} == {"127.0.0.1"}
