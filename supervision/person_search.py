"""Anybody, in any campaign, by phone number, account number or name; and whether a number may be called."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from callbacks.models import PersonalCallback
from campaigns.id_blocks import all_id_blocks, phones_with
from campaigns.models import Campaign, Contact, ContactPhone
from campaigns.models.contact import SEARCH_SEPARATOR
from dialing.models import CallHistory
from dnc import do_not_call_list
from dnc.models import HandEntry
from dnc.numbers import BadNumber, clean_number

MOST = 50


@dataclass(frozen=True)
class Listing:
    """Who or what put a number on the Do Not Call list, and since when."""

    source: str
    since: datetime | None
    reason: str = ""


def number_in(text: str) -> str:
    """The number that was meant, `2125550100` for `(212) 555-0100`; empty when it is none."""
    try:
        number = clean_number(text)
    except BadNumber:
        return ""
    return number if len(number) >= 3 else ""


def contacts(text: str) -> list[Contact]:
    """The latest MOST of all campaigns with that number or account number, else with parts of the words.

    Numbers are found by indexes; only words that nobody has as a whole are looked for in every contact.
    """
    found = _with_number(number_in(text)) | _with_account(text) or _with_words(text)
    rows = Contact.objects.filter(pk__in=found, campaign__deleted_at=None)
    return list(rows.select_related("campaign__time_zone", "zone_set").order_by("-pk")[:MOST])


def _with_number(number: str) -> set[int]:
    if not number:
        return set()
    return set(phones_with(number).order_by("-contact").values_list("contact", flat=True)[:MOST])


def _with_account(text: str) -> set[int]:
    campaigns = Campaign.objects.active().values("pk")
    found = Contact.objects.filter(campaign__in=campaigns, run__in=all_id_blocks(), account_key=text.lower())
    return set(found.order_by("-pk").values_list("pk", flat=True)[:MOST])


def _with_words(text: str) -> set[int]:
    words = Q()
    for word in text.lower().split():
        words &= Q(search_text__contains=word.replace(SEARCH_SEPARATOR, ""))
    found = Contact.objects.filter(words).order_by("-pk")
    return set(found.values_list("pk", flat=True)[:MOST])


def personal_callbacks(text: str) -> list[PersonalCallback]:
    """The latest MOST, by number, account number or name."""
    wanted = Q(account_number__icontains=text)
    if number := number_in(text):
        wanted |= Q(phone=number)
    names = Q()
    for word in text.split():
        names &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    rows: Any = PersonalCallback.objects.filter(wanted | names).select_related("agent", "campaign")
    return list(rows.order_by("-callback_date_time")[:MOST])


def calls(number: str) -> list[CallHistory]:
    """The latest calls to a number, also those of contacts that are gone."""
    rows = CallHistory.objects.filter(number=number).select_related("campaign")
    return list(rows.order_by("-at")[:MOST])


def listings(number: str) -> list[Listing]:
    """Why the number is on the Do Not Call list, the oldest first; empty when it is not."""
    found = [
        Listing(f"by hand, by {source.added_by or 'a user who is gone'}", source.added_at, source.reason)
        if isinstance(source, HandEntry)
        else Listing(source.source, source.in_force_at)
        for source in do_not_call_list.sources(number)
    ]
    return sorted(found, key=lambda listing: listing.since.timestamp() if listing.since else 0)


def numbers_of(people: Collection[Contact]) -> dict[int, list[str]]:
    """Each contact's numbers in dialing order."""
    numbers: dict[int, list[str]] = {contact.pk: [] for contact in people}
    rows = ContactPhone.objects.filter(contact__in=list(numbers)).order_by("contact", "position")
    for contact, number in rows.values_list("contact", "number"):
        numbers[contact].append(number)
    return numbers
