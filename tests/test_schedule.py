"""The schedule under a clock that is set, with real processes."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from outbound_site.celery import app
from outbound_site.core.models import Heartbeat
from outbound_site.schedule import Scheduler
from tests.conftest import wait_until

HOUR = timedelta(hours=1)


def beaten_at():
    return Heartbeat.objects.values_list("beaten_at", flat=True).first()


@pytest.mark.fault
def test_periodic_work_goes_on_when_the_clock_is_set_back_by_two_hours(start_process):
    celery = ("-m", "tests.shifted_clock", "-A", "outbound_site")
    threads = ("-P", "threads", "-c", "2", "-Q", "urgent,imports")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    processes = [start_process(*celery, "worker", *threads, *quiet), start_process(*celery, "beat")]
    assert wait_until(beaten_at, 120)

    for process in processes:
        os.kill(process.pid, signal.SIGRTMIN)

    assert wait_until(lambda: beaten_at() < timezone.now() - HOUR, 120), [
        p.log.read_text() for p in processes
    ]
    processes[1].kill()
    Heartbeat.objects.all().delete()
    start_process(*celery, "beat", SHIFTED="1")
    assert wait_until(beaten_at, 120)


@pytest.fixture
def sent(monkeypatch):
    """The names of the entries whose time has come, in order; nothing is sent."""
    names = []
    monkeypatch.setattr(Scheduler, "apply_entry", lambda self, entry, producer=None: names.append(entry.name))
    return names


def run(scheduler):
    """Until nothing is due any more; returns the seconds to wait."""
    while (wait := scheduler.tick()) <= 0:
        pass
    return wait


@pytest.mark.parametrize("step", [-2 * HOUR, 2 * HOUR])
def test_after_the_clock_was_set_every_entry_is_due_within_its_interval(step, sent):
    with time_machine.travel(datetime(2026, 3, 10, 23, tzinfo=UTC), tick=False) as clock:
        scheduler = Scheduler(app)
        run(scheduler)
        clock.shift(step)
        sent.clear()
        assert run(scheduler) <= 5
        clock.shift(5)
        run(scheduler)

    assert {"beat_heart", "recall_stopped", "sweep_dnc_imports"} <= set(sent)
    assert ("purge" in sent) == (step > timedelta(0))


def test_a_worker_whose_clock_is_some_seconds_ahead_drops_no_entry():
    expiries = [
        entry["options"]["expires"] for entry in app.conf.beat_schedule.values() if "options" in entry
    ]

    assert min(expiries) >= 60


def test_what_is_due_at_midnight_is_made_up_for_at_the_start(sent):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as clock:
        scheduler = Scheduler(app)
        run(scheduler)
        assert sent == ["purge"]
        for _ in range(11):
            clock.shift(HOUR)
            run(scheduler)
        assert sent.count("purge") == 1
        clock.shift(HOUR)
        run(scheduler)

    assert sent.count("purge") == 2
