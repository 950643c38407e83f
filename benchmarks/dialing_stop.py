"""The emergency stop while eight dialers take records: time to its answer, and until all have heard of it.

`python -m benchmarks.dialing_stop [LEASES]`: 10,000 leases out and 150 campaigns when not given; with 100,000
the whole figure, 1,500 campaigns.
"""

import base64
import http.client
import time
from urllib.parse import urlsplit

from benchmarks.dialing_world import (
    dialers,
    fill,
    interface,
    number_given,
    on_each_database,
    web_server,
    worker,
    world,
)
from benchmarks.servers import PASSWORD, USER

LEASES, LEASES_A_CAMPAIGN = 10_000, 67
DIALERS = 8
ANSWER_LIMIT, RECALL_LIMIT = 1.0, 5.0


def main() -> None:
    on_each_database(measure)


def measure(postgresql: bool) -> None:
    leases = number_given(LEASES)
    name = "PostgreSQL" if postgresql else "SQLite"
    with world(postgresql=postgresql) as settings:
        held = hand_out(leases)
        busy = fill(50_000).pk
        with web_server(settings) as url, worker(settings):
            seconds, told, late = stop_under_traffic(url, busy)
        print(f"dialing stop on {name}: answered in {seconds:.2f} s, goal at most {ANSWER_LIMIT}")
        print(
            f"dialing recalls on {name}: {told:,} leases told within {late:.2f} s of the answer, "
            f"goal at most {RECALL_LIMIT}  ({held:,} out before)"
        )
        print(f"dialing records after the stop's answer on {name}: {handed_out_later()}, goal 0")


def hand_out(leases: int) -> int:
    """Campaigns with leases out, equally among the dialers."""
    from dialing.record_feed import claim_records

    campaigns = max(1, leases // LEASES_A_CAMPAIGN)
    held = 0
    for number in range(campaigns):
        campaign = fill(2 * LEASES_A_CAMPAIGN).pk
        held += len(claim_records(f"d{number % DIALERS}", campaign, LEASES_A_CAMPAIGN))
    return held


def stop_under_traffic(url: str, busy: int) -> tuple[float, int, float]:
    """Seconds to the answer; how many leases were told of, and how long after the answer the last one."""
    stop_at = time.time() + 12
    jobs = [
        *((url, busy, f"d{number}", stop_at, "take") for number in range(DIALERS)),
        *((url, busy, f"d{number}", stop_at, "listen") for number in range(DIALERS)),
        (url, busy, "", stop_at, "stop"),
    ]
    results = dialers(play, jobs)
    began, answered = results[-1]
    told = [line for lines in results[DIALERS : 2 * DIALERS] for line in lines]
    return (
        answered - began,
        sum(count for _, count in told),
        max((at for at, _ in told), default=0) - answered,
    )


def play(url: str, busy: int, name: str, stop_at: float, part: str) -> object:
    if part == "stop":
        return stop(url, stop_at)
    server = interface(url, name)
    if part == "take":
        while time.time() < stop_at + 6:
            server.records(busy, 10)
        return None
    after, told = 0, []
    while time.time() < stop_at + 25:
        recalls, after = server.recalls(after, 5)
        if recalls:
            told.append((time.time(), len(recalls)))
    return told


def stop(url: str, stop_at: float) -> tuple[float, float]:
    credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    parts = urlsplit(url)
    time.sleep(max(0.0, stop_at - time.time()))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    began = time.time()
    connection.request("PUT", "/unifiedconfig/config/campaign/disable", headers=headers)
    assert connection.getresponse().status == 200
    return began, time.time()


def handed_out_later() -> int:
    from dialing.models import Lease, StopReport

    return Lease.objects.filter(granted_at__gt=StopReport.objects.get().at).count()


if __name__ == "__main__":
    main()
