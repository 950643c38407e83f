"""Rows of people's files, from delimited text; sheets.py reads those of spreadsheets."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

# What Excel writes and reads as the first line: which delimiter the others have.
STATED_DELIMITER = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
# In place of a position: the row as a whole.
WHOLE_ROW = -1


class Unreadable(Exception):
    """The file is none that can be read; the message says why."""


class Row(NamedTuple):
    """`problems`: by position why a field cannot be used, as a sentence whose subject is the field."""

    line: int
    fields: list[str]
    problems: Mapping[int, str] = {}


def stated_delimiter(line: str) -> str:
    """The delimiter that a first line `sep=;` states, "" for any other line."""
    stated = STATED_DELIMITER.fullmatch(line.strip("\ufeff\r\n"))
    return stated[1] if stated else ""


def text_rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """The rows that are not blank, without a first line that states the delimiter. Fields may be quoted, but
    end with their line: where quotes stay open, that line and all up to the closing quotes are given one by
    one, as rows that cannot be used.
    """
    taken: list[str] = []
    reader = csv.reader(_remembered(lines, taken), delimiter=delimiter)
    line = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # More between quotes than any field has; the next line is read anew.
            fields = ["\n"]
        if len(taken) > 1 or (fields[-1:] and fields[-1].endswith(("\n", "\r"))):
            yield from _broken_rows(line, taken)
        elif line == 1 and stated_delimiter(taken[0]):
            pass
        elif any(fields := list(map(str.strip, fields))):
            yield Row(line, fields)
        line += len(taken)
        taken.clear()


def _remembered(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """Each with a line end, so that quotes that the file never closes hold one."""
    for line in lines:
        taken.append(line)
        yield line if line.endswith(("\n", "\r")) else f"{line}\n"


def _broken_rows(first: int, lines: Iterable[str]) -> Iterator[Row]:
    problem = "quotes are open at the end of the line"
    for line, text in enumerate(lines, first):
        if text.strip():
            yield Row(line, [text.strip()], {WHOLE_ROW: problem})
        problem = f"the line stands within the quotes opened in line {first}"
