"""When a callback may be set and moved, and what its time means. In the tables it is 16:00."""

from datetime import UTC, datetime, timedelta

import pytest

from callbacks.models import PersonalCallback
from outbound_site.core.server_time import to_utc, to_wall
from tests.api_client import errors_of, xml_of
from tests.callbacks.test_personal_callback_api import create, url
from tests.factories import PersonalCallbackFactory

NEW_YORK, LORD_HOWE, CASABLANCA = "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"
DAY = "2026-06-10"


def stored_time():
    return PersonalCallback.objects.get().callback_date_time


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", NEW_YORK, "Asia/Kolkata"])
@pytest.mark.parametrize(
    ("time", "allowed"),
    [
        # The example of the API text: it is 4:00.
        ("15:30:00", False),
        ("15:44:59", False),
        ("15:45:00", False),
        ("15:45:01", True),
        ("15:59:59", True),
        ("16:00:00", True),
        ("16:10:00", True),
    ],
)
def test_a_new_time_is_less_than_15_minutes_ago(api, agent, set_clock, zone, time, allowed):
    set_clock(f"{DAY} 16:00:00", zone)
    answer = create(api, callbackDateTime=f"{DAY}T{time}")

    assert answer.status_code == (201 if allowed else 400)
    if not allowed:
        assert errors_of(answer) == [("invalidInput.callbackTimePassed", "callbackDateTime")]
        assert "15 minutes" in answer.tree.findtext("apiError/errorMessage")
    assert PersonalCallback.objects.exists() is allowed


@pytest.mark.parametrize(
    ("stored", "new", "error"),
    [
        # The examples of the API text.
        ("16:30:00", "16:10:00", None),
        ("16:10:00", "16:00:00", "callbackTimeTooNear"),
        ("16:15:00", "16:10:00", None),
        ("16:14:59", "16:10:00", "callbackTimeTooNear"),
        ("16:14:59", "17:00:00", "callbackTimeTooNear"),
        ("15:00:00", "17:00:00", "callbackTimeTooNear"),
        # A time put back as it was read is no change.
        ("16:10:00", "16:10:00", None),
        ("12:00:00", "12:00:00", None),
        ("16:30:00", "15:45:01", None),
        ("16:30:00", "15:45:00", "callbackTimePassed"),
        ("16:30:00", "15:30:00", "callbackTimePassed"),
    ],
)
def test_a_time_is_moved_while_it_is_15_minutes_ahead(api, agent, set_clock, stored, new, error):
    set_clock(f"{DAY} 16:00:00", NEW_YORK)
    at = to_utc(datetime.fromisoformat(f"{DAY} {stored}"))
    callback = PersonalCallbackFactory(agent=agent, callback_date_time=at)
    answer = api.put(url(callback), xml_of("personalCallback", {"callbackDateTime": f"{DAY}T{new}"}))

    assert answer.status_code == (400 if error else 200)
    assert to_wall(stored_time()).isoformat(" ") == f"{DAY} {stored if error else new}"
    if error:
        assert errors_of(answer) == [(f"invalidInput.{error}", "callbackDateTime")]


def test_other_parameters_change_however_near_the_time_is(api, agent, set_clock):
    set_clock(f"{DAY} 16:00:00")
    callback = PersonalCallbackFactory(agent=agent, callback_date_time=utc(f"{DAY} 16:01:00"))

    assert api.put(url(callback), xml_of("personalCallback", {"phone": "777"})).status_code == 200


@pytest.mark.parametrize(
    ("minutes", "time", "status"), [(5, "15:55", 400), (5, "15:56", 201), (60, "15:01", 201)]
)
def test_the_limit_is_a_setting(api, agent, set_clock, settings, minutes, time, status):
    settings.CALLBACK_TIME_LIMIT = timedelta(minutes=minutes)
    set_clock(f"{DAY} 16:00:00")

    assert create(api, callbackDateTime=f"{DAY}T{time}:00").status_code == status


@pytest.mark.parametrize(
    "sent",
    [
        "2026-06-10T18:00:00",
        "2026-06-10T18:00:00.000",
        "2026-06-10T18:00:00.999",
        "2026-06-10T18:00:00Z",
        "2026-06-10T18:00:00-08:00",
        "2026-06-10T18:00:00.000+0530",
        "2026-06-10 18:00",
    ],
)
def test_milliseconds_and_offsets_are_accepted_and_the_wall_clock_counts(api, agent, set_clock, sent):
    set_clock("2026-06-10 16:00", NEW_YORK)

    assert create(api, callbackDateTime=sent).status_code == 201
    assert stored_time() == utc("2026-06-10 22:00")
    shown = api.get(url(PersonalCallback.objects.get())).tree.findtext("callbackDateTime")
    assert shown == "2026-06-10T18:00:00"


