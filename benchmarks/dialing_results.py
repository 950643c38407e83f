"""Results in: one dialer and eight at once on one campaign, and the counters against the history.

`python -m benchmarks.dialing_results [RESULTS]`: 4,000 when not given, 100,000 for the whole figure.
"""

import random
import time

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

RESULTS, AT_ONCE = 4_000, 50
MIXED = [8, 8, 8, 9, 10, 10, 12, 12, 14, 16, 21, 24, 7, 25, 11]


def main() -> None:
    on_each_database(measure)


def measure(postgresql: bool) -> None:
    results = number_given(RESULTS)
    name = "PostgreSQL" if postgresql else "SQLite"
    with world(postgresql=postgresql) as settings:
        campaign = fill(3 * results).pk
        analyze()
        with web_server(settings) as url:
            rates = {count: rate(url, campaign, count, results // 2) for count in (1, 8)}
        print(
            f"dialing results on {name}: {rates[8] / rates[1]:.2f} times with 8 dialers what it is with 1, "
            f"no goal  ({rates[8]:,.0f}/s, {rates[1]:,.0f}/s)"
        )
        print(f"dialing counters against the replay on {name}: {differences(campaign)} differences, goal 0")


def rate(url: str, campaign: int, count: int, results: int) -> float:
    """Results a second of so many dialers together; records are taken beforehand."""
    shares = dialers(report, [(url, campaign, f"d{count}.{n}", results // count) for n in range(count)])
    began, ended = min(start for start, _ in shares), max(end for _, end in shares)
    return results / (ended - began)


def report(url: str, campaign: int, name: str, results: int) -> tuple[float, float]:
    server, chance = interface(url, name), random.Random(name)
    leases: list[str] = []
    while len(leases) < results:
        leases += [record["lease"] for record in server.records(campaign, min(500, results - len(leases)))]
    batches = [leases[start : start + AT_ONCE] for start in range(0, len(leases), AT_ONCE)]
    # All begin together, on the clock on the wall.
    time.sleep(max(0.0, 2 - time.time() % 2))
    began = time.time()
    for batch in batches:
        server.report([result(lease, chance) for lease in batch])
    return began, time.time()


def result(lease: str, chance: random.Random) -> dict[str, object]:
    code = chance.choice(MIXED)
    values: dict[str, object] = {"lease": lease, "callResult": code}
    if code in {10, 14, 24}:
        values |= {"agent": "1001", "talkTime": chance.randint(5, 300), "wrapupTime": chance.randint(5, 60)}
    if code == 14:
        values["callback"] = {"dateTime": "2038-01-01T10:00:00Z"}
    return values


def differences(campaign: int) -> int:
    from dialing import counters

    kept, replayed = counters.kept(campaign), counters.replay(campaign)
    return sum(kept.get(key) != replayed.get(key) for key in kept.keys() | replayed.keys())


if __name__ == "__main__":
    main()
