"""Waking a worker from a request, which may never fail or wait because of the broker."""

import logging
from functools import partial
from threading import Lock, Thread

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake_worker(task: str) -> None:
    """Send the task of that name, without arguments, once the transaction is committed.

    It is only a message that there is work, which a row in the database describes. When the broker is gone or
    never answers, the periodic sweep finds the row.
    """
    transaction.on_commit(partial(_sender.send, task), robust=True)


class _Sender:
    """One thread while there is something to send; a broker that hangs holds up it alone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[str] = []
        self._is_running = False

    def send(self, task: str) -> None:
        with self._lock:
            if task not in self._waiting:
                self._waiting.append(task)
            if not self._is_running:
                Thread(target=self._run, name="wake-worker", daemon=True).start()
                self._is_running = True

    def _run(self) -> None:
        while task := self._next():
            try:
                current_app.send_task(task, retry=False, ignore_result=True)
            except Exception as error:
                logger.warning("The broker does not answer (%s); the sweep finds the work of %s", error, task)

    def _next(self) -> str | None:
        with self._lock:
            self._is_running = bool(self._waiting)
            return self._waiting.pop(0) if self._waiting else None


_sender = _Sender()
