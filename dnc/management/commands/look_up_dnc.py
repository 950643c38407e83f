import sys
from argparse import ArgumentParser
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand

from dnc import do_not_call_list, near_misses
from dnc.numbers import BadNumber, clean_number


class Command(BaseCommand):
    help = (
        "Say of each number whether the Do Not Call list has it: number, tab, 'listed', 'not listed' or "
        "'no number'. What is not digits alone is followed by the digits looked up; a number that is "
        "listed with another country code or prefix only, by what is listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="else one a line on standard input")

    def handle(self, *args: Any, numbers: list[str], **options: Any) -> None:
        given = numbers or (line.strip() for line in sys.stdin)
        for batch in _batches(number for number in given if number):
            digits = {text: _digits(text) for text in batch}
            listed = do_not_call_list.contains(filter(None, digits.values()))
            alike = near_misses.nearly_listed(set(filter(None, digits.values())) - listed)
            for text in batch:
                self.stdout.write("\t".join(_answer(text, digits[text], listed, alike)))


def _digits(text: str) -> str:
    try:
        return clean_number(text)
    except BadNumber:
        return ""


def _answer(
    text: str, number: str, listed: Collection[str], alike: Mapping[str, Collection[str]]
) -> Iterator[str]:
    yield text
    yield "listed" if number in listed else "not listed" if number else "no number"
    if number and number != text:
        yield f"looked up as {number}"
    if number in alike:
        yield f"but listed: {' '.join(sorted(alike[number]))}"


def _batches(numbers: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(numbers)
    while batch := list(islice(remaining, do_not_call_list.BATCH)):
        yield batch
