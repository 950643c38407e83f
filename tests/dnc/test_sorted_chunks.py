import random

import numpy as np
import pytest

from dnc import sorted_chunks
from dnc.sorted_chunks import SortedChunks


@pytest.fixture
def small_chunks(monkeypatch):
    """Sizes at which a few thousand keys need several chunks and ranges."""
    monkeypatch.setattr(sorted_chunks, "CHUNK_KEYS", 1_000)
    monkeypatch.setattr(sorted_chunks, "RANGE_KEYS", 500)
    monkeypatch.setattr(sorted_chunks, "SAMPLE_EVERY", 10)


def in_order(directory, keys, size=100):
    chunks = SortedChunks(directory)
    for start in range(0, len(keys), size):
        chunks.add(np.array(keys[start : start + size], dtype=np.uint64))
    return list(chunks.in_order())


@pytest.mark.parametrize("order", ["shuffled", "ascending", "descending", "one key only"])
def test_many_chunks_come_back_sorted_without_duplicates(small_chunks, tmp_path, order):
    keys = random.Random(1).choices(range(10_000, 40_000_000), k=7_500)
    keys += keys[:500]
    keys = {
        "shuffled": keys,
        "ascending": sorted(keys),
        "descending": sorted(keys, reverse=True),
        "one key only": keys[:1] * 8_000,
    }[order]

    parts = in_order(tmp_path, keys)

    assert np.concatenate(parts).tolist() == sorted(set(keys))


def test_no_block_is_cut_in_two(small_chunks, tmp_path):
    parts = in_order(tmp_path, random.Random(2).choices(range(10_000, 90_000), k=8_000))

    prefixes = [set((part // 10_000).tolist()) for part in parts]
    assert len(parts) > 1
    assert sum(map(len, prefixes)) == len(set.union(*prefixes))


def test_a_few_keys_need_no_disk(tmp_path):
    no_directory = tmp_path / "missing"

    assert [part.tolist() for part in in_order(no_directory, [30_000, 20_000, 30_000])] == [[20_000, 30_000]]


def test_nothing_gives_nothing(tmp_path):
    assert in_order(tmp_path, []) == []
