from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from phonenumbers.tzdata import TIMEZONE_DATA
from tzlocal.windows_tz import tz_win

from timezones.loading import COLUMNS, TIME_ZONES, load_time_zones
from timezones.models import TimeZone

HEADER = ",".join(COLUMNS)
UTC_ROW = "UTC,(UTC) Coordinated Universal Time,UTC,UTC,0,false,Etc/UTC"
MARS = "Mars Time,Olympus Mons,Mars Time,Mars Time,{bias},false,"


@pytest.fixture
def csv_file(tmp_path):
    def write(*lines):
        path = tmp_path / "zones.csv"
        path.write_text("\n".join(lines))
        return path

    return write


def test_the_list_has_every_row_west_to_east(time_zones):
    names = list(TimeZone.objects.current().values_list("name", flat=True))

    assert len(names) == 144
    assert [line.split(",")[0] for line in TIME_ZONES.read_text().splitlines()[1:]] == names


def test_utc_comes_first_among_the_zones_without_an_offset(time_zones):
    """Code-point order: `)` before `+`, whatever the database's collation."""
    zero = TimeZone.objects.filter(bias=0).values_list("display_name", flat=True)

    assert list(zero) == [
        "(UTC) Coordinated Universal Time",
        "(UTC+00:00) Dublin, Edinburgh, Lisbon, London",
        "(UTC+00:00) Monrovia, Reykjavik",
        "(UTC+00:00) Sao Tome",
        "(UTC+01:00) Casablanca",
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("UTC", "UTC"),
        ("Pacific Standard Time (Mexico)", "Pacific%20Standard%20Time%20%28Mexico%29"),
        ("UTC+12", "UTC%2B12"),
    ],
)
def test_the_reference_is_the_encoded_name(name, path):
    assert TimeZone(name=name).ref_url == f"/unifiedconfig/config/timezone/{path}"


def test_loading_again_changes_nothing(time_zones):
    assert load_time_zones() == ([], [], [])


def test_a_load_reports_what_it_added_changed_and_removed(time_zones, csv_file):
    changes = load_time_zones(csv_file(HEADER, UTC_ROW, MARS.format(bias=-840)))

    assert (changes.added, changes.changed, len(changes.removed)) == (["Mars Time"], ["UTC"], 143)
    assert TimeZone.objects.get(name="UTC").std_name == "UTC"


def test_a_zone_that_left_the_list_is_kept_for_its_campaigns_and_comes_back(time_zones, csv_file):
    key = TimeZone.objects.get(name="Eastern Standard Time").pk
    load_time_zones(csv_file(HEADER, UTC_ROW))

    assert list(TimeZone.objects.current()) == [TimeZone.objects.get(name="UTC")]
    assert TimeZone.objects.get(pk=key).retired

    changes = load_time_zones()
    assert (len(changes.added), changes.changed) == (143, ["UTC"])
    assert TimeZone.objects.current().get(pk=key).name == "Eastern Standard Time"


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], "Line 2: the file holds no time zone."),
        ([UTC_ROW, UTC_ROW], "Line 3: name: stands in an earlier line too."),
        (["UTC,short"], "Line 2: 2 fields where 7 belong."),
        ([MARS.format(bias=721)], "Line 2: bias: Ensure this value is less than or equal to 720."),
        ([MARS.format(bias=-841)], "Line 2: bias: Ensure this value is greater than or equal to -840."),
        ([MARS.format(bias="zero")], "Line 2: bias: “zero” value must be an integer."),
        ([UTC_ROW.replace("false", "no")], "Line 2: dst_observed: “No” value must be either True or False."),
        ([UTC_ROW.replace("UTC,", ",", 1)], "Line 2: name: This field cannot be blank."),
        ([UTC_ROW.replace("(UTC)", "(\0)", 1)], "Line 2: holds a NUL character."),
        (
            [UTC_ROW, UTC_ROW.replace("Etc", "Mars")],
            "Line 3: iana: “Mars/UTC” is not a zone of the IANA database.",
        ),
        ([UTC_ROW, 'a,"b"c'], "Line 3: ',' expected after '\"'."),
        ([UTC_ROW, 'a,"b'], "Line 3: unexpected end of data."),
    ],
)
def test_a_bad_file_is_refused_by_line_and_stores_nothing(time_zones, csv_file, rows, error):
    with pytest.raises(ValidationError) as refused:
        load_time_zones(csv_file(HEADER, *rows))

    assert refused.value.messages == [error]
    assert TimeZone.objects.current().count() == 144


def test_every_bad_line_is_reported(no_time_zones, csv_file):
    with pytest.raises(ValidationError) as refused:
        load_time_zones(csv_file(HEADER, UTC_ROW.replace(",0,false,", ",9000,maybe,"), "short"))

    assert [message[:7] for message in refused.value.messages] == ["Line 2:", "Line 2:", "Line 3:"]
    assert not TimeZone.objects.exists()


def test_the_database_refuses_a_bias_out_of_range(db):
    with pytest.raises(IntegrityError):
        TimeZone.objects.create(name="Mars Time", bias=900, dst_observed=False)


def test_the_command_reports_each_name(no_time_zones, csv_file, capsys):
    call_command("load_time_zones")
    capsys.readouterr()
    call_command("load_time_zones", csv_file(HEADER, UTC_ROW))

    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == ["added: 0", "changed: 1", "  UTC", "removed: 143"]
    assert lines[4] == "  AUS Central Standard Time"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Line 1: write the header"),
        (b"name,bias\n", "Line 1: write the header"),
        (f"{HEADER}\n".encode() + b"\xff", "Line 2: byte 0xff is not UTF-8"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_the_command_shows_what_is_wrong_with_a_file(no_time_zones, tmp_path, content, message):
    file = tmp_path / "zones.csv"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        call_command("load_time_zones", file)
    assert not TimeZone.objects.exists()


YEAR = [datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366)]


def bias_and_flag_by_iana_rules(name):
    offsets = {at.astimezone(ZoneInfo(name)).utcoffset() for at in YEAR}
    return -min(offsets) // timedelta(minutes=1), len(offsets) > 1


def test_biases_and_flags_agree_with_the_iana_rules(listed):
    disagreeing = {
        zone.name
        for zone in listed.values()
        if zone.iana and (zone.bias, zone.dst_observed) != bias_and_flag_by_iana_rules(zone.iana)
    }

    # Permanently at UTC since September 2026; the list keeps the last row that Windows itself gave.
    assert disagreeing == {"Morocco Standard Time"}
    assert [zone.name for zone in listed.values() if not zone.iana] == [
        "Mid-Atlantic Standard Time",
        "Kamchatka Standard Time",
    ]


def test_every_zone_is_its_own_iana_zone_in_tzlocals_table(listed):
    assert {zone.name: tz_win[zone.iana] for zone in listed.values() if zone.iana} == {
        zone.name: zone.name for zone in listed.values() if zone.iana
    }


def test_every_place_of_the_region_prefixes_has_a_zone_with_its_rules(listed):
    places = {name for names in TIMEZONE_DATA.values() for name in names}
    disagreeing = {
        place for place in places if tuple(listed[tz_win[place]].zone) != bias_and_flag_by_iana_rules(place)
    }

    # CLDR still puts East Greenland, which moved in 2024, with the Azores.
    assert disagreeing == {"America/Scoresbysund"}
