"""The Do Not Call list: what the active imports and the people have put on it, exact to the digit.

Every number is in a number block (`dnc/number_blocks.py`) or in a side table. Readers learn which imports are
active in the same statement that reads their blocks, so that they see the old list or the new one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from pyroaring import BitMap

from dnc.models import FileImport, HandEntry, HandRemoval, OddNumber, Page
from dnc.number_blocks import held, pack, unpack
from dnc.numbers import (
    BLOCK_SIZE,
    LISTABLE,
    LONGEST_IN_BLOCK,
    SHORTEST_IN_BLOCK,
    clean_number,
    number_in_block,
    number_key,
)
from outbound_site.core.jobs import JobState

# SQLite takes 32,766 parameters in one statement; a batch needs two a number.
BATCH = 10_000
# One statement sees one state of the list. It is asked before every call; the ORM takes longer to write it
# than the database to answer.
LISTED = """
SELECT block.prefix, block.members, NULL
  FROM dnc_page block JOIN dnc_fileimport batch ON batch.id = block.batch_id
 WHERE batch.in_force AND block.prefix IN ({prefixes})
UNION ALL
SELECT NULL, NULL, number FROM dnc_handentry WHERE number IN ({numbers})
UNION ALL
SELECT NULL, NULL, unblocked.number
  FROM dnc_oddnumber unblocked JOIN dnc_fileimport batch ON batch.id = unblocked.batch_id
 WHERE batch.in_force AND unblocked.number IN ({unblocked})
