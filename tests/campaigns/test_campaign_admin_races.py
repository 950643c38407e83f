"""Two people send the same form at the same moment: one is served, the other sees an error of the form."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.test import Client

from campaigns.models import Campaign
from tests.campaigns.admin_forms import errors_of, fields_of, text_of, with_skill_groups
from tests.factories import SkillGroupFactory
from timezones.models import TimeZone

ADD = "/admin/campaigns/campaign/add/"


@pytest.fixture
def together(transactional_db, alice, monkeypatch):
    """Send two forms at once; on PostgreSQL both pass the checks before either stores."""
    meeting = threading.Barrier(2)
    check = Campaign.clean

    def clean(self):
        check(self)
        if connection.vendor == "postgresql":
            with suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=3)

    monkeypatch.setattr(Campaign, "clean", clean)
    client = Client()
    client.force_login(alice)
    shown = fields_of(client.get(ADD)) | {"time_zone": TimeZone.objects.get(name="UTC").pk}

    def send(typed):
        try:
            own = Client(raise_request_exception=False)
            own.cookies = client.cookies
            return own.post(ADD, shown | typed)
        finally:
            connection.close()

    def together(*forms):
        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(send, forms), key=lambda answer: answer.status_code)

    return together


@pytest.mark.django_db(transaction=True)
def test_of_two_new_campaigns_with_one_name_the_second_is_an_error_of_the_form(together):
    refused, stored = together({"name": "Renewals"}, {"name": "RENEWALS"})

    assert (refused.status_code, stored.status_code) == (200, 302)
    assert errors_of(refused) == {"name": ["This name is already in use"]}
    assert Campaign.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_new_campaigns_with_one_skill_group_the_second_learns_which_campaign_has_it(together):
    row = with_skill_groups(SkillGroupFactory())
    refused, stored = together({"name": "First", **row}, {"name": "Second", **row})

    assert (refused.status_code, stored.status_code) == (200, 302)
    winner = Campaign.objects.get().name
    assert f"The skill group belongs to another campaign: {winner}." in text_of(
        refused
    ) or "This skill group is in another campaign" in text_of(refused)
