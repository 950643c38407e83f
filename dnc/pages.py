"""A page's members, 0 to 9999, as bytes.

Roaring containers are laid out for 65,536 values. Of the 10,000 here a plain bit field is the shorter form
from 617 members on; its length, which no shorter Roaring form reaches, tells the two apart.
"""

from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from pyroaring import BitMap

from dnc.numbers import PAGE_SIZE

BIT_FIELD_BYTES = PAGE_SIZE // 8


def pages_of(keys: np.ndarray) -> Iterator[tuple[int, BitMap]]:
    """Prefix and members of every page in a sorted array of distinct keys (uint64)."""
    prefixes = keys // PAGE_SIZE
    members = (keys - prefixes * PAGE_SIZE).astype(np.uint32)
    starts = np.flatnonzero(np.diff(prefixes, prepend=0))
    bounds = [*starts.tolist(), len(keys)]
    for prefix, start, end in zip(prefixes[starts].tolist(), bounds, bounds[1:], strict=False):
        # pyroaring takes an array("I") as a whole, a NumPy array member by member.
        yield prefix, BitMap(array("I", members[start:end].tobytes()))


def pack(members: BitMap) -> bytes:
    packed: bytes = members.serialize()
    if len(packed) < BIT_FIELD_BYTES:
        return packed
    field = np.zeros(PAGE_SIZE, dtype=bool)
    field[np.frombuffer(members.to_array(), dtype=np.uint32)] = True
    return np.packbits(field, bitorder="little").tobytes()


def unpack(packed: bytes) -> BitMap:
    if len(packed) != BIT_FIELD_BYTES:
        return BitMap.deserialize(packed)
    field = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little")
    return BitMap(array("I", np.flatnonzero(field).astype(np.uint32).tobytes()))


def held(packed: bytes, members: Iterable[int]) -> list[int]:
    """Those of `members` that are on the page."""
    if len(packed) == BIT_FIELD_BYTES:
        return [member for member in members if packed[member >> 3] >> (member & 7) & 1]
    page = BitMap.deserialize(packed)
    return [member for member in members if member in page]
