from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from campaigns.dialing_list import delete_contacts
from campaigns.models.contact import CallStatus, Contact
from dialing import leases
from dialing.before_the_call import mark_dialed
from dialing.models import CallHistory, Dialer
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from supervision.list_counts import (
    CountedList,
    ListPart,
    changed_lists,
    count_changed_lists,
    count_contacts,
    counted_lists,
)
from supervision.models import Counting
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory, ImportJobFactory
from timezones.zones import read_zones

pytestmark = pytest.mark.django_db
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def part(status, zones, contacts, due, next_due=None):
    return ListPart(CallStatus(status), read_zones(zones), contacts, due, next_due)


@pytest.mark.parametrize(
    ("status", "called_back", "minutes", "due"),
    [
        ("P", False, None, True),
        ("P", False, 0, True),
        ("P", False, 1, False),
        ("R", False, -60, True),
        ("R", False, 1, False),
        # Callbacks are missed after CALLBACK_TIME_LIMIT, 15 minutes; their retries are not.
        ("B", False, 0, True),
        ("B", False, -15, True),
        ("B", False, -16, False),
        ("B", False, 1, False),
        ("B", True, -16, True),
        ("B", True, 1, False),
    ],
)
def test_contacts_are_due_from_their_time_on_and_callbacks_for_a_limited_time(
    status, called_back, minutes, due
):
    campaign = CampaignFactory(**ALL_DAY)
    contact_of(
        campaign,
        status=status,
        called_back_at=AT - timedelta(hours=2) if called_back else None,
        callback_at=None if minutes is None else AT + minutes * MINUTE,
    )
    [row] = count_contacts([campaign.pk], AT)[campaign.pk]
    assert (row["due"], row["promised"]) == (due, status == "B" and not called_back)


@time_machine.travel(AT, tick=False)
def test_a_list_is_counted_by_status_and_zones():
    campaign, other = CampaignFactory.create_batch(2, **ALL_DAY)
    assert counted_lists([campaign.pk]) == {campaign.pk: CountedList()}
    contact_of(campaign, zones="360d")
    contact_of(campaign, zones="360d")
    contact_of(campaign, zones="300d", status="R", callback_at=AT + MINUTE)
    contact_of(other)
    count_changed_lists(AT)
    counted = counted_lists([campaign.pk])[campaign.pk]
    assert counted.at == AT
    assert sorted(counted.parts, key=lambda part: part.status) == [
        part("P", "360d", 2, 2),
        part("R", "300d", 1, 0, AT + MINUTE),
    ]


@pytest.fixture
def quiet():
    """A campaign that was counted a minute ago, after which nothing happened, and a moment later."""
    campaign = CampaignFactory(**ALL_DAY)
    with time_machine.travel(AT - MINUTE, tick=False):
        contact_of(campaign)
        contact_of(campaign, status="R", callback_at=AT + 40 * SECOND)
        contact_of(campaign, status="B", callback_at=AT + 50 * SECOND - 15 * MINUTE)
    count_changed_lists(AT)
    return campaign


def changed(seconds):
    return changed_lists(AT, AT + seconds * SECOND)


def test_a_list_in_which_nothing_happened_is_counted_once_a_minute(quiet):
    assert changed(39) == []
    Counting.objects.update(next_at=None)
    assert count_changed_lists(AT + 40 * SECOND) == 1
    assert changed_lists(AT + 40 * SECOND, AT + 49 * SECOND) == []
    assert changed_lists(AT + 40 * SECOND, AT + 51 * SECOND) == [quiet.pk]


@pytest.mark.parametrize(
    "happens",
    ["hand-out", "dialed", "result", "recall", "import at work", "import ended", "emptied", "changed", "new"],
)
def test_a_list_in_which_something_happened_is_counted_at_the_next_run(quiet, happens):
    expected = [quiet.pk]
    with time_machine.travel(AT + SECOND, tick=False):
        if happens in ("hand-out", "dialed", "result", "recall"):
            [record] = claim_records("north", quiet.pk, 1)
        if happens in ("dialed", "result"):
            mark_dialed("north", record.lease.pk)
        if happens == "result":
            report_results("north", [ReportedCall(record.lease.pk, 10, talk_seconds=60)])
        if happens == "recall":
            leases.recall(record.lease.campaign.leases.all(), "test")
        if happens == "import at work":
            ImportJobFactory(campaign=quiet, state="running")
        if happens == "import ended":
            ImportJobFactory(campaign=quiet, state="succeeded", finished_at=AT + SECOND)
        if happens == "emptied":
            delete_contacts(quiet)
        if happens == "changed":
            quiet.change_stamp += 1
            quiet.save()
        if happens == "new":
            expected = [CampaignFactory(**ALL_DAY).pk]
    assert changed(5) == expected


def test_records_of_a_lost_dialer_are_counted(quiet):
    with time_machine.travel(AT - 30 * MINUTE, tick=False):
        claim_records("north", quiet.pk, 1)
    Dialer.objects.update(last_seen_at=AT - 30 * MINUTE)
    leases.give_up_silent(AT + SECOND)
    assert changed(5) == [quiet.pk]


def test_a_run_that_finds_another_at_work_counts_nothing(quiet):
    contact_of(quiet)
    Counting.objects.update(next_at=AT + MINUTE)
    assert count_changed_lists(AT + 30 * SECOND) == 0
    assert count_changed_lists(AT + MINUTE) == 1


def test_a_run_that_was_killed_or_a_clock_set_back_stops_nothing(quiet):
    Counting.objects.update(next_at=AT + timedelta(hours=2))
    assert count_changed_lists(AT + MINUTE) == 1


def test_recent_calls_are_those_of_the_last_half_hour_by_minute():
    campaign = CampaignFactory(**ALL_DAY)
    ends = [AT - 31 * MINUTE, AT - 30 * MINUTE, AT - MINUTE, AT - SECOND, AT]
    CallHistory.objects.bulk_create(
        CallHistory(
            campaign=campaign, at=end, day=AT.date(), dialer="north", number="1", call_result=8, status="R"
        )
        for end in ends
    )
    count_changed_lists(AT)
    assert counted_lists([campaign.pk])[campaign.pk].recent_calls == [1, *[0] * 28, 2]


def test_the_queries_do_not_grow_with_the_campaigns():
    def queries():
        Counting.objects.update(next_at=None, began_at=None)
        with CaptureQueriesContext(connection) as captured:
            count_changed_lists(AT)
        return len(captured)

    contact_of(CampaignFactory(**ALL_DAY))
    queries()
    one = queries()
    for _ in range(5):
        contact_of(CampaignFactory(**ALL_DAY))
    assert queries() == one


@pytest.mark.django_db(transaction=True)
def test_after_a_run_that_failed_the_next_one_counts(quiet):
    """Not after the minutes that a killed one is waited for."""
    stranger = contact_of(quiet)
    Contact.objects.filter(pk=stranger.pk).update(zone_set=2**31)
    with pytest.raises(IntegrityError):
        count_changed_lists(AT + MINUTE)
    Contact.objects.filter(pk=stranger.pk).delete()

    assert count_changed_lists(AT + MINUTE + 10 * SECOND) == 1
