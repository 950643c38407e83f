"""Callbacks in bulk, from the API and from people's files: a list as a whole or nothing of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from callbacks.agents import hold_agents
from callbacks.callback_columns import (
    COLUMNS,
    HEADINGS,
    PHONE,
    CallbackRows,
    read_callbacks,
    read_written_callbacks,
)
from callbacks.models import Agent, CallbackImport, CallbackStatus, PersonalCallback
from outbound_site.core.history import record
from outbound_site.core.server_time import shown
from outbound_site.imports.list_files import ListFile, check_rows, claim, good_rows
from outbound_site.imports.list_import import ImportSource, finish, read_rows
from outbound_site.imports.loading import bulk_load, take_ids
from outbound_site.imports.queue import slot
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.uploads import ListKind

QUEUE = "personal callbacks"
REASON = "bulk import"


def import_content(
    content: str, delimiter: str = ",", *, overwrite: bool = False, user: Any = None
) -> CallbackImport:
    """Store the `fileContent` of a request (API text, "Personal Callback API", "create (bulk)").

    With `overwrite` its callbacks replace all others, of those that agents made and those that a
    dialer holds too. Raises Refusal with every row that is wrong.
    """
    job = CallbackImport(source=ImportSource.API, overwrite=overwrite, user=user)
    rows = read_rows(job, content, delimiter, COLUMNS, read_callbacks)
    with transaction.atomic():
        begin(job)
        add_rows(job, rows)
        finish(job)
    return job


def import_file(file: ListFile, job: CallbackImport, *, skip_bad: bool, may_empty: bool = False) -> RowErrors:
    """Store the rows of a prepared job's file in one transaction; with `skip_bad` without the wrong ones.

    Returns what was wrong with the rows left out. Raises BadRows, NothingLeft unless the list `may_empty`,
    Unreadable, ImportedAlready, QueueFull, ValidationError when an agent has been deleted meanwhile, and
    Refusal for columns that do not go together, having stored nothing.
    """
    errors = check_rows(file, job, read_written_callbacks, skip_bad=skip_bad, may_empty=may_empty)
    with slot(QUEUE), transaction.atomic():
        claim(job)
        begin(job)
        for _, table in file.tables(found := RowErrors()):
            add_rows(job, good_rows(table, found, read_written_callbacks))
        finish(job)
    return errors


def begin(job: CallbackImport) -> None:
    if job.overwrite:
        everything = PersonalCallback.objects.all()
        record(everything, "-", REASON)
        everything._raw_delete(everything.db)


def add_rows(job: CallbackImport, rows: CallbackRows) -> None:
    """Write the rows with their history, inside the caller's transaction: at its commit they all stand.

    Raises ValidationError when an agent has been deleted meanwhile.
    """
    if not rows.count:
        return
    hold_agents(set(rows.columns["agent_id"]))
    ids, now = take_ids(PersonalCallback, rows.count), timezone.now()
    fixed = {"id": ids, "call_status": CallbackStatus.PENDING.value, "inserted_at": now}
    bulk_load(PersonalCallback, {**rows.columns, **fixed}, rows.count)
    # Others may have taken an id in between, but not at this microsecond; a list of 10,000 ids is slow.
    record(PersonalCallback.objects.filter(pk__range=(ids[0], ids[-1]), inserted_at=now), "+", REASON)
    job.rows_stored += rows.count


def whom_and_when(job: CallbackImport, lines: Sequence[int], rows: CallbackRows) -> Mapping[int, str]:
    """Agent and time of each row in words, by line."""
    agents = Agent.objects.in_bulk(set(rows.columns["agent_id"]))
    pairs = zip(rows.columns["agent_id"], rows.columns["callback_date_time"], strict=True)
    return {
        line: f"{agents[agent]}, {shown(at)}"
        for line, (agent, at) in zip(lines, pairs, strict=True)
        if agent in agents
    }


CALLBACKS = ListKind(
    noun="callbacks",
    columns=COLUMNS,
    headings=HEADINGS,
    read=read_written_callbacks,
    numbers=[PHONE.name],
    meaning=whom_and_when,
    meaning_label="Agent and time",
    import_file=import_file,
)
