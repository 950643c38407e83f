import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.utils import timezone

from dnc.do_not_call_list import contains
from dnc.models import FileImport
from outbound_site.core.jobs import JobState
from tests.conftest import wait_until
from tests.factories import ImportRuleFactory

# A Redis database of its own for each test process, beyond those that the test settings hand out.
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS = f"redis://127.0.0.1:6379/{10 + PROCESS % 6}"
NUMBERS = [f"222555{n:04}" for n in range(5_000)] + ["*67#"]


@pytest.fixture(params=["embedded", "redis"])
def broker(request):
    """The broker's URL; empty for the embedded one."""
    if request.param == "embedded":
        return ""
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).flushdb()
    except redis.ConnectionError:
        pytest.skip(f"no Redis at {REDIS}")
    return REDIS


@pytest.fixture
def celery(start_process, root, tmp_path, broker):
    """Start a part of a real Celery with this test's broker, database and roots."""
    environment = {
        "CELERY_BROKER_URL": broker,
        "DATA_DIR": str(tmp_path / "data"),
        "DNC_ROOTS": str(root),
        "DNC_SCAN_SECONDS": "1",
        "DNC_SETTLE_SECONDS": "1",
    }
    return lambda *arguments: start_process("-m", "celery", "-A", "outbound_site", *arguments, **environment)


def start_worker(celery):
    return celery(
        "worker", "-P", "threads", "-c", "2", "-Q", "imports", "--without-gossip", "--without-mingle"
    )


def succeeded():
    return FileImport.objects.filter(state=JobState.SUCCEEDED).first()


def test_a_file_that_appears_is_imported_by_worker_and_schedule(celery, root):
    rule = ImportRuleFactory()
    start_worker(celery)
    celery("beat")
    Path(rule.file_path).write_text("\r\n".join(NUMBERS))

    batch = wait_until(succeeded, seconds=60)

    assert batch, "the file was not imported"
    assert contains(NUMBERS) == set(NUMBERS)
    assert wait_until(lambda: [path.name for path in root.iterdir()] == [batch.new_name])


def test_an_import_outlives_its_worker(celery, root):
    rule = ImportRuleFactory()
    path = Path(rule.file_path)
    path.write_text("\r\n".join(NUMBERS * 400))
    worker = start_worker(celery)
    celery("beat")
    assert wait_until(lambda: FileImport.objects.filter(state=JobState.RUNNING).exists(), seconds=60)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    FileImport.objects.filter(state=JobState.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )

    start_worker(celery)

    batch = wait_until(succeeded, seconds=60)
    assert batch, "the import was not taken up again"
    assert contains(NUMBERS) == set(NUMBERS)


def test_three_workers_run_one_import_at_a_time(celery, root):
    rules = ImportRuleFactory.create_batch(3)
    for rule in rules:
        Path(rule.file_path).write_text(f"{rule.pk:010}\r\n" + "\r\n".join(NUMBERS * 20))
    for _ in range(3):
        start_worker(celery)
    celery("beat")

    done = FileImport.objects.filter(state=JobState.SUCCEEDED).order_by("started_at")
    assert wait_until(lambda: done.count() == 3, seconds=90)
    first, second, third = done.values_list("started_at", "finished_at")
    assert first[1] <= second[0]
    assert second[1] <= third[0]
    assert contains(f"{rule.pk:010}" for rule in rules) == {f"{rule.pk:010}" for rule in rules}
