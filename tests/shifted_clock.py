"""Runs `celery` with a clock that SIGRTMIN sets back by two hours: `python -m tests.shifted_clock beat ...`

With SHIFTED=1 in the environment it is two hours behind from the start.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import time_machine
from celery.__main__ import main

if __name__ == "__main__":
    offset = time.time() - time.monotonic() - (7200 if os.environ.get("SHIFTED") else 0)
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        # Exactly, however long it took to get here.
        traveller.shift(offset + time.monotonic() - time.time())
        signal.signal(signal.SIGRTMIN, lambda number, frame: traveller.shift(timedelta(hours=-2)))
        sys.argv[0] = "celery"
        main()
