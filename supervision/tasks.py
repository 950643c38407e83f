from celery import shared_task

from supervision import list_counts


@shared_task
def count_lists() -> None:
    list_counts.count_changed_lists()
