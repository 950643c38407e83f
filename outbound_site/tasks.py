from celery import shared_task

from outbound_site.health import record_heartbeat


# Urgent, or a queue full of imports would look like a worker that is gone.
@shared_task(queue="urgent")
def beat_heart() -> None:
    record_heartbeat()
