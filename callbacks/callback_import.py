"""Callbacks in bulk, from the API (API text, "Bulk fileContent parameters") and from people's files: parsed,
checked row by row, written. A list is stored as a whole or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from callbacks.agents import hold_agents
from callbacks.models import MAX_ATTEMPTS, Agent, CallbackImport, CallbackStatus, PersonalCallback
from callbacks.rules import check_new_time, storable
from callbacks.serializers import ServerTimestamp
from campaigns.models import Campaign
from outbound_site.core.history import record
from outbound_site.core.server_time import shown
from outbound_site.core.validators import InRange
from outbound_site.imports.bulk_requests import slot
from outbound_site.imports.list_files import ListFile, ListKind, check_rows, claim, good_rows
from outbound_site.imports.list_import import ImportSource, finish, record_refusal
from outbound_site.imports.loading import bulk_load, take_ids
from outbound_site.imports.row_errors import RowErrors, content_refused
from outbound_site.imports.table import Table, read_column, read_table
from outbound_site.imports.written_numbers import explain, with_digits
from outbound_site.unifiedconfig.elements import Element, Integer, element_for
from outbound_site.unifiedconfig.errors import ApiError

QUEUE = "personal callbacks"
REASON = "bulk import"

AGENT = Integer("AgentSkillTargetId", "agent_id", required=True)
CAMPAIGN = Integer("CampaignId", "campaign_id")
TIME = ServerTimestamp(
    "CallbackDateTime", "callback_date_time", required=True, validators=[storable, check_new_time]
)
PHONE = element_for(PersonalCallback, "Phone", "phone", required=True)
ELEMENTS: list[Element] = [
    element_for(PersonalCallback, "AccountNumber", "account_number"),
    element_for(PersonalCallback, "FirstName", "first_name"),
    element_for(PersonalCallback, "LastName", "last_name"),
    PHONE,
    AGENT,
    CAMPAIGN,
    element_for(PersonalCallback, "CampaignDn", "campaign_dn"),
    TIME,
    Integer("MaxAttempts", "max_attempts", required=True, validators=[InRange(1, MAX_ATTEMPTS)]),
]
COLUMNS = [element.name for element in ELEMENTS]
# By what people call them (imports/headings.py).
HEADINGS = {
    "account number": ["AccountNumber"],
    "first name": ["FirstName"],
    "last name": ["LastName"],
    "phone": ["Phone"],
    "whole name": ["LastName"],
    "agent": ["AgentSkillTargetId"],
    "campaign": ["CampaignId"],
    "time of the callback": ["CallbackDateTime"],
    "attempts": ["MaxAttempts"],
}
SAMPLE = ["6782", "Henry", "Martin", "2225554444", "5050", "5000", "222222221", "2031-02-03T15:00:00", "1"]


@dataclass(frozen=True)
class CallbackRows:
    """`columns` by attribute: one value for each row; columns that were not there are missing."""

    columns: Mapping[str, Sequence[Any]]
    count: int


def import_content(
    content: str, delimiter: str = ",", *, overwrite: bool = False, user: Any = None
) -> CallbackImport:
    """Store the `fileContent` of a request (API text, "Personal Callback API", "create (bulk)").

    With `overwrite` its callbacks replace all others, of those that agents made and those that a
    dialer holds too. Raises ApiError with every row that is wrong.
    """
    job = CallbackImport(source=ImportSource.API, overwrite=overwrite, user=user)
    errors = RowErrors()
    try:
        table = read_table(content, delimiter, COLUMNS, errors)
        job.rows_read = len(table) + len(errors.lines)
        rows = read_callbacks(table, errors)
        errors.refuse()
    except ApiError:
        record_refusal(job, errors)
        raise
    with transaction.atomic():
        begin(job)
        add_rows(job, rows)
        finish(job)
    return job


def read_callbacks(table: Table, errors: RowErrors) -> CallbackRows:
    """All rows; what is wrong with them is added to `errors`, and such rows are not to be stored.

    Two queries, whatever the number of rows. Raises ApiError for a required column that is not there.
    """
    if missing := [e.name for e in ELEMENTS if e.required and e.name not in table.columns]:
        message = f"Line 1: the column {missing[0]} is required"
        raise content_refused("invalidInput.fieldRequired", message)
    columns = {
        element.attribute: read_column(element, table, errors)
        for element in ELEMENTS
        if element.name in table.columns
    }
    for element, known in ((AGENT, Agent.objects.active()), (CAMPAIGN, Campaign.objects.active())):
        if element.name in table.columns:
            check_known(table, element, columns[element.attribute], known, errors)
    return CallbackRows(columns, len(table))


def check_known(
    table: Table, element: Element, keys: Sequence[int | None], known: QuerySet[Any], errors: RowErrors
) -> None:
    """Report the ids that no item of `known` has."""
    wanted = set(keys) - {None}
    unknown = wanted - set(known.filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown:
        message = f"names no {known.model._meta.verbose_name} that there is"
        for line, key in zip(table.lines, keys, strict=True):
            if key in unknown:
                errors.add(line, element.name, str(key), "invalidInput.invalidReference", message)


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


class CallbackList(ListKind):
    noun = "callbacks"
    columns = COLUMNS
    headings = HEADINGS
    numbers = [PHONE.name]
    meaning_label = "Agent and time"

    def read(self, table: Table, errors: RowErrors) -> CallbackRows:
        rows = read_callbacks(with_digits(table, self.numbers), errors)
        explain(errors, self.numbers)
        return rows

    def meaning(self, job: CallbackImport, lines: Sequence[int], rows: CallbackRows) -> Mapping[int, str]:
        """Agent and time of each row."""
        agents = Agent.objects.in_bulk(set(rows.columns["agent_id"]))
        pairs = zip(rows.columns["agent_id"], rows.columns["callback_date_time"], strict=True)
        return {
            line: f"{agents[agent]}, {shown(at)}"
            for line, (agent, at) in zip(lines, pairs, strict=True)
            if agent in agents
        }

    def import_file(
        self, file: ListFile, job: CallbackImport, *, skip_bad: bool, may_empty: bool = False
    ) -> RowErrors:
        errors = check_rows(self, file, job, skip_bad=skip_bad, may_empty=may_empty)
        with slot(QUEUE), transaction.atomic():
            claim(job)
            begin(job)
            for _, table in file.tables(found := RowErrors()):
                add_rows(job, good_rows(self, table, found))
            finish(job)
        return errors


CALLBACKS = CallbackList()
