import pytest
from django.urls import reverse

from campaigns.models import Campaign
from dialing.emergency_stop import stop_all_campaigns
from dialing.models import StopReport
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
STOP = "/admin/dialing/stopreport/stop/"


def test_looking_at_the_first_step_stops_nothing(sign_in, sam):
    campaign = CampaignFactory(on=True, name="Renewals")
    page = sign_in(sam).get(STOP)
    assert "Renewals" in page.text
    campaign.refresh_from_db()
    assert campaign.enabled


def test_the_button_stops_campaigns_of_either_origin_and_leads_to_the_report(sign_in, sam):
    CampaignFactory(on=True)
    CampaignFactory(on=True, tool=True)
    answer = sign_in(sam).post(STOP)
    assert not Campaign.objects.filter(enabled=True).exists()
    report = StopReport.objects.get()
    assert answer.url == reverse("admin:dialing_stopreport_change", args=[report.pk])
    assert sam.username in sign_in(sam).get(answer.url).text


def test_who_may_not_stop_sees_no_button_and_reaches_no_page(sign_in, lou):
    campaign = CampaignFactory(on=True)
    client = sign_in(lou)
    assert "emergency-stop" not in client.get("/admin/").text
    assert client.get(STOP).status_code == client.post(STOP).status_code == 403
    campaign.refresh_from_db()
    assert campaign.enabled


def test_a_campaign_changed_since_is_shown_and_not_proposed(sign_in, sam):
    CampaignFactory(on=True, name="kept")
    changed, deleted = CampaignFactory(on=True, name="changed"), CampaignFactory(on=True, name="gone")
    report = stop_all_campaigns(sam)
    Campaign.objects.filter(pk=changed.pk).update(change_stamp=7)
    deleted.mark_deleted()
    page = sign_in(sam).get(f"/admin/dialing/stopreport/{report.pk}/change/")
    lines = {line.campaign.name: (line.state, line.proposed) for line in page.context["lines"]}
    assert lines == {
        "changed": ("off, changed since the stop", False),
        "gone": ("deleted since", False),
        "kept": ("off since the stop", True),
    }
    assert f'value="{deleted.pk}"' not in page.text


def test_exactly_the_ticked_campaigns_come_back(sign_in, sam):
    first, never_on = CampaignFactory(on=True), CampaignFactory()
    CampaignFactory(on=True)
    report = stop_all_campaigns(sam)
    ticked = {"campaign": [first.pk, never_on.pk, "x"]}
    sign_in(sam).post(f"/admin/dialing/stopreport/{report.pk}/resume/", ticked)
    assert list(Campaign.objects.filter(enabled=True)) == [first]


def test_a_resume_needs_the_permission_and_a_form(sign_in, sam, lou):
    CampaignFactory(on=True)
    address = f"/admin/dialing/stopreport/{stop_all_campaigns(sam).pk}/resume/"
    assert sign_in(lou).post(address).status_code == 403
    assert sign_in(sam).get(address).status_code == 405
    assert not Campaign.objects.filter(enabled=True).exists()


@pytest.mark.parametrize("pk", ["999", "x", "1_2"])
def test_a_report_that_does_not_exist_is_not_found(sign_in, sam, pk):
    assert sign_in(sam).get(f"/admin/dialing/stopreport/{pk}/change/").status_code == 404


def test_the_list_of_reports_says_what_to_do_when_there_is_none(sign_in, sam):
    assert "no emergency stop yet" in sign_in(sam).get("/admin/dialing/stopreport/").text
    stop_all_campaigns(sam)
    assert sam.username in sign_in(sam).get("/admin/dialing/stopreport/").text
