"""Runs the benchmarks, each in a process of its own: `python -m benchmarks [name ...]`.

A benchmark is a module here that holds `def main()`; it prints its figures and `name ratio goal`.
"""

import subprocess
import sys
from pathlib import Path


def main() -> None:
    known = [
        path.stem for path in sorted(Path(__file__).parent.glob("*.py")) if "\ndef main()" in path.read_text()
    ]
    known.remove("__main__")
    chosen = sys.argv[1:] or known
    if unknown := set(chosen) - set(known):
        sys.exit(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    failed = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        if subprocess.call([sys.executable, "-m", f"benchmarks.{name}"]):
            failed.append(name)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
