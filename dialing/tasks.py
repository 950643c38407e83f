from celery import shared_task

from dialing import clock, leases, personal_callbacks, upkeep
from dialing.emergency_stop import recall_stopped as recall_stopped


@shared_task
def note_time() -> None:
    clock.note_time()


@shared_task
def give_up_silent() -> None:
    leases.give_up_silent()
    leases.release_unreported()


@shared_task
def unknown_to_pending() -> None:
    leases.unknown_to_pending()


@shared_task
def move_missed_callbacks() -> None:
    personal_callbacks.end_unreported_calls()
    personal_callbacks.move_missed()


@shared_task
def daily_reset() -> None:
    upkeep.daily_reset()


@shared_task
def purge() -> None:
    upkeep.purge()
