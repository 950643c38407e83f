"""Simulated time, which may run faster than the clock on the wall, and what is to happen when."""

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Seconds since the start of the simulation."""

    def __init__(self, speed: float = 1.0, starts_at: datetime | None = None) -> None:
        self.speed = speed
        self.starts_at = starts_at or datetime.now(UTC)
        self.began = time.monotonic()

    def now(self) -> float:
        return (time.monotonic() - self.began) * self.speed

    def sleep_until(self, moment: float) -> None:
        time.sleep(max(0.0, (moment - self.now()) / self.speed))

    def hour(self) -> int:
        """Of the simulated day, in UTC."""
        return (self.starts_at + timedelta(seconds=self.now())).hour


class Agenda:
    """Actions in the order of their time; those of one time in the order in which they were noted."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def note(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._entries, (moment, next(self._order), action))

    def next_moment(self) -> float | None:
        return self._entries[0][0] if self._entries else None

    def run_due(self, now: float) -> None:
        while self._entries and self._entries[0][0] <= now:
            heapq.heappop(self._entries)[2]()
