from datetime import UTC, datetime, time, timedelta

import pytest

from timezones.local_time import (
    DialingWindow,
    actual_time,
    gmt_offset,
    in_daylight_time,
    is_inside,
    local_time,
    next_change,
    next_inside,
)
from timezones.zones import Zone, read_zones, write_zones

CHICAGO, LONDON, SYDNEY = "Central Standard Time", "GMT Standard Time", "AUS Eastern Standard Time"
EASTERN, ARIZONA, INDIA = Zone(300, True), Zone(420, False), Zone(-330, False)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(text):
    return DialingWindow(*(time.fromisoformat(part) for part in text.split("-")))


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        (CHICAGO, "2026-03-08 07:59:59", False),
        (CHICAGO, "2026-03-08 08:00:00", True),
        (CHICAGO, "2026-11-01 06:59:59", True),
        (CHICAGO, "2026-11-01 07:00:00", False),
        (LONDON, "2026-03-29 00:59:59", False),
        (LONDON, "2026-03-29 01:00:00", True),
        (LONDON, "2026-10-25 00:59:59", True),
        (LONDON, "2026-10-25 01:00:00", False),
        (SYDNEY, "2026-04-04 15:59:59", True),
        (SYDNEY, "2026-04-04 16:00:00", False),
        (SYDNEY, "2026-10-03 15:59:59", False),
        (SYDNEY, "2026-10-03 16:00:00", True),
        ("UTC", "2026-07-01 12:00:00", False),
        # No daylight saving in Arizona.
        ("US Mountain Standard Time", "2026-07-01 12:00:00", False),
        # IANA calls the fasting month "daylight saving" of one hour back; Windows calls it standard time.
        ("Morocco Standard Time", "2026-01-15 12:00:00", True),
        ("Morocco Standard Time", "2026-03-01 12:00:00", False),
        # Half an hour only, but daylight time all the same.
        ("Lord Howe Standard Time", "2026-01-15 12:00:00", True),
        # Observes it as far as Windows knows, but no IANA zone says when.
        ("Kamchatka Standard Time", "2026-07-01 12:00:00", False),
    ],
)
def test_daylight_time_by_the_zones_own_rules(listed, name, at, expected):
    assert in_daylight_time(listed[name], utc(at)) is expected


@pytest.mark.parametrize(
    ("zone", "campaign_zone", "at", "expected"),
    [
        (EASTERN, CHICAGO, "2026-01-15 18:00", "13:00"),
        (EASTERN, CHICAGO, "2026-07-15 18:00", "14:00"),
        (ARIZONA, CHICAGO, "2026-07-15 18:00", "11:00"),
        # The flag says whether, the campaign's zone when: New York changes with Chicago, an hour late.
        (EASTERN, CHICAGO, "2026-03-08 07:30", "02:30"),
        (EASTERN, CHICAGO, "2026-03-08 08:00", "04:00"),
        (EASTERN, LONDON, "2026-03-15 18:00", "13:00"),
        (EASTERN, SYDNEY, "2026-07-15 18:00", "13:00"),
        # No phone gets the hour in a campaign whose zone never changes.
        (EASTERN, "UTC", "2026-07-15 18:00", "13:00"),
        (EASTERN, "US Mountain Standard Time", "2026-07-15 18:00", "13:00"),
        (INDIA, CHICAGO, "2026-07-15 18:30", "00:00"),
        (Zone(720, False), CHICAGO, "2026-07-15 11:59", "23:59"),
        (Zone(-780, False), CHICAGO, "2026-07-15 11:00", "00:00"),
    ],
)
def test_local_time_of_a_phone(listed, zone, campaign_zone, at, expected):
    assert local_time(zone, listed[campaign_zone], utc(at)).strftime("%H:%M") == expected


@pytest.mark.parametrize("name", [CHICAGO, LONDON, SYDNEY, "UTC"])
def test_the_campaigns_own_zone_has_its_actual_time_on_every_day(listed, name):
    zone = listed[name]
    for hours in range(0, 366 * 24, 7):
        at = utc("2026-01-01") + timedelta(hours=hours)
        assert local_time(zone.zone, zone, at).replace(tzinfo=None) == actual_time(zone, at).replace(
            tzinfo=None
        )


def test_a_zone_without_iana_rules_has_standard_time(listed):
    assert actual_time(listed["Kamchatka Standard Time"], utc("2026-07-01 12:00")).hour == 0


@pytest.mark.parametrize(
    ("bias", "offset"), [(300, 1140), (-330, 330), (0, 0), (720, 720), (-720, 720), (1, 1439), (-780, 780)]
)
def test_gmt_offset_by_the_documented_formula(bias, offset):
    assert gmt_offset(bias) == offset


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("08:00-21:00", ["08:00:00", "20:59:59.999999"], ["07:59:59.999999", "21:00:00", "00:00:00"]),
        (
            "22:00-02:00",
            ["22:00:00", "23:59:59", "00:00:00", "01:59:59"],
            ["02:00:00", "21:59:59", "12:00:00"],
        ),
        ("00:00-23:59", ["00:00:00", "23:58:59"], ["23:59:00", "23:59:59"]),
        ("00:00-00:00", ["00:00:00", "12:00:00", "23:59:59"], []),
        ("09:30-09:30", ["00:00:00", "09:30:00", "09:29:59"], []),
    ],
)
def test_the_start_is_inside_and_the_end_is_not(hours, inside, outside):
    for moment in inside:
        assert window(hours).includes(time.fromisoformat(moment)), moment
    for moment in outside:
        assert not window(hours).includes(time.fromisoformat(moment)), moment


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-15 14:59", False),  # Eastern 09:59, Central 08:59
        ("2026-01-15 15:00", True),  # Central opens
        ("2026-01-15 21:59", True),
        ("2026-01-15 22:00", False),  # Eastern closes at 17:00, Central still 16:00
    ],
)
def test_a_phone_that_may_lie_in_two_zones_has_to_suit_both(listed, at, expected):
    zones = read_zones("360d 300d")

    assert is_inside(window("09:00-17:00"), zones, listed[CHICAGO], utc(at)) is expected


