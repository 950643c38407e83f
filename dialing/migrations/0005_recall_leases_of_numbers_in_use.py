"""One open lease is left to block each number; dialers hear that the others are recalled.

Personal callbacks that a client made active, which no dialer has, become pending.
"""

from collections import defaultdict
from datetime import timedelta

from django.db import migrations
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone

OPEN_STATES = ["active", "dialed", "unknown"]
NOT_ATTEMPTED = 25
BATCH = 1_000
# A call that may be under way blocks the number before one that can still be taken back.
ORDER = {"dialed": 0, "active": 1, "unknown": 2}


def recall_leases_of_numbers_in_use(apps, schema_editor):
    leases = apps.get_model("dialing", "Lease").objects.using(schema_editor.connection.alias)
    now = timezone.now()
    over = leases.filter(state="dialed", ended_at=None, dialed_at__lte=now - timedelta(hours=2))
    over.update(blocks_number=False)
    blocking = leases.filter(state__in=OPEN_STATES, blocks_number=True)
    shared = blocking.values("number").annotate(leases=Count("pk")).filter(leases__gt=1)
    by_number = defaultdict(list)
    for lease in blocking.filter(number__in=shared.values("number")):
        by_number[lease.number].append(lease)
    later = []
    for same in by_number.values():
        later += sorted(same, key=lambda lease: (ORDER[lease.state], lease.granted_at, lease.pk))[1:]
    # What is dialed or unknown keeps its state, and its result is still accepted.
    for start in range(0, len(later), BATCH):
        leases.filter(pk__in=[lease.pk for lease in later[start : start + BATCH]]).update(blocks_number=False)
    recall([lease for lease in later if lease.state == "active"], now, apps, leases)


def recall(active, now, apps, leases):
    by_dialer = defaultdict(list)
    for lease in active:
        by_dialer[lease.dialer_id].append(lease)
    for dialer_id, held in by_dialer.items():
        dialers = apps.get_model("dialing", "Dialer").objects.using(leases.db).filter(pk=dialer_id)
        dialers.update(recall_number=F("recall_number") + 1)
        number = dialers.get().recall_number
        for start in range(0, len(held), BATCH):
            batch = held[start : start + BATCH]
            leases.filter(pk__in=[lease.pk for lease in batch]).update(
                state="recalled", ended_at=now, recall_number=number, recall_reason="numberInUse"
            )
            give_back(batch, apps, leases.db)


def give_back(batch, apps, database):
    """The records become what they were before they left."""
    contacts = apps.get_model("campaigns", "Contact").objects.using(database)
    callbacks = apps.get_model("callbacks", "PersonalCallback").objects.using(database)
    for status in {lease.status_before for lease in batch}:
        same = [lease for lease in batch if lease.status_before == status]
        contacts.filter(pk__in=[lease.contact_id for lease in same if lease.contact_id]).update(
            status=status, call_result=NOT_ATTEMPTED
        )
        callbacks.filter(
            pk__in=[lease.personal_callback_id for lease in same if lease.personal_callback_id]
        ).update(call_status=status, call_result=NOT_ATTEMPTED, change_stamp=F("change_stamp") + 1)


def free_active_callbacks(apps, schema_editor):
    database = schema_editor.connection.alias
    leases = apps.get_model("dialing", "Lease").objects.using(database).filter(state__in=OPEN_STATES)
    held = leases.filter(personal_callback=OuterRef("pk"))
    callbacks = apps.get_model("callbacks", "PersonalCallback").objects.using(database)
    callbacks.filter(~Exists(held), call_status="A").update(
        call_status="P", change_stamp=F("change_stamp") + 1
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dialing", "0004_lease_blocks_number"),
        ("campaigns", "0002_tell_promised_callbacks_from_retries"),
        ("callbacks", "0002_search_indexes"),
    ]

    operations = [
        migrations.RunPython(recall_leases_of_numbers_in_use, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(free_active_callbacks, migrations.RunPython.noop, elidable=True),
    ]
