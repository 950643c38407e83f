import random
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dnc import do_not_call_list
from dnc.do_not_call_list import (
    ListBusy,
    add,
    contains,
    count,
    iterate,
    listed_among,
    remove,
    sources,
)
from dnc.models import FileImport, HandEntry, HandRemoval, Page
from dnc.near_misses import near_misses, nearly_listed
from dnc.numbers import BadNumber
from outbound_site.core.jobs import JobState
from tests.factories import FileImportFactory

pytestmark = pytest.mark.django_db
NUMBERS = ["2225554444", "0222", "222", "*67#", "12345678901234567890", "123456789012345", "2225554444,12"]


def listed(*numbers):
    return contains(numbers) == set(numbers)


@pytest.mark.parametrize(
    ("on_list", "asked"),
    [
        ("2225554444", "02225554444"),
        ("2225554444", "12225554444"),
        ("2225554444", "222555444"),
        ("2225554444", "2225554445"),
        ("0222", "222"),
        ("222", "0222"),
        ("0222", "00222"),
        ("2225554444", "2225554444,12"),
        ("2225554444,12", "2225554444"),
        ("2225554444,12", "2225554444,13"),
        ("2225554444,12", "2225554444,012"),
        ("1234567890123456", "123456789012345"),
    ],
)
@pytest.mark.parametrize("by", ["file", "hand"])
def test_only_the_very_same_digits_are_listed(import_file, alice, by, on_list, asked):
    import_file(on_list) if by == "file" else add([on_list], alice, "asked us")

    assert contains([on_list, asked]) == listed_among([on_list, asked]) == {on_list}


@pytest.mark.parametrize("by", ["file", "hand"])
def test_numbers_of_every_kind_are_found_counted_and_given_back(import_file, alice, by):
    import_file("\n".join(NUMBERS)) if by == "file" else add(NUMBERS, alice, "asked us")

    assert listed(*NUMBERS)
    assert count() == len(NUMBERS)
    assert sorted(iterate()) == sorted(NUMBERS)


def test_the_list_agrees_with_a_set_of_random_strings(import_file, alice):
    random_ = random.Random(3)
    strings = {"".join(random_.choices("0012#", k=random_.randrange(1, 8))) for _ in range(6_000)}
    first, second, by_hand = (set(random_.sample(sorted(strings), 1_500)) for _ in range(3))
    import_file("\n".join(first))
    import_file("\n".join(second))
    add(by_hand, alice, "asked us")

    expected = first | second | by_hand
    assert contains(strings) == listed_among(strings) == expected
    assert count() == len(expected)
    assert sorted(iterate()) == sorted(expected)


@pytest.mark.parametrize("asked", ["", "abc", "２２２５５５４４４４", "2225554444\x00", "-1", "9" * 40])
def test_what_is_no_number_is_not_listed(import_file, asked):
    import_file("2225554444\n")

    assert contains([asked]) == listed_among([asked]) == set()


@pytest.mark.parametrize("size", [1, 1_000, 10_000])
def test_a_batch_of_any_size_costs_two_queries(import_file, size):
    import_file("\n".join(NUMBERS))

    with CaptureQueriesContext(connection) as queries:
        contains(f"22255{n:05}" if n % 3 else f"{n}#" for n in range(size))

    assert len(queries) <= 2


def test_a_batch_beyond_the_limit_is_asked_in_parts(import_file, monkeypatch):
    monkeypatch.setattr(do_not_call_list, "BATCH", 3)
    import_file("\n".join(NUMBERS))

    assert contains([*NUMBERS, "1", "2", "3"]) == set(NUMBERS)


def test_an_entry_by_hand_carries_who_when_and_why(alice):
    assert add([" 2225554444 ", "2225554444"], alice, "letter of 3 May") == 1

    entry = HandEntry.objects.get()
    assert (entry.number, entry.added_by, entry.reason) == ("2225554444", alice, "letter of 3 May")
    assert entry.added_at is not None


def test_adding_a_number_again_keeps_the_first_entry(alice, sam):
    add(["2225554444"], alice, "first")

    assert add(["2225554444", "2225554445"], sam, "second") == 1
    assert HandEntry.objects.get(number="2225554444").reason == "first"


def test_one_bad_number_among_good_ones_adds_none(alice):
    with pytest.raises(BadNumber):
        add(["2225554444", "call me"], alice, "asked us")

    assert count() == 0


