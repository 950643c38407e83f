"""Contacts whose number the Do Not Call list has in another form only: with or without the home country's
code or a prefix for calls abroad. They are called, since the list is exact to the digit; people see how
many there are, after each import of a list or of a Do Not Call file.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from campaigns.models import CallStatus, Contact, ContactPhone, ImportJob, ImportState
from dnc.models import FileImport
from dnc.near_misses import counters, listed_lengths, nearly_listed

BATCH = 10_000
# Contacts are dialed no more.
DONE = [CallStatus.CLOSED, CallStatus.MAX_ATTEMPTS_REACHED]
# Imports before that were counted, or the server was not there to count them.
COUNTED_WITHIN = timedelta(days=1)


def count_waiting() -> None:
    """Count for the imports of the last day that were not counted yet; for all Do Not Call files at once."""
    since = timezone.now() - COUNTED_WITHIN
    jobs = ImportJob.objects.filter(
        state=ImportState.SUCCEEDED, finished_at__gt=since, near_misses=None, campaign__deleted_at=None
    )
    for job in jobs:
        count_for(job)
    files = FileImport.objects.active().filter(in_force_at__gt=since, near_misses=None)
    if ids := list(files.values_list("pk", flat=True)):
        FileImport.objects.filter(pk__in=ids).update(near_misses=contacts_of_all())


def count_for(job: ImportJob) -> None:
    """Count the job's contacts and keep the number with it."""
    mine = Contact.objects.filter(job=job)
    ends = mine.aggregate(contact__gte=Min("pk"), contact__lte=Max("pk"))
    phones = ContactPhone.objects.filter(**ends) if ends["contact__gte"] else ContactPhone.objects.none()
    job.near_misses = count(phones, mine)
    ImportJob.objects.filter(pk=job.pk).update(near_misses=job.near_misses)


def contacts_of_all() -> int:
    return count(ContactPhone.objects.all(), Contact.objects.filter(campaign__deleted_at=None))


def count(phones: QuerySet[ContactPhone], contacts: QuerySet[Contact]) -> int:
    """How many of the contacts that may still be called have such a number among those open phones."""
    lengths = listed_lengths()
    if not lengths:
        return 0
    waiting, found = contacts.exclude(status__in=DONE), 0
    last = 0
    for batch in batches(phones.filter(closed=False).order_by("contact")):
        missed = nearly_listed({number for _, number in batch}, lengths)
        # A contact's phones may lie on both sides of a batch's end.
        having = {contact for contact, number in batch if number in missed and contact > last}
        last = max(having, default=last)
        found += waiting.filter(pk__in=having).count() if having else 0
    return found


def in_words(contacts: int | None) -> str:
    """What pages show; "" when there is nothing to show."""
    return (
        f"Contacts with a number that is on the Do Not Call list in another form only: {contacts:,}. They "
        "are called: a number must agree digit for digit, with its country code and prefix."
        if contacts
        else ""
    )


def batches(phones: QuerySet[ContactPhone]) -> Iterator[list[tuple[int, str]]]:
    rows: Any = phones.values_list("contact", "number").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        yield batch


counters.append(contacts_of_all)
