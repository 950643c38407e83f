"""The columns of a list of callbacks and the rules over them (API text, "Bulk fileContent parameters")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from outbound_site.imports.verdicts import Verdicts, content_refused

from callbacks.models import MAX_ATTEMPTS, Agent, PersonalCallback
from callbacks.rules import check_new_time, storable
from callbacks.serializers import ServerTimestamp
from campaigns.models import Campaign
from outbound_site.core.validators import InRange
from outbound_site.imports.table import Table, read_column
from outbound_site.imports.written_numbers import explain, with_digits
from outbound_site.unifiedconfig.elements import Element, Integer, element_for

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
# By what people call them (bulk/headings.py).
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


def read_callbacks(table: Table, verdicts: Verdicts) -> CallbackRows:
    """All rows; what is wrong with them stands in the verdicts, and such rows are not to be stored.

    Two queries, whatever the number of rows. Raises ApiError for a required column that is not there.
    """
    if missing := [e.name for e in ELEMENTS if e.required and e.name not in table.columns]:
        message = f"Line 1: the column {missing[0]} is required"
        raise content_refused("invalidInput.fieldRequired", message)
    columns = {
        element.attribute: read_column(element, table, verdicts)
        for element in ELEMENTS
        if element.name in table.columns
    }
    for element, known in ((AGENT, Agent.objects.active()), (CAMPAIGN, Campaign.objects.active())):
        if element.name in table.columns:
            check_known(table, element, columns[element.attribute], known, verdicts)
    return CallbackRows(columns, len(table))


def read_written_callbacks(table: Table, verdicts: Verdicts) -> CallbackRows:
    """The same for people's files: phone numbers are read as people write them."""
    rows = read_callbacks(with_digits(table, [PHONE.name]), verdicts)
    explain(verdicts, [PHONE.name])
    return rows


def check_known(
    table: Table, element: Element, keys: Sequence[int | None], known: QuerySet[Any], verdicts: Verdicts
) -> None:
    """Report the ids that no item of `known` has."""
    wanted = set(keys) - {None}
    unknown = wanted - set(known.filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown:
        message = f"names no {known.model._meta.verbose_name} that there is"
        for line, key in zip(table.lines, keys, strict=True):
            if key in unknown:
                verdicts.add(line, element.name, str(key), "invalidInput.invalidReference", message)
