"""The contacts of a campaign as a whole: locked, removed, undone, looked up."""

from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.utils import timezone

from campaigns.id_blocks import id_blocks_of
from campaigns.models import CallStatus, Campaign, Contact, ContactPhone, ImportJob, ImportState

EVERY = Q()
LIST_LOCK = 0x6F62_6C73
# A dialer has them, or had them when it was last heard of: they may have been dialed.
IN_A_DIALER = [CallStatus.ACTIVE, CallStatus.DIALED, CallStatus.UNKNOWN]


def lock_list(campaign_id: int) -> None:
    """Nobody else imports into this campaign, empties or deletes it until this transaction ends.

    Not a lock of the campaign's row: an emergency stop writes there and must not wait for an import. On
    SQLite the transaction itself is that lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LIST_LOCK, campaign_id])


def delete_contacts(campaign: Campaign) -> None:
    """Remove all contacts of the campaign (API text, "Import API": delete)."""
    with transaction.atomic():
        lock_list(campaign.pk)
        remove_contacts(campaign)


def remove_contacts(campaign: Campaign, but: ImportJob | None = None) -> None:
    """The same inside a transaction that holds the list: at its commit another list begins, that of the job
    `but` if there is one.
    """
    contacts = Contact.objects.filter(campaign=campaign)
    _remove(campaign.pk, contacts.exclude(job=but) if but else contacts)
    jobs = campaign.import_jobs.exclude(pk=but.pk) if but else campaign.import_jobs
    jobs.filter(rows_present__gt=0).update(rows_present=0)
    Campaign.objects.filter(pk=campaign.pk).update(list_began=timezone.now())


def length(campaign_id: int) -> int:
    """Number of contacts of the campaign."""
    present = ImportJob.objects.filter(campaign=campaign_id).aggregate(rows=Sum("rows_present"))["rows"]
    return present or 0


def undo_import(job: ImportJob) -> ImportJob:
    """Remove the contacts of a job that were never dialed; the others stay and are counted."""
    with transaction.atomic():
        lock_list(job.campaign_id)
        mine = Contact.objects.filter(campaign=job.campaign_id, job=job)
        not_dialed = Q(calls_made=0) & ~Q(status__in=IN_A_DIALER)
        job.rows_undone = _remove(job.campaign_id, mine, not_dialed)
        job.rows_kept = job.rows_present = mine.count()
        job.state = ImportState.UNDONE
        job.save(update_fields=["rows_undone", "rows_kept", "rows_present", "state"])
    return job


def remove_chosen(contacts: models.QuerySet[Contact]) -> None:
    """Remove these few contacts and their phones, inside a transaction that holds the list."""
    for job, rows in list(contacts.order_by().values_list("job").annotate(Count("pk"))):
        ImportJob.objects.filter(pk=job).update(rows_present=F("rows_present") - rows)
    _delete(ContactPhone.objects.filter(contact__in=contacts))
    _delete(contacts)


def _remove(campaign_id: int, contacts: models.QuerySet[Contact], which: Q = EVERY) -> int:
    """Remove those of some contacts of the campaign, and their phones; their number.

    Contacts first: one that a dialer takes at this moment keeps its phones.
    """
    ends = contacts.aggregate(contact__gte=Min("pk"), contact__lte=Max("pk"))
    blocks = id_blocks_of(campaign_id)
    removed = _delete(contacts.filter(which))
    left = Contact.objects.filter(pk=OuterRef("contact"))
    if removed:
        _delete(ContactPhone.objects.filter(~Exists(left), run__in=blocks, **ends))
    return removed


def _delete(rows: models.QuerySet[Any]) -> int:
    """One statement, however many rows: QuerySet.delete() would first read all that has relations."""
    return rows._raw_delete(rows.db)


def known_accounts(campaign_id: int, keys: set[str]) -> set[str]:
    """Those of the account keys that contacts of the campaign have."""
    found = Contact.objects.filter(
        campaign=campaign_id, run__in=id_blocks_of(campaign_id), account_key__in=keys
    )
    return set(found.order_by().values_list("account_key", flat=True))


def known_first_phones(campaign_id: int, numbers: set[str]) -> set[str]:
    """Those of the numbers that are the first phone of a contact of the campaign."""
    before = ContactPhone.objects.filter(contact=OuterRef("contact"), position__lt=OuterRef("position"))
    found = ContactPhone.objects.filter(
        ~Exists(before), run__in=id_blocks_of(campaign_id), number__in=numbers
    )
    found = found.filter(contact__campaign=campaign_id)
    return set(found.order_by().values_list("number", flat=True))
