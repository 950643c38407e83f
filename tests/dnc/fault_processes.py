"""The processes of the fault test: importers that are killed, and a reader that asks all the while."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import django

django.setup()

from dnc.do_not_call_list import contains  # noqa: E402
from dnc.import_runner import run_waiting  # noqa: E402


def import_in_children(pid_file):
    """Fork, for each attempt, a child that imports what waits; its process id is in `pid_file`."""
    while True:
        child = os.fork()
        if not child:
            run_waiting()
            os._exit(0)
        draft = pid_file.with_suffix(".draft")
        draft.write_text(str(child))
        draft.rename(pid_file)
        os.waitpid(child, 0)
        time.sleep(0.01)


def read(numbers_file, result_file):
    """Ask, until SIGTERM, for numbers that are always listed and for those of the one list or the other."""
    always, one, other = json.loads(numbers_file.read_text())
    counts = {"looks": 0, "listed answered not listed": 0, "mixed": 0}
    signal.signal(signal.SIGTERM, lambda *args: (result_file.write_text(json.dumps(counts)), os._exit(0)))
    while True:
        found = contains([*always, *one, *other])
        counts["looks"] += 1
        counts["listed answered not listed"] += len(set(always) - found)
        counts["mixed"] += not (found >= set(one)) ^ (found >= set(other))


if __name__ == "__main__":
    {"import": import_in_children, "read": read}[sys.argv[1]](*map(Path, sys.argv[2:]))
