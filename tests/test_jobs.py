import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from dnc.models import FileImport
from outbound_site.core.jobs import LEASE, JobState, LeaseLost


@pytest.fixture
def job(db):
    return new_job()


def new_job():
    return FileImport.objects.create(
        origin="upload", path="/lists/dnc.txt", file_name="dnc.txt", afterwards="keep"
    )


def claim(job):
    return FileImport.objects.claim(job.pk)


def test_a_queued_job_is_claimed_by_one_worker_only(job):
    first, second = claim(job), claim(job)

    assert (first.state, first.attempts) == (JobState.RUNNING, 1)
    assert first.token is not None
    assert second is None


def test_a_claimed_job_is_leased_for_half_a_minute(job, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)

    assert claim(job).lease_until == timezone.now() + LEASE == timezone.now() + timedelta(seconds=30)


@pytest.mark.parametrize(("beyond", "free"), [(timedelta(seconds=-1), False), (timedelta(seconds=1), True)])
def test_a_job_whose_lease_ran_out_may_be_claimed_again(job, time_machine, beyond, free):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    first = claim(job)
    time_machine.shift(LEASE + beyond)

    second = claim(job)

    assert (second is not None) == free
    if free:
        assert second.token != first.token
        assert second.attempts == 2


def test_a_job_that_was_leased_before_the_clock_was_set_back_may_be_claimed_again(job, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    first = claim(job)
    time_machine.shift(timedelta(hours=-2))

    second = claim(job)

    assert second.token != first.token
    with pytest.raises(LeaseLost):
        first.renew()


def test_a_step_prolongs_the_lease_and_stores_progress(job, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    mine = claim(job)
    time_machine.shift(20)

    mine.renew(done=7)

    job.refresh_from_db()
    assert (job.done, mine.done) == (7, 7)
    assert job.lease_until == mine.lease_until == timezone.now() + LEASE


def test_a_worker_that_lost_its_lease_stores_nothing_more(job, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    slow = claim(job)
    time_machine.shift(LEASE + timedelta(seconds=1))
    quick = claim(job)

    with pytest.raises(LeaseLost):
        slow.renew(done=7)
    with pytest.raises(LeaseLost):
        slow.finish(JobState.FAILED)

    job.refresh_from_db()
    assert (job.done, job.state, job.token) == (0, JobState.RUNNING, quick.token)


def test_a_late_step_goes_on_while_nobody_else_has_claimed(job, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    mine = claim(job)
    time_machine.shift(LEASE + timedelta(minutes=5))

    mine.renew(done=7)

    assert claim(job) is None


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED])
def test_a_finished_job_is_never_claimed_again(job, state, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    mine = claim(job)

    mine.finish(state, done=9)

    time_machine.shift(LEASE * 10)
    job.refresh_from_db()
    assert (job.state, job.done, job.lease_until, job.finished_at is not None) == (state, 9, None, True)
    assert claim(job) is None
    assert not FileImport.objects.waiting().exists()
    with pytest.raises(LeaseLost):
        mine.renew(done=10)


RACER = """
import sys, django
django.setup()
from dnc.models import FileImport
for line in sys.stdin:
    print(FileImport.objects.claim(int(line)) is not None, flush=True)
"""


def test_of_processes_that_race_for_a_job_one_gets_it(child_environment):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER],
            cwd=settings.BASE_DIR,
            env=child_environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    outcomes = []
    for _ in range(20):
        job = new_job()
        for racer in racers:
            racer.stdin.write(f"{job.pk}\n")
            racer.stdin.flush()
        outcomes.append(sorted(racer.stdout.readline() for racer in racers))
        FileImport.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED)
    for racer in racers:
        racer.communicate(timeout=30)

    assert outcomes == [["False\n", "False\n", "True\n"]] * 20
