"""Results in: one dialer, eight on one campaign, eight on a campaign each; the counters against the history.

`python -m benchmarks.dialing_results [RESULTS]`: 4,000 when not given, 100,000 for the whole figure.
"""

import multiprocessing
import random
import time
from threading import Barrier

from benchmarks.dialing_world import (
    analyze,
    dialers,
    fill,
    interface,
    number_given,
    on_each_database,
    web_server,
    world,
)

RESULTS, AT_ONCE, DIALERS = 4_000, 50, 8
MIXED = [8, 8, 8, 9, 10, 10, 12, 12, 14, 16, 21, 24, 7, 25, 11]


def main() -> None:
    on_each_database(measure)


def measure(postgresql: bool) -> None:
    results = number_given(RESULTS)
    name = "PostgreSQL" if postgresql else "SQLite"
    with world(postgresql=postgresql) as settings:
        shared = fill(2 * results).pk
        own = [fill(results // DIALERS).pk for _ in range(DIALERS)]
        analyze()
        with web_server(settings) as url:
            alone = rate(url, [shared], results // 3)
            together = rate(url, [shared] * DIALERS, results // 3)
            apart = rate(url, own, results // 3)
        print(
            f"dialing results on {name}: {together / apart:.2f} times with {DIALERS} dialers on one campaign "
            f"what it is on {DIALERS} campaigns, no goal  "
            f"({together:,.0f}/s, {apart:,.0f}/s; one dialer {alone:,.0f}/s)"
        )
        wrong = sum(differences(campaign) for campaign in [shared, *own])
        print(f"dialing counters against the replay on {name}: {wrong} differences, goal 0")


def rate(url: str, campaigns: list[int], results: int) -> float:
    """Results a second of a dialer for each campaign given, together; records are taken beforehand."""
    count = len(campaigns)
    names = [f"d{count}.{number}.{len(set(campaigns))}" for number in range(count)]
    with multiprocessing.Manager() as manager:
        ready, share = manager.Barrier(count), results // count
        shares = dialers(report, [(url, *each, share, ready) for each in zip(campaigns, names, strict=True)])
    began, ended = min(start for start, _ in shares), max(end for _, end in shares)
    return results / (ended - began)


def report(url: str, campaign: int, name: str, results: int, ready: Barrier) -> tuple[float, float]:
    server, rng = interface(url, name), random.Random(name)
    leases: list[str] = []
    while len(leases) < results:
        leases += [record["lease"] for record in server.records(campaign, min(500, results - len(leases)))]
    batches = [leases[start : start + AT_ONCE] for start in range(0, len(leases), AT_ONCE)]
    ready.wait()
    began = time.time()
    for batch in batches:
        server.report([result(lease, rng) for lease in batch])
    return began, time.time()


def result(lease: str, rng: random.Random) -> dict[str, object]:
    code = rng.choice(MIXED)
    values: dict[str, object] = {"lease": lease, "callResult": code}
    if code in {10, 14, 24}:
        values |= {"agent": "1001", "talkTime": rng.randint(5, 300), "wrapupTime": rng.randint(5, 60)}
    if code == 14:
        values["callback"] = {"dateTime": "2038-01-01T10:00:00Z"}
    return values


def differences(campaign: int) -> int:
    from dialing import counters

    kept, replayed = counters.kept(campaign), counters.replay(campaign)
    return sum(kept.get(key) != replayed.get(key) for key in kept.keys() | replayed.keys())


if __name__ == "__main__":
    main()
