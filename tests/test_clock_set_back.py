"""What is stored with a time from before the clock was set back by two hours."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from dialing.before_the_call import mark_dialed
from dialing.dialers import heard_from
from dialing.leases import give_up_silent, release_unreported, unknown_to_pending
from dialing.models import CampaignManagerOptions, Dialer, Lease
from dialing.record_feed import claim_records
from dnc import file_scan
from dnc.models import FileImport
from outbound_site.core.health import HEARTBEAT_LIMIT, record_heartbeat
from outbound_site.core.models import Heartbeat
from supervision.board import look
from supervision.list_counts import count_changed_lists
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory, ImportRuleFactory

pytestmark = pytest.mark.django_db
TWO_HOURS = timedelta(hours=2)
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-03-10T12:00:00Z", tick=False)
    return time_machine


def problems():
    cache.clear()
    return [problem.text for problem in look(timezone.now()).problems]


def test_the_age_of_a_heartbeat_is_never_negative(client, clock):
    record_heartbeat()
    clock.shift(-HEARTBEAT_LIMIT)

    answer = client.get("/health")

    assert (answer.status_code, answer.json()["worker_heartbeat_age"]) == (200, 0)


def test_a_heartbeat_from_the_future_is_none(client, clock):
    record_heartbeat()
    clock.shift(-TWO_HOURS)

    answer = client.get("/health")

    assert (answer.status_code, answer.json()["worker_heartbeat_age"]) == (503, 0)
    assert "Background work stands still: no worker is heard of." in problems()[0]


@pytest.mark.parametrize(("step", "words"), [(-TWO_HOURS, "back"), (TWO_HOURS, "forward")])
def test_the_board_says_for_a_day_by_how_much_the_clock_was_set(step, words, clock):
    record_heartbeat()
    clock.shift(step)
    record_heartbeat()
    record_heartbeat()

    [problem] = problems()

    at = f"2026-03-10 {'10' if words == 'back' else '14'}:00 UTC"
    assert f"The server's clock was set 2:00:00 {words}, to {at}." in problem
    clock.shift(timedelta(days=1, seconds=1))
    Heartbeat.objects.update(beaten_at=timezone.now())
    assert problems() == []


@pytest.mark.parametrize("seconds", [-50, 50])
def test_a_small_correction_is_no_problem(seconds, clock):
    record_heartbeat()
    clock.shift(seconds)
    record_heartbeat()

    assert problems() == []


def test_a_clock_that_was_set_back_while_no_worker_ran_is_noticed_by_the_last_beat(clock):
    Heartbeat.objects.create(beaten_at=timezone.now() + TWO_HOURS)

    record_heartbeat()

    assert "set 2:00:00 back" in problems()[0]


def test_time_in_which_no_worker_ran_is_no_jump(clock):
    Heartbeat.objects.create(beaten_at=timezone.now() - TWO_HOURS)

    record_heartbeat()

    assert problems() == []


def test_what_is_remembered_for_seconds_is_not_remembered_for_hours(clock):
    cache.set("board", "old", 5)
    clock.shift(-TWO_HOURS)

    assert cache.get("board") is None


def test_the_board_counts_anew(clock):
    campaign = CampaignFactory(**ALL_DAY)
    contact_of(campaign)
    count_changed_lists()
    assert look(timezone.now()).rows[0].left == 1
    clock.shift(-TWO_HOURS)
    contact_of(campaign)
    count_changed_lists()

    assert look(timezone.now()).rows[0].left == 2


def test_a_dialer_is_silent_from_the_new_time_on(clock):
    campaign = CampaignFactory(**ALL_DAY)
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    clock.shift(-TWO_HOURS)

    give_up_silent()
    assert Lease.objects.get().state == "active"
    clock.shift(CampaignManagerOptions.load().dialer_silence + timedelta(seconds=1))
    give_up_silent()

    assert Lease.objects.get().state == "unknown"


def test_a_dialer_that_goes_on_is_heard_of(clock):
    heard_from("north")
    clock.shift(-TWO_HOURS)

    heard_from("north")

    assert Dialer.objects.get().last_seen_at == timezone.now()


def test_records_of_a_lost_dialer_come_back_by_the_new_time(clock):
    contact = contact_of(CampaignFactory(**ALL_DAY))
    claim_records("north", contact.campaign_id, 1)
    options = CampaignManagerOptions.load()
    clock.shift(options.dialer_silence + timedelta(seconds=1))
    give_up_silent()
    assert Lease.objects.get().state == "unknown"
    clock.shift(-timedelta(days=365))
    give_up_silent()
    clock.shift(options.unknown_reset + timedelta(seconds=1))
    unknown_to_pending()

    contact.refresh_from_db()
    assert contact.status == "P"


def test_a_call_that_is_never_reported_blocks_its_number_for_two_hours_of_the_new_time(clock):
    campaign = CampaignFactory(**ALL_DAY)
    contact_of(campaign)
    [record] = claim_records("north", campaign.pk, 1)
    mark_dialed("north", record.lease.pk)
    clock.shift(-timedelta(days=365))
    give_up_silent()
    clock.shift(TWO_HOURS - timedelta(seconds=1))
    assert release_unreported() == 0
    clock.shift(timedelta(seconds=1))

    assert release_unreported() == 1


def test_a_do_not_call_file_stands_still_from_the_new_time_on(clock, settings, tmp_path):
    settings.DNC_ROOTS = [tmp_path]
    rule = ImportRuleFactory(file_path=str(tmp_path / "registry.txt"))
    (tmp_path / "registry.txt").write_text("2125550100\n")
    file_scan.scan_rules()
    clock.shift(-TWO_HOURS)
    file_scan.scan_rules()
    clock.shift(settings.DNC_SETTLE_SECONDS + 60)
    file_scan.scan_rules()

    assert FileImport.objects.filter(rule=rule).exists()
