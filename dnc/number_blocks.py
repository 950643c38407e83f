"""A number block's members, 0 to 9999, as bytes.

Roaring containers are laid out for 65,536 values. Of the 10,000 here a plain bit field is the shorter form
from 617 members on; its length, which no shorter Roaring form reaches, distinguishes the two.
"""

from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from pyroaring import BitMap

from dnc.numbers import BLOCK_SIZE

BIT_FIELD_BYTES = BLOCK_SIZE // 8


def blocks_of(keys: np.ndarray) -> Iterator[tuple[int, BitMap]]:
    """Prefix and members of every number block in a sorted array of distinct keys (uint64)."""
    prefixes = keys // BLOCK_SIZE
    members = (keys - prefixes * BLOCK_SIZE).astype(np.uint32)
    starts = np.flatnonzero(np.diff(prefixes, prepend=0))
    bounds = [*starts.tolist(), len(keys)]
    for prefix, start, end in zip(prefixes[starts].tolist(), bounds, bounds[1:], strict=False):
        # pyroaring takes an array("I") as a whole, a NumPy array member by member.
        yield prefix, BitMap(array("I", members[start:end].tobytes()))


def pack(members: BitMap) -> bytes:
    packed: bytes = members.serialize()
    if len(packed) < BIT_FIELD_BYTES:
        return packed
    field = np.zeros(BLOCK_SIZE, dtype=bool)
    field[np.frombuffer(members.to_array(), dtype=np.uint32)] = True
    return np.packbits(field, bitorder="little").tobytes()


def unpack(packed: bytes) -> BitMap:
    if len(packed) != BIT_FIELD_BYTES:
        return BitMap.deserialize(packed)
    field = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little")
    return BitMap(array("I", np.flatnonzero(field).astype(np.uint32).tobytes()))


def held(packed: bytes, members: Iterable[int]) -> list[int]:
    """Those of `members` that are in the number block."""
    if len(packed) == BIT_FIELD_BYTES:
        return [member for member in members if packed[member >> 3] >> (member & 7) & 1]
    block = BitMap.deserialize(packed)
    return [member for member in members if member in block]