# Clocks in New York go from 02:00 to 03:00 on 8 March 2026 and from 02:00 back to 01:00 on 1 November 2026;
# on Lord Howe by half an hour; in Casablanca back for the fasting month and on again after it.
@pytest.mark.parametrize(
    ("zone", "wall", "instant", "shown"),
    [
        (NEW_YORK, "2026-03-08 01:59:59", "2026-03-08 06:59:59", "2026-03-08 01:59:59"),
        (NEW_YORK, "2026-03-08 02:00:00", "2026-03-08 07:00:00", "2026-03-08 03:00:00"),
        (NEW_YORK, "2026-03-08 02:30:00", "2026-03-08 07:30:00", "2026-03-08 03:30:00"),
        (NEW_YORK, "2026-03-08 02:59:59", "2026-03-08 07:59:59", "2026-03-08 03:59:59"),
        (NEW_YORK, "2026-03-08 03:00:00", "2026-03-08 07:00:00", "2026-03-08 03:00:00"),
        (NEW_YORK, "2026-11-01 00:59:59", "2026-11-01 04:59:59", "2026-11-01 00:59:59"),
        (NEW_YORK, "2026-11-01 01:00:00", "2026-11-01 05:00:00", "2026-11-01 01:00:00"),
        (NEW_YORK, "2026-11-01 01:59:59", "2026-11-01 05:59:59", "2026-11-01 01:59:59"),
        (NEW_YORK, "2026-11-01 02:00:00", "2026-11-01 07:00:00", "2026-11-01 02:00:00"),
        (LORD_HOWE, "2026-10-04 02:15:00", "2026-10-03 15:45:00", "2026-10-04 02:45:00"),
        (LORD_HOWE, "2026-04-05 01:45:00", "2026-04-04 14:45:00", "2026-04-05 01:45:00"),
        (CASABLANCA, "2026-03-22 02:30:00", "2026-03-22 02:30:00", "2026-03-22 03:30:00"),
        ("UTC", "2026-03-08 02:30:00", "2026-03-08 02:30:00", "2026-03-08 02:30:00"),
    ],
)
def test_a_skipped_or_repeated_time_has_the_offset_before_the_change(
    api, agent, set_clock, zone, wall, instant, shown
):
    set_clock("2026-01-01 12:00", zone)
    create(api, callbackDateTime=wall)

    assert stored_time() == utc(instant)
    answer = api.get(url(PersonalCallback.objects.get()))
    assert answer.tree.findtext("callbackDateTime") == shown.replace(" ", "T")


@pytest.mark.parametrize(
    ("now", "sent", "allowed"),
    [
        # Spring: 01:59 and 03:13 are 14 minutes apart, 01:59 and 03:14 are 15.
        ("2026-03-08 07:13:00", "2026-03-08 01:59:00", True),
        ("2026-03-08 07:14:00", "2026-03-08 01:59:00", False),
        # Autumn: the first 01:59 is 14 minutes before the second 01:13.
        ("2026-11-01 06:13:00", "2026-11-01 01:59:00", True),
        ("2026-11-01 06:14:00", "2026-11-01 01:59:00", False),
        # In the second 01:30 the clock's own time means the first one, an hour ago.
        ("2026-11-01 06:30:00", "2026-11-01 01:30:00", False),
    ],
)
def test_15_minutes_are_15_minutes_across_a_change_of_clocks(
    api, agent, settings, time_machine, now, sent, allowed
):
    settings.SERVER_TIME_ZONE = NEW_YORK
    time_machine.move_to(utc(now), tick=False)

    assert create(api, callbackDateTime=sent).status_code == (201 if allowed else 400)


def test_the_second_of_two_equal_times_is_put_back_unchanged(api, agent, set_clock):
    set_clock("2026-10-01 12:00", NEW_YORK)
    second = utc("2026-11-01 06:30")
    callback = PersonalCallbackFactory(agent=agent, callback_date_time=second)

    assert api.put(url(callback), api.get(url(callback)).content).status_code == 200
    assert stored_time() == second
