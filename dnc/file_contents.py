"""What an import reads out of a file: its numbers, and the lines it rejects with number and reason."""

from collections import Counter
from collections.abc import Callable
from typing import TextIO

import numpy as np

from dnc.list_file import Block, HashedFile, Unreadable, blocks
from dnc.numbers import BLANKS, BadNumber, clean_number, page_key
from dnc.sorted_runs import SortedRuns

# `outbound-option.md` 7.2: more bad lines than these fail the import.
MAX_REJECTED = 10_000
SHOWN_CHARACTERS = 100


class Contents:
    """Collects the numbers of one file: `keys` take those that fit pages, `rejects` the bad lines."""

    def __init__(self, keys: SortedRuns, rejects: TextIO) -> None:
        self._keys = keys
        self._rejects = rejects
        self.lines = 0
        self.numbers = 0
        self.rejected: Counter[str] = Counter()

    def read(
        self, file: HashedFile, store_odd: Callable[[list[str]], None], progress: Callable[[], None]
    ) -> None:
        """Read the whole file; numbers that fit no page go to `store_odd`. Raises Unreadable."""
        for block in blocks(file):
            if odd := self._take(block):
                store_odd(odd)
            progress()
        if self.rejected and not self.numbers:
            raise Unreadable("No line of the file is a telephone number.")

    def _take(self, block: Block) -> list[str]:
        self.lines += block.lines
        self.numbers += len(block.keys)
        self._keys.add(block.keys)
        odd, keys = [], []
        for line, text in block.others:
            if number := self._number(line, decoded(text).strip(BLANKS)):
                key = page_key(number)
                odd.append(number) if key is None else keys.append(key)
        self.numbers += len(odd) + len(keys)
        if keys:
            self._keys.add(np.array(keys, dtype=np.uint64))
        return odd

    def _number(self, line: int, text: str) -> str:
        """The number on a line; empty for a blank or a rejected one."""
        try:
            return clean_number(text) if text else ""
        except BadNumber as bad:
            reason = str(bad)
        self.rejected[reason] += 1
        self._rejects.write(
            f"{line}\t{reason}\t{text[:SHOWN_CHARACTERS].encode('unicode_escape').decode()}\n"
        )
        if self.rejected.total() > MAX_REJECTED:
            raise Unreadable(f"More than {MAX_REJECTED:,} bad lines, the last of them line {line:,}.")
        return ""


def decoded(line: bytes) -> str:
    """For the lines that are not digits alone: a dash or a blank between them may be any of Unicode's."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
