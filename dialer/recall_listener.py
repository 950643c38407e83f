import logging
import queue
import threading
import time

from dialer.client import Interface, Refused, Unreachable

log = logging.getLogger(__name__)

# Seconds on the wall: how long the server may wait for a recall, and the pause after an early empty answer.
# A server that ends lets everybody wait to the end; that of a demonstration shall be gone soon.
WAIT, PAUSE = 5, 1.0


class RecallListener(threading.Thread):
    """Waits at the server for leases that are taken back; `take()` gives those that have come in."""

    def __init__(self, interface: Interface) -> None:
        super().__init__(daemon=True)
        self.interface = interface
        self.after = 0
        self.recalled: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            asked_at = time.monotonic()
            try:
                recalls, self.after = self.interface.recalls(self.after, WAIT)
            except Unreachable:
                recalls = []
            except Refused as error:
                log.error("%s", error)
                return
            for recall in recalls:
                self.recalled.put(recall["lease"])
            if not recalls and time.monotonic() - asked_at < PAUSE:
                self.ending.wait(PAUSE)

    def take(self) -> set[str]:
        gone = set()
        while not self.recalled.empty():
            gone.add(self.recalled.get())
        return gone
