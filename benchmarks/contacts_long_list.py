"""A campaign that grows import by import: its imports, its list's pages and its download.

CONTACTS (default 1,000,000; the goal for imports is meant at 10,000,000) is the length it reaches.
"""

import os
import random
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contact_lists import ROWS, database, make_campaign, make_content

CONTACTS = int(os.environ.get("CONTACTS", "1000000"))
LISTED = 1_000_000
COMPARED = 15
GOAL_IMPORT, GOAL_PAGE, GOAL_MEMORY = 1.3, 3.0, 1.3


def main() -> None:
    with database():
        campaign = make_campaign("bench_long")
        chance = random.Random(2)
        times: list[float] = []
        for number in range(1, CONTACTS // ROWS + 1):
            times.append(import_once(campaign, make_content(chance)))
            if number * ROWS == min(LISTED, CONTACTS):
                measure_list(campaign)
            if number % 100 == 0:
                print(f"{number * ROWS:,}: {median(times[-COMPARED:]) * 1000:.0f} ms an import", flush=True)
        # The very first one warms caches up.
        first, last = median(times[1 : COMPARED + 1]), median(times[-COMPARED:])
        print(
            f"import {len(times)} of 10,000 rows: {last * 1000:.0f} ms; the first ones {first * 1000:.0f} ms"
        )
        print(f"contacts_import_{len(times)}_to_first {last / first:.2f} {GOAL_IMPORT}")


def import_once(campaign: Any, content: str) -> float:
    from campaigns.contact_import import import_content

    start = time.perf_counter()
    import_content(campaign, content, user=None)
    return time.perf_counter() - start


def measure_list(campaign: Any) -> None:
    from benchmarks.servers import Client, gunicorn
    from campaigns.models import Contact

    total = Contact.objects.filter(campaign=campaign).count()
    path = f"/unifiedconfig/config/campaign/{campaign.pk}/import"
    with gunicorn("outbound_site.settings") as port:
        client = Client(port)
        client.request("GET", path)
        pages = {"first": 0, "middle": total // 2, "last": total - 25}
        took = {name: page_seconds(client, f"{path}?startIndex={start}") for name, start in pages.items()}
        shown = ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in took.items())
        print(f"pages of a list of {total:,}: {shown}", flush=True)
        print(f"contacts_last_page_to_first {took['last'] / took['first']:.2f} {GOAL_PAGE}")
    short = make_campaign("bench_short")
    import_once(short, make_content(random.Random(3)))
    peaks = [download_peak(pk) for pk in (short.pk, campaign.pk)]  # type: ignore[attr-defined]
    print(
        f"CSV of {ROWS:,} contacts: server at {peaks[0]:.0f} MB; of {total:,}: {peaks[1]:.0f} MB", flush=True
    )
    print(f"contacts_csv_memory {peaks[1] / peaks[0]:.2f} {GOAL_MEMORY}")


def page_seconds(client: Any, path: str) -> float:
    found = []
    for _ in range(5):
        start = time.perf_counter()
        client.request("GET", path)
        found.append(time.perf_counter() - start)
    return median(found)


def download_peak(campaign_id: int) -> float:
    """Peak memory, in MB, of a web process that has served this one download."""
    from benchmarks.servers import Client, gunicorn

    with gunicorn("outbound_site.settings") as port:
        client = Client(port)
        path = f"/unifiedconfig/config/campaign/{campaign_id}/import/csv"
        client.connection.request("GET", path, headers=client.headers)
        response = client.connection.getresponse()
        while response.read(1 << 20):
            pass
        return worker_peak()


def worker_peak() -> float:
    """Of the one web process that runs: the child of this process's child."""
    (master,) = children(os.getpid())
    (worker,) = children(master)
    status = Path(f"/proc/{worker}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
