from dataclasses import replace

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outbound_site.core.phone_numbers import (
    PLAIN,
    HomeCountry,
    Unclear,
    cleaned,
    digits_of,
    home_country,
    is_whole,
    spellings,
)

AT_HOME_IN_US = "3035550185"
LONDON = "442079460000"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("(303) 555-0185", AT_HOME_IN_US),
        ("303-555-0185", AT_HOME_IN_US),
        ("303.555.0185", AT_HOME_IN_US),
        ("303/555/0185", AT_HOME_IN_US),
        ("[303] 555 0185", AT_HOME_IN_US),
        ("1 303 555 0185", AT_HOME_IN_US),
        ("1-303-555-0185", AT_HOME_IN_US),
        ("+1 (303) 555-0185", AT_HOME_IN_US),
        ("+13035550185", AT_HOME_IN_US),
        ("(+1) 303 555 0185", AT_HOME_IN_US),
        ("001 303 555 0185", AT_HOME_IN_US),
        ("tel:+1-303-555-0185", AT_HOME_IN_US),
        ("TEL: 303-555-0185", AT_HOME_IN_US),
        ("303\u00a0555\u00a00185", AT_HOME_IN_US),
        ("303\u202f555\u20130185", AT_HOME_IN_US),
        ("303\u2011555\u22120185", AT_HOME_IN_US),
        ("\u202a+1 303 555 0185\u202c", AT_HOME_IN_US),
        ("\uff0b\uff11\u3000\uff13\uff10\uff13\uff0d555 0185", AT_HOME_IN_US),
        ("+1 222 555 4444", "2225554444"),
        ("+1 604 555 0185", "6045550185"),
        ("555-0185", "5550185"),
        ("+44 20 7946 0000", LONDON),
        ("+44 (0)20 7946 0000", LONDON),
        ("+44 (0) 20 7946 0000", LONDON),
        ("0044 20 7946 0000", LONDON),
        ("0044 (0)20 7946 0000", LONDON),
        ("011 44 20 7946 0000", LONDON),
        ("44 20 7946 0000", LONDON),
        ("tel:+44-20-7946-0000", LONDON),
        ("+34 (0)91 123 45 67", "34911234567"),
        ("+39 06 698 12345", "390669812345"),
        ("+39 (0)6 698 12345", "390669812345"),
        ("+47 22 12 34 56", "4722123456"),
        ("+1 303 555 0185 *22", "3035550185*22"),
        ("303-555-0185#7", "3035550185#7"),
    ],
)
def test_numbers_as_people_write_them_in_the_united_states(written, stored):
    assert digits_of(written) == cleaned(written) == stored


@pytest.mark.parametrize(
    ("country", "written", "stored"),
    [
        ("GB", "+44 20 7946 0000", "02079460000"),
        ("GB", "+44 (0)20 7946 0000", "02079460000"),
        ("GB", "(0)20 7946 0000", "02079460000"),
        ("GB", "(020) 7946 0000", "02079460000"),
        ("GB", "44 20 7946 0000", "02079460000"),
        ("GB", "7946 0000", "79460000"),
        ("GB", "+1 (303) 555-0185", "13035550185"),
        ("GB", "001 303 555 0185", "13035550185"),
        ("DE", "+49 (0)30 / 123456", "030123456"),
        ("DE", "030/123456", "030123456"),
        ("DE", "+44 20 7946 0000", LONDON),
        ("IT", "+39 06 698 12345", "0669812345"),
        ("BR", "+55 11 96123-4567", "11961234567"),
        ("BR", "0 11 96123-4567", "11961234567"),
        ("RU", "+7 912 345-67-89", "89123456789"),
        ("RU", "(912) 345-67-89", "89123456789"),
    ],
)
def test_numbers_of_the_home_country_come_out_as_they_are_dialed_there(settings, country, written, stored):
    settings.HOME_COUNTRY = country
    assert digits_of(written) == stored


@pytest.mark.parametrize(
    "digits",
    ["3035550185", "13035550185", "00442079460000", LONDON, "987654323#", "9876543*22", "1", "", "9" * 30],
)
def test_digits_stay_untouched(digits):
    assert digits_of(f" {digits} ") == digits


@pytest.mark.parametrize(
    ("country", "written", "reason"),
    [
        ("US", "call me", "only one number"),
        ("US", "303-555-0185 x12", "only one number"),
        ("US", "303-555-0185 ext. 12", "only one number"),
        ("US", "303 555 0185, 303 555 0186", "only one number"),
        ("US", "303 555\n0185", "only one number"),
        ("US", "303 555 018²", "only one number"),
        ("US", "+", "only one number"),
        ("US", "*67 303 555 0185", "only one number"),
        ("US", "030 123456/78", "only one number"),
        ("US", "303-555-0185 / 303-555-0186", "no number of US"),
        ("US", "303 555", "no number of US"),
        ("US", "020 7946 0000", "no number of US"),
        ("US", "+1 303 555", "too short for a number of \\+1"),
        ("US", "+1 555 0185", "too short for a number of \\+1"),
        ("US", "+1 303 555 01855", "too long for a number of \\+1"),
        ("US", "+999 12 34 56", "no number of any country"),
        ("US", "++44 20 7946 0000", "only one number"),
        ("US", "2.13E+09", "only one number"),
        # Spreadsheets drop the 0 that makes it a number of London; so could be meant another country.
        ("GB", "20 7946 0000", "no number of GB"),
        ("GB", "303 555 0185", "no number of GB"),
        ("DE", "34 56 78", "no number of DE"),
        ("GB", "+44 4930 123456", "no such number"),
    ],
)
def test_what_could_be_meant_in_two_ways_stays_as_written(settings, country, written, reason):
    settings.HOME_COUNTRY = country
    with pytest.raises(Unclear, match=reason):
        digits_of(written)
    assert cleaned(written) == written


