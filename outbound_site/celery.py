"""The Celery application and the one list of periodic jobs."""

import os
from typing import Any

from celery import Celery
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")
TRANSPORT_ALIASES["sqlitemq"] = "outbound_site.sqlitemq:Transport"

app = Celery("outbound_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict[str, Any]:
    """A schedule entry; a run that finds no worker within one interval is dropped, the next one follows."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "beat_heart": every(5, "outbound_site.tasks.beat_heart"),
    "sweep_dnc_imports": every(5, "dnc.tasks.sweep_imports"),
}


@app.on_after_configure.connect
def add_entries_that_follow_settings(sender: Celery, **kwargs: Any) -> None:
    sender.conf.beat_schedule["scan_dnc_files"] = every(settings.DNC_SCAN_SECONDS, "dnc.tasks.scan_files")
