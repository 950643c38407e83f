"""Regular callbacks whose promised call was made already: what follows are retries.

The last call of such a contact is another than the one that asked for the callback.
"""

from django.db import migrations
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

REQUESTED, ASKED_FOR = "B", [14, 15]
OPEN, WITH_DIALERS = ["active", "dialed", "unknown"], ["A", "D", "U"]


def note_calls(apps, schema_editor):
    campaigns = apps.get_model("campaigns", "Campaign").objects
    everybody = apps.get_model("campaigns", "Contact").objects
    calls = apps.get_model("dialing", "CallHistory").objects.filter(contact_id=OuterRef("pk"))
    leases = apps.get_model("dialing", "Lease").objects.filter(contact=OuterRef("pk"), state__in=OPEN)
    made = Case(When(~Q(call_result__in=ASKED_FOR), then=F("at")))
    last_call_to_it = Subquery(calls.order_by("-pk").annotate(made=made).values("made")[:1])
    # By campaign and status, as the index of due contacts has them.
    for campaign in campaigns.values_list("pk", flat=True):
        contacts = everybody.filter(campaign=campaign)
        with_dialers = contacts.filter(
            Exists(leases.filter(status_before=REQUESTED)), status__in=WITH_DIALERS
        )
        for callbacks in (contacts.filter(status=REQUESTED), with_dialers):
            callbacks.update(called_back_at=last_call_to_it)


class Migration(migrations.Migration):
    dependencies = [
        ("dialing", "0001_initial"),
        ("campaigns", "0002_tell_promised_callbacks_from_retries"),
    ]
    operations = [migrations.RunPython(note_calls, migrations.RunPython.noop)]
