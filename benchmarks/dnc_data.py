"""Do Not Call files and scratch databases for the benchmarks of the list."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg

POSTGRESQL = os.environ.get("BENCHMARK_POSTGRESQL", "postgres://postgres@127.0.0.1")
SCRATCH = f"dnc_benchmark_{os.getpid()}"
# The density of 60 million numbers on 400 area codes of 792 exchanges, kept at every smaller size.
AREA_CODES, EXCHANGES = 400, 792
NUMBERS_A_BLOCK = 190
# Beyond 10,000 bad lines an import fails.
BAD_LINES = 9_000
LINES_OF_GOAL = 60_000_000
BLOCK = 100_000


def write_list(path: Path, lines: int, seed: int = 4) -> None:
    """A shuffled list: CRLF, 2 % duplicates, 1 % of other lengths, bad lines in the measure of the goal."""
    rng = np.random.default_rng(seed)
    prefixes = all_prefixes(rng)[: max(lines // NUMBERS_A_BLOCK, 1)]
    with path.open("wb") as file:
        for start in range(0, lines, BLOCK):
            size = min(BLOCK, lines - start)
            numbers = random_numbers(rng, prefixes, size).astype("S10")
            repeated = rng.integers(1, size, size // 50)
            numbers[repeated] = numbers[repeated - 1]
            bad = BAD_LINES * size // max(lines, LINES_OF_GOAL)
            special, plain = np.split(numbers, [size // 100 + bad])
            text = np.full((len(plain), 12), ord("\r"), dtype=np.uint8)
            text[:, :10] = plain.view(np.uint8).reshape(-1, 10)
            text[:, 11] = ord("\n")
            file.write(text.tobytes())
            file.writelines(b"no number %s\r\n" % number for number in special[:bad])
            file.writelines(b"44%s\r\n" % number for number in special[bad::2])
            file.writelines(b"0%s\r\n" % number[:8] for number in special[bad + 1 :: 2])


def all_prefixes(rng: np.random.Generator) -> np.ndarray:
    area_codes = rng.choice(np.arange(200, 1_000), AREA_CODES, replace=False)
    prefixes = (area_codes[:, None] * 1_000 + np.arange(1_000 - EXCHANGES, 1_000)).ravel()
    rng.shuffle(prefixes)
    return prefixes


def random_numbers(rng: np.random.Generator, prefixes: np.ndarray, size: int) -> np.ndarray:
    return prefixes[rng.integers(0, len(prefixes), size)] * 10_000 + rng.integers(0, 10_000, size)


@contextmanager
def scratch_database(name: str = SCRATCH) -> Iterator[str | None]:
    """The URL of an empty PostgreSQL database, dropped afterwards; None when no server answers."""
    try:
        server = psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        print(f"no PostgreSQL at {POSTGRESQL}: comparisons with it are left out")
        yield None
        return
    with server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment(directory: Path, database_url: str) -> dict[str, str]:
    """For processes of this project with data of their own; SQLite when the URL is empty."""
    values = {"DATA_DIR": str(directory), "DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"}
    return os.environ | values | {"DJANGO_SETTINGS_MODULE": "outbound_site.settings"}


def manage(settings: dict[str, str], *arguments: str) -> int:
    """Run a command of manage.py to its end; its peak memory in bytes."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments], env=settings, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"manage.py {arguments[0]} failed")
    return usage.ru_maxrss * 1024
