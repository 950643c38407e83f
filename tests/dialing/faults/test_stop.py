"""The emergency stop while dialers take records as fast as they can."""

import time

import pytest
import requests

from dialing.models import Lease, StopReport
from tests.conftest import wait_until
from tests.dialing.faults.conftest import make_list, read_lines
from tests.factories import PASSWORD

pytestmark = pytest.mark.fault

CAMPAIGNS = 4


@pytest.fixture
def stop(programs, alice):
    """The request of a supervisor who has the right; the moments before and after it."""

    def stop():
        url = f"{programs.url}/unifiedconfig/config/campaign/disable"
        answer = requests.put(url, auth=(alice.username, PASSWORD), timeout=60)
        assert answer.status_code == 200, answer.text
        return time.monotonic()

    return stop


def takers(programs, campaigns, folder):
    """Clients that keep what they take and note the recalls that they get; their logs."""
    logs = []
    for number, campaign in enumerate(campaigns):
        for kind in ("record_taker", "listener"):
            log = folder / f"{kind}-{number}.jsonl"
            program = programs.python(
                *("-m", f"tests.dialing.faults.{kind}", programs.url, f"c{number}"),
                *(str(campaign.pk), str(log)),
            )
            logs.append((kind, log, program))
    return logs


def test_nothing_leaves_after_the_answer_and_everybody_is_informed(programs, stop, tmp_path):
    campaigns = [make_list(3000, phones=1) for _ in range(CAMPAIGNS)]
    programs.web()
    programs.worker()
    programs.schedule()
    logs = takers(programs, campaigns, tmp_path)

    def lines(kind):
        return [line for found, log, _ in logs if found == kind for line in read_lines(log)]

    def taken():
        return [(asked_at, leases) for _, asked_at, leases in lines("record_taker") if leases]

    assert wait_until(lambda: sum(len(leases) for _, leases in taken()) > 500, 60)
    answered_at = stop()
    handed_out = Lease.objects.count()

    def recalled():
        return {lease for _, leases in lines("listener") for lease in leases}

    def held():
        return {lease for _, leases in taken() for lease in leases}

    # They go on asking: well after the answer there must have been many more questions.
    questions = len(lines("record_taker"))
    assert wait_until(lambda: len(lines("record_taker")) > questions + 100, 60)
    assert wait_until(lambda: recalled() >= held(), 30), len(held() - recalled())
    for *_, program in logs:
        program.kill()
    assert [leases for asked_at, leases in taken() if asked_at > answered_at] == []
    # Nor did a hand-out that was under way end after the answer.
    assert Lease.objects.count() == handed_out
    # The stop itself writes the recalls; the worker brings the records back after it.
    report = StopReport.objects.get()
    assert wait_until(lambda: StopReport.objects.get().recalled_at, 30)
    assert not Lease.objects.open().exists()
    assert report.records_out == Lease.objects.filter(state="recalled").count()
    assert {line.dialer.name for line in report.dialers.all()} == {f"c{n}" for n in range(CAMPAIGNS)}
