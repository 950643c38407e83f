"""Any number of keys in order without duplicates: sorted chunks on disk, merged range by range."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dnc.numbers import BLOCK_SIZE

CHUNK_KEYS = 8_000_000
RANGE_KEYS = 4_000_000
SAMPLE_EVERY = 1_000


class SortedChunks:
    """Takes arrays of keys (uint64) in any order; gives them back in order, no number block cut in two."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._waiting: list[np.ndarray] = []
        self._waiting_keys = 0
        self._chunks: list[Path] = []
        self._samples: list[np.ndarray] = []

    def add(self, keys: np.ndarray) -> None:
        self._waiting.append(keys)
        self._waiting_keys += len(keys)
        if self._waiting_keys >= CHUNK_KEYS:
            self._spill()

    def in_order(self) -> Iterator[np.ndarray]:
        """The keys in ascending arrays of about RANGE_KEYS; call it once."""
        if self._chunks:
            self._spill()
            yield from self._merged()
        elif self._waiting:
            yield self._sorted_waiting()

    def _sorted_waiting(self) -> np.ndarray:
        keys = np.concatenate(self._waiting)
        self._waiting, self._waiting_keys = [], 0
        return sort_distinct(keys)

    def _spill(self) -> None:
        if not self._waiting_keys:
            return
        chunk = self._sorted_waiting()
        path = self._directory / f"chunk-{len(self._chunks)}"
        chunk.tofile(path)
        self._chunks.append(path)
        self._samples.append(chunk[::SAMPLE_EVERY].copy())

    def _merged(self) -> Iterator[np.ndarray]:
        samples = np.sort(np.concatenate(self._samples))
        bounds = np.unique(samples[:: RANGE_KEYS // SAMPLE_EVERY] // BLOCK_SIZE * BLOCK_SIZE)[1:]
        cuts = [self._cuts(path, bounds) for path in self._chunks]
        for i in range(len(bounds) + 1):
            parts = [
                np.fromfile(path, np.uint64, count=cut[i + 1] - cut[i], offset=cut[i] * 8)
                for path, cut in zip(self._chunks, cuts, strict=True)
            ]
            yield sort_distinct(np.concatenate(parts))

    def _cuts(self, path: Path, bounds: np.ndarray) -> list[int]:
        chunk = np.memmap(path, np.uint64, mode="r")
        return [0, *np.searchsorted(chunk, bounds).tolist(), len(chunk)]


def sort_distinct(keys: np.ndarray) -> np.ndarray:
    """Sorts in place; the distinct keys come back."""
    keys.sort()
    return keys[np.flatnonzero(np.diff(keys, prepend=0))]
