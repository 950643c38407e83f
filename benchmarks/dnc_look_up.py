"""Look-ups of 1,000 numbers in a batch against an indexed table of one row a number, and adding one by hand.

`python -m benchmarks.dnc_look_up [LINES] [--postgresql]`: else in a list of 5 million on SQLite.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks.dnc_data import environment, manage, scratch_database, write_list

LINES = 5_000_000
BATCH, ROUNDS, REPEATS = 1_000, 50, 10
HAND_LIMIT_SECONDS = 0.050


def main() -> None:
    options = sys.argv[1:]
    lines = next((int(option) for option in options if option.isdigit()), LINES)
    with tempfile.TemporaryDirectory() as name, scratch_database() as postgresql:
        directory = Path(name)
        settings = environment(directory, postgresql or "" if "--postgresql" in options else "")
        write_list(directory / "list.txt", lines)
        manage(settings, "migrate", "-v0")
        manage(settings, "import_dnc", str(directory / "list.txt"))
        os.environ.update(settings)
        django.setup()
        measure(directory / "numbers.txt")


def measure(numbers: Path) -> None:
    from django.db import connection

    from dnc.do_not_call_list import add, contains

    listed = fill_plain_table(numbers)
    rng = random.Random(8)
    batches = [
        [
            *rng.sample(listed, BATCH // 2),
            *(str(rng.randrange(2 * 10**9, 10**10)) for _ in range(BATCH // 2)),
        ]
        for _ in range(ROUNDS)
    ]

    def in_plain_table(batch: list[str]) -> set[str]:
        with connection.cursor() as cursor:
            places = ", ".join(["%s"] * len(batch))
            cursor.execute(f"SELECT number FROM plain WHERE number IN ({places})", batch)
            return {number for (number,) in cursor.fetchall()}

    assert all(contains(batch) == in_plain_table(batch) for batch in batches)
    blocks, plain = median_seconds([contains, in_plain_table], batches)
    fresh = (f"777{n:04}" for n in range(ROUNDS))

    def add_by_hand() -> None:
        number = next(fresh)
        add([number], None, "benchmark")
        assert contains([number]) == {number}

    by_hand = statistics.median(wall_seconds(add_by_hand) for _ in range(ROUNDS))
    print(f"{BATCH:,} numbers: {blocks * 1000:.1f} ms, one row a number {plain * 1000:.1f} ms; ", end="")
    print(f"one number by hand, to listed, {by_hand * 1000:.1f} ms")
    print(f"dnc_look_up {plain / blocks:.2f} 0.5")
    print(f"dnc_by_hand {HAND_LIMIT_SECONDS / by_hand:.1f} 1.0")


def fill_plain_table(numbers: Path) -> list[str]:
    """The same numbers, a row each, by way of a file; a sample of them comes back."""
    from django.db import connection, transaction

    from dnc.do_not_call_list import iterate

    with numbers.open("w") as file:
        file.writelines(f"{number}\n" for number in iterate())
    with transaction.atomic(), connection.cursor() as cursor, numbers.open() as lines:
        cursor.execute("CREATE TABLE plain (number varchar(29) PRIMARY KEY)")
        if connection.vendor == "postgresql":
            with cursor.copy("COPY plain FROM STDIN") as copy:
                while block := lines.read(1 << 20):
                    copy.write(block)
        else:
            cursor.executemany("INSERT INTO plain VALUES (%s)", ([line.rstrip()] for line in lines))
        cursor.execute("SELECT number FROM plain ORDER BY random() LIMIT 20000")
        listed = [number for (number,) in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return listed


def median_seconds(calls: list[Callable[..., object]], arguments: list) -> list[float]:
    """Of the best of REPEATS for each argument, in turns: other programs only ever add time."""
    best = [
        [
            min(durations)
            for durations in zip(*(seconds_of_each(calls, a) for _ in range(REPEATS)), strict=True)
        ]
        for a in arguments
    ]
    return [statistics.median(durations) for durations in zip(*best, strict=True)]


def seconds_of_each(calls: list[Callable[..., object]], argument: object) -> list[float]:
    return [seconds(call, argument) for call in calls]


def wall_seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def seconds(call: Callable[..., object], argument: object) -> float:
    from django.db import connection

    # SQLite works in this process, whose own time other programs do not disturb.
    clock = time.perf_counter if connection.vendor == "postgresql" else time.process_time
    start = clock()
    call(argument)
    return clock() - start


if __name__ == "__main__":
    main()
