"""Callbacks in bulk (API text, "Personal Callback API", "create (bulk)"): a whole list or nothing of it."""

from django.db import transaction
from django.utils import timezone

from callbacks.agents import hold_agents
from callbacks.callback_columns import COLUMNS, CallbackRows, read_callbacks
from callbacks.history import record
from callbacks.models import CallbackStatus, PersonalCallback
from outbound_site.bulk.loading import bulk_load, take_ids
from outbound_site.bulk.queue import turn
from outbound_site.bulk.table import read_table
from outbound_site.bulk.verdicts import Verdicts

LANE = "personal callbacks"
REASON = "bulk import"


def import_content(content: str, delimiter: str = ",", *, overwrite: bool = False) -> int:
    """Store the `fileContent` of a request; the number of callbacks made.

    With `overwrite` they take the place of all others, of those that agents made and those that a dialer
    holds too. Raises QueueFull; Refusal with every row that is wrong.
    """
    with turn(LANE) as current:
        verdicts = Verdicts()
        rows = read_callbacks(read_table(content, delimiter, COLUMNS, verdicts), verdicts)
        verdicts.refuse()
        with transaction.atomic():
            store(rows, overwrite=overwrite)
            current.end()
    return rows.count


def store(rows: CallbackRows, *, overwrite: bool = False) -> None:
    """Write the rows with their history, inside the caller's transaction: at its commit they all stand.

    Raises ValidationError when an agent has been deleted meanwhile.
    """
    hold_agents(set(rows.columns["agent_id"]))
    if overwrite:
        everything = PersonalCallback.objects.all()
        record(everything, "-", REASON)
        everything._raw_delete(everything.db)
    ids, now = take_ids(PersonalCallback, rows.count), timezone.now()
    fixed = {"id": ids, "call_status": CallbackStatus.PENDING.value, "inserted_at": now}
    bulk_load(PersonalCallback, {**rows.columns, **fixed}, rows.count)
    # Others may have taken an id in between, but not at this microsecond; a list of 10,000 ids is slow.
    record(PersonalCallback.objects.filter(pk__range=(ids[0], ids[-1]), inserted_at=now), "+", REASON)
