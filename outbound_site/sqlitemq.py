"""A kombu transport that keeps its messages in one SQLite file: the embedded broker.

A message is owned by the process that took it until it is acknowledged. Messages of a process that no
longer lives go back to their queue, so that `kill -9` of a worker loses nothing. One host and one
process-id name space (Linux). There is no fanout: `celery inspect` gets no answer here.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

OWNER_CHECK_SECONDS = 1.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS message(
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, tag TEXT NOT NULL, owner TEXT, payload TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_free ON message(queue, id) WHERE owner IS NULL;
CREATE UNIQUE INDEX IF NOT EXISTS message_tag ON message(tag);
"""


def process_identity(pid: int) -> str | None:
    """`pid:start time` of a living process, so that a process id used again is not taken for the owner."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return f"{pid}:{file.read().rsplit(')', 1)[1].split()[19]}"
    except OSError:
        return None


def is_alive(owner: str) -> bool:
    return process_identity(int(owner.split(":", 1)[0])) == owner


class QoS(virtual.QoS):
    channel: "Channel"
    _quick_ack: Callable[[str], None]

    def ack(self, delivery_tag: str) -> None:
        self.channel.forget(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        (self.channel.release if requeue else self.channel.forget)(delivery_tag)
        self._quick_ack(delivery_tag)


class Channel(virtual.Channel):
    QoS = QoS
    _local = threading.local()
    _owners_checked = 0.0

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection; a fork opens its own."""
        key = (os.getpid(), self.connection.client.virtual_host)  # type: ignore[union-attr]
        if getattr(self._local, "key", None) != key:
            connection = sqlite3.connect(key[1], timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(SCHEMA)
            self._local.db, self._local.key = connection, key
        return self._local.db

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        self.db.execute(
            "INSERT INTO message(queue, tag, payload) VALUES (?, ?, ?)",
            (queue, message["properties"]["delivery_tag"], dumps(message)),
        )

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        self._release_messages_of_the_dead()
        free = "SELECT id FROM message WHERE queue = ? AND owner IS NULL ORDER BY id LIMIT 1"
        # Reading first keeps idle polling from taking the write lock.
        if not self.db.execute(free, (queue,)).fetchone():
            raise Empty
        taken = self.db.execute(
            f"UPDATE message SET owner = ? WHERE id = ({free}) RETURNING payload",
            (process_identity(os.getpid()), queue),
        ).fetchall()
        if not taken:
            raise Empty
        return loads(taken[0][0])

    def _release_messages_of_the_dead(self) -> None:
        if time.monotonic() - self._owners_checked < OWNER_CHECK_SECONDS:
            return
        self._owners_checked = time.monotonic()
        owners = self.db.execute("SELECT DISTINCT owner FROM message WHERE owner IS NOT NULL").fetchall()
        for (owner,) in owners:
            if not is_alive(owner):
                self.db.execute("UPDATE message SET owner = NULL WHERE owner = ?", (owner,))

    def forget(self, tag: str) -> None:
        self.db.execute("DELETE FROM message WHERE tag = ?", (tag,))

    def release(self, tag: str) -> None:
        self.db.execute("UPDATE message SET owner = NULL WHERE tag = ?", (tag,))

    def _restore(self, message: Any) -> None:
        self.release(message.delivery_tag)

    _restore_at_beginning = _restore

    def _size(self, queue: str) -> int:
        return int(self.db.execute("SELECT count(*) FROM message WHERE queue = ?", (queue,)).fetchone()[0])

    def _purge(self, queue: str) -> int:
        return self.db.execute("DELETE FROM message WHERE queue = ? AND owner IS NULL", (queue,)).rowcount


class Transport(virtual.Transport):
    Channel = Channel
    polling_interval = 0.1
    driver_type = driver_name = "sqlite"
    implements = virtual.Transport.implements.extend(exchange_type=frozenset(["direct", "topic"]))

    def driver_version(self) -> str:
        return sqlite3.sqlite_version