"""
BY_HAND = "by hand"


class ListBusy(Exception):
    """An import is running; numbers that files have listed cannot be taken off until it has ended."""


def contains(numbers: Iterable[str]) -> set[str]:
    """Those of `numbers` that are listed; one query for each BATCH of them."""
    wanted = list(numbers)
    listed: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        listed.update(_listed(wanted[start : start + BATCH]))
    return listed


def _listed(numbers: Iterable[str]) -> Iterator[str]:
    blocks, unblocked = _by_prefix(numbers)
    listable = [number for block in blocks.values() for number in block.values()] + unblocked
    query = LISTED.format(
        prefixes=_placeholders(blocks), numbers=_placeholders(listable), unblocked=_placeholders(unblocked)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*blocks, *listable, *unblocked])
        for prefix, packed, number in cursor.fetchall():
            if number is not None:
                yield number
            else:
                asked = blocks[prefix]
                yield from [asked[member] for member in held(packed, asked)]


def listed_among(numbers: Iterable[str]) -> set[str]:
    """Those of very many numbers that are listed; `contains` serves those that are about to be called.

    Blocks are read in order and each for all of its numbers, so that a number costs a fraction of what it
    costs there. The list may change in between.
    """
    by_length = sorted(sorted(numbers), key=len)
    unblocked = OddNumber.objects.filter(batch__in_force=True).values_list("number", flat=True)
    others = {*HandEntry.objects.values_list("number", flat=True), *unblocked}
    listed = others.intersection(by_length)
    for _, alike in groupby(by_length, len):
        listed.update(_in_blocks(alike))
    return listed


def _in_blocks(numbers: Iterable[str]) -> Iterator[str]:
    """Those of sorted numbers of one length that are in active number blocks."""
    asked: dict[int, list[int]] = {}
    for head, group in groupby(numbers, itemgetter(slice(-4))):
        key = number_key(f"{head}0000")
        if key is not None:
            tails = [number[-4:] for number in group]
            asked[key // BLOCK_SIZE] = [int(tail) for tail in tails if len(tail) == 4 and tail.isdecimal()]
    if not asked:
        return
    between = Page.objects.filter(prefix__range=(min(asked), max(asked)), batch__in_force=True)
    for prefix, packed in between.values_list("prefix", "members").iterator():
        for member in held(bytes(packed), asked.get(prefix, ())):
            yield number_in_block(prefix, member)


def _placeholders(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"


def _by_prefix(numbers: Iterable[str]) -> tuple[dict[int, dict[int, str]], list[str]]:
    """`{prefix: {member: number}}`, and the unblocked numbers; what no list can hold is in neither."""
    blocks: dict[int, dict[int, str]] = defaultdict(dict)
    unblocked = []
    for number in numbers:
        key = number_key(number)
        if key is not None:
            blocks[key // BLOCK_SIZE][key % BLOCK_SIZE] = number
        elif LISTABLE.fullmatch(number):
            unblocked.append(number)
    return blocks, unblocked


def active_blocks(prefixes: Iterable[int]) -> QuerySet[Page]:
    return Page.objects.filter(prefix__in=list(prefixes), batch__in_force=True)


def active_unblocked_numbers(numbers: Iterable[str]) -> QuerySet[OddNumber]:
    return OddNumber.objects.filter(number__in=list(numbers), batch__in_force=True)


def sources(number: str) -> list[FileImport | HandEntry]:
    """Why the number is listed: the manual entry and the active imports, newest first; else nothing."""
    entries = HandEntry.objects.filter(number=number).select_related("added_by")
    return [*entries, *FileImport.objects.filter(pk__in=_imports_with(number)).select_related("rule")]


def _imports_with(number: str) -> list[int]:
    key = number_key(number)
    if key is None:
        return list(active_unblocked_numbers([number]).values_list("batch_id", flat=True))
    blocks = active_blocks([key // BLOCK_SIZE]).values_list("batch_id", "members")
    return [batch for batch, packed in blocks if held(bytes(packed), [key % BLOCK_SIZE])]


def add(numbers: Iterable[str], user: Any, reason: str) -> int:
    """Put numbers on the list by hand; how many were not there by hand before. Raises BadNumber."""
    wanted = {clean_number(number) for number in numbers}
    with transaction.atomic():
        wanted -= set(HandEntry.objects.filter(number__in=wanted).values_list("number", flat=True))
        entries = [HandEntry(number=number, added_by=user, reason=reason) for number in sorted(wanted)]
        HandEntry.objects.bulk_create(entries, ignore_conflicts=True)
    return len(entries)


def remove(numbers: Iterable[str], user: Any, reason: str) -> int:
    """Take numbers off the list, whoever put them there, and keep a record; how many were listed.

    A later file that names them lists them again. Raises BadNumber; ListBusy while an import runs, because
    that may already have copied a number block that this would change.
    """
    wanted = {clean_number(number) for number in numbers}
    with transaction.atomic():
        hold_list()
        found = _sources_by_number(wanted)
        if FileImport.objects.filter(state=JobState.RUNNING).exists():
            raise ListBusy("An import is running. Take the numbers off when it has ended.")
        HandEntry.objects.filter(number__in=wanted).delete()
        active_unblocked_numbers(wanted).delete()
        _erase_from_blocks(wanted)
        HandRemoval.objects.bulk_create(
            HandRemoval(number=number, removed_by=user, reason=reason, removed_from="; ".join(names))
            for number, names in sorted(found.items())
        )
    return len(found)


def hold_list() -> None:
    """Inside a transaction: keep other transactions that start imports or take numbers off waiting."""
    list(FileImport.objects.active().order_by("pk").select_for_update().values_list("pk"))


def _sources_by_number(numbers: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entry in HandEntry.objects.filter(number__in=numbers).select_related("added_by"):
        found[entry.number].append(f"{BY_HAND}: {entry.added_by or 'unknown'}, {entry.reason}")
    members, unblocked = _by_prefix(numbers)
    for row in active_unblocked_numbers(unblocked).select_related("batch"):
        found[row.number].append(row.batch.source)
    for block in active_blocks(members).select_related("batch"):
        for member in held(bytes(block.members), members[block.prefix]):
            found[number_in_block(block.prefix, member)].append(block.batch.source)
    return found


def _erase_from_blocks(numbers: Iterable[str]) -> None:
    members, _ = _by_prefix(numbers)
    changed = []
    for block in active_blocks(members):
        if left := unpack(bytes(block.members)) - BitMap(members[block.prefix]):
            changed.append(Page(prefix=block.prefix, batch_id=block.batch_id, members=pack(left)))
    active_blocks(members).delete()
    Page.objects.bulk_create(changed)


def append(batch: FileImport, **outcome: Any) -> None:
    """The number blocks written for this import join the list, in one instant; raises LeaseLost."""
    batch.renew(in_force=True, **outcome)


def replace(batch: FileImport, **outcome: Any) -> None:
    """They take the place of what all files asked for before listed; manual entries stay. Raises LeaseLost.

    A file asked for later may have overtaken this one.
    """
    with transaction.atomic():
        append(batch, **outcome)
        others = FileImport.objects.active().filter(pk__lt=batch.pk)
        others.update(in_force=False, tidied=False)


def count() -> int:
    """How many different numbers are listed; reads every number block."""
    return sum(len(members) for _, members in _all_blocks()) + _unblocked_numbers().count()


def iterate() -> Iterator[str]:
    """Every listed number once: by length and digits, then the unblocked numbers."""
    for prefix, members in _all_blocks():
        for member in members:
            yield number_in_block(prefix, member)
    yield from _unblocked_numbers().iterator()


def _all_blocks() -> Iterator[tuple[int, BitMap]]:
    manual = manual_blocks()
    rows = Page.objects.filter(batch__in_force=True).order_by("prefix").values_list("prefix", "members")
    current, members = 0, BitMap()
    for prefix, packed in rows.iterator(chunk_size=2_000):
        if prefix != current and current:
            yield current, members | manual.pop(current, BitMap())
            members = BitMap()
        current = prefix
        members |= unpack(bytes(packed))
    if current:
        yield current, members | manual.pop(current, BitMap())
    yield from sorted(manual.items())


def manual_blocks() -> dict[int, BitMap]:
    """The manual entries, in the form of number blocks."""
    numbers = HandEntry.objects.values_list("number", flat=True)
    return {prefix: BitMap(members) for prefix, members in _by_prefix(numbers.iterator())[0].items()}


def _unblocked_numbers() -> QuerySet[Any, Any]:
    manual = HandEntry.objects.exclude(number__regex=rf"^[0-9]{{{SHORTEST_IN_BLOCK},{LONGEST_IN_BLOCK}}}$")
    from_files = OddNumber.objects.filter(batch__in_force=True)
    return (
        manual.order_by().values_list("number", flat=True).union(from_files.values_list("number", flat=True))
    )
