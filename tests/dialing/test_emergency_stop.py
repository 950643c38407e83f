import pytest
from django.db.models import F

from campaigns.configuration import delete_campaign
from campaigns.models import Campaign
from dialing.before_the_call import Dialing, mark_dialed
from dialing.emergency_stop import finish_recalls, resume, stop_all_campaigns, stop_api_campaigns
from dialing.leases import recalls_after
from dialing.models import StopReport
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import Outcome, report_results
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}


@pytest.fixture
def campaign():
    return CampaignFactory(**ALL_DAY)


def test_every_enabled_campaign_of_the_api_is_switched_off_and_gets_a_new_stamp(api, campaign):
    off = CampaignFactory()
    tool = CampaignFactory(**ALL_DAY, tool=True)

    answer = api.put("campaign/disable", content_type="text/plain")

    assert (answer.status_code, answer.content) == (200, b"")
    stamps = {c.pk: (c.enabled, c.change_stamp) for c in Campaign.objects.all()}
    assert stamps == {campaign.pk: (False, 1), off.pk: (False, 0), tool.pk: (True, 0)}


def test_the_history_of_a_campaign_shows_who_stopped_it(api, campaign):
    api.put("campaign/disable")
    entry = campaign.history.first()
    assert (entry.enabled, entry.history_user.username) == (False, "alice@cce.example")


def test_the_stop_of_the_admin_takes_campaigns_of_either_origin(sam):
    CampaignFactory(**ALL_DAY, tool=True)
    CampaignFactory(**ALL_DAY)
    stop_all_campaigns(sam)
    assert not Campaign.objects.filter(enabled=True).exists()


@pytest.mark.parametrize("user", ["sam", "nina"])
def test_who_may_not_change_campaigns_may_not_stop_them_over_the_api(api_as, user, campaign, request):
    assert api_as(request.getfixturevalue(user)).put("campaign/disable").status_code == 403
    campaign.refresh_from_db()
    assert campaign.enabled


def test_after_the_stop_no_record_leaves_and_none_that_has_left_is_dialed(sam, campaign):
    contact_of(campaign), contact_of(campaign)
    [record] = claim_records("d1", campaign.pk, 1)
    stop_api_campaigns(sam)
    assert claim_records("d1", campaign.pk, 1) == []
    assert mark_dialed("d1", record.lease.pk).outcome == Dialing.RECALLED


def test_records_come_back_with_result_25_and_their_dialers_are_informed(sam, campaign):
    contact = contact_of(campaign)
    [record] = claim_records("d1", campaign.pk, 1)
    report = stop_api_campaigns(sam)
    assert (report.records_out, report.user_name) == (1, sam.username)

    finish_recalls()

    contact.refresh_from_db()
    assert (contact.status, contact.call_result, contact.calls_made) == ("P", 25, 0)
    [recall] = recalls_after("d1", 0)
    assert (recall.lease, recall.reason) == (record.lease.pk, "campaign disabled")
    assert report_results("d1", [ReportedCall(record.lease.pk, 8)]) == [(Outcome.RECALLED, None)]


def test_dialers_are_informed_with_the_stop_itself_and_once(sam, campaign):
    contact_of(campaign), contact_of(campaign)
    records = claim_records("d1", campaign.pk, 2)
    stop_api_campaigns(sam)

    recalls = recalls_after("d1", 0)

    assert {recall.lease for recall in recalls} == {record.lease.pk for record in records}
    finish_recalls()
    assert recalls_after("d1", 0) == recalls
    assert recalls_after("d1", recalls[-1].number) == []


def test_a_call_under_way_goes_on_and_its_dialer_is_informed_once(sam, campaign):
    contact = contact_of(campaign)
    [record] = claim_records("d1", campaign.pk, 1)
    mark_dialed("d1", record.lease.pk)
    stop_api_campaigns(sam)
    finish_recalls()
    [recall] = recalls_after("d1", 0)
    assert recalls_after("d1", recall.number) == []
    assert report_results("d1", [ReportedCall(record.lease.pk, 10)]) == [(Outcome.ACCEPTED, None)]
    contact.refresh_from_db()
    assert contact.status == "C"


def test_a_dialer_confirms_by_asking_for_what_follows(sam, campaign):
    contact_of(campaign)
    claim_records("d1", campaign.pk, 1)
    report = stop_api_campaigns(sam)
    finish_recalls()
    assert not report.dialers.get().confirmed
    [recall] = recalls_after("d1", 0)
    recalls_after("d1", recall.number)
    assert report.dialers.get().confirmed


def test_exactly_the_stopped_campaigns_come_back(sam, campaign):
    other = CampaignFactory()
    report = stop_api_campaigns(sam)
    assert resume(report, sam) == 1
    assert set(Campaign.objects.filter(enabled=True)) == {campaign}
    assert Campaign.objects.get(pk=campaign.pk).change_stamp == 2
    assert resume(report, sam) == 0
    other.refresh_from_db()
    assert other.change_stamp == 0


def test_resume_leaves_campaigns_alone_that_were_switched_on_since(sam, campaign):
    """Whatever has become of them: also those that were on again and are off now."""
    off_again, other = CampaignFactory(**ALL_DAY), CampaignFactory(**ALL_DAY)
    report = stop_api_campaigns(sam)
    for enabled in (True, False):
        Campaign.objects.filter(pk=off_again.pk).update(enabled=enabled, change_stamp=F("change_stamp") + 1)
    Campaign.objects.filter(pk=campaign.pk).update(enabled=True, change_stamp=F("change_stamp") + 1)
    before = Campaign.objects.get(pk=campaign.pk).change_stamp

    assert resume(report, sam, [campaign.pk, other.pk]) == 1

    campaign.refresh_from_db()
    assert (campaign.enabled, campaign.change_stamp) == (True, before)
    assert campaign.history.filter(history_change_reason__contains="resumed").count() == 0
    assert set(Campaign.objects.filter(enabled=True)) == {campaign, other}


def test_resume_leaves_deleted_campaigns_off(sam, campaign):
    report = stop_api_campaigns(sam)
    delete_campaign(campaign)
    assert resume(report, sam) == 0
    campaign.refresh_from_db()
    assert not campaign.enabled


def test_records_that_leave_after_the_campaigns_came_back_are_no_part_of_the_stop(sam, campaign):
    contact_of(campaign), contact_of(campaign)
    [before] = claim_records("d1", campaign.pk, 1)
    resume(stop_api_campaigns(sam), sam)
    [after] = claim_records("d1", campaign.pk, 1)

    assert [recall.lease for recall in recalls_after("d1", 0)] == [before.lease.pk]
    finish_recalls()

    assert [recall.lease for recall in recalls_after("d1", 0)] == [before.lease.pk]
    assert mark_dialed("d1", after.lease.pk).outcome == Dialing.DIALED


def test_a_recall_that_was_broken_off_is_finished_by_the_next(sam, campaign):
    contact_of(campaign)
    claim_records("d1", campaign.pk, 1)
    stop_api_campaigns(sam)
    assert finish_recalls() == 1
    assert finish_recalls() == 0
    assert StopReport.objects.get().recalled_at
