"""The live counters equal the replay of the history, whatever happens."""

import random
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from campaigns.dialing_list import delete_contacts
from campaigns.models import Campaign
from dialing.before_the_call import mark_dialed
from dialing.counters import differences, read
from dialing.emergency_stop import finish_recalls, resume, stop_api_campaigns
from dialing.leases import give_up_silent, unknown_to_pending
from dialing.models import CallHistory, CampaignCounters, Lease
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_codes import RESULT_CODES
from dialing.result_intake import report_results
from dialing.upkeep import daily_reset, purge
from dnc import do_not_call_list
from tests.dialing.worlds import NOON, contact_of
from tests.factories import AgentFactory, CampaignFactory

ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_random_traffic_they_equal_the_replay(seed, sam, alice):
    """Every result, days going by, changed maxAttempts, stops, lost dialers and a replaced list."""
    rng = random.Random(seed)
    AgentFactory(agent_id="1001")
    campaigns = [
        CampaignFactory(**ALL_DAY, max_attempts=3, personalized_callback_enabled=personal)
        for personal in (False, True)
    ]
    for campaign in campaigns:
        for n in range(15):
            contact_of(campaign, numbers=[f"{campaign.pk}{n}1", f"{campaign.pk}{n}2"])
    do_not_call_list.add([f"{campaigns[0].pk}11", f"{campaigns[0].pk}12"], alice, "asked")
    at = NOON
    for step in range(40):
        at += timedelta(minutes=rng.choice([1, 20, 61, 600]))
        campaign = Campaign.objects.get(pk=rng.choice(campaigns).pk)
        one_step(campaign, rng, at, sam, step)
        for each in campaigns:
            assert differences(each.pk) == []
    assert CallHistory.objects.count() > 40


def one_step(campaign, rng, at, sam, step):
    dialer = rng.choice(["d1", "d2"])
    records = claim_records(dialer, campaign.pk, 5, at)
    for record in records[rng.choice([0, 0, 0, 1]) :]:
        if rng.random() < 0.7:
            mark_dialed(dialer, record.lease.pk, at)
        result = ReportedCall(
            record.lease.pk,
            rng.choice(sorted(RESULT_CODES)),
            agent="1001",
            talk_seconds=rng.randrange(90),
            wrapup_seconds=rng.randrange(9),
            callback_at=at + timedelta(minutes=10),
        )
        report_results(dialer, [result] * rng.choice([1, 1, 2]), at)
    if step % 9 == 0:
        campaign.max_attempts = rng.choice([1, 2, 3, 4])
        campaign.save()
    if step % 13 == 0:
        resume(stop_api_campaigns(sam), sam)
        finish_recalls()
    if step == 25:
        delete_contacts(campaign)
        contact_of(campaign)
    for job in (give_up_silent, unknown_to_pending, daily_reset, purge):
        job(at)


@pytest.mark.django_db
def test_the_command_shows_what_differs():
    contact = contact_of(CampaignFactory(**ALL_DAY))
    [record] = claim_records("d1", contact.campaign.pk, 1)
    report_results("d1", [ReportedCall(record.lease.pk, 9)])
    call_command("check_counters")
    CampaignCounters.objects.update(busy_count=2)
    with pytest.raises(CommandError, match="1 counters differ"):
        call_command("check_counters")


@pytest.mark.django_db(transaction=True)
def test_dialers_at_the_same_moment_share_no_record_and_lose_no_count():
    campaign = CampaignFactory(**ALL_DAY)
    for n in range(40):
        contact_of(campaign, numbers=[f"212555{n:04}"])
    taken, failures = [], []

    def dial(name):
        try:
            while records := claim_records(name, campaign.pk, 7):
                taken.extend(record.contact.pk for record in records)
                report_results(name, [ReportedCall(record.lease.pk, 10) for record in records])
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=dial, args=[f"d{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(taken) == len(set(taken)) == 40
    assert not Lease.objects.open().exists()
    assert read([campaign.pk])[campaign.pk]["voice_count"] == 40
    assert differences(campaign.pk) == []
