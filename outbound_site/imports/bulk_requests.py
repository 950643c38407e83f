"""Requests that bring a list: their body, and the queue in which they wait.

30 wait at most, over all web processes (API text, "Import API", note). A request takes a ticket before
anything else is done for it: a file in `DATA_DIR/request-queue` that it keeps locked until it has been
answered. The kernel gives the lock of a dead process back. Neither the database nor the connection pool is
asked, so that one request too many is refused at once while both are busy.

A slot is the right to work. Requests under one queue name get it one after another, in the order in which
they asked for it. The name of a ticket's file is its number, what it waits for, and its state.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from rest_framework.request import Request

from outbound_site.unifiedconfig.elements import Choice, Element, Flag
from outbound_site.unifiedconfig.errors import ApiError, ErrorItem, Unavailable, field_required, invalid_value
from outbound_site.unifiedconfig.parsers import check_declared_length
from outbound_site.unifiedconfig.serializers import ResourceSerializer
from outbound_site.unifiedconfig.views import UnifiedViewSet

DELIMITERS = {",": "comma", "|": "pipe"}
CAPACITY = 30
RETRY_AFTER_SECONDS = 5
DIRECTORY = settings.DATA_DIR / "request-queue"
# Of the threads of this process so many may hold a ticket: a fifth may wait for recalls, and one answers.
MOST_IN_PROCESS = max(1, settings.WEB_THREADS - max(1, settings.WEB_THREADS // 5) - 1)
# More slots at once in one process would compete for the interpreter and for the pool's connections.
SLOTS_IN_PROCESS = 2
SECONDS_BETWEEN_LOOKS_FOR_DEAD = 1.0
WAITING, RUNNING = " waiting", " running"
# SQLite writes one transaction at a time: requests queue rather than compete for its lock.
_ONE_WRITER = "one writer"

_sign_ins = threading.Semaphore(2)
_slots = threading.BoundedSemaphore(SLOTS_IN_PROCESS)
_held: set["Ticket"] = set()
_looked_at = 0.0


class Content(Element):
    """The delimited list, as it was sent: its errors are reported line by line."""

    def parse(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ApiError(invalid_value(self.name, raw))
        if not raw.strip():
            raise ApiError(field_required(self.name))
        return raw


class BulkSerializer(ResourceSerializer):
    """The body of a bulk request. Subclasses give `root_name`."""

    elements = (
        Content("fileContent", required=True),
        Choice("delimiter", choices=DELIMITERS),
        Flag("overwriteData"),
    )


class BulkViewSet(UnifiedViewSet):
    """Its POST is a bulk request, which waits in the queue; one too many is refused before its sign-in."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.ticket = self.held.enter_context(ticket())
            with _sign_ins:
                super().initial(request, *args, **kwargs)
        else:
            super().initial(request, *args, **kwargs)

    @contextmanager
    def slot(self, name: str) -> Iterator[None]:
        """The time to read the body and work: not before all of it is here, so that nobody waits for a slow
        client. Raises TooLarge.
        """
        check_declared_length(self.request)
        leave_connection()
        self.request._request.body  # noqa: B018
        with self.ticket.slot(name):
            yield


def template_answer(file_name: str, columns: Iterable[str], sample: Iterable[str]) -> HttpResponse:
    """The CSV template of a bulk import: header and one row (docs/wire-format.md 12: no byte-order mark)."""
    content = "".join(",".join(line) + "\n" for line in (columns, sample))
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


class QueueFull(Unavailable):
    wait = RETRY_AFTER_SECONDS

    def __init__(self) -> None:
        super().__init__(ErrorItem("limitExceeded.requestQueue", "Request processing queue is at capacity."))


class Ticket:
    def __init__(self) -> None:
        """Raises QueueFull."""
        # First without the lock that all processes share.
        if _is_full():
            _remove_dead_sometimes()
            if _is_full():
                raise QueueFull
        with _exclusively():
            if _is_full():
                raise QueueFull
            self.name = f"{_next_number():012} admitted"
            self.file = os.open(DIRECTORY / self.name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            flock(self.file, LOCK_EX)
            _held.add(self)

    def give_back(self) -> None:
        _held.discard(self)
        with suppress(OSError):
            (DIRECTORY / self.name).unlink()
        os.close(self.file)

    @contextmanager
    def slot(self, queue: str) -> Iterator[None]:
        """Wait until all requests that asked before under this name are done."""
        queue = queue if connection.features.has_select_for_update else _ONE_WRITER
        with _exclusively():
            self._rename(f"{_next_number():012} {queue}{WAITING}")
        self._wait_for_those_before(queue)
        leave_connection()
        with _slots:
            self._rename(self.name.removesuffix(WAITING) + RUNNING)
            yield

    def _rename(self, name: str) -> None:
        (DIRECTORY / self.name).rename(DIRECTORY / name)
        self.name = name

    def _wait_for_those_before(self, queue: str) -> None:
        ours = {f" {queue}{state}" for state in (WAITING, RUNNING)}
        while before := [name for name in _tickets() if name[12:] in ours and name < self.name]:
            leave_connection()
            _wait_for_end(max(before))


def leave_connection() -> None:
    """Whoever waits leaves the connections of the pool to those that work."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


@contextmanager
def ticket() -> Iterator[Ticket]:
    """Raises QueueFull, at once."""
    taken = Ticket()
    try:
        yield taken
    finally:
        taken.give_back()


@contextmanager
def slot(queue: str) -> Iterator[None]:
    """A ticket and its slot. Raises QueueFull, at once."""
    with ticket() as taken, taken.slot(queue):
        yield


def waiting() -> int:
    """How many requests wait."""
    _remove_dead()
    return _count_waiting()


def _count_waiting() -> int:
    """Those of dead processes are among them until they are removed."""
    return sum(not name.endswith(RUNNING) for name in _tickets())


def _is_full() -> bool:
    return len(_held) >= MOST_IN_PROCESS or _count_waiting() >= CAPACITY


def _tickets() -> list[str]:
    try:
        return [name for name in os.listdir(DIRECTORY) if name[0].isdigit()]
    except FileNotFoundError:
        DIRECTORY.mkdir(mode=0o700, exist_ok=True)
        return []


def _next_number() -> int:
    return max((int(name[:12]) for name in _tickets()), default=0) + 1


@contextmanager
def _exclusively() -> Iterator[None]:
    """No other thread or process takes a ticket meanwhile."""
    DIRECTORY.mkdir(mode=0o700, exist_ok=True)
    file = os.open(DIRECTORY / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        flock(file, LOCK_EX)
        yield
    finally:
        os.close(file)


def _remove_dead_sometimes() -> None:
    """Seldom enough to cost nothing while many requests are refused."""
    global _looked_at
    if time.monotonic() - _looked_at > SECONDS_BETWEEN_LOOKS_FOR_DEAD:
        _looked_at = time.monotonic()
        _remove_dead()


def _remove_dead() -> None:
    """Remove the tickets of dead processes."""
    with _exclusively():
        for name in _tickets():
            _wait_for_end(name, LOCK_EX | LOCK_NB)


def _wait_for_end(name: str, how: int = LOCK_SH) -> None:
    """Until the request with that ticket has ended or died, and remove what it left."""
    try:
        file = os.open(DIRECTORY / name, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        flock(file, how)
        (DIRECTORY / name).unlink(missing_ok=True)
    except BlockingIOError:
        pass
    finally:
        os.close(file)
