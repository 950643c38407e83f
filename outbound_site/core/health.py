"""Is this server able to do its work? Asked by load balancers and monitoring at /health, without sign-in."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from outbound_site.core.jobs import LeasedJob
from outbound_site.core.models import Heartbeat

# Some missed beats (outbound_site/celery.py: one every 5 s) and the time that a restarted worker takes.
HEARTBEAT_LIMIT = timedelta(seconds=30)
# A correction of the clock that matters: records would be handed out at a wrong time of day.
CLOCK_JUMP = timedelta(minutes=1)

logger = logging.getLogger(__name__)
# Of this process: by how much the clock was ahead of the monotonic one at the last beat.
_clock: list[float] = []


def record_heartbeat() -> None:
    now = timezone.now()
    changes: dict[str, Any] = {"beaten_at": now}
    if jump := clock_jump(now):
        changes |= {"clock_set_at": now, "clock_set_by": round(jump.total_seconds())}
        logger.warning("The clock was set by %s to %s", describe_jump(changes["clock_set_by"]), now)
    Heartbeat.objects.update_or_create(pk=1, defaults=changes)


def clock_jump(now: datetime) -> timedelta | None:
    """By how much the clock was set since the last beat, if by more than CLOCK_JUMP.

    While this process runs, by the monotonic clock; before that, only a beat that lies in the future counts.
    """
    ahead = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    jumps = [timedelta(seconds=ahead - before) for before in _clock]
    _clock[:] = [ahead]
    if beat := Heartbeat.objects.values_list("beaten_at", flat=True).first():
        jumps.append(min(now - beat, timedelta(0)))
    return next((jump for jump in jumps if abs(jump) > CLOCK_JUMP), None)


def forget_clock() -> None:
    _clock.clear()


def describe_jump(seconds: int) -> str:
    """`2:00:00 back`"""
    return f"{timedelta(seconds=abs(seconds))} {'back' if seconds < 0 else 'forward'}"


def is_recent(beat: datetime | None, now: datetime) -> bool:
    """Whether a worker is alive by this heartbeat; one from the future says nothing about now."""
    return beat is not None and abs(now - beat) <= HEARTBEAT_LIMIT


def answer_probes(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the first: a probe comes without TLS and asks for an address, not a host name."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path)
        return probe(request) if probe else get_response(request)

    return answer


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; whoever gets no answer starts it again."""
    return _answer({"live": True}, True)


def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served: the database answers and has every migration."""
    try:
        missing = missing_migrations()
    except DatabaseError:
        return _answer({"ready": False, "database": "unreachable"}, False)
    return _answer(
        {"ready": not missing, "database": "reachable", "missing_migrations": missing}, not missing
    )


def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, also in the background, else 503; the body says what is amiss, nothing secret."""
    try:
        report = examine(timezone.now())
    except DatabaseError:
        report = {"healthy": False, "database": "unreachable"}
    return _answer(report, report["healthy"])


def _answer(report: dict[str, Any], is_well: bool) -> JsonResponse:
    return JsonResponse(report, status=200 if is_well else 503, headers={"Cache-Control": "no-store"})


PROBES = {"/health": health, "/health/live": live, "/health/ready": ready}


def examine(now: datetime) -> dict[str, Any]:
    """Ages are in seconds, never below 0; None when there is nothing whose age is known."""
    if migrations := missing_migrations():
        return {"healthy": False, "database": "reachable", "missing_migrations": migrations}
    beat = Heartbeat.objects.values_list("beaten_at", flat=True).first()
    return {
        "healthy": is_recent(beat, now),
        "database": "reachable",
        "missing_migrations": 0,
        "worker_heartbeat_age": age(beat, now),
        "oldest_waiting_job_age": age(oldest_waiting_job(now), now),
    }


def missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def oldest_waiting_job(now: datetime) -> datetime | None:
    kinds = [model for model in apps.get_models() if issubclass(model, LeasedJob)]
    waiting = [
        kind.objects.waiting(now).order_by("created_at").values_list("created_at", flat=True).first()
        for kind in kinds
    ]
    return min(filter(None, waiting), default=None)


def age(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max(0.0, round((now - then).total_seconds(), 1))
