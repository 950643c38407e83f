"""A client that takes records and keeps them.

`python -m tests.dialing.faults.record_taker URL NAME CAMPAIGN LOG`

Lines of the log: `[answered at, asked at, [lease, ...]]`.
"""

import json
import os
import sys
import time

from dialer.client import Interface, Unreachable


def main(url, name, campaign, path):
    interface = Interface(url, os.environ["DIALER_USERNAME"], os.environ["DIALER_PASSWORD"], name)
    with open(path, "a", buffering=1) as log:
        while True:
            asked_at = time.monotonic()
            try:
                records = interface.records(int(campaign), 5)
            except Unreachable:
                continue
            leases = [record["lease"] for record in records]
            log.write(json.dumps([time.monotonic(), asked_at, leases]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
