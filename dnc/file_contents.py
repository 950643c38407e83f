"""What an import reads out of a file: its numbers, and the lines it rejects with number and reason."""

from collections import Counter
from collections.abc import Callable
from typing import TextIO

import numpy as np

from dnc.file_layout import NEARLY_ALL, NOT_IN_LAYOUT, UNSURE, Layout
from dnc.file_text import HashedFile, Unreadable, decoded
from dnc.line_parser import ParsedLines, parsed_lines
from dnc.numbers import BLANKS, BadNumber, clean_number, number_key
from dnc.sorted_chunks import SortedChunks

# `docs/behaviour.md` 7.2: more bad lines than these fail the import.
MAX_REJECTED = 10_000
SHOWN_CHARACTERS = 100


class Contents:
    """Collects the numbers of one file: `keys` take those in number blocks, `rejects` the bad lines."""

    def __init__(self, keys: SortedChunks, rejects: TextIO) -> None:
        self._keys = keys
        self._rejects = rejects
        self.lines = 0
        self.numbers = 0
        self.rejected: Counter[str] = Counter()
        self.layout = ""

    def read(
        self, file: HashedFile, store_unblocked: Callable[[list[str]], None], progress: Callable[[], None]
    ) -> None:
        """Read the whole file; unblocked numbers go to `store_unblocked`. Raises Unreadable."""
        for lines in parsed_lines(file):
            if unblocked := self._take(lines):
                store_unblocked(unblocked)
            progress()
        misfits = self.rejected[NOT_IN_LAYOUT] + self.rejected[UNSURE]
        if misfits > (1 - NEARLY_ALL) * (misfits + self.numbers):
            raise Unreadable(f"The file is not of one layout: {misfits:,} of {self.lines:,} lines differ.")
        if self.rejected and not self.numbers:
            raise Unreadable("No line of the file is a telephone number.")

    def _take(self, parsed: ParsedLines) -> list[str]:
        self.lines += parsed.lines
        self.layout = parsed.layout.description
        self.numbers += len(parsed.keys)
        self._keys.add(parsed.keys)
        unblocked, keys = [], []
        for line, text in parsed.others:
            place = f"{parsed.name}:{line}" if parsed.name else str(line)
            if number := self._number(place, decoded(text).strip(BLANKS), parsed.layout):
                key = number_key(number)
                unblocked.append(number) if key is None else keys.append(key)
        self.numbers += len(unblocked) + len(keys)
        if keys:
            self._keys.add(np.array(keys, dtype=np.uint64))
        return unblocked

    def _number(self, place: str, text: str, layout: Layout) -> str:
        """The number on a line; empty for a blank or a rejected one."""
        try:
            return clean_number(layout.number(text)) if text else ""
        except BadNumber as bad:
            reason = str(bad)
        self.rejected[reason] += 1
        self._rejects.write(
            f"{place}\t{reason}\t{text[:SHOWN_CHARACTERS].encode('unicode_escape').decode()}\n"
        )
        if self.rejected.total() > MAX_REJECTED:
            raise Unreadable(f"More than {MAX_REJECTED:,} bad lines, the last of them line {place}.")
        return ""
