from datetime import UTC, datetime, time

import pytest

from timezones.around_the_clock import clocks
from timezones.local_time import DialingWindow

DAY = DialingWindow(time(8), time(21))
# Winter in the north; New York is five hours behind.
NOON = datetime(2026, 1, 14, 12, 20, tzinfo=UTC)


def clock_of(listed, name, window=DAY, at=NOON):
    [clock] = clocks([listed[name]], window, at)
    return clock


def test_the_clock_there_and_the_next_change_are_reported_in_local_time(listed):
    new_york = clock_of(listed, "Eastern Standard Time")

    assert (f"{new_york.now:%H:%M}", new_york.offset, new_york.inside) == ("07:20", "UTC-05:00", False)
    assert f"{new_york.until:%H:%M}" == "08:00"


def test_the_strip_begins_with_the_hour_and_has_the_openings_of_a_day(listed):
    new_york = clock_of(listed, "Eastern Standard Time")

    assert new_york.openings == [(60, 13 * 60)]
    assert new_york.now_at == 20
    assert new_york.hours[0] == (2 * 60, "09")


def test_hours_in_two_parts_and_half_hour_zones_keep_their_places(listed):
    tokyo, india = clock_of(listed, "Tokyo Standard Time"), clock_of(listed, "India Standard Time")

    assert tokyo.openings == [(11 * 60, 13 * 60)]
    assert (f"{india.now:%H:%M}", india.now_at, india.openings) == ("17:50", 50, [(0, 240), (900, 540)])


def test_over_midnight_and_all_day(listed):
    night = clock_of(listed, "UTC", DialingWindow(time(22), time(6)))
    always = clock_of(listed, "UTC", DialingWindow(time(0), time(0)))

    assert night.openings == [(10 * 60, 8 * 60)]
    assert (always.openings, always.until, always.inside) == ([(0, 1440)], None, True)


def test_a_change_of_clocks_in_the_coming_day_moves_the_opening(listed):
    # At 07:00 UTC on 8 March clocks in New York go from 02:00 to 03:00.
    new_york = clock_of(listed, "Eastern Standard Time", at=datetime(2026, 3, 8, 0, 0, tzinfo=UTC))

    assert new_york.openings == [(0, 120), (12 * 60, 12 * 60)]


def test_zones_whose_clocks_agree_stand_together_west_to_east(listed):
    found = clocks(listed.values(), DAY, NOON)

    assert found == sorted(found, key=lambda clock: clock.now.utcoffset())
    together = next(clock for clock in found if "Eastern Time (US & Canada)" in clock.places)
    assert "Indiana (East)" in together.places


@pytest.mark.parametrize(
    "query",
    ["", "?start=09:00&end=17:00&place=tokyo", "?start=x&end=&place=%00", "?open=on", "?place=nowhere"],
)
def test_the_page_opens_for_those_who_see_zones_whatever_is_asked(client, sam, nina, query):
    address = f"/admin/timezones/around-the-clock/{query}"
    client.force_login(sam)
    assert client.get(address).status_code == 200
    client.force_login(nina)
    assert client.get(address).status_code == 403