def test_removing_takes_a_number_from_every_source_and_keeps_a_record(import_file, alice):
    import_file("2225554444\n2225554445\n*67#\n")
    import_file("2225554444\n2225554446\n*67#\n", name="second.txt")
    add(["2225554444"], alice, "asked us")

    assert remove(["2225554444", "*67#", "2225550000"], alice, "mistaken") == 2

    assert contains(["2225554444", "*67#"]) == set()
    assert listed("2225554445", "2225554446")
    record = HandRemoval.objects.get(number="2225554444")
    assert (record.removed_by, record.reason) == (alice, "mistaken")
    assert "by hand" in record.removed_from
    assert record.removed_from.count("command line") == 2
    assert not HandRemoval.objects.filter(number="2225550000").exists()


def test_a_block_that_loses_its_last_number_is_deleted(import_file, alice):
    import_file("2225554444\n")

    remove(["2225554444"], alice, "mistaken")

    assert not Page.objects.exists()


def test_nothing_is_taken_off_while_an_import_runs(import_file, alice):
    import_file("2225554444\n")
    FileImportFactory(state=JobState.RUNNING, token=uuid4())

    with pytest.raises(ListBusy):
        remove(["2225554444"], alice, "mistaken")

    assert listed("2225554444")


def test_the_sources_of_a_number_are_its_person_and_its_imports(import_file, alice):
    first = import_file("2225554444\n*67#\n")
    second = import_file("2225554444\n")
    import_file("2225554445\n")
    add(["2225554444"], alice, "asked us")

    assert sources("2225554444") == [HandEntry.objects.get(), second, first]
    assert sources("*67#") == [first]
    assert sources("2225554446") == []


@pytest.mark.parametrize(
    ("on_list", "asked"),
    [
        ("2225554444", "12225554444"),
        ("12225554444", "2225554444"),
        ("0012225554444", "2225554444"),
        ("442225554444", "012225554444"),
        ("0222", "222"),
        ("222", "0000222"),
        ("2225554444,12", "2225554444"),
        ("2225554444", "2225554444,12"),
        ("99999992225554444", "2225554444"),
        ("1234567890", "11234567890"),
        ("0114930123456", "4930123456"),
    ],
)
@pytest.mark.parametrize("by", ["file", "hand"])
def test_a_near_miss_has_another_prefix_other_zeros_or_an_extension(import_file, alice, by, on_list, asked):
    import_file(on_list) if by == "file" else add([on_list], alice, "asked us")

    assert near_misses(asked) == [on_list]
    assert contains([asked]) == listed_among([asked]) == set()


@pytest.mark.parametrize(
    ("home", "on_list", "asked"),
    [
        ("US", "3035550185", "13035550185"),
        ("US", "13035550185", "3035550185"),
        ("US", "0013035550185", "3035550185"),
        ("US", "01113035550185", "13035550185"),
        ("US", "442079460000", "00442079460000"),
        ("US", "011442079460000", "442079460000"),
        ("GB", "02079460000", "442079460000"),
        ("GB", "442079460000", "02079460000"),
        ("GB", "442079460000", "2079460000"),
        ("GB", "00442079460000", "02079460000"),
        ("DE", "030123456", "4930123456"),
        ("DE", "004930123456", "030123456"),
    ],
)
def test_nearly_listed_is_what_differs_by_country_code_or_prefix_alone(
    import_file, settings, home, on_list, asked
):
    settings.HOME_COUNTRY = home
    import_file(f"{on_list}\n")

    assert nearly_listed([asked, on_list, "9995550100"]) == {asked: {on_list}}
    assert near_misses(asked) == [on_list]
    assert contains([asked]) == set()


def test_what_is_listed_itself_is_not_nearly_listed(import_file, django_assert_num_queries):
    import_file("3035550185\n13035550185\n")

    with django_assert_num_queries(2):
        assert nearly_listed(["3035550185", "13035550185", "5550185", "*67#", ""]) == {}


@pytest.mark.parametrize("on_list", ["2225554445", "12225554", "122255544445", "1225554444", "225554444"])
def test_numbers_with_other_last_ten_digits_are_no_near_misses(import_file, on_list):
    import_file(on_list)

    assert near_misses("2225554444") == []


def test_numbers_of_an_import_that_is_not_active_are_nowhere(import_file, alice):
    import_file("\n".join(NUMBERS))
    FileImport.objects.update(in_force=False)

    assert (contains(NUMBERS), count(), list(iterate()), sources("222"), near_misses("222")) == (
        set(),
        0,
        [],
        [],
        [],
    )