def test_a_number_from_abroad_that_would_be_dialed_as_one_at_home_is_not_called():
    with pytest.raises(Unclear, match="4722123456, its digits, would be dialed as a number of US"):
        digits_of("+47 22 12 34 56", to_call=True)
    assert cleaned("+47 22 12 34 56", to_call=True) == "+47 22 12 34 56"
    assert cleaned("+44 20 7946 0000", to_call=True) == LONDON


@pytest.mark.parametrize(
    ("country", "written", "refused"),
    [
        ("BR", "+47 31 23 45 67", True),
        ("BR", "+1 212 555 0100", False),
        ("MX", "+47 22 12 34 56", True),
        ("IT", "+34 611 01 33 49", True),
        ("CO", "+60 7-296 6818", True),
        ("PL", "+53 210 4185", True),
        ("DE", "+44 20 7946 0000", False),
        ("GB", "+20 30 706 594", False),
    ],
)
def test_numbers_from_abroad_are_not_called_where_they_are_numbers_at_home(
    settings, country, written, refused
):
    settings.HOME_COUNTRY = country
    assert (cleaned(written, to_call=True) == written) is refused


@given(st.from_regex(r"[1-9][0-9]{6,12}", fullmatch=True))
@example("4731234567")
@example("390669812345")
@example("5511961234567")
@example("2123456789")
def test_plain_digits_may_be_a_number_abroad_where_the_plans_have_one(digits):
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        valid = False
    else:
        code, rest = number.country_code, phonenumbers.national_significant_number(number)
        regions = phonenumbers.region_codes_for_country_code(code)
        valid = phonenumbers.is_valid_number(number) and f"{code}{rest}" == digits and regions != ("001",)
    home = replace(HomeCountry.of("DE"), code="49", lengths=frozenset(range(20)))
    assert (home.readings(digits) == (f"49{digits}", digits)) is valid


def test_example_numbers_of_every_country_come_out_alike_however_they_are_written(settings):
    formats = phonenumbers.PhoneNumberFormat
    for home in ("US", "GB", "DE", "FR", "BR", "IN"):
        settings.HOME_COUNTRY = home
        for region in phonenumbers.SUPPORTED_REGIONS:
            number = phonenumbers.example_number(region)
            e164 = phonenumbers.format_number(number, formats.E164)
            ways = [
                e164,
                phonenumbers.format_number(number, formats.INTERNATIONAL),
                phonenumbers.format_number(number, formats.RFC3966),
                phonenumbers.format_number(number, formats.INTERNATIONAL).replace("+", "00 "),
            ]
            at_home = str(number.country_code) == home_country(home).code
            if at_home:
                ways.append(phonenumbers.format_number(number, formats.NATIONAL))
            found = {digits_of(way) for way in ways if not PLAIN.fullmatch(way)}
            assert len(found) == 1, (home, region, ways, found)
            assert at_home or found == {e164[1:]}


@given(st.text(alphabet="0123456789+()[]-./ \u00a0*#x,", max_size=24))
def test_whatever_is_written_becomes_digits_or_stays(text):
    stored = cleaned(text)
    assert stored == text or PLAIN.fullmatch(stored)
    assert cleaned(stored) == stored.strip() or stored == text


@given(st.from_regex(r"[2-9][0-9]{9}", fullmatch=True))
def test_ten_digits_in_the_united_states_are_not_changed_by_what_stands_between_them(digits):
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    ways = [f"({area}) {exchange}-{line}", f"+1 {area} {exchange} {line}", f"1.{area}.{exchange}.{line}"]
    assert {*map(digits_of, ways)} == {digits}
    assert {str(phonenumbers.parse(way, "US").national_number) for way in ways} == {digits}


@pytest.mark.parametrize(
    ("country", "number", "whole"),
    [
        ("US", "3035550185", True),
        ("US", "13035550185", True),
        ("US", "01113035550185", True),
        ("US", "442079460000", True),
        ("US", "00442079460000", True),
        ("US", "3035550185*22", True),
        ("US", "3035550185,22", True),
        ("US", "5550185", False),
        ("US", "6782", False),
        ("US", "303555018", False),
        ("US", "*67", False),
        ("US", "", False),
        ("GB", "02079460000", True),
        ("GB", "79460000", False),
    ],
)
def test_a_number_without_its_area_code_is_no_whole_number(settings, country, number, whole):
    settings.HOME_COUNTRY = country
    assert is_whole(number) == whole


def test_spellings_of_a_number_differ_by_country_code_and_prefixes_alone():
    alike = {"3035550185", "13035550185", "0013035550185", "01113035550185"}
    for number in alike:
        assert spellings(number) == alike - {number}
    assert spellings(LONDON) == {"00442079460000", "011442079460000"}
    assert spellings("*67#") == spellings("") == set()
