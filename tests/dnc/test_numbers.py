import re

import pytest

from dnc.numbers import BLOCK_SIZE, BadNumber, clean_number, number_in_block, number_key


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2225554444", "2225554444"),
        ("  2225554444\t\r", "2225554444"),
        ("0", "0"),
        ("*67#", "*67#"),
        ("12345678901234567890", "12345678901234567890"),
        ("2225554444,12", "2225554444,12"),
        ("2225554444 , 12 ", "2225554444,12"),
        ("2225554444,", "2225554444"),
        ("2225554444,12345678", "2225554444,12345678"),
        ("222-555-4444", "2225554444"),
        ("+12225554444", "2225554444"),
        ("222 5554444 , 12", "2225554444,12"),
        ("+47 22 12 34 56", "4722123456"),
        ("\uff12\uff12\uff12", "222"),
    ],
)
def test_a_number_is_kept_digit_for_digit_without_the_blanks_around_it(text, number):
    assert clean_number(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no number"),
        (",12", "no number"),
        ("123456789012345678901", "longer than 20 characters"),
        ("222-555", "this is no number of US as it is dialed there"),
        ("+1 222 555", "it is too short for a number of +1"),
        ("+999 12 34 56", "it is no number of any country"),
        ("2225554444,x12", "character other than 0-9 # *"),
        ("2225554444,1,2", "character other than 0-9 # *"),
        ("2225554444,123456789", "extension longer than 8 characters"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text, reason):
    with pytest.raises(BadNumber, match=re.escape(reason)):
        clean_number(text)


@pytest.mark.parametrize("number", ["0000", "0222", "00222", "2225554444", "02225554444", "123456789012345"])
def test_a_paged_number_comes_back_from_its_page_with_length_and_zeros(number):
    assert number_in_block(*divmod(number_key(number), BLOCK_SIZE)) == number


@pytest.mark.parametrize("number", ["222", "1234567890123456", "22255544*4", "2225554444,1", "２２２２"])
def test_other_numbers_have_no_block(number):
    assert number_key(number) is None
