"""Campaigns and contacts in memory, for the rules that need no database."""

from datetime import UTC, date, datetime, time
from itertools import count

from campaigns.models import Campaign
from campaigns.models.contact import Contact, ContactPhone
from tests.factories import CampaignFactory, ContactFactory
from timezones.models import TimeZone, ZoneSet

OWN_NUMBERS = count(1)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
UTC_ZONE = TimeZone(name="UTC", bias=0, dst_observed=False, iana="Etc/UTC")


def a_campaign(**changes):
    defaults = {
        "enabled": True,
        "dialing_mode": "PROGRESSIVEONLY",
        "time_zone": UTC_ZONE,
        "start_date": date(2020, 1, 1),
        "end_date": date(2040, 12, 31),
        "start_time": time(8),
        "end_time": time(21),
    }
    return Campaign(**defaults | changes)


def a_contact(phones, zones="0", **changes):
    """A pending contact with that many phones, and the phones."""
    zone_set = ZoneSet(pk=1, members=zones)
    contact = Contact(pk=7, zone_set=zone_set, **changes)
    numbers = [f"212555010{position}" for position in range(1, phones + 1)]
    return contact, [
        ContactPhone(contact=contact, position=position, number=number, zone_set=zone_set)
        for position, number in enumerate(numbers, 1)
    ]


def contact_of(campaign=None, zones="0", numbers=None, **values):
    """A contact in the database, with a number of its own; without a campaign, of one that is on."""
    campaign = campaign or CampaignFactory(on=True)
    numbers = numbers or [f"2125{next(OWN_NUMBERS):06}"]
    return ContactFactory(campaign=campaign, zone=zones, phones=list(numbers), **values)
