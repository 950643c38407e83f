import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from outbound_site.core.health import HEARTBEAT_LIMIT, record_heartbeat
from outbound_site.core.models import Heartbeat
from tests.conftest import wait_until


@pytest.mark.django_db
def test_a_server_whose_worker_beats_is_healthy(client):
    record_heartbeat()

    answer = client.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "healthy": True,
        "database": "reachable",
        "missing_migrations": 0,
        "worker_heartbeat_age": pytest.approx(0, abs=5),
        "oldest_waiting_job_age": None,
    }


@pytest.mark.django_db
def test_a_server_without_a_worker_is_not(client):
    assert client.get("/health").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(("beyond", "status"), [(timedelta(seconds=-5), 200), (timedelta(seconds=1), 503)])
def test_a_heartbeat_that_is_too_old_counts_as_none(client, beyond, status):
    Heartbeat.objects.create(beaten_at=timezone.now() - HEARTBEAT_LIMIT - beyond)

    assert client.get("/health").status_code == status


@pytest.mark.django_db
def test_every_beat_is_written_to_the_same_row():
    record_heartbeat()
    record_heartbeat()

    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_lacks_a_migration_is_not_healthy(client):
    record_heartbeat()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id ="
            " (SELECT MAX(id) FROM django_migrations WHERE app = 'outbound_site')"
        )
    try:
        answer = client.get("/health")
    finally:
        call_command("migrate", "outbound_site", fake=True, verbosity=0)

    assert answer.status_code == 503
    assert answer.json()["missing_migrations"] == 1


ASK = """
import django
django.setup()
from django.test import Client
print(Client(headers={'host': 'localhost'}).get('/health').json())
"""


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/hunter2.sqlite3", "postgres://me:hunter2@127.0.0.1:1/outbound"]
)
def test_a_database_that_cannot_be_reached_is_reported_without_its_name(url):
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert asked.stdout == "{'healthy': False, 'database': 'unreachable'}\n"


def test_schedule_and_worker_beat_the_heart(start_process, start_worker):
    start_worker()
    start_process("-m", "celery", "-A", "outbound_site", "beat")

    assert wait_until(Heartbeat.objects.exists, 40)
