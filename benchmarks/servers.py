"""Real servers and a bare HTTP client for the benchmarks."""

import base64
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

USER, PASSWORD = "bench@localhost", "a benchmark's password"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def gunicorn(settings: str, **environment: str) -> Iterator[int]:
    """One worker process with one thread; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "outbound_site.wsgi", "-b", f"127.0.0.1:{port}", "-w", "1"]
    server = subprocess.Popen(
        [*command, "-k", "gthread", "--threads", "1", "--keep-alive", "60", "--log-level", "error"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings} | environment,
    )
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


class Client:
    """One kept-alive connection, credentials sent with every request."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}", "Accept": "application/xml"}

    def request(self, method: str, path: str, body: str | bytes | None = None) -> bytes:
        headers = self.headers | ({"Content-Type": "application/xml"} if body else {})
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:500]!r}")
        return content


def rates(*requests: object, rounds: int = 5, seconds: float = 1.0) -> list[float]:
    """Requests per second of each callable, the median over interleaved rounds."""
    measured: list[list[float]] = [[] for _ in requests]
    for _ in range(rounds):
        for found, request in zip(measured, requests, strict=True):
            found.append(rate(request, seconds))
    return [median(found) for found in measured]


def rate(request: object, seconds: float) -> float:
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        request()  # type: ignore[operator]
        count += 1
    return count / (time.perf_counter() - start)
