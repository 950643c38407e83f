"""Peak memory of `manage.py import_contacts`. FILE_ROWS (default 500,000; the goal is meant at 5,000,000)."""

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.contact_lists import HEADER, database, make_campaign, make_lines

FILE_ROWS = int(os.environ.get("FILE_ROWS", "500000"))
GOAL_MB = 300


def main() -> None:
    with database():
        make_campaign("bench_file")
        path = Path(os.environ["DATA_DIR"]) / "list.csv"
        chance = random.Random(4)
        with path.open("w") as file:
            file.write(HEADER + "\n")
            for _ in range(FILE_ROWS // 10_000):
                file.write("\n".join(make_lines(chance)) + "\n")
        start = time.perf_counter()
        command = [sys.executable, "manage.py", "import_contacts", "bench_file", str(path)]
        subprocess.run(command, check=True)
        took = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{FILE_ROWS:,} rows in {took:.0f} s, peak memory {peak:.0f} MB")
        print(f"contacts_file_memory {peak / GOAL_MB:.2f} 1.0")


if __name__ == "__main__":
    main()
