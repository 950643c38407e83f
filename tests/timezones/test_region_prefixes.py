import threading
from concurrent.futures import ThreadPoolExecutor

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from phonenumbers.timezone import time_zones_for_geographical_number
from tzlocal.windows_tz import tz_win

from timezones.loading import load_region_prefixes
from timezones.models import RegionPrefix, ZoneSet
from timezones.region_prefixes import HomeCountry, RegionPrefixMatcher

SEVERAL_ZONES = (
    "208 219 250 270 308 418 423 541 574 605 606 620 701 709 775 785 807 812 850 867 879 906 907 928 986"
)


@pytest.fixture
def zones_of(region_prefixes):
    """The text of a number's zones, None when no prefix matches."""
    matcher = RegionPrefixMatcher.from_database()
    texts = dict(ZoneSet.objects.values_list("pk", "members"))
    return lambda phone: texts.get(matcher.zone_set_ids([phone])[0])


ZONES_BY_NUMBER = {
    "2125550100": "300d",
    "12125550100": "300d",
    "6025550100": "420",
    # Changed for good in 2026, and so under their new Windows zones.
    "6045550100": "420",
    "4035550100": "360",
    "2045550100": "300",
    # Overlays that the package's data puts elsewhere.
    "4745550100": "360",
    "8795550100": "240d 210d",
    # An exchange of Kentucky's area code that is known, and one that is not.
    "2702475500": "360d",
    "2700005500": "360d 300d",
    "2080005500": "480d 420d",
    "3105550100": "480d",
    # Numbers without a place: toll-free, premium, unassigned.
    "8005550100": None,
    "19005550100": None,
    "9995550100": None,
    # Ten digits are a North American number, not one of the United Kingdom, Norway or Morocco.
    "4412345678": "240d",
    "4722345678": "300d",
    "2125678901": "300d",
    "442079460000": "0d",
    "00442079460000": "0d",
    "011442079460000": "0d",
    "0114722345678": "-60d",
    "919812345678": "-330",
    "0116125550100": "-600d",
    # A North American number is ten digits long and does not begin with 0 or 1.
    "1212555010": None,
    "0212555010": None,
    # Seven digits are a local number.
    "5550100": None,
    "2125550": None,
    # What follows * or # is dialed after the answer; service codes begin with them.
    "2125550100#22": "300d",
    "2125550100*9#1": "300d",
    "2125550*100": None,
    "*672125550100": None,
    "#": None,
    "": None,
}


def test_zones_of_a_number_by_its_longest_prefix(zones_of):
    assert {phone: zones_of(phone) for phone in ZONES_BY_NUMBER} == ZONES_BY_NUMBER


@pytest.mark.parametrize(
    ("home", "written", "international"),
    [
        ("US", "2125550100", "12125550100"),
        ("US", "12125550100", "12125550100"),
        ("US", "01133142685300", "33142685300"),
        ("US", "0033142685300", "33142685300"),
        ("US", "33142685300", "33142685300"),
        ("GB", "02079460000", "442079460000"),
        ("GB", "442079460000", "442079460000"),
        ("GB", "0012125550100", "12125550100"),
        ("GB", "12125550100", "12125550100"),
        ("DE", "030123456", "4930123456"),
        ("FR", "0142685300", "33142685300"),
        ("FR", "142685300", "33142685300"),
        ("ES", "912345678", "34912345678"),
        ("AU", "001112125550100", "12125550100"),
        ("RU", "84951234567", "74951234567"),
        ("RU", "81012125550100", "12125550100"),
    ],
)
def test_numbers_as_they_are_written_in_the_home_country(home, written, international):
    assert HomeCountry.of(home).international(written) == international


def test_a_country_without_a_numbering_plan_is_refused():
    with pytest.raises(ValueError, match="'XX' is no country"):
        HomeCountry.of("XX")


def test_the_home_country_is_a_setting(zones_of, settings):
    settings.HOME_COUNTRY = "GB"
    matcher = RegionPrefixMatcher.from_database()

    assert matcher.zone_set_ids(["02079460000"]) == [ZoneSet.objects.get(members="0d").pk]


