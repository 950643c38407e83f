"""Records out: the cost of a hand-out as the list grows, and eight dialers at once over HTTP.

`python -m benchmarks.dialing_claims [CONTACTS]`: 100,000 when not given, 1,000,000 for the whole figure. On
PostgreSQL where one answers, and on SQLite.
"""

import statistics
import time

from benchmarks.dialing_world import (
    analyze,
    dialers,
    fill,
    interface,
    number_given,
    on_each_database,
    percentile,
    web_server,
    world,
)

SMALL, CONTACTS = 10_000, 100_000
ROUNDS, AT_ONCE, SECONDS = 60, 20, 8
GROWTH_LIMIT = 1.3


def main() -> None:
    on_each_database(measure)


def measure(postgresql: bool) -> None:
    contacts = number_given(CONTACTS)
    name = "PostgreSQL" if postgresql else "SQLite"
    with world(postgresql=postgresql) as settings:
        small, large = fill(SMALL), fill(contacts)
        analyze()
        before, after = hand_out_times(small.pk, large.pk)
        print(
            f"dialing claim on {name}: {after / before:.2f} times its time at {SMALL:,} contacts "
            f"at {contacts:,}, goal at most {GROWTH_LIMIT}  ({after * 1000:.1f} ms, {before * 1000:.1f} ms)"
        )
        with web_server(settings) as url:
            alone = claims(url, large.pk, 1)
            many = claims(url, large.pk, 8)
        for count, (records, times) in ((1, alone), (8, many)):
            print(
                f"dialing claims over HTTP on {name}, {count} dialers: {records / SECONDS:,.0f} records/s, "
                f"requests of {AT_ONCE}: p50 {percentile(times, 0.5) * 1000:.0f} ms, "
                f"p99 {percentile(times, 0.99) * 1000:.0f} ms"
            )
        doubles = leases_beyond_one()
        print(f"dialing double claims on {name}: {doubles}, goal 0")


def hand_out_times(*campaigns: int) -> list[float]:
    """The median time of one hand-out of each campaign, taken in turns."""
    from dialing.record_feed import claim_records

    times: list[list[float]] = [[] for _ in campaigns]
    for _ in range(ROUNDS):
        for campaign, taken in zip(campaigns, times, strict=True):
            start = time.perf_counter()
            assert len(claim_records("bench", campaign, AT_ONCE)) == AT_ONCE
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def claims(url: str, campaign: int, count: int) -> tuple[int, list[float]]:
    results = dialers(claim, [(url, campaign, f"d{count}.{number}") for number in range(count)])
    return sum(records for records, _ in results), [time for _, times in results for time in times]


def claim(url: str, campaign: int, name: str) -> tuple[int, list[float]]:
    """Take records for SECONDS; how many, and the time of each request."""
    server, records, times = interface(url, name), 0, []
    began = time.perf_counter()
    while (start := time.perf_counter()) - began < SECONDS:
        records += len(server.records(campaign, AT_ONCE))
        times.append(time.perf_counter() - start)
    return records, times


def leases_beyond_one() -> int:
    from dialing.models import Lease

    leases = Lease.objects.filter(contact__isnull=False)
    return leases.count() - leases.values("contact").distinct().count()


if __name__ == "__main__":
    main()
