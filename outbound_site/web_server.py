"""Gunicorn's settings: `gunicorn outbound_site.wsgi --config python:outbound_site.web_server`."""

import os
import resource
from typing import Any

from django.conf import settings

from outbound_site.data_directory import close_to_others
from outbound_site.password_hashing import share_limit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")

# Requests under way when the server is asked to stop have so long.
GRACE_SECONDS = 20

# Its time limits for headers and bodies are in outbound_site/gunicorn_worker.py.
worker_class = "outbound_site.gunicorn_worker.ReceivingWorker"
workers, threads = settings.WEB_WORKERS, settings.WEB_THREADS
graceful_timeout = GRACE_SECONDS
control_socket_disable = True
loglevel = "warning"


def allow_files(wanted: int) -> int:
    """Raise the number of files that this process may open as far as it may be raised; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


# A connection may take a socket and a temporary file; databases, code and threads need a few hundred.
worker_connections = max(threads + 1, min(2000, (allow_files(4500) - 500) // 2))


def on_starting(server: Any) -> None:
    """Before workers are forked."""
    close_to_others(settings.DATA_DIR)
    share_limit(settings.DATA_DIR)


def post_worker_init(worker: Any) -> None:
    """Dialers that wait for recalls are not waited for when the server ends."""
    from dialing.dialer_api.recall_watch import watch

    watch.goes_on = lambda: worker.alive
