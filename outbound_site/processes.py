"""The processes of one server: web server, Celery worker and schedule, kept alive together.

Each child leads a session of its own, so that Ctrl-C reaches only this process supervisor, which ends
them in turn, and so that whatever a dead child leaves behind can be ended as a group.
"""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType

from django.conf import settings

from outbound_site.environment import HOME_DIR
from outbound_site.web_server import GRACE_SECONDS

LOOK_SECONDS = 0.2
RESTART_SECONDS = 2.0
# Longer than what gunicorn and the worker are given for the work they have begun.
STOP_SECONDS = GRACE_SECONDS + 5.0
PR_SET_PDEATHSIG = 1


class PortTaken(Exception):
    """Another program listens on the address."""


def open_listener(host: str, port: int) -> socket.socket:
    """A listening socket for the web server to inherit; connections wait in it while that one restarts.

    Raises PortTaken, or another OSError when this machine has no such address.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken from error
        raise
    return listener


def web_command(listener: socket.socket) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "outbound_site.wsgi"),
        *("--config", "python:outbound_site.web_server", "--bind", f"fd://{listener.fileno()}"),
    ]


def worker_command() -> list[str]:
    """One worker for both queues. Threads take 50 MB less than processes and are back at once after a kill.

    The embedded broker has no fanout, which gossip, mingle and heartbeat would need.
    """
    return [
        *celery_command("worker"),
        *("-P", "threads", "-c", str(settings.TASK_THREADS), "-Q", "urgent,imports"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def schedule_command() -> list[str]:
    # Not the worker's own `--beat`: that process would outlive a killed worker.
    return celery_command("beat")


def celery_command(name: str) -> list[str]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "outbound_site", name]
    return [*command, "--loglevel", settings.LOG_LEVEL]


class Child:
    """One command, started again when it ends."""

    def __init__(self, name: str, command: list[str], *inherited: socket.socket) -> None:
        self.name = name
        self.command = command
        self.inherited = [listener.fileno() for listener in inherited]
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=HOME_DIR,
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherited,
            start_new_session=True,
            preexec_fn=_end_with_parent(os.getpid()),
        )

    def has_ended(self) -> bool:
        """Leaves the zombie in place: it keeps the group's number from being given to somebody else."""
        if self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def revive(self) -> None:
        """Start the command again if it ended, at most every RESTART_SECONDS."""
        if self.has_ended() and time.monotonic() - self.started_at >= RESTART_SECONDS:
            self.kill()
            print(
                f"{self.name} ended (exit {self.process.returncode}); starting it again",
                file=sys.stderr,
                flush=True,
            )
            self.start()

    def kill(self) -> None:
        """End all that is left of the group."""
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _end_with_parent(parent: int) -> Callable[[], None]:
    """For the new child: have the kernel send it SIGTERM when its parent ends, by whatever signal (Linux)."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask_kernel() -> None:
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask_kernel


def end(children: list[Child]) -> None:
    """Ask all to end what they have begun; after STOP_SECONDS end what is left."""
    for child in children:
        if not child.has_ended():
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and not all(child.has_ended() for child in children):
        time.sleep(LOOK_SECONDS)
    for child in children:
        child.kill()


def supervise(listener: socket.socket, companions: Mapping[str, list[str]]) -> None:
    """Run web server, worker, schedule and companions until Ctrl-C, SIGTERM or SIGHUP.

    The caller has no other thread: children are forked with code that runs before their command.
    """
    signals: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, remember)
    own = [
        Child("web server", web_command(listener), listener),
        Child("worker", worker_command()),
        Child("schedule", schedule_command()),
    ]
    others = [Child(name, command) for name, command in companions.items()]
    while not signals:
        time.sleep(LOOK_SECONDS)
        for child in [*own, *others]:
            child.revive()
    # While the server still answers: dialers hand back what they hold.
    end(others)
    listener.close()
    end(own)
