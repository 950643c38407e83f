"""The queue of imports, with real clients against several web servers."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Contact
from outbound_site.bulk.queue import CAPACITY, waiting
from outbound_site.models import RequestPlace
from tests.campaigns.import_servers import post_import, start_server
from tests.conftest import wait_until
from tests.factories import CampaignFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

SERVERS, CLIENTS, ROWS = 3, 45, 5


@pytest.fixture
def administrator():
    return UserFactory(roles=["administrator"])


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def running(campaign):
    """An import of that campaign that does not end before the place is deleted."""
    lane = f"campaign {campaign.pk}" if connection.vendor == "postgresql" else "one writer"
    return RequestPlace.objects.create(lane=lane, alive_until=timezone.now() + timedelta(hours=1))


def test_30_requests_wait_over_all_processes_and_the_next_are_refused(
    start_process, administrator, campaign, running
):
    servers = [start_server(start_process) for _ in range(SERVERS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        futures = [
            pool.submit(post_import, servers[n % SERVERS].url, campaign, administrator, f"k{n}", ROWS)
            for n in range(CLIENTS)
        ]
        refused = wait_until(
            lambda: (
                [f for f in futures if f.done()]
                if sum(f.done() for f in futures) == CLIENTS - CAPACITY
                else None
            ),
            90,
        )
        assert len(refused) == CLIENTS - CAPACITY
        assert waiting() == CAPACITY
        running.delete()
        answers = [future.result() for future in futures]
    assert sorted(answer.status_code for answer in answers) == [200] * CAPACITY + [503] * len(refused)
    for answer in answers:
        if answer.status_code == 503:
            assert "Request processing queue is at capacity." in answer.text
            assert int(answer.headers["Retry-After"]) > 0
    assert Contact.objects.count() == CAPACITY * ROWS
    assert waiting() == 0


def test_the_places_of_a_killed_process_are_free_within_30_seconds(
    start_process, administrator, campaign, running
):
    doomed, other = start_server(start_process), start_server(start_process)
    with ThreadPoolExecutor(4) as pool:
        lost = [
            pool.submit(post_import, doomed.url, campaign, administrator, f"d{n}", ROWS) for n in range(3)
        ]
        assert wait_until(lambda: waiting() == 3)
        behind = pool.submit(post_import, other.url, campaign, administrator, "behind", ROWS)
        assert wait_until(lambda: waiting() == 4)
        os.killpg(doomed.pid, signal.SIGKILL)
        running.delete()
        assert wait_until(behind.done, 30)
    assert behind.result().status_code == 200
    assert [future.result() for future in lost] == [None] * 3
    assert Contact.objects.count() == ROWS
