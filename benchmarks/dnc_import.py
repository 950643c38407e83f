"""A shuffled Do Not Call file, from file to active list, against `sort -u` and COPY into an indexed table.

`python -m benchmarks.dnc_import [LINES] [--postgresql] [--no-sort] [--no-copy]`: else 5 million lines into
SQLite, compared with both.
A ratio is how many times better than the limit or the baseline this is; it has to reach the goal.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import psycopg

from benchmarks.dnc_data import environment, manage, scratch_database, write_list

LINES = 5_000_000
MEMORY_LIMIT = 1 << 30
# Bytes a number on disk: 3 up to 60 million, 2.5 beyond.
BYTES_LIMIT = 3.0
BYTES_LIMIT_OF_MORE = 2.5
APPENDED, APPEND_LIMIT_SECONDS = 1_000, 1.0


def main() -> None:
    options = sys.argv[1:]
    lines = next((int(option) for option in options if option.isdigit()), LINES)
    with tempfile.TemporaryDirectory() as name, scratch_database() as postgresql:
        directory = Path(name)
        settings = environment(directory, postgresql or "" if "--postgresql" in options else "")
        file = directory / "list.txt"
        write_list(file, lines)
        sorting = None if "--no-sort" in options else seconds_to_sort(file)
        manage(settings, "migrate", "-v0")
        empty = bytes_on_disk(settings)
        memory = manage(settings, "import_dnc", str(file))
        importing, numbers = last_import()
        size = bytes_on_disk(settings) - empty
        appending = seconds_to_append(settings, directory)
        print(f"{lines:,} lines, {numbers:,} numbers: import {importing:.1f} s,")
        print(f"  peak memory {memory / 2**20:.0f} MiB, {size / numbers:.2f} bytes a number, ", end="")
        print(f"appending {APPENDED:,} {appending * 1000:.0f} ms")
        limit = BYTES_LIMIT if lines <= 60_000_000 else BYTES_LIMIT_OF_MORE
        if sorting is not None:
            print(f"  sort -u {sorting:.1f} s")
            print(f"dnc_import_against_sort {sorting / importing:.2f} 1.0")
        print(f"dnc_import_memory {MEMORY_LIMIT / memory:.2f} 1.0")
        print(f"dnc_bytes_a_number {limit * numbers / size:.2f} 1.0")
        print(f"dnc_append {APPEND_LIMIT_SECONDS / appending:.2f} 1.0")
        if postgresql and "--no-copy" not in options:
            copying = seconds_to_copy(settings, directory, postgresql)
            print(f"  COPY into a table with a text primary key {copying:.1f} s")
            print(f"dnc_import_against_copy {copying / importing:.2f} 8.0")


def seconds_to_sort(file: Path) -> float:
    start = time.perf_counter()
    command = ["sort", "-u", "-T", str(file.parent), "-o", str(file.parent / "sorted"), str(file)]
    subprocess.run(command, env=os.environ | {"LC_ALL": "C"}, check=True)
    elapsed = time.perf_counter() - start
    (file.parent / "sorted").unlink()
    return elapsed


def last_import() -> tuple[float, int]:
    """Seconds from asking to active, numbers added."""
    from dnc.models import FileImport

    batch = FileImport.objects.first()
    return (batch.in_force_at - batch.created_at).total_seconds(), batch.added


def bytes_on_disk(settings: dict[str, str]) -> int:
    os.environ.update(settings)
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_total_relation_size('dnc_page') + pg_total_relation_size('dnc_oddnumber')"
            )
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def seconds_to_append(settings: dict[str, str], directory: Path) -> float:
    rng = random.Random(9)
    file = directory / "more.txt"
    file.write_text("".join(f"{rng.randrange(2 * 10**9, 10**10)}\n" for _ in range(APPENDED)))
    manage(settings, "import_dnc", str(file))
    return last_import()[0]


def seconds_to_copy(settings: dict[str, str], directory: Path, postgresql: str) -> float:
    """COPY of the same distinct numbers in random order."""
    from dnc.do_not_call_list import iterate

    numbers = directory / "numbers.txt"
    with numbers.open("w") as file:
        file.writelines(f"{number}\n" for number in iterate())
    subprocess.run(["shuf", str(numbers), "-o", str(numbers)], check=True)
    with psycopg.connect(postgresql) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (number text PRIMARY KEY)")
        start = time.perf_counter()
        with cursor.copy("COPY plain FROM STDIN") as copy, numbers.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        connection.commit()
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
