"""The feed hands out exactly what the decision allows: random worlds, contact by contact."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, Contact
from campaigns.models.contact import CallStatus, ContactPhone
from dialing.attempt_rule import activate
from dialing.clock import accept_clock
from dialing.due_records import NumberRule, due_by_priority, due_contacts
from dialing.eligibility import DialingContext, choose, decide
from dialing.leases import numbers_in_use
from dialing.models import CampaignManagerOptions, Lease
from dialing.record_feed import claim_records, phones_of
from dnc import do_not_call_list
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory, ImportJobFactory
from timezones.models import ZoneSet

pytestmark = pytest.mark.django_db
ZONES = ["0", "300d", "480d", "360d 300d", "-330", "-600d", "720 -720"]
CAMPAIGN_ZONES = ["UTC", "Eastern Standard Time", "AUS Eastern Standard Time", "India Standard Time"]
NUMBERS = [f"2125550{n:03}" for n in range(12)]
LISTED = NUMBERS[:4]
STATUSES = [*"PPPRRRBB", *CallStatus.values]
# Often the whole day, so that worlds with something to dial are many.
TIMES = st.one_of(
    st.just(time(0)), st.just(time(0)), st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
)

phones = st.fixed_dictionaries(
    {
        "number": st.sampled_from(NUMBERS),
        "calls_made": st.integers(0, 3),
        "closed": st.booleans() | st.just(False),
        "minutes": st.none() | st.integers(-120, 120),
    }
)
contacts = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "zones": st.sampled_from(ZONES),
        "minutes": st.none() | st.integers(-30, 30),
        "calls_made": st.integers(0, 4),
        "callback_number": st.sampled_from(NUMBERS),
        "called_back": st.none() | st.integers(-900, -1),
        "phones": st.lists(phones, min_size=1, max_size=3),
    }
)
campaigns = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(CAMPAIGN_ZONES),
        "start_time": TIMES,
        "end_time": TIMES,
        "max_attempts": st.integers(1, 5),
        "enabled": st.sampled_from([True] * 9 + [False]),
        "dialing_mode": st.sampled_from(["PROGRESSIVEONLY"] * 9 + ["INBOUND"]),
        "reservation_percentage": st.sampled_from([100] * 9 + [0]),
        "days": st.sampled_from([0, 0, 0, -2, 1, 3]),
    }
)
switches = st.fixed_dictionaries(
    {"max_attempts_per_number": st.booleans(), "pending_over_retry": st.booleans()}
)
busy_numbers = st.dictionaries(st.sampled_from(NUMBERS[4:]), st.none() | st.integers(0, 4), max_size=4)
instants = st.integers(0, 360 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 4, tzinfo=UTC) + timedelta(minutes=minutes)
)


WORLDS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@WORLDS
@given(
    campaign=campaigns,
    people=st.lists(contacts, max_size=12),
    switches=switches,
    at=instants,
    busy=busy_numbers,
)
def test_the_feed_hands_out_exactly_what_the_decision_allows(alice, campaign, people, switches, at, busy):
    campaign, options = a_world(alice, campaign, people, switches, at, busy)
    with transaction.atomic():
        activate(campaign, options.max_attempts_per_number)

    # Callbacks whose number was listed are ordinary records from the second hand-out on.
    for _ in range(3):
        allowed = decisions(campaign, options, at)
        handed_out = [(r.contact.pk, r.lease.number) for r in claim_records("d1", campaign.pk, 1000, at)]

        assert set(handed_out) <= set(allowed)
        taken = [number for _, number in handed_out]
        assert len(taken) == len(set(taken))
        assert {number for _, number in allowed} == set(taken)
    assert not handed_out


@WORLDS
@given(
    campaign=campaigns,
    people=st.lists(contacts, max_size=12),
    switches=switches,
    at=instants,
    busy=busy_numbers,
)
def test_records_whose_number_is_in_use_are_left_out_in_sets_as_one_by_one(
    alice, campaign, people, switches, at, busy
):
    campaign, options = a_world(alice, campaign, people, switches, at, busy)
    in_use = numbers_in_use(NUMBERS, options, at)
    rule = NumberRule(options, campaign, at)
    for _, batches in due_by_priority(campaign, options, at):
        due = list(due_contacts(campaign, batches, 1000).select_related("zone_set"))
        phones, context = phones_of(due), DialingContext(campaign, options)
        targets = {contact.pk: choose(contact, phones[contact.pk], context) for contact in due}
        free = {pk for pk, target in targets.items() if target.number not in in_use}
        # Records without an attempt left are closed whether their number is free or not.
        undecided = {pk for pk, target in targets.items() if target.reason}
        found = {contact.pk for contact in due_contacts(campaign, batches, 1000, rule)}
        assert found - undecided == free - undecided


def a_world(alice, campaign, people, switches, at, busy):
    do_not_call_list.add(LISTED, alice, "asked")
    options = CampaignManagerOptions.load()
    CampaignManagerOptions.objects.update(**switches)
    options.refresh_from_db()
    # The examples share a database.
    Lease.objects.all().delete()
    accept_clock(at)
    keep_busy(busy, at)
    return build(campaign, people, at), options


def keep_busy(numbers, at):
    """Leases of another campaign for these numbers; where the time is not None, dialed so long ago."""
    for number, hours in numbers.items():
        contact = contact_of(CampaignFactory(on=True, start_time=time(0), end_time=time(0)), numbers=[number])
        [record] = claim_records("d0", contact.campaign_id, 1, at)
        if hours is not None:
            dialed = {"state": "dialed", "dialed_at": at - timedelta(hours=hours)}
            Lease.objects.filter(pk=record.lease.pk).update(**dialed)


def decisions(campaign, options, at):
    rows = list(Contact.objects.filter(campaign=campaign).select_related("zone_set"))
    phones = phones_of(rows)
    in_use = numbers_in_use(NUMBERS, options, at)
    context = DialingContext(campaign, options, do_not_call_list.contains(NUMBERS), in_use)
    decided = [(row.pk, decide(row, phones[row.pk], context, at)) for row in rows]
    return [(pk, decision.number) for pk, decision in decided if decision.dialable]


def build(values, people, at):
    days = values.pop("days")
    start = (at + timedelta(days=min(days, 0))).date()
    end = (at + timedelta(days=abs(days))).date()
    if days == 3:
        start = end
    campaign = CampaignFactory(start_date=start, end_date=end, **values)
    job = ImportJobFactory(campaign=campaign)
    for person in people:
        zone_set, _ = ZoneSet.objects.get_or_create(members=person["zones"], campaign=None)
        contact = Contact.objects.create(
            campaign=campaign,
            job=job,
            zone_set=zone_set,
            status=person["status"],
            calls_made=person["calls_made"],
            callback_number=person["callback_number"],
            callback_at=shifted(at, person["minutes"]),
            called_back_at=shifted(at, person["called_back"]),
        )
        ContactPhone.objects.bulk_create(
            ContactPhone(
                contact=contact,
                position=position,
                number=phone["number"],
                calls_made=phone["calls_made"],
                closed=phone["closed"],
                callback_at=shifted(at, phone["minutes"]),
                zone_set=zone_set,
                zone_source="R",
            )
            for position, phone in enumerate(person["phones"], 1)
        )
    return Campaign.objects.select_related("time_zone").get(pk=campaign.pk)


def shifted(at, minutes):
    return None if minutes is None else at + timedelta(minutes=minutes)
