"""Contacts of which nothing else says where they are follow the time zone of the campaign."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from campaigns.models import Campaign, Contact
from dialing.before_the_call import mark_dialed
from dialing.leases import recall_forbidden
from dialing.models import Lease
from dialing.record_feed import claim_records
from supervision.dry_run import dry_run
from supervision.explanation import contact_decision
from tests.api_client import xml_of
from tests.campaigns.admin_forms import submit
from tests.factories import CampaignFactory
from timezones.loading import COLUMNS, TIME_ZONES, load_time_zones
from timezones.models import RegionPrefix, TimeZone, ZoneSet

pytestmark = pytest.mark.django_db
# In India it is 20:30 then, at 16:00 half an hour past the end of the hours.
AFTERNOON = datetime(2026, 3, 10, 15, tzinfo=UTC)
LATE = datetime(2026, 3, 10, 16, tzinfo=UTC)
INDIA = "India Standard Time"
LIST = """AccountNumber,Phone01,Phone02,TimeZoneBias,DstObserved
nothing,5550100,5550101,,
row,5550102,,300,false
prefix first,2125550103,5550104,,
prefix second,5550105,2125550106,,"""


@pytest.fixture
def campaign(api):
    RegionPrefix.objects.update_or_create(
        prefix="1212", defaults={"zone_set": ZoneSet.objects.get_or_create(members="300d", campaign=None)[0]}
    )
    campaign = CampaignFactory(on=True, tool=True)
    Campaign.objects.filter(pk=campaign.pk).update(origin="api")
    import_list(api, campaign)
    return campaign


def import_list(api, campaign):
    body = xml_of("import", {"fileContent": LIST})
    assert api.post(f"campaign/{campaign.pk}/import", body).status_code == 200


def by_api(api, client, campaign, zone):
    stamp = Campaign.objects.get(pk=campaign.pk).change_stamp
    members = {"changeStamp": stamp, "timeZone": {"refURL": TimeZone.objects.get(name=zone).ref_url}}
    assert api.put(f"campaign/{campaign.pk}", xml_of("campaign", members)).status_code == 200


def in_the_admin(api, client, campaign, zone):
    Campaign.objects.filter(pk=campaign.pk).update(origin="campaign_tool")
    path = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    answer = submit(client, path, time_zone=str(TimeZone.objects.get(name=zone).pk))
    assert answer.status_code == 302, answer.content
    Campaign.objects.filter(pk=campaign.pk).update(origin="api")


def zones_by_account():
    return {
        contact.account_number: (
            contact.zone_set.members,
            *(phone.zone_set.members for phone in contact.phones.order_by("position")),
        )
        for contact in Contact.objects.all()
    }


@pytest.fixture
def change_zone(request, api, client, alice):
    client.force_login(alice)
    return lambda campaign, zone: request.param(api, client, campaign, zone)


both_ways = pytest.mark.parametrize("change_zone", [by_api, in_the_admin], indirect=True)


@both_ways
def test_contacts_with_the_campaigns_zone_follow_its_change_and_others_stay(campaign, change_zone):
    other = CampaignFactory()
    change_zone(campaign, INDIA)
    assert zones_by_account() == {
        "nothing": ("-330", "-330", "-330"),
        "row": ("300", "300"),
        "prefix first": ("300d", "300d", "-330"),
        "prefix second": ("-330", "-330", "300d"),
    }
    assert not ZoneSet.objects.filter(campaign=other.pk).exists()


@both_ways
def test_the_next_import_has_the_new_zone_too(api, campaign, change_zone):
    change_zone(campaign, INDIA)
    Contact.objects.all().delete()
    import_list(api, campaign)
    assert zones_by_account()["nothing"] == ("-330", "-330", "-330")


def test_a_change_of_one_campaign_leaves_the_contacts_of_others(api, client, campaign):
    other = CampaignFactory(on=True)
    import_list(api, other)
    by_api(api, client, campaign, INDIA)
    zones = {contact.zone_set.members for contact in other.contacts.filter(account_number="nothing")}
    assert zones == {"0"}


def test_calls_are_made_by_the_new_zone(api, client, campaign):
    nothing = Contact.objects.filter(account_number="nothing")
    assert contact_decision(nothing.get(), LATE).dialable
    by_api(api, client, campaign, INDIA)

    assert contact_decision(nothing.get(), LATE).first.rule == "outsideHours"
    accounts = {record.contact.account_number for record in claim_records("d1", campaign.pk, 10, LATE)}
    assert accounts == {"row", "prefix first"}
    campaign.refresh_from_db()
    assert dry_run(campaign, AFTERNOON).hours[1][1] == 0


def test_records_that_the_new_zone_forbids_are_recalled_unless_dialed(api, client, campaign):
    by_account = {
        record.contact.account_number: record.lease.pk
        for record in claim_records("d1", campaign.pk, 10, LATE)
    }
    with time_machine.travel(LATE, tick=False):
        mark_dialed("d1", by_account["prefix second"], LATE)
        by_api(api, client, campaign, INDIA)
        recall_forbidden(LATE)

    states = dict(Lease.objects.values_list("pk", "state"))
    assert {account: states[pk] for account, pk in by_account.items()} == {
        "nothing": "recalled",
        "prefix second": "dialed",
        "row": "active",
        "prefix first": "active",
    }
    assert Contact.objects.get(account_number="nothing").status == "P"
    assert Lease.objects.get(state="recalled").recall_number == 1


def test_a_change_of_zone_writes_no_contact(api, client, campaign, django_assert_max_num_queries):
    """The cost is the same however long the list is."""
    with django_assert_max_num_queries(40) as queries:
        by_api(api, client, campaign, INDIA)
    assert not [q for q in queries if "campaigns_contact" in q["sql"]]


def test_contacts_follow_a_new_list_of_time_zones(campaign, tmp_path):
    name = campaign.time_zone.name
    lines = TIME_ZONES.read_text().splitlines(keepends=True)
    file = tmp_path / "zones.csv"
    file.write_text(
        "".join(re.sub(",-?[0-9]+,", ",-330,", line) if line.startswith(name) else line for line in lines)
    )
    load_time_zones(file)
    own = ZoneSet.objects.get(campaign=campaign.pk)
    assert own.members == str(TimeZone.objects.get(name=name).zone)
    assert own.zones[0].bias == -330


def test_contacts_follow_a_time_zone_that_comes_back_with_another_bias(campaign, tmp_path):
    zone, file = campaign.time_zone, tmp_path / "zones.csv"
    file.write_text(",".join(COLUMNS) + "\nMars Time,Olympus Mons,Mars Time,Mars Time,0,false,\n")
    load_time_zones(file)
    row = [zone.name, zone.display_name, zone.std_name, zone.dst_name, "-330", "false", ""]
    file.write_text(",".join(COLUMNS) + f"\n{','.join(row)}\n")
    load_time_zones(file)

    assert ZoneSet.objects.get(campaign=campaign.pk).members == "-330"
