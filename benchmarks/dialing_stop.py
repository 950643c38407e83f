"""The emergency stop while eight dialers take records: time to its answer, and until all have heard of it.

`python -m benchmarks.dialing_stop [LEASES]`: 10,000 leases out and 150 campaigns when not given; with 100,000
the whole figure, 1,500 campaigns.
"""

import base64
import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from benchmarks.dialing_world import (
    analyze,
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
# Of a dialer that was given nothing, before it asks again; real ones wait for many seconds.
PAUSE = 0.1
ANSWER_LIMIT, RECALL_LIMIT = 1.0, 5.0


def main() -> None:
    on_each_database(measure)


def measure(postgresql: bool) -> None:
    leases = number_given(LEASES)
    name = "PostgreSQL" if postgresql else "SQLite"
    with world(postgresql=postgresql) as settings:
        held = hand_out(leases)
        busy = fill(50_000).pk
        analyze()
        with web_server(settings) as url, worker(settings):
            seconds, recalled, late = stop_under_traffic(url, busy)
        print(f"dialing stop on {name}: answered in {seconds:.2f} s, goal at most {ANSWER_LIMIT}")
        print(
            f"dialing recalls on {name}: {recalled:,} leases recalled within {late:.2f} s of the answer, "
            f"goal at most {RECALL_LIMIT}  ({held:,} out before)"
        )
        print(f"dialing records after the stop's answer on {name}: {handed_out_later()}, goal 0")


def hand_out(leases: int) -> int:
    """Campaigns with leases out, equally among the dialers."""
    from dialing.record_feed import claim_records

    campaigns = max(1, leases // LEASES_A_CAMPAIGN)
    lists = [fill(2 * LEASES_A_CAMPAIGN).pk for _ in range(campaigns)]
    analyze()
    taken = [
        claim_records(f"d{number % DIALERS}", campaign, LEASES_A_CAMPAIGN)
        for number, campaign in enumerate(lists)
    ]
    return sum(map(len, taken))


def stop_under_traffic(url: str, busy: int) -> tuple[float, int, float]:
    """Seconds to the answer; how many leases were recalled, and how long after the answer the last one."""
    traffic = Traffic(url, busy)
    with ThreadPoolExecutor(2 * DIALERS) as pool:
        for number in range(DIALERS):
            pool.submit(traffic.take, f"d{number}")
            pool.submit(traffic.listen, f"d{number}")
        traffic.wait_until_everybody_works()
        began = time.perf_counter()
        stop(url)
        answered = time.perf_counter()
        traffic.wait_for_silence()
        traffic.going_on = False
    recalled = sum(count for _, count in traffic.recalled)
    return answered - began, recalled, max((at for at, _ in traffic.recalled), default=answered) - answered


class Traffic:
    def __init__(self, url: str, campaign: int) -> None:
        self.url, self.campaign, self.going_on = url, campaign, True
        self.at_work: set[str] = set()
        self.recalled: list[tuple[float, int]] = []

    def take(self, name: str) -> None:
        server = interface(self.url, name)
        while self.going_on:
            records = server.records(self.campaign, 10)
            self.at_work.add(f"{name} takes")
            if not records:
                time.sleep(PAUSE)

    def listen(self, name: str) -> None:
        server, after = interface(self.url, name), 0
        while self.going_on:
            self.at_work.add(f"{name} listens")
            recalls, after = server.recalls(after, 5)
            if recalls:
                self.recalled.append((time.perf_counter(), len(recalls)))

    def wait_until_everybody_works(self) -> None:
        while len(self.at_work) < 2 * DIALERS:
            time.sleep(0.1)
        time.sleep(1)

    def wait_for_silence(self) -> None:
        """Ten seconds without a recall."""
        last = time.perf_counter()
        while time.perf_counter() - max([last, *(at for at, _ in self.recalled)]) < 10:
            time.sleep(0.2)


def stop(url: str) -> None:
    credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("PUT", "/unifiedconfig/config/campaign/disable", headers=headers)
    assert connection.getresponse().status == 200


def handed_out_later() -> int:
    from dialing.models import Lease, StopReport

    return Lease.objects.filter(granted_at__gt=StopReport.objects.get().at).count()


if __name__ == "__main__":
    main()