@pytest.mark.parametrize(
    ("hours", "zones", "campaign_zone", "at", "expected"),
    [
        ("08:00-21:00", "360d", CHICAGO, "2026-01-15 13:59", "2026-01-15 14:00"),
        ("08:00-21:00", "360d", CHICAGO, "2026-01-15 14:00", "2026-01-16 03:00"),
        ("08:00-21:00", "360d", CHICAGO, "2026-01-16 03:00", "2026-01-16 14:00"),
        # The night of the change: an hour less, an hour more.
        ("08:00-21:00", "360d", CHICAGO, "2026-03-08 05:00", "2026-03-08 13:00"),
        ("08:00-21:00", "360d", CHICAGO, "2026-11-01 05:00", "2026-11-01 14:00"),
        ("08:00-21:00", "0d", LONDON, "2026-03-28 22:00", "2026-03-29 07:00"),
        ("08:00-21:00", "-600d", SYDNEY, "2026-10-03 12:00", "2026-10-03 21:00"),
        # An opening inside the hour that is left out comes when clocks go forward.
        ("02:30-04:00", "360d", CHICAGO, "2026-03-08 06:00", "2026-03-08 08:00"),
        # The hour that comes twice closes and opens again.
        ("00:00-01:30", "360d", CHICAGO, "2026-11-01 06:00", "2026-11-01 06:30"),
        ("00:00-01:30", "360d", CHICAGO, "2026-11-01 06:30", "2026-11-01 07:00"),
        ("22:00-02:00", "360d", CHICAGO, "2026-01-15 12:00", "2026-01-16 04:00"),
        ("09:00-17:00", "360d 300d", CHICAGO, "2026-01-15 12:00", "2026-01-15 15:00"),
        # One hour is too short for both but in the summer, when Chicago has Manitoba's time.
        ("09:00-10:00", "360d 300", CHICAGO, "2026-01-15 15:30", "2026-03-08 14:00"),
        ("09:00-10:00", "360 300d", CHICAGO, "2026-01-15 15:30", None),
        ("00:00-00:00", "360d", CHICAGO, "2026-01-15 12:00", None),
    ],
)
def test_when_the_window_opens_or_closes_next(listed, hours, zones, campaign_zone, at, expected):
    change = next_change(window(hours), read_zones(zones), listed[campaign_zone], utc(at))

    assert change == (expected and utc(expected))


@pytest.mark.parametrize(
    ("hours", "zones", "campaign_zone", "day"),
    [
        ("08:00-21:00", "360d", CHICAGO, "2026-03-07"),
        ("01:30-02:30", "360d 300d", CHICAGO, "2026-03-07"),
        ("00:30-01:30", "360d 420", CHICAGO, "2026-10-31"),
        ("22:00-02:00", "0d", LONDON, "2026-03-28"),
        ("01:00-01:45", "0d -60d", LONDON, "2026-10-24"),
        ("02:15-12:00", "-600d -570d", SYDNEY, "2026-10-03"),
        ("12:00-02:30", "-600d -600", SYDNEY, "2026-04-04"),
        ("09:00-17:00", "300d -330", "UTC", "2026-03-07"),
    ],
)
def test_the_next_change_is_the_first_minute_that_differs(listed, hours, zones, campaign_zone, day):
    """Compared with a walk through every minute of the two days around a change of clocks."""
    where = window(hours), read_zones(zones), listed[campaign_zone]
    minutes = [utc(day) + timedelta(minutes=minute) for minute in range(2 * 24 * 60)]
    states = [is_inside(*where, at) for at in minutes]
    walked = [
        at for at, state, before in zip(minutes[1:], states[1:], states, strict=False) if state != before
    ]

    found, at = [], minutes[0]
    while (at := next_change(*where, at)) and at <= minutes[-1]:
        found.append(at)
    assert found == walked
    assert walked or not any(states)


def test_inside_the_window_the_next_moment_inside_is_now(listed):
    hours, zones, zone = window("08:00-21:00"), read_zones("360d"), listed[CHICAGO]

    assert next_inside(hours, zones, zone, utc("2026-01-15 18:00")) == utc("2026-01-15 18:00")
    assert next_inside(hours, zones, zone, utc("2026-01-15 05:00")) == utc("2026-01-15 14:00")


@pytest.mark.parametrize(
    ("zones", "text"),
    [
        ([Zone(300, True), Zone(360, True), Zone(300, True)], "360d 300d"),
        ([Zone(-600, True), Zone(-600, False), Zone(0, False)], "0 -600 -600d"),
        ([], ""),
    ],
)
def test_a_set_of_zones_has_one_text_west_to_east(zones, text):
    assert write_zones(zones) == text
    assert set(read_zones(text)) == set(zones)


@pytest.mark.parametrize(
    ("zone", "label"),
    [(EASTERN, "UTC-05:00, daylight saving"), (INDIA, "UTC+05:30"), (Zone(0, False), "UTC+00:00")],
)
def test_a_zone_reads_well(zone, label):
    assert zone.label == label
