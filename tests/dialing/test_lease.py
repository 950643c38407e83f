from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection

from dialing.models import Lease, LeaseState
from dialing.record_feed import claim_records
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans tables that are small")
@pytest.mark.parametrize(
    ("leases", "index"),
    [
        (Lease.objects.held(), "lease_held_by_campaign"),
        (Lease.objects.held().filter(campaign__in=[1, 2]), "lease_held_by_campaign"),
        (Lease.objects.open().filter(contact=1), "lease_by_contact"),
        (Lease.objects.open().filter(personal_callback=1), "lease_by_callback"),
        (Lease.objects.filter(dialer=1, recall_number__gt=5), "lease_recalls"),
        (Lease.objects.filter(state=LeaseState.UNKNOWN, ended_at__lte=LONG_AGO), "lease_by_state_and_end"),
    ],
)
def test_leases_are_found_by_an_index_however_many_have_ended(leases, index):
    plan = leases.order_by().values_list("campaign", "dialer").explain()
    assert index in plan, plan


@pytest.mark.parametrize(
    ("state", "ended_at"),
    [("active", LONG_AGO), ("dialed", LONG_AGO), ("unknown", None), ("done", None), ("recalled", None)],
)
def test_a_lease_is_with_its_dialer_until_it_ends(state, ended_at):
    campaign = CampaignFactory(on=True, start_time="00:00", end_time="00:00")
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    with pytest.raises(IntegrityError):
        Lease.objects.update(state=state, ended_at=ended_at)