# Home country, plain digits, the zones that a call has to suit, and which numbers they may be.
ZONES_AT_HOME = """
BR | 2123456789    | 180             | Rio de Janeiro; Morocco's 212 has longer ones
BR | 4731234567    | 180 -60d        | Joinville, Norway
BR | 79991234567   | 180 -180        | Aracaju, a Russian mobile phone
BR | 5511961234567 | 180             | São Paulo
BR | 004731234567  | -60d            | Norway
BR | 12125550100   | 300d 180        | as long as one of Brazil, New York
BR | 442079460000  | 0d              | London
IT | 0669812345    | -60d            | Rome
IT | 3521234567    | -60d            | a mobile phone; Luxembourg
IT | 447911123456  | 0d -60d         | as long as one of Italy, the United Kingdom
PL | 223456789     | -60d            | Warsaw
PL | 972123456     | -60d            | as long as one of Poland
PL | 12125550100   | 300d            | New York
CO | 3101234567    | 300             | a mobile phone
CO | 6012345678    | 300             | Bogotá
CO | 6072966818    | 300 -480        | Cúcuta, Malaysia
CO | 576072966818  | 300             | Cúcuta
GB | 02079460000   | 0d              | London
GB | 2079460000    | 0d              | London without its 0
GB | 2030706594    | 0d -120d        | London without its 0, Egypt
GB | 442030706594  | 0d              | London
GB | 12125550100   | 300d            | New York
DE | 030123456     | -60d            | Berlin
DE | 4471123456    | -60d            | without its 0; no number of the United Kingdom
DE | 12125550100   | 300d -60d       | as long as one of Germany, New York
DE | 0012125550100 | 300d            | New York
FR | 0142685300    | -60d            | Paris
FR | 352817926     | -60d            | as long as one of France, Luxembourg
FR | 212345678     | -60d            | Rennes without its 0
FR | 12125550100   | 300d            | New York
IN | 9812345678    | -330            | a mobile phone
IN | 06591234567   | -330            | a mobile phone with its 0
IN | 6591234567    | -330 -480       | a mobile phone, Singapore
IN | 916591234567  | -330            | a mobile phone
MX | 5512345678    | 360             | Mexico City
MX | 4722345678    | 360 -60d        | Silao, Norway
MX | 524722345678  | 360             | Silao
US | 2125678901    | 300d            | New York; ten digits are never a foreign number
US | 4722345678    | 300d            | North Carolina
US | 12125550100   | 300d            | New York
US | 442079460000  | 0d              | London
RU | 84951234567   | -180            | Moscow, as it is written with the 8
"""


def test_a_number_that_may_be_at_home_or_abroad_has_the_zones_of_both(region_prefixes, settings):
    rows = [[cell.strip() for cell in line.split("|")[:3]] for line in ZONES_AT_HOME.strip().splitlines()]
    found = []
    for country, phone, _ in rows:
        settings.HOME_COUNTRY = country
        [zone_set] = RegionPrefixMatcher.from_database().zone_set_ids([phone])
        found.append([country, phone, ZoneSet.objects.get(pk=zone_set).members])
    assert found == rows


def test_zones_of_many_numbers_take_a_few_queries(region_prefixes, settings, django_assert_max_num_queries):
    settings.HOME_COUNTRY = "BR"
    matcher = RegionPrefixMatcher.from_database()
    phones = [f"{area}{line}" for area in range(11, 100) for line in range(31234500, 31234600)]
    with django_assert_max_num_queries(4):
        found = matcher.zone_set_ids(phones)
    assert len(set(found)) > 10
    assert found == [matcher.zone_set_ids([phone])[0] for phone in phones[::100] for _ in range(100)]


def test_an_own_row_says_that_numbers_are_at_home(region_prefixes, settings):
    settings.HOME_COUNTRY = "BR"
    phones = ["4731234567", "4933345678"]
    both = RegionPrefixMatcher.from_database().zone_set_ids(phones)
    at_home = ZoneSet.objects.get(members="180", campaign=None)
    RegionPrefix.objects.create(prefix="5547", zone_set=at_home, own=True)
    assert RegionPrefixMatcher.from_database().zone_set_ids(phones) == [at_home.pk, both[1]]
    assert at_home.pk not in both


