"""Peak memory of `manage.py import_contacts`. FILE_ROWS (default 500,000; the goal is meant at 5,000,000)."""

import os
import random
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
        rng = random.Random(4)
        with path.open("w") as file:
            file.write(HEADER + "\n")
            for _ in range(FILE_ROWS // 10_000):
                file.write("\n".join(make_lines(rng)) + "\n")
        start, used = time.perf_counter(), os.times()
        command = [sys.executable, "manage.py", "import_contacts", "bench_file", str(path)]
        peaks = watch(subprocess.Popen(command))
        took, now = time.perf_counter() - start, os.times()
        cpu = now.children_user + now.children_system - used.children_user - used.children_system
        print(f"{FILE_ROWS:,} rows in {took:.0f} s ({cpu:.0f} s of the processor), peak memory by tenths of")
        print(f"that time: {', '.join(f'{peak:.0f}' for peak in in_tenths(peaks))} MB")
        print(f"contacts_file_memory {peaks[-1] / GOAL_MB:.2f} 1.0")


def watch(process: subprocess.Popen[bytes]) -> list[float]:
    """The process's peak memory in MB, so far, several times a second."""
    peaks = []
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        peaks += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
        time.sleep(0.2)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return peaks


def in_tenths(values: list[float]) -> list[float]:
    return [values[(len(values) - 1) * tenth // 10] for tenth in range(1, 11)]


if __name__ == "__main__":
    main()
