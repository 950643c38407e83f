"""The pauses after wrong passwords: the table in outbound_site/sign_in.py."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.utils import timezone

from outbound_site.core.models import KnownAddress
from outbound_site.sign_in import ADDRESSES_OF_A_USER
from tests.api_client import Api, basic
from tests.factories import PASSWORD, UserFactory

CAMPAIGNS = "/unifiedconfig/config/campaign"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.CREDENTIAL_CACHE_SECONDS = 0
    settings.AXES_FAILURE_LIMIT = 3
    settings.SIGN_IN_ADDRESS_LIMIT = 6
    settings.SIGN_IN_ACCOUNT_LIMIT = 6


@pytest.fixture
def bob(db):
    return UserFactory(username="bob@cce.example", roles=["administrator"])


def status(user, password=PASSWORD, address="10.0.0.1"):
    username = getattr(user, "username", user)
    headers = {"authorization": basic(username, password)}
    return Api(username).client.get(CAMPAIGNS, headers=headers, REMOTE_ADDR=address).status_code


def guess_accounts(address, count):
    for number in range(count):
        assert status(f"guessed{number}", "wrong", address) == 401


def guess_from_many_addresses(user, count):
    for number in range(count):
        assert status(user, "wrong", f"172.16.0.{number}") == 401


def test_wrong_passwords_for_many_accounts_pause_their_address(alice):
    guess_accounts("10.0.0.9", 5)
    assert status(alice, address="10.0.0.9") == 200
    KnownAddress.objects.all().delete()
    guess_accounts("10.0.0.9", 1)

    assert status(alice, address="10.0.0.9") == 401
    assert status(alice, address="10.0.0.8") == 200


def test_a_paused_address_stays_open_to_who_signed_in_from_it_lately(alice, bob):
    assert status(alice, address="10.0.0.9") == 200
    guess_accounts("10.0.0.9", 6)

    assert status(alice, address="10.0.0.9") == 200
    assert status(bob, address="10.0.0.9") == 401


def test_a_success_does_not_forget_the_failures_of_others_at_its_address_or_its_own_elsewhere(alice, bob):
    guess_accounts("10.0.0.9", 6)
    guess_from_many_addresses(alice, 6)
    KnownAddress.objects.create(user=alice, address="10.0.0.9", signed_in_at=timezone.now())
    assert status(alice, address="10.0.0.9") == 200

    assert status(bob, address="10.0.0.9") == 401
    assert status(alice, address="10.0.0.2") == 401


def test_wrong_passwords_from_many_addresses_pause_the_account_for_new_addresses_only(alice, bob):
    assert status(alice, address="10.0.0.1") == 200
    guess_from_many_addresses(alice, 6)

    assert status(alice, address="10.0.0.2") == 401
    assert status(alice, address="10.0.0.1") == 200
    assert status(bob, address="10.0.0.2") == 200


def test_an_address_that_is_known_still_gets_no_more_guesses_than_any_other(alice):
    assert status(alice) == 200
    for _ in range(3):
        assert status(alice, "wrong") == 401

    assert status(alice) == 401


def test_the_address_of_a_sign_in_longer_ago_than_thirty_days_is_new_again(alice):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        assert status(alice) == 200
    with time_machine.travel(start + timedelta(days=29, hours=23, minutes=59), tick=False):
        guess_from_many_addresses(alice, 6)
        known = KnownAddress.objects.values_list("address", "signed_in_at")
        assert list(known) == [("10.0.0.1", start)]
    with time_machine.travel(start + timedelta(days=30, minutes=1), tick=False):
        assert status(alice) == 401


def test_the_pauses_end(alice, bob):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        guess_from_many_addresses(alice, 6)
        guess_accounts("10.0.0.9", 6)
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        assert [status(alice), status(bob, address="10.0.0.9")] == [401, 401]
    with time_machine.travel(start + timedelta(minutes=15, seconds=1), tick=False):
        assert [status(alice), status(bob, address="10.0.0.9")] == [200, 200]


def test_a_pause_computes_no_password_and_records_no_attempt(alice):
    guess_from_many_addresses(alice, 6)
    attempts = AccessAttempt.objects.count()

    status(alice, "wrong", "10.0.0.2")

    assert AccessAttempt.objects.count() == attempts


def test_the_page_of_the_admin_follows_the_same_limits(client, alice):
    form = {"username": alice.username, "password": PASSWORD}
    assert client.post("/admin/login/", form, REMOTE_ADDR="10.0.0.1").status_code == 302
    guess_from_many_addresses(alice, 6)

    assert client.post("/admin/login/", form, REMOTE_ADDR="10.0.0.2").status_code == 429
    assert client.post("/admin/login/", form, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_a_sign_in_every_minute_writes_its_time_once_an_hour(alice):
    start = timezone.now()
    for minutes in range(0, 120, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert status(alice) == 200

    assert [known.signed_in_at - start for known in KnownAddress.objects.all()] == [timedelta(hours=1)]


def test_no_more_than_a_hundred_addresses_of_a_user_are_kept_and_none_older_than_thirty_days(alice, bob):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        status(alice, address="10.1.1.1")
        status(bob, address="10.1.1.1")
    with time_machine.travel(start + timedelta(days=29), tick=False):
        for number in range(ADDRESSES_OF_A_USER + 1):
            status(alice, address=f"10.2.0.{number}")
    addresses = set(KnownAddress.objects.filter(user=alice).values_list("address", flat=True))
    assert len(addresses) == ADDRESSES_OF_A_USER
    assert "10.1.1.1" not in addresses
    with time_machine.travel(start + timedelta(days=31), tick=False):
        status(bob, address="10.1.1.2")

    assert list(KnownAddress.objects.filter(user=bob).values_list("address", flat=True)) == ["10.1.1.2"]
