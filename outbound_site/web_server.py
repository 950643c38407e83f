"""Gunicorn's settings: `gunicorn outbound_site.wsgi --config python:outbound_site.web_server`."""

import os
from typing import Any

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")

# Requests under way when the server is told to end have so long.
GRACE_SECONDS = 20

worker_class = "gthread"
workers, threads = settings.WEB_WORKERS, settings.WEB_THREADS
graceful_timeout = GRACE_SECONDS
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """Dialers that wait for recalls are not waited for when the server ends."""
    from dialing.dialer_api.recall_watch import watch

    watch.goes_on = lambda: worker.alive
