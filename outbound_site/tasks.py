from celery import shared_task

from outbound_site.core.health import record_heartbeat


@shared_task
def beat_heart() -> None:
    record_heartbeat()
