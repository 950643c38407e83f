"""Real web servers on this test's database, and clients that import over HTTP."""

import socket
from contextlib import closing

import requests

from tests.conftest import wait_until
from tests.factories import PASSWORD

ROW = "{account},Ana,Silva,2125550100,5550101"


def start_server(start_process, workers=1, threads=40, **environment):
    """A gunicorn of its own; the process, with its `url`."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = start_process(
        *("-m", "gunicorn", "outbound_site.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
        *("--worker-class", "gthread", "--threads", str(threads), "--workers", str(workers)),
        **{"ALLOWED_HOSTS": "127.0.0.1"} | environment,
    )
    server.url = f"http://127.0.0.1:{port}/unifiedconfig/config/"
    assert wait_until(lambda: is_up(server.url), 60), server.log.read_text()
    return server


def is_up(url):
    try:
        return requests.get(f"{url}campaign", timeout=20).status_code == 401
    except requests.RequestException:
        return False


def content_of(key, rows):
    """A list that differs from others by its account numbers."""
    lines = [ROW.format(account=f"{key}-{number}") for number in range(rows)]
    return "\n".join(["AccountNumber,FirstName,LastName,Phone01,Phone02", *lines])


def post_import(url, campaign, user, key, rows):
    """The answer, or None when the connection was lost."""
    body = f"<import><fileContent><![CDATA[{content_of(key, rows)}]]></fileContent></import>"
    try:
        return requests.post(
            f"{url}campaign/{campaign.pk}/import",
            body,
            auth=(user.username, PASSWORD),
            headers={"Content-Type": "application/xml", "Idempotency-Key": key},
            timeout=120,
        )
    except requests.RequestException:
        return None
