import json
import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from dnc.do_not_call_list import contains, count
from dnc.file_paths import Fingerprint
from dnc.file_scan import queue_rule
from dnc.models import FileImport
from outbound_site.core.jobs import JobState
from tests.conftest import FAULT_SCALE, wait_until
from tests.factories import ImportRuleFactory

KILLS = int(40 * FAULT_SCALE)
NUMBERS = int(50_000 * FAULT_SCALE)
SWITCHED = Q(state=JobState.RUNNING, in_force=True)
ALWAYS = [f"222555{n:04}" for n in range(200)] + ["*67#", "0222", "2225554444,12"]


def lists():
    """Two lists without a common number."""
    numbers = [
        str(number) for number in random.Random(5).sample(range(3_000_000_000, 3_200_000_000), 2 * NUMBERS)
    ]
    return numbers[:NUMBERS], numbers[NUMBERS:]


@pytest.fixture
def fault(start_process, root, tmp_path):
    """The rule whose file is imported, its two lists, and the processes at work on them."""

    class Fault:
        rule = ImportRuleFactory(name="registry", overwrite=True)
        lists = lists()
        kills_after_switch = 0
        environment = {"DNC_ROOTS": str(root), "DATA_DIR": str(tmp_path / "data")}
        pid_file, numbers_file, result_file = (tmp_path / name for name in ("pid", "numbers", "result"))

        def drop(self, turn):
            path = root / "registry.txt"
            path.write_text("\r\n".join([*ALWAYS, *self.lists[turn % 2]]))
            queue_rule(self.rule, Fingerprint.of(path.stat()))

        def start(self):
            self.numbers_file.write_text(json.dumps([ALWAYS, *(part[:200] for part in self.lists)]))
            module = "tests.dnc.fault_processes"
            start_process("-m", module, "import", str(self.pid_file), **self.environment)
            wait_until(idle)
            arguments = ("-m", module, "read", str(self.numbers_file), str(self.result_file))
            self.reader = start_process(*arguments, **self.environment)

        def kill(self):
            """`kill -9` of the importer; whether that cut an import short. The lease counts as run out."""
            pid = int(self.pid_file.read_text())
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return False
            wait_until(lambda: self.pid_file.read_text() != str(pid))
            self.kills_after_switch += FileImport.objects.filter(SWITCHED).count()
            cut = FileImport.objects.filter(state=JobState.RUNNING)
            return bool(cut.update(lease_until=timezone.now() - timedelta(seconds=1)))

        def answers(self):
            self.reader.terminate()
            self.reader.wait()
            return json.loads(self.result_file.read_text())

    return Fault()


def idle():
    return not FileImport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists()


def seconds_of_last_import():
    last = FileImport.objects.filter(state="succeeded").first()
    return (last.finished_at - last.started_at).total_seconds()


def wait_for_switch(seconds):
    deadline = time.monotonic() + seconds
    while not FileImport.objects.filter(SWITCHED).exists() and time.monotonic() < deadline:
        pass


@pytest.mark.fault
@pytest.mark.timeout(300 * max(1, FAULT_SCALE) ** 2)
def test_a_killed_import_leaves_the_old_or_the_new_list_and_is_taken_up_again(fault, root):
    fault.drop(turn=0)
    fault.start()
    random_, kills, turn = random.Random(6), 0, 0
    while kills < KILLS:
        if idle():
            turn += 1
            fault.drop(turn)
        if kills % 4:
            time.sleep(random_.uniform(0, seconds_of_last_import()))
        else:
            # Between the switch and the file's new name there are few milliseconds.
            wait_for_switch(seconds=3 * seconds_of_last_import())
        kills += fault.kill()

    assert wait_until(idle, seconds=60)
    answers = fault.answers()
    print(
        f"{kills} kills, {fault.kills_after_switch} of them before the rename, {turn + 1} imports: {answers}"
    )
    assert answers["looks"] > kills
    assert (answers["listed answered not listed"], answers["mixed"]) == (0, 0)
    assert contains([*ALWAYS, *fault.lists[turn % 2]]) == {*ALWAYS, *fault.lists[turn % 2]}
    assert count() == len(ALWAYS) + NUMBERS
    assert FileImport.objects.filter(state="succeeded", file_outcome="renamed").count() == turn + 1
    assert len(list(root.iterdir())) <= turn + 1
    assert not (root / "registry.txt").exists()
