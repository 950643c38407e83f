import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate

from outbound_site.core import health
from outbound_site.roles import load_roles
from tests.admin_world import furnish
from tests.api_client import Api
from tests.factories import UserFactory
from timezones.loading import load_time_zones

CHROMIUM = Path("/usr/bin/chromium")
FAULT_SCALE = float(os.environ.get("FAULT_SCALE", "1"))


def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") and not CHROMIUM.exists():
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(f"{CHROMIUM} is missing")
    if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        pytest.skip("needs DATABASE_URL=postgres://...")


def load_reference_data(**kwargs):
    load_time_zones()
    load_roles()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Time zones and roles stand in every test: the signal follows migrations and each flush."""
    post_migrate.connect(load_reference_data, sender=list(apps.get_app_configs())[-1])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database is dropped at the end, also when a process that a test killed has left a session in it."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def alice(db):
    """The administrator."""
    return UserFactory(username="alice@cce.example", roles=["administrator"])


@pytest.fixture
def sam(db):
    """The supervisor."""
    return UserFactory(username="sam@cce.example", roles=["supervisor"])


@pytest.fixture
def lou(db):
    """The list loader: a custom role with the subfeature CampaignContact."""
    return UserFactory(username="lou@cce.example", permissions=["campaign_contact"])


@pytest.fixture
def nina(db):
    """Nobody: a user without a role."""
    return UserFactory(username="nina@cce.example")


@pytest.fixture
def world(alice):
    """Something of every kind that the admin shows."""
    furnish(alice)


@pytest.fixture
def api(alice):
    """The API, signed in as the administrator."""
    return Api(alice.username)


@pytest.fixture
def api_as():
    """The API, signed in as that user: `api_as(sam).get("campaign")`."""
    return lambda user: Api(user.username)


@pytest.fixture(autouse=True)
def empty_cache():
    """Nothing is remembered from another test."""
    cache.clear()
    health.forget_clock()


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds=30):
    """Poll a condition that another process brings about; its last value, true or not."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


@pytest.fixture
def child_environment(transactional_db):
    """The environment in which a real process sees this test's database, broker and settings."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        user = f"{database['USER']}:{database['PASSWORD']}"
        url = f"postgres://{user}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
    return os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}


@pytest.fixture
def start_process(child_environment, tmp_path):
    """Start real processes of this project, with their output in `log`; end what is left."""
    started = []

    def start(*arguments, **environment):
        log = tmp_path / f"process-{len(started)}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=settings.BASE_DIR,
                env=child_environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process.log = log
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def start_worker(start_process):
    """Start a real Celery worker on this test's broker."""
    return lambda *arguments: start_process(
        *(
            "-m",
            "celery",
            "-A",
            "outbound_site",
            "worker",
            "-P",
            "threads",
            "-c",
            "4",
            "-Q",
            "urgent,imports",
        ),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", *arguments),
    )
