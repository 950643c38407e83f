"""The shipped web server against clients that send slowly, half or oddly, over real sockets."""

import resource
import signal
import socket
import time
from base64 import b64encode
from contextlib import ExitStack, closing

import pytest
import requests

from campaigns.models import Campaign
from outbound_site.gunicorn_worker import ChunkedBody
from tests.conftest import free_port, wait_until
from tests.factories import PASSWORD, CampaignFactory

PATH = "/unifiedconfig/config/campaign"
CREATE = (
    b"<campaign><name>Spring</name><timeZone><refURL>/unifiedconfig/config/timezone/UTC</refURL>"
    b"</timeZone></campaign>"
)


class Server:
    def __init__(self, start_process, user, **environment):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.auth = (user.username, PASSWORD)
        self.process = start_process(
            *("-m", "gunicorn", "outbound_site.wsgi", "--config", "python:outbound_site.web_server"),
            *("--bind", f"127.0.0.1:{self.port}"),
            **{"WEB_THREADS": "4"} | environment,
        )
        assert wait_until(self.is_up, 60), self.process.log.read_text()

    def is_up(self):
        try:
            return requests.get(self.url + PATH, timeout=20).status_code == 401
        except requests.RequestException:
            return False

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=40)

    def head(self, method="POST", path=PATH, *lines):
        credentials = b64encode(":".join(self.auth).encode()).decode()
        return "\r\n".join(
            [
                f"{method} {path} HTTP/1.1",
                "Host: 127.0.0.1",
                f"Authorization: Basic {credentials}",
                "Content-Type: application/xml",
                *lines,
                "\r\n",
            ]
        ).encode()

    def answers_promptly(self):
        """Whether a request of somebody else is served as if nothing else went on."""
        began = time.monotonic()
        answer = requests.get(self.url + PATH, auth=self.auth, timeout=30)
        return answer.status_code == 200 and time.monotonic() - began < 2


@pytest.fixture
def server(start_process, alice):
    return Server(start_process, alice)


def read_answer(connection):
    """Status and body of the next answer on a connection."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return None, received
        received += piece
    header, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in header.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return int(header.split()[1]), body


def closes_within(connection, seconds):
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


POST = b"POST /unifiedconfig/config/campaign HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SENT_AND_NO_MORE = {
    "nothing": b"",
    "half a request line": b"GET /unifiedconfig/config/campaign HT",
    "half a header": POST + b"X-A: ",
    "half a body": POST + b"Content-Length: 5000\r\n\r\n<camp",
    "half a chunked body": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<camp\r\n",
    "half an upload": b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n" + b"y" * 200_000,
    "an answer that is not fetched": b"GET /nowhere HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n",
    "no HTTP": b"nonsense\r\n\r\n",
}


def test_clients_that_stop_half_way_do_not_hinder_others(server):
    hindered = []
    for name, begin in SENT_AND_NO_MORE.items():
        with ExitStack() as stack:
            for _ in range(45):
                stack.enter_context(closing(server.connect())).sendall(begin)
            time.sleep(0.3)
            if not server.answers_promptly():
                hindered.append(name)

    assert hindered == []


def test_clients_that_do_not_read_their_answers_do_not_hinder_others_for_long(start_process, alice):
    server = Server(start_process, alice)
    CampaignFactory.create_batch(100)
    request = server.head("GET", PATH + "?resultsPerPage=100")
    with ExitStack() as stack:
        for _ in range(8):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.connect(("127.0.0.1", server.port))
            stack.enter_context(closing(connection)).sendall(request * 50)

        assert wait_until(server.answers_promptly, 100)


def test_a_header_that_is_not_finished_in_time_is_refused(server):
    with closing(server.connect()) as connection:
        connection.sendall(b"GET /unifiedconfig/config/campaign HTTP/1.1\r\n")
        began = time.monotonic()
        for _ in range(7):
            time.sleep(1)
            connection.sendall(b"X-Slow: a\r\n")

        assert read_answer(connection) == (408, b"")
        assert 9 < time.monotonic() - began < 15
        assert closes_within(connection, 5)


def test_a_body_that_stops_is_refused_in_time(server):
    with closing(server.connect()) as connection:
        connection.sendall(server.head("POST", PATH, "Content-Length: 900") + b"<campaign>")
        began = time.monotonic()

        assert read_answer(connection) == (408, b"")
        assert 19 < time.monotonic() - began < 25


def test_a_connection_on_which_nothing_comes_is_closed(server):
    with closing(server.connect()) as connection:
        assert closes_within(connection, 15)


def test_a_request_that_comes_byte_by_byte_is_served(server):
    with closing(server.connect()) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in server.head("POST", PATH, f"Content-Length: {len(CREATE)}") + CREATE:
            connection.sendall(bytes([byte]))

        assert read_answer(connection)[0] == 201
    assert Campaign.objects.get().name == "Spring"


def test_requests_sent_in_one_piece_are_answered_in_turn(server):
    get = server.head("GET")
    post = server.head("POST", PATH, f"Content-Length: {len(CREATE)}") + CREATE
    with closing(server.connect()) as connection:
        connection.sendall(get + post + get)

        answers = [read_answer(connection) for _ in range(3)]

    assert [status for status, _ in answers] == [200, 201, 200]
    assert [b"Spring" in body for _, body in answers] == [False, False, True]


def test_a_connection_serves_one_request_after_the_other(server):
    with closing(server.connect()) as connection:
        for _ in range(3):
            connection.sendall(server.head("GET"))
            assert read_answer(connection)[0] == 200
            time.sleep(0.2)


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_long_bodies_arrive_whole(size, server):
    comment = b"<!--" + b"x" * size + b"-->"

    answer = requests.post(
        server.url + PATH,
        CREATE.replace(b"</name>", b"</name>" + comment),
        auth=server.auth,
        headers={"Content-Type": "application/xml"},
        timeout=30,
    )

    assert answer.status_code == 201, answer.text


def test_a_client_that_asks_before_it_sends_its_body_gets_one_answer_to_go_on(server):
    head = server.head("POST", PATH, f"Content-Length: {len(CREATE)}", "Expect: 100-continue")
    with closing(server.connect()) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(CREATE)

        assert read_answer(connection)[0] == 201


def test_too_long_a_body_is_refused_before_it_is_sent(server):
    head = server.head("POST", PATH, "Content-Length: 900000000", "Expect: 100-continue")
    with closing(server.connect()) as connection:
        connection.sendall(head)

        assert read_answer(connection)[0] == 413
        assert closes_within(connection, 5)


def test_a_request_whose_end_is_in_doubt_is_refused_and_its_connection_closed(server):
    """Else what one side takes for a body could be the other's next request."""
    doubtful = {
        ("Content-Length: 5", "Content-Length: 6"): 400,
        ("Content-Length: +5",): 400,
        ("Content-Length: 5", "Transfer-Encoding: chunked"): 400,
        ("Transfer-Encoding: gzip",): 400,
        ("X-Long: " + "a" * 200_000,): 431,
    }
    for lines, status in doubtful.items():
        with closing(server.connect()) as connection:
            connection.sendall(
                server.head("POST", PATH, *lines) + b"5\r\nhello\r\n0\r\n\r\n" + server.head("GET")
            )

            assert read_answer(connection)[0] == status, lines
            assert closes_within(connection, 5), lines


