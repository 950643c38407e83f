"""Long polls for recalls without a query per waiter.

While anybody waits, one thread of the process looks every LOOK_SECONDS for the latest recall numbers of all
dialers that are waited for, one query by a unique index, and wakes those that have news. It works the same on
every database; waiters hold no connection. Each waiter holds a thread of the web server, so at most a fifth
of them may wait, beside the imports that queue there; the next one is answered at once.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection

from django.conf import settings
from django.db import DatabaseError, connection

from dialing.models import Dialer

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2


class RecallWatch:
    def __init__(self, most_waiters: int) -> None:
        self.most_waiters = most_waiters
        self.news = threading.Condition()
        self.waiting: Counter[str] = Counter()
        self.latest: dict[str, int] = {}
        self.watching = False
        # False once the process is to end: nobody waits any more.
        self.goes_on: Callable[[], bool] = lambda: True

    def wait(self, dialer: str, after: int, seconds: float) -> None:
        """Until the dialer has a recall above `after` or the time is over; not at all where too many wait."""
        with self.news:
            if self.waiting.total() >= self.most_waiters:
                return
            self.waiting[dialer] += 1
            self.latest.pop(dialer, None)
            self._begin_watching()
            try:
                self.news.wait_for(lambda: self.latest.get(dialer, 0) > after or not self.goes_on(), seconds)
            finally:
                self.waiting -= Counter([dialer])

    def _begin_watching(self) -> None:
        if not self.watching:
            threading.Thread(target=self._watch, name="recall watch", daemon=True).start()
            self.watching = True

    def _watch(self) -> None:
        try:
            while dialers := self._waited_for():
                self._look(dialers)
                time.sleep(LOOK_SECONDS)
        finally:
            connection.close()

    def _waited_for(self) -> list[str]:
        """None left: the next waiter starts another thread."""
        with self.news:
            self.watching = bool(self.waiting)
            return list(self.waiting)

    def _look(self, dialers: Collection[str]) -> None:
        found = self.latest
        try:
            found = dict(Dialer.objects.filter(name__in=dialers).values_list("name", "recall_number"))
        except DatabaseError as error:
            log.warning("Looking for recalls: %s", error)
            connection.close()
        with self.news:
            self.latest = found
            self.news.notify_all()


watch = RecallWatch(max(1, settings.WEB_THREADS // 5))
