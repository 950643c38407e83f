"""Imports of a person's file: looked at first, then stored as a whole or without its bad rows."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from outbound_site.core.phone_numbers import cleaned
from outbound_site.core.spreadsheets import defused
from outbound_site.core.validators import NOT_IN_XML
from outbound_site.imports.files import MAX_COLUMNS, TextFormat, rows_of, tables_of
from outbound_site.imports.list_import import ImportState, ListImport
from outbound_site.imports.row_errors import RowError, RowErrors
from outbound_site.imports.rows import WHOLE_ROW, Row, Unreadable
from outbound_site.imports.table import Table
from outbound_site.unifiedconfig.errors import ApiError

CHUNK = 5_000
# A file with more is the wrong file, or read in the wrong way (docs/behaviour.md 8).
MAX_ERRORS = 10_000
# Values shown of a column.
SAMPLES = 3


class ImportedAlready(Exception):
    """Nothing was stored: the file is in the campaign, or somebody else is importing it."""


class BadRows(Exception):
    """Nothing was stored; the rows that are wrong."""

    def __init__(self, errors: RowErrors) -> None:
        self.errors = errors
        super().__init__(f"{len(errors.lines)} rows are wrong")


class NothingLeft(Exception):
    """Nothing was stored: the file has no row, or none that is right."""

    def __init__(self, rows_read: int) -> None:
        super().__init__(
            "no row of the file is right" if rows_read else "the file has no row below its header"
        )


@dataclass(frozen=True)
class ListFile:
    """A file, how to read it, and for each of its columns which of ours it is, "" for none."""

    path: Path
    name: str
    text_format: TextFormat
    columns: Sequence[str] = ()

    def rows(self) -> Iterator[Row]:
        return rows_of(self.path, self.name, self.text_format)

    def header(self) -> list[str]:
        """Without the columns at its end that have no name. Raises Unreadable."""
        line, header, problems = next(self.rows(), Row(1, []))
        while header and not header[-1]:
            header.pop()
        if problem := problems.get(WHOLE_ROW):
            raise Unreadable(f"Line {line}: {problem}")
        if NOT_IN_XML.search("".join(header)):
            raise Unreadable("The first line holds characters that stand in no text; is the file a list?")
        if not 0 < len(header) <= MAX_COLUMNS:
            raise Unreadable(f"The first line has {len(header)} columns; it must have 1 to {MAX_COLUMNS}")
        return header

    def tables(self, errors: RowErrors, size: int = CHUNK, skip: int = 0) -> Iterator[tuple[int, Table]]:
        """The rows below the header but the first `skip` ones, with their number. Raises BadRows for too many
        errors.
        """
        rows = islice(self.rows(), 1 + skip, None)
        for count, table in tables_of(rows, self.columns, size, errors):
            yield count, table
            if len(errors) > MAX_ERRORS:
                raise BadRows(errors)


class ListKind:
    """What lists of contacts and of callbacks do each in their own way."""

    noun: str
    columns: Collection[str]
    # What a column may be called (imports/headings.py), and the columns that it fills.
    headings: Mapping[str, Sequence[str]]
    # Columns with phone numbers, which are read as people write them.
    numbers: Collection[str]
    meaning_label: str

    def read(self, table: Table, errors: RowErrors) -> Any:
        """The rows of a table; what is wrong with them is added to `errors`. Raises ApiError for columns that
        do not go together.
        """
        raise NotImplementedError

    def meaning(self, job: Any, lines: Sequence[int], rows: Any) -> Mapping[int, str]:
        """What the server makes of good rows, in words, by line."""
        raise NotImplementedError

    def import_file(self, file: ListFile, job: Any, *, skip_bad: bool, may_empty: bool = False) -> RowErrors:
        """Store the rows of a prepared job's file in one transaction; with `skip_bad` without the wrong ones.

        Returns what was wrong with the rows left out. Raises BadRows, NothingLeft unless the list may become
        empty, Unreadable, ImportedAlready, QueueFull, ValidationError when what the rows belong to has been
        deleted, and ApiError for columns that do not go together, having stored nothing.
        """
        raise NotImplementedError


def good_rows(kind: ListKind, table: Table, errors: RowErrors) -> Any:
    """The rows that are right; what is wrong with the others is added to `errors`."""
    found = RowErrors()
    rows = kind.read(table, found)
    if not found:
        return rows
    errors += found
    return kind.read(table.without(found.lines), RowErrors())


def check(kind: ListKind, file: ListFile) -> tuple[int, RowErrors]:
    """Number of rows below the header and all that is wrong. Raises BadRows for too many errors."""
    errors, total = RowErrors(), 0
    for count, table in file.tables(errors):
        good_rows(kind, table, errors)
        total += count
    return total, errors


def check_rows(
    kind: ListKind, file: ListFile, job: ListImport, *, skip_bad: bool, may_empty: bool
) -> RowErrors:
    """What is wrong with the rows that the job will leave out, counted on it.

    Raises BadRows unless they may be left out, and NothingLeft unless replacing the list by nothing was asked
    for.
    """
    job.rows_read, errors = check(kind, file)
    if errors and not skip_bad:
        raise BadRows(errors)
    job.rows_bad = len(errors.lines)
    if job.rows_bad == job.rows_read and not (job.overwrite and may_empty):
        raise NothingLeft(job.rows_read)
    return errors


@dataclass(frozen=True)
class PreviewRow:
    """`meaning`: what the server makes of a good row; `digits`: by position the numbers that are stored in
    another form than they are written; `broken`: that it could not be taken apart into fields.
    """

    line: int
    fields: list[str]
    meaning: str
    errors: list[RowError]
    digits: Mapping[int, str]
    broken: bool

    def cells(self) -> list[tuple[str, str]]:
        """Each field with what is stored of it where that differs."""
        fields = [] if self.broken else self.fields
        return [(field, self.digits.get(position, "")) for position, field in enumerate(fields)]


def preview(kind: ListKind, job: ListImport, file: ListFile, count: int) -> list[PreviewRow]:
    """Some rows with what the server makes of them, or with what is wrong with them; where the columns do not
    go together yet, the rows alone.
    """
    shown, errors = rows_to_show(file, count), RowErrors()
    _, table = next(tables_of(iter(shown), file.columns, count, errors), (0, Table({}, [])))
    meanings: Mapping[int, str] = {}
    with suppress(ApiError):
        rows = good_rows(kind, table, errors)
        lines = [line for line in table.lines if line not in errors.lines]
        meanings = kind.meaning(job, lines, rows) if lines else {}
    return [
        PreviewRow(
            line,
            fields if WHOLE_ROW in problems else [*fields, *[""] * (len(file.columns) - len(fields))],
            meanings.get(line, ""),
            [error for error in errors if error.line == line],
            digits_of_row(fields, file.columns, kind.numbers),
            WHOLE_ROW in problems,
        )
        for line, fields, problems in shown
    ]


def rows_to_show(file: ListFile, count: int) -> list[Row]:
    """The first rows; in a text before them some with letters beyond ASCII, which show whether the encoding
    is right.
    """
    lettered: list[Row] = []
    others: list[Row] = []
    for row in islice(file.rows(), 1, None):
        if file.text_format.encoding and len(lettered) < count // 2 and has_letters_beyond_ascii(row.fields):
            lettered.append(row)
        elif len(others) < count:
            others.append(row)
        elif not file.text_format.encoding or len(lettered) == count // 2:
            break
    return [*lettered, *others][:count]


def has_letters_beyond_ascii(fields: Sequence[str]) -> bool:
    text = "".join(fields)
    return not text.isascii() and any(letter > "\x7f" and letter.isalpha() for letter in text)


def samples(rows: Sequence[PreviewRow], position: int) -> list[str]:
    """Some values of a column."""
    values = [row.fields[position] for row in rows if not row.broken]
    return list(dict.fromkeys(filter(None, values)))[:SAMPLES]


def digits_of_row(
    fields: Sequence[str], columns: Sequence[str], numbers: Collection[str]
) -> Mapping[int, str]:
    """By position the numbers that are stored in another form than they are written."""
    written = zip(range(len(fields)), fields, columns, strict=False)
    digits = {at: cleaned(text, to_call=True) for at, text, column in written if column in numbers}
    return {position: number for position, number in digits.items() if number != fields[position]}


def claim(job: ListImport) -> None:
    """Of two people who press the button, or one who does so twice, the first imports the file."""
    waiting = type(job)._default_manager.filter(pk=job.pk, state=ImportState.PREPARED)
    job.state, job.created_at = ImportState.RUNNING, timezone.now()
    if not waiting.update(state=job.state, created_at=job.created_at):
        raise ImportedAlready("This file has been imported already")


def write_rejects(file: ListFile, errors: RowErrors, target: IO[str]) -> None:
    """The bad rows as they stood in the file, with line and errors before them, as CSV for a spreadsheet."""
    messages: dict[int, list[str]] = {}
    for error in sorted(errors):
        messages.setdefault(error.line, []).append(f"{error.column} {error.message}".strip())
    writer = csv.writer(target)
    rows = file.rows()
    writer.writerow(["Line", "Errors", *map(defused, next(rows, Row(1, [])).fields)])
    for line, fields, _ in rows:
        if line in messages:
            writer.writerow([line, "; ".join(messages[line]), *map(defused, fields)])