def test_what_follows_a_chunked_body_is_no_request(server):
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(CREATE), CREATE)
    with closing(server.connect()) as connection:
        connection.sendall(
            server.head("POST", PATH, "Transfer-Encoding: chunked") + chunked + server.head("GET")
        )

        assert read_answer(connection)[0] == 201
        assert closes_within(connection, 5)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_the_end_of_a_chunked_body_is_found_wherever_it_is_cut(step):
    body = b"5;note=a\r\nhello\r\n10\r\n0123456789abc\r\n\r\r\n0\r\nX-Trailer: a\r\n\r\nGET / "
    scanner, read = ChunkedBody(), 0
    for start in range(0, len(body), step):
        piece = body[start : start + step]
        end = scanner.end_in(piece)
        if end is not None:
            read = start + end
            break

    assert body[read:] == b"GET / "


def test_the_end_of_the_server_does_not_wait_for_half_requests(server):
    with closing(server.connect()) as silent, closing(server.connect()) as half:
        half.sendall(b"GET /unifiedconfig/config/campaign HTTP/1.1\r\n")
        time.sleep(0.5)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(30) == 0
        assert time.monotonic() - began < 15
        assert closes_within(silent, 1)


def test_a_request_under_way_when_the_server_ends_is_answered(server):
    head = server.head("POST", PATH, f"Content-Length: {len(CREATE)}")
    with closing(server.connect()) as connection:
        connection.sendall(head + CREATE[:10])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(CREATE[10:])

        assert read_answer(connection)[0] == 201
    assert server.process.wait(30) == 0


def test_more_slow_clients_than_descriptors_do_not_end_the_server(start_process, alice):
    server = Server(start_process, alice)
    resource.prlimit(server_worker(server), resource.RLIMIT_NOFILE, (60, 60))
    with ExitStack() as stack:
        for _ in range(80):
            stack.enter_context(closing(server.connect())).sendall(b"GET / HT")

        assert wait_until(server.answers_promptly, 30)
    assert server.process.poll() is None


def server_worker(server):
    children = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
    with open(children) as file:
        return int(file.read().split()[0])
