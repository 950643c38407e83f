from celery import shared_task

from campaigns import near_misses


@shared_task
def count_near_misses() -> None:
    near_misses.count_waiting()
