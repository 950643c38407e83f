import logging
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from tests.api_client import Api, basic, errors_of
from tests.factories import PASSWORD, UserFactory

CAMPAIGNS = "/unifiedconfig/config/campaign"


class CountingHasher(MD5PasswordHasher):
    """A real hasher that counts what it computes."""

    algorithm = "counting"
    computed = 0

    def encode(self, password, salt):
        type(self).computed += 1
        return super().encode(password, salt)


@pytest.fixture
def hashes(settings, alice):
    """The number of password hashes computed since the test began."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    alice.set_password(PASSWORD)
    alice.save()
    CountingHasher.computed = 0
    return lambda: CountingHasher.computed


def status(username, password=PASSWORD, address="10.0.0.1"):
    return (
        Api(username, password)
        .client.get(CAMPAIGNS, headers={"authorization": basic(username, password)}, REMOTE_ADDR=address)
        .status_code
    )


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param(basic("alice@cce.example", "wrong"), id="wrong password"),
        pytest.param(basic("alice", PASSWORD), id="name without domain"),
        pytest.param(basic("alice@cce.example", ""), id="empty password"),
        pytest.param(basic("", ""), id="empty"),
        pytest.param(basic("alice@cce.example\0", PASSWORD), id="NUL in the name"),
        pytest.param(basic("alice@cce.example", PASSWORD + "\0"), id="NUL in the password"),
        pytest.param(basic("a" * 300, PASSWORD), id="long name"),
        pytest.param("Basic", id="no credentials"),
        pytest.param("Basic !!!", id="not base64"),
        pytest.param("Basic YWxpY2U=", id="no colon"),
        pytest.param("Basic a b", id="blank inside"),
        pytest.param("Bearer abc", id="another scheme"),
    ],
)
def test_wrong_credentials_are_challenged(authorization, client, alice):
    headers = {"authorization": authorization} if authorization else {}

    answer = client.get(CAMPAIGNS, headers=headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="Outbound"'
    assert b"access.unauthenticated" in answer.content


@pytest.mark.parametrize(
    "username", ["ops@cce.example", "jürgen@größe.example", "用户@例子.example", "o'neil+x@cce.example"]
)
def test_full_names_sign_in_without_a_challenge(username, db):
    UserFactory(username=username, roles=["administrator"], password="päss:wörd with spaces")

    assert status(username, "päss:wörd with spaces") == 200


def test_the_password_hash_is_not_computed_twice(hashes, alice):
    assert [status(alice.username) for _ in range(3)] == [200, 200, 200]

    assert hashes() == 1


def test_credentials_are_forgotten_after_a_minute(hashes, alice):
    status(alice.username)
    with time_machine.travel(timezone.now() + timedelta(seconds=59), tick=False):
        status(alice.username)
        assert hashes() == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        status(alice.username)
        assert hashes() == 2


def test_a_setting_turns_the_memory_off(hashes, alice, settings):
    settings.CREDENTIAL_CACHE_SECONDS = 0

    status(alice.username)
    status(alice.username)

    assert hashes() == 2


def test_a_wrong_password_is_refused_while_the_right_one_is_remembered(hashes, alice):
    assert status(alice.username) == 200
    assert status(alice.username, "wrong") == 401
    assert status(alice.username) == 200


def test_a_disabled_user_is_refused_at_once(alice):
    assert status(alice.username) == 200
    alice.is_active = False
    alice.save()

    assert status(alice.username) == 401


def test_a_changed_password_counts_at_once(alice):
    assert status(alice.username) == 200
    alice.set_password("another good password")
    alice.save()

    assert status(alice.username) == 401
    assert status(alice.username, "another good password") == 200


def test_a_removed_user_is_refused_at_once(alice):
    assert status(alice.username) == 200
    alice.delete()

    assert status(alice.username) == 401


def test_too_many_failures_pause_the_account_for_that_address(alice, settings):
    settings.AXES_FAILURE_LIMIT = 3

    assert [status(alice.username, "wrong") for _ in range(3)] == [401, 401, 401]

    assert status(alice.username) == 401
    assert status(alice.username, address="10.0.0.2") == 200


def test_the_pause_is_reported_in_the_format_of_the_api(alice, settings):
    settings.AXES_FAILURE_LIMIT = 1
    Api(alice.username, "wrong").get("campaign")

    answer = Api(alice.username).get("campaign")

    assert answer.status_code == 401
    assert errors_of(answer) == [("access.unauthenticated", None)]
    assert answer.tree.findtext("apiError/errorMessage") == "Too many failed sign-ins; try again later"


def test_the_pause_ends_though_the_integration_goes_on_asking(alice, settings):
    settings.AXES_FAILURE_LIMIT = 1
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        status(alice.username, "wrong")
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        assert status(alice.username) == 401
    with time_machine.travel(start + timedelta(minutes=15, seconds=1), tick=False):
        assert status(alice.username) == 200


def test_a_success_forgets_the_failures_before_it(alice, settings):
    settings.AXES_FAILURE_LIMIT = 3

    assert [status(alice.username, word) for word in ("wrong", "wrong", PASSWORD)] == [401, 401, 200]
    assert [status(alice.username, word) for word in ("wrong", "wrong", PASSWORD)] == [401, 401, 200]


def test_who_is_remembered_is_not_shut_out_by_the_guesses_of_others(alice, settings):
    settings.AXES_FAILURE_LIMIT = 1
    assert status(alice.username) == 200

    assert status(alice.username, "wrong") == 401
    assert status(alice.username) == 200


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("campaign", "multipart/form-data", b"no boundary"),
        ("campaign", "application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(10_100))),
    ],
)
def test_a_hostile_form_does_not_hide_a_failure(path, content_type, body, alice):
    answer = Api(alice.username, "wrong").post(path, body, content_type=content_type)

    assert answer.status_code == 401
    assert AccessAttempt.objects.count() == 1


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_too_long_a_query_is_refused_whatever_the_password(password, alice):
    assert Api(alice.username, password).put("campaign/1?" + "a=1&" * 10_100).status_code == 400


def test_a_path_with_a_nul_is_no_failure_of_the_server(alice):
    assert Api(alice.username, "wrong").get("timezone/%00").status_code == 404
    assert Api(alice.username).get("timezone/%00").status_code == 404


def test_failures_do_not_log_the_password(alice, caplog, settings):
    settings.AXES_FAILURE_LIMIT = 2
    caplog.set_level(logging.DEBUG)

    for _ in range(3):
        status(alice.username, "hunter2 of alice")

    assert "hunter2" not in caplog.text
    assert "hunter2" not in repr(list(AccessAttempt.objects.values()))
