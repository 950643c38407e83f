"""Celery's schedule in memory alone, for a clock that may be set back or forward while it runs.

Celery's own scheduler keeps the times of the last runs in a file and compares them with the clock: set back
by two hours, it waits two hours, and a restart reads the same times again.
"""

import time
from datetime import timedelta
from typing import Any

from celery.beat import Scheduler as InMemoryScheduler
from celery.schedules import crontab

# Clock and monotonic clock differ by so much more than before: the clock was set.
TOLERANCE_SECONDS = 1.0


class Scheduler(InMemoryScheduler):
    def setup_schedule(self) -> None:
        super().setup_schedule()
        self.offset = clock_offset()
        for entry in self.schedule.values():
            # What is due at a time of day may have been missed while nothing ran: it runs at the start.
            if isinstance(entry.schedule, crontab):
                entry.last_run_at = entry.default_now() - timedelta(days=1)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if abs(clock_offset() - self.offset) > TOLERANCE_SECONDS:
            self.offset = clock_offset()
            for entry in self.schedule.values():
                now = entry.default_now()
                entry.last_run_at = min(entry.last_run_at or now, now)
            # Celery builds it anew from the entries.
            self._heap = None
        return super().tick(*args, **kwargs)


def clock_offset() -> float:
    return time.time() - time.monotonic()
