"""The queue of bulk requests: 30 wait at most, over all web processes (API text, "Import API", note).

A request holds its thread and a row, its place. Places of one lane run in the order they were taken. The
process renews the rows of its waiting requests; when it dies they lapse, and the next one goes on.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from outbound_site.models import RequestPlace
from outbound_site.unifiedconfig.errors import ApiError, Unavailable

CAPACITY = 30
LEASE = timedelta(seconds=20)
RENEWAL_SECONDS = 5.0
RETRY_AFTER_SECONDS = 5
# A waiting request looks the more seldom the farther back it stands.
LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.01, 0.3
ENTRY_LOCK = 0x6F62_7175

logger = logging.getLogger(__name__)


class QueueFull(Unavailable):
    wait = RETRY_AFTER_SECONDS

    def __init__(self) -> None:
        super().__init__(ApiError("limitExceeded.requestQueue", "Request processing queue is at capacity."))


class Turn:
    """A place whose turn has come. `end()` in the transaction of the work spares one of its own."""

    def __init__(self, place: RequestPlace) -> None:
        self.place = place
        self.ended = False

    def end(self) -> None:
        RequestPlace.objects.filter(pk=self.place.pk).delete()
        self.ended = True


@contextmanager
def turn(lane: str) -> Iterator[Turn]:
    """Wait until all requests that came before in this lane are done. Raises QueueFull, at once."""
    current = Turn(_enter(lane if connection.features.has_select_for_update else _ONE_WRITER))
    try:
        _wait(current.place)
        yield current
    except BaseException:
        current.ended = False
        raise
    finally:
        if not current.ended:
            _leave(current)


# SQLite writes one transaction at a time: requests queue rather than compete for its lock.
_ONE_WRITER = "one writer"


def waiting() -> int:
    """How many requests wait for another one to end."""
    places = _alive()
    return places.count() - places.order_by().values("lane").distinct().count()


def _alive() -> QuerySet[RequestPlace]:
    # One that lives longer than any renewed now is from before the clock was set back.
    now = timezone.now()
    return RequestPlace.objects.filter(alive_until__gt=now, alive_until__lt=now + 2 * LEASE)


def _enter(lane: str) -> RequestPlace:
    # First without a lock, so that a full queue is told even while another request holds it.
    if _is_full(lane):
        raise QueueFull
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ENTRY_LOCK])
        if _is_full(lane):
            raise QueueFull
        RequestPlace.objects.filter(alive_until__lt=timezone.now()).delete()
        return RequestPlace.objects.create(lane=lane, alive_until=timezone.now() + LEASE)


def _is_full(lane: str) -> bool:
    return waiting() >= CAPACITY and _alive().filter(lane=lane).exists()


def _wait(place: RequestPlace) -> None:
    renew_at = time.monotonic() + RENEWAL_SECONDS
    while ahead := _alive().filter(lane=place.lane, pk__lt=place.pk).count():
        if not connection.in_atomic_block:
            # Waiting requests leave the connections of the pool to those that work.
            connection.close()
        time.sleep(min(ahead * LOOK_SECONDS, LONGEST_LOOK_SECONDS))
        if time.monotonic() > renew_at:
            renew_at = time.monotonic() + RENEWAL_SECONDS
            RequestPlace.objects.filter(pk=place.pk).update(alive_until=timezone.now() + LEASE)


def _leave(current: Turn) -> None:
    try:
        current.end()
    except DatabaseError:
        # The place lapses with its lease.
        logger.exception("Place %s of the request queue could not be given back", current.place.pk)
