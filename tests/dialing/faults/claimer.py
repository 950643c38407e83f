"""A client that takes records and gives them back as fast as it can, and notes when it held which.

`python -m tests.dialing.faults.claimer URL NAME CAMPAIGN LOG` ends when it is killed. The log, written
through before anything else happens:

    ["taken", answered at, asked at, [[contact, lease], ...]]
    ["returned", at, [lease, ...]]
"""

import json
import os
import sys
import time

from dialer.client import Interface, Unreachable

AT_ONCE = 20


def main(url, name, campaign, path):
    interface = Interface(url, os.environ["DIALER_USERNAME"], os.environ["DIALER_PASSWORD"], name)
    outbox = []
    with open(path, "a", buffering=1) as log:

        def note(*line):
            log.write(json.dumps(line) + "\n")

        while True:
            try:
                if outbox:
                    interface.report(outbox)
                    outbox = []
                asked_at = time.monotonic()
                records = interface.records(int(campaign), AT_ONCE)
            except Unreachable:
                time.sleep(0.1)
                continue
            note("taken", time.monotonic(), asked_at, [[r["contact"], r["lease"]] for r in records])
            note("returned", time.monotonic(), [record["lease"] for record in records])
            outbox = [{"lease": record["lease"], "callResult": 25} for record in records]
            if not records:
                time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
