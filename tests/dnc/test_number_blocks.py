import random

import numpy as np
import pytest
from pyroaring import BitMap

from dnc.number_blocks import BIT_FIELD_BYTES, blocks_of, held, pack, unpack

SIZES = [1, 2, 93, 616, 617, 618, 1_250, 4_097, 9_999, 10_000]


@pytest.mark.parametrize("size", SIZES)
def test_a_block_of_any_size_comes_back_as_it_was(size):
    members = BitMap(random.Random(size).sample(range(10_000), size))

    assert unpack(pack(members)) == members


@pytest.mark.parametrize("size", SIZES)
def test_members_are_found_without_unpacking_the_block(size):
    members = set(random.Random(size).sample(range(10_000), size))

    assert set(held(pack(BitMap(members)), list(range(10_000)))) == members


@pytest.mark.parametrize("size", SIZES)
def test_no_block_is_longer_than_a_bit_field(size):
    assert len(pack(BitMap(random.Random(size).sample(range(10_000), size)))) <= BIT_FIELD_BYTES


def test_keys_are_split_into_blocks_by_all_but_their_last_four_digits():
    keys = np.array([1_0000, 1_9999, 12_0000, 1222555_4444, 1222555_4445], dtype=np.uint64)

    assert {prefix: set(members) for prefix, members in blocks_of(keys)} == {
        1: {0, 9999},
        12: {0},
        1222555: {4444, 4445},
    }


def test_no_keys_make_no_blocks():
    assert list(blocks_of(np.array([], dtype=np.uint64))) == []
