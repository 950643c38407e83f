"""The Celery application and the one list of periodic jobs."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")
TRANSPORT_ALIASES["sqlitemq"] = "outbound_site.sqlitemq:Transport"

# With less, a worker whose clock is a few seconds ahead of the schedule's would drop every short entry.
EXPIRY_SECONDS = 60

app = Celery("outbound_site")
# In every thread, and not only in the one that imports this.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict[str, Any]:
    """A schedule entry; a run that finds no worker in time is dropped, the next one follows."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, EXPIRY_SECONDS)}}


app.conf.beat_schedule = {
    "beat_heart": every(5, "outbound_site.tasks.beat_heart"),
    "sweep_dnc_imports": every(5, "dnc.tasks.sweep_imports"),
    "count_lists": every(5, "supervision.tasks.count_lists"),
    "recall_stopped": every(2, "dialing.tasks.recall_stopped"),
    "note_time": every(10, "dialing.tasks.note_time"),
    "give_up_silent": every(10, "dialing.tasks.give_up_silent"),
    "unknown_to_pending": every(60, "dialing.tasks.unknown_to_pending"),
    "move_missed_callbacks": every(60, "dialing.tasks.move_missed_callbacks"),
    "count_near_misses": every(300, "campaigns.tasks.count_near_misses"),
    # Often, so that a reset missed while the server was down is made up for.
    "daily_reset": every(600, "dialing.tasks.daily_reset"),
    "purge": {"task": "dialing.tasks.purge", "schedule": crontab(hour=0, minute=0)},
}


@app.on_after_configure.connect
def add_entries_that_follow_settings(sender: Celery, **kwargs: Any) -> None:
    sender.conf.beat_schedule["scan_dnc_files"] = every(settings.DNC_SCAN_SECONDS, "dnc.tasks.scan_files")
