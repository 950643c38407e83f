"""The queue of imports, with real clients against several web servers."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from campaigns.contact_import import queue_of
from campaigns.models import Contact
from outbound_site.imports.bulk_requests import slot, waiting
from tests.campaigns import import_clients
from tests.campaigns.import_servers import content_of, post_import, start_server
from tests.conftest import wait_until
from tests.factories import PASSWORD, CampaignFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

CAPACITY, CLIENTS, ROWS, LARGE = 30, 60, 5, 5000


@pytest.fixture
def administrator():
    return UserFactory(roles=["administrator"])


@pytest.fixture
def campaign():
    return CampaignFactory()


def post_at_once(server, campaigns, administrator, rows):
    """`(status, seconds)` of 60 clients that start together."""
    given = {
        "port": urlsplit(server.url).port,
        "paths": [f"{urlsplit(server.url).path}campaign/{campaign.pk}/import" for campaign in campaigns],
        "credentials": f"{administrator.username}:{PASSWORD}",
        "body": f"<import><fileContent><![CDATA[{content_of('k', rows)}]]></fileContent></import>",
        "clients": CLIENTS,
    }
    done = subprocess.run(
        [sys.executable, import_clients.__file__], input=json.dumps(given), capture_output=True, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("processes", [1, 3])
def test_30_requests_wait_over_all_processes_and_the_next_are_refused(
    start_process, administrator, campaign, processes
):
    servers = [start_server(start_process) for _ in range(processes)]
    pool = ThreadPoolExecutor(CLIENTS)
    with slot(queue_of(campaign)):
        futures = [
            pool.submit(post_import, servers[n % processes].url, campaign, administrator, f"k{n}", ROWS)
            for n in range(CLIENTS)
        ]
        wait_until(lambda: sum(f.done() for f in futures) == CLIENTS - CAPACITY, 30)
        assert sum(f.done() for f in futures) == CLIENTS - CAPACITY
        assert waiting() == CAPACITY
        more = [post_import(servers[0].url, campaign, administrator, "more", ROWS) for _ in range(5)]
        assert {answer.status_code for answer in more} == {503}
        assert min(answer.elapsed.total_seconds() for answer in more) < 0.2
    answers = [future.result() for future in futures]
    assert Counter(answer.status_code for answer in answers) == {200: CAPACITY, 503: CLIENTS - CAPACITY}
    for answer in answers:
        if answer.status_code == 503:
            assert "Request processing queue is at capacity." in answer.text
            assert int(answer.headers["Retry-After"]) > 0
    assert Contact.objects.count() == CAPACITY * ROWS
    assert waiting() == 0


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("campaigns", [1, 60])
def test_of_60_large_imports_at_once_30_wait_and_the_others_are_refused_at_once(
    start_process, administrator, workers, campaigns
):
    server = start_server(start_process, workers=workers)
    campaigns = CampaignFactory.create_batch(campaigns)

    answers = post_at_once(server, campaigns, administrator, LARGE)

    counted = Counter(status for status, _ in answers)
    refused = sorted(seconds for status, seconds in answers if status == 503)
    print(dict(counted), f"refused within {refused[-1]} s")
    assert set(counted) == {200, 503}
    # On a machine that does nothing else it is under 0.2; those that wait are answered after many seconds.
    assert refused[-1] < 2
    assert Contact.objects.count() == counted[200] * LARGE


def test_requests_without_a_user_or_a_right_leave_the_queue(start_process, campaign):
    server, stranger = start_server(start_process), UserFactory(roles=["administrator"], is_active=False)
    supervisor = UserFactory(roles=["supervisor"])

    for _ in range(CAPACITY + 1):
        assert post_import(server.url, campaign, supervisor, "k", ROWS).status_code == 403
    assert post_import(server.url, campaign, stranger, "k", ROWS).status_code == 401
    assert waiting() == 0


def test_the_tickets_of_a_killed_process_are_free_at_once(start_process, administrator, campaign):
    doomed, other = start_server(start_process), start_server(start_process)
    with ThreadPoolExecutor(4) as pool:
        with slot(queue_of(campaign)):
            lost = [
                pool.submit(post_import, doomed.url, campaign, administrator, f"d{n}", ROWS) for n in range(3)
            ]
            assert wait_until(lambda: waiting() == 3)
            behind = pool.submit(post_import, other.url, campaign, administrator, "behind", ROWS)
            assert wait_until(lambda: waiting() == 4)
            os.killpg(doomed.pid, signal.SIGKILL)
            assert [future.result() for future in lost] == [None] * 3
            assert not behind.done()
        assert wait_until(behind.done, 5)
    assert behind.result().status_code == 200
    assert Contact.objects.count() == ROWS
    assert waiting() == 0
