"""Is this server able to do its work? Asked by load balancers and monitoring at /health, without sign-in."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from outbound_site.jobs import LeasedJob
from outbound_site.models import Heartbeat

# Some missed beats (outbound_site/celery.py: one every 5 s) and the time that a restarted worker takes.
HEARTBEAT_LIMIT = timedelta(seconds=30)


def record_heartbeat() -> None:
    Heartbeat.objects.update_or_create(pk=1, defaults={"beaten_at": timezone.now()})


def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; the body says what is amiss and holds nothing secret."""
    try:
        report = examine(timezone.now())
    except DatabaseError:
        report = {"healthy": False, "database": "unreachable"}
    return JsonResponse(
        report, status=200 if report["healthy"] else 503, headers={"Cache-Control": "no-store"}
    )


def examine(now: datetime) -> dict[str, Any]:
    """Ages are in seconds, None when there is nothing to tell the age of."""
    if migrations := missing_migrations():
        return {"healthy": False, "database": "reachable", "missing_migrations": migrations}
    beat = Heartbeat.objects.values_list("beaten_at", flat=True).first()
    return {
        "healthy": beat is not None and now - beat <= HEARTBEAT_LIMIT,
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
    return None if then is None else round((now - then).total_seconds(), 1)
