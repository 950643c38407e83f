"""A client that waits for recalls: `python -m tests.dialing.faults.listener URL NAME CAMPAIGN LOG`.

Lines of the log: `[answered at, [lease, ...]]`.
"""

import json
import os
import sys
import time

from dialer.client import Interface, Unreachable


def main(url, name, _, path):
    interface, after = (
        Interface(url, os.environ["DIALER_USERNAME"], os.environ["DIALER_PASSWORD"], name),
        0,
    )
    with open(path, "a", buffering=1) as log:
        while True:
            try:
                recalls, after = interface.recalls(after, 20)
            except Unreachable:
                continue
            log.write(json.dumps([time.monotonic(), [recall["lease"] for recall in recalls]]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