def test_every_area_code_of_north_america_is_there_and_25_have_several_zones(region_prefixes):
    area_codes = RegionPrefix.objects.filter(prefix__regex="^1[0-9]{3}$").select_related("zone_set")

    assert len(area_codes) == 442
    several = [row.prefix[1:] for row in area_codes if len(row.zone_set.zones) > 1]
    assert several == SEVERAL_ZONES.split()


def test_numbers_of_all_countries_have_the_zones_that_the_package_gives_them(zones_of, listed):
    for region in phonenumbers.SUPPORTED_REGIONS:
        number = phonenumbers.example_number(region)
        places = time_zones_for_geographical_number(number)
        if places == ("Etc/Unknown",) or len(places) == 42:
            continue
        zones = zones_of("00" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])
        expected = {str(listed[tz_win[place]].zone) for place in places}
        assert expected <= set(zones.split()), (region, number)
        assert number.country_code == 1 or expected == set(zones.split()), (region, number)


def test_loading_again_changes_nothing(region_prefixes, django_assert_num_queries):
    # Two of them open and close the transaction.
    with django_assert_num_queries(4):
        assert load_region_prefixes() == ([], [], [])


def test_own_rows_survive_a_refresh_and_other_changes_do_not(region_prefixes):
    utc = ZoneSet.objects.get(members="0")
    RegionPrefix.objects.filter(prefix="1212").update(zone_set=utc, own=True)
    RegionPrefix.objects.filter(prefix="1213").update(zone_set=utc)
    RegionPrefix.objects.filter(prefix="1214").delete()
    RegionPrefix.objects.create(prefix="1555", zone_set=utc, own=True)
    RegionPrefix.objects.create(prefix="1556", zone_set=utc)

    assert load_region_prefixes() == (["1214"], ["1213"], ["1556"])
    stored = dict(RegionPrefix.objects.values_list("prefix", "zone_set__members"))
    assert [stored.get(prefix) for prefix in ("1212", "1213", "1214", "1555", "1556")] == [
        "0",
        "480d",
        "360d",
        "0",
        None,
    ]


def test_prefixes_need_the_time_zones(no_time_zones):
    with pytest.raises(ValidationError, match="285 places have no time zone, Africa/Abidjan for one"):
        load_region_prefixes()
    with pytest.raises(CommandError, match="Run load_time_zones first"):
        call_command("load_region_prefixes")
    assert not RegionPrefix.objects.exists()


def test_the_command_reports_counts(time_zones, capsys):
    call_command("load_region_prefixes")

    assert capsys.readouterr().out.splitlines() == ["added: 3241", "changed: 0", "removed: 0"]


def test_zone_sets_are_stored_once(db, django_assert_max_num_queries):
    first = ZoneSet.objects.ids(["300d", "360d 300d"])
    with django_assert_max_num_queries(1):
        assert ZoneSet.objects.ids(["300d", "360d 300d"]) == first
    assert ZoneSet.objects.ids(["300d", "-330"])["300d"] == first["300d"]
    assert ZoneSet.objects.count() == 3


def test_two_imports_that_need_the_same_new_zones_share_one_row(transactional_db):
    texts = [f"{bias}d" for bias in range(1, 201)]
    start = threading.Barrier(4)

    def import_once(_):
        try:
            connection.ensure_connection()
            start.wait()
            with transaction.atomic():
                return ZoneSet.objects.ids(texts)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(import_once, range(4))
    assert others == [first] * 3
    assert ZoneSet.objects.filter(members__in=texts).count() == len(first) == 200


@pytest.mark.parametrize("prefix", ["0044", "+44", "44a", "44\n", "", "1" * 16, "٤٤"])
def test_a_prefix_is_digits_with_the_country_code_first(prefix):
    with pytest.raises(ValidationError) as refused:
        RegionPrefix(prefix=prefix).clean_fields(exclude=["zone_set"])
    assert list(refused.value.message_dict) == ["prefix"]
