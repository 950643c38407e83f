import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand

from dnc import do_not_call_list


class Command(BaseCommand):
    help = "Say of each number whether the Do Not Call list has it: number, tab, 'listed' or 'not listed'."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="else one a line on standard input")

    def handle(self, *args: Any, numbers: list[str], **options: Any) -> None:
        given = numbers or (line.strip() for line in sys.stdin)
        for batch in _batches(number for number in given if number):
            listed = do_not_call_list.contains(batch)
            for number in batch:
                self.stdout.write(f"{number}\t{'listed' if number in listed else 'not listed'}")


def _batches(numbers: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(numbers)
    while batch := list(islice(remaining, do_not_call_list.BATCH)):
        yield batch
