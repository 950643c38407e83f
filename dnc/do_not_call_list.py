"""The Do Not Call list: what the files in force and the people have put on it, exact to the digit.

Every number is on a page (`dnc/pages.py`) or in a side table. Readers learn which imports are in force in
the same statement that reads their pages, so that there is no moment between an old list and a new one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from pyroaring import BitMap

from dnc.models import FileImport, HandEntry, HandRemoval, OddNumber, Page
from dnc.numbers import (
    LISTABLE,
    LONGEST_PAGED,
    PAGE_SIZE,
    SHORTEST_PAGED,
    clean_number,
    number_on_page,
    page_key,
)
from dnc.pages import held, pack, unpack
from outbound_site.core.jobs import JobState
from outbound_site.core.phone_numbers import spellings

# SQLite takes 32,766 parameters in one statement; a batch needs two a number.
BATCH = 10_000
# One statement sees one state of the list. It is asked before every call; the ORM takes longer to write it
# than the database to answer.
LISTED = """
SELECT page.prefix, page.members, NULL
  FROM dnc_page page JOIN dnc_fileimport batch ON batch.id = page.batch_id
 WHERE batch.in_force AND page.prefix IN ({prefixes})
UNION ALL
SELECT NULL, NULL, number FROM dnc_handentry WHERE number IN ({numbers})
UNION ALL
SELECT NULL, NULL, odd.number
  FROM dnc_oddnumber odd JOIN dnc_fileimport batch ON batch.id = odd.batch_id
 WHERE batch.in_force AND odd.number IN ({odd})
"""
BY_HAND = "by hand"


class ListBusy(Exception):
    """An import is running; numbers that files brought cannot be taken off until it has ended."""


def contains(numbers: Iterable[str]) -> set[str]:
    """Those of `numbers` that are listed; one query for each BATCH of them."""
    wanted = list(numbers)
    listed: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        listed.update(_listed(wanted[start : start + BATCH]))
    return listed


def _listed(numbers: Iterable[str]) -> Iterator[str]:
    pages, odd = _by_prefix(numbers)
    listable = [number for page in pages.values() for number in page.values()] + odd
    query = LISTED.format(prefixes=_places(pages), numbers=_places(listable), odd=_places(odd))
    with connection.cursor() as cursor:
        cursor.execute(query, [*pages, *listable, *odd])
        for prefix, packed, number in cursor.fetchall():
            if number is not None:
                yield number
            else:
                asked = pages[prefix]
                yield from [asked[member] for member in held(packed, asked)]


def listed_among(numbers: Iterable[str]) -> set[str]:
    """Those of very many numbers that are listed; `contains` serves those that are about to be called.

    Pages are read in order and each for all of its numbers, so that a number costs a fraction of what it
    costs there. The list may change in between.
    """
    by_length = sorted(sorted(numbers), key=len)
    odd = OddNumber.objects.filter(batch__in_force=True)
    others = {*HandEntry.objects.values_list("number", flat=True), *odd.values_list("number", flat=True)}
    listed = others.intersection(by_length)
    for _, alike in groupby(by_length, len):
        listed.update(_on_pages(alike))
    return listed


def _on_pages(numbers: Iterable[str]) -> Iterator[str]:
    """Those of sorted numbers of one length that are on pages in force."""
    asked: dict[int, list[int]] = {}
    for head, group in groupby(numbers, itemgetter(slice(-4))):
        key = page_key(f"{head}0000")
        if key is not None:
            tails = [number[-4:] for number in group]
            asked[key // PAGE_SIZE] = [int(tail) for tail in tails if len(tail) == 4 and tail.isdecimal()]
    if not asked:
        return
    between = Page.objects.filter(prefix__range=(min(asked), max(asked)), batch__in_force=True)
    for prefix, packed in between.values_list("prefix", "members").iterator():
        for member in held(bytes(packed), asked.get(prefix, ())):
            yield number_on_page(prefix, member)


def _places(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"


def _by_prefix(numbers: Iterable[str]) -> tuple[dict[int, dict[int, str]], list[str]]:
    """`{prefix: {member: number}}`, and the numbers that fit no page; what no list can hold is in neither."""
    pages: dict[int, dict[int, str]] = defaultdict(dict)
    odd = []
    for number in numbers:
        key = page_key(number)
        if key is not None:
            pages[key // PAGE_SIZE][key % PAGE_SIZE] = number
        elif LISTABLE.fullmatch(number):
            odd.append(number)
    return pages, odd


def pages_in_force(prefixes: Iterable[int]) -> QuerySet[Page]:
    return Page.objects.filter(prefix__in=list(prefixes), batch__in_force=True)


def odd_numbers_in_force(numbers: Iterable[str]) -> QuerySet[OddNumber]:
    return OddNumber.objects.filter(number__in=list(numbers), batch__in_force=True)


def sources(number: str) -> list[FileImport | HandEntry]:
    """Why the number is listed: the person's entry and the imports in force, newest first; else nothing."""
    entries = HandEntry.objects.filter(number=number).select_related("added_by")
    return [*entries, *FileImport.objects.filter(pk__in=_imports_with(number)).select_related("rule")]


def _imports_with(number: str) -> list[int]:
    key = page_key(number)
    if key is None:
        return list(odd_numbers_in_force([number]).values_list("batch_id", flat=True))
    pages = pages_in_force([key // PAGE_SIZE]).values_list("batch_id", "members")
    return [batch for batch, packed in pages if held(bytes(packed), [key % PAGE_SIZE])]


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
    that may already have copied a page that this would change.
    """
    wanted = {clean_number(number) for number in numbers}
    with transaction.atomic():
        hold_list()
        found = _sources_by_number(wanted)
        if FileImport.objects.filter(state=JobState.RUNNING).exists():
            raise ListBusy("An import is running. Take the numbers off when it has ended.")
        HandEntry.objects.filter(number__in=wanted).delete()
        odd_numbers_in_force(wanted).delete()
        _erase_from_pages(wanted)
        HandRemoval.objects.bulk_create(
            HandRemoval(number=number, removed_by=user, reason=reason, removed_from="; ".join(names))
            for number, names in sorted(found.items())
        )
    return len(found)


def hold_list() -> None:
    """Inside a transaction: keep other transactions that start imports or take numbers off waiting."""
    list(FileImport.objects.in_force().order_by("pk").select_for_update().values_list("pk"))


def _sources_by_number(numbers: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entry in HandEntry.objects.filter(number__in=numbers).select_related("added_by"):
        found[entry.number].append(f"{BY_HAND}: {entry.added_by or 'unknown'}, {entry.reason}")
    members, odd_ones = _by_prefix(numbers)
    for odd in odd_numbers_in_force(odd_ones).select_related("batch"):
        found[odd.number].append(odd.batch.source)
    for page in pages_in_force(members).select_related("batch"):
        for member in held(bytes(page.members), members[page.prefix]):
            found[number_on_page(page.prefix, member)].append(page.batch.source)
    return found


def _erase_from_pages(numbers: Iterable[str]) -> None:
    members, _ = _by_prefix(numbers)
    changed = []
    for page in pages_in_force(members):
        if left := unpack(bytes(page.members)) - BitMap(members[page.prefix]):
            changed.append(Page(prefix=page.prefix, batch_id=page.batch_id, members=pack(left)))
    pages_in_force(members).delete()
    Page.objects.bulk_create(changed)


def append(batch: FileImport, **outcome: Any) -> None:
    """The pages written for this import join the list, in one instant; raises LeaseLost."""
    batch.renew(in_force=True, **outcome)


def replace(batch: FileImport, **outcome: Any) -> None:
    """They take the place of what all files asked for before brought; entries by hand stay. Raises LeaseLost.

    A file asked for later may have overtaken this one.
    """
    with transaction.atomic():
        append(batch, **outcome)
        others = FileImport.objects.in_force().filter(pk__lt=batch.pk)
        others.update(in_force=False, tidied=False)


def count() -> int:
    """How many different numbers are listed; reads every page."""
    return sum(len(members) for _, members in _all_pages()) + _odd_numbers().count()


def iterate() -> Iterator[str]:
    """Every listed number once: by length and digits, then what fits no page."""
    for prefix, members in _all_pages():
        for member in members:
            yield number_on_page(prefix, member)
    yield from _odd_numbers().iterator()


def _all_pages() -> Iterator[tuple[int, BitMap]]:
    by_hand = hand_pages()
    rows = Page.objects.filter(batch__in_force=True).order_by("prefix").values_list("prefix", "members")
    current, members = 0, BitMap()
    for prefix, packed in rows.iterator(chunk_size=2_000):
        if prefix != current and current:
            yield current, members | by_hand.pop(current, BitMap())
            members = BitMap()
        current = prefix
        members |= unpack(bytes(packed))
    if current:
        yield current, members | by_hand.pop(current, BitMap())
    yield from sorted(by_hand.items())


def hand_pages() -> dict[int, BitMap]:
    """What people have added, in the form of pages."""
    numbers = HandEntry.objects.values_list("number", flat=True)
    return {prefix: BitMap(members) for prefix, members in _by_prefix(numbers.iterator())[0].items()}


def _odd_numbers() -> QuerySet[Any, Any]:
    by_hand = HandEntry.objects.exclude(number__regex=rf"^[0-9]{{{SHORTEST_PAGED},{LONGEST_PAGED}}}$")
    from_files = OddNumber.objects.filter(batch__in_force=True)
    return (
        by_hand.order_by().values_list("number", flat=True).union(from_files.values_list("number", flat=True))
    )


def listed_lengths() -> frozenset[int]:
    """The lengths that listed numbers have, from 4 digits to 15: of an ordinary list there is one."""
    pages = Page.objects.filter(batch__in_force=True)
    by_hand = {len(number) for number in HandEntry.objects.values_list("number", flat=True).iterator()}
    # A page's prefix is a 1 and the number without its last four digits.
    firsts = {length: 10 ** (length - 4) for length in range(SHORTEST_PAGED, LONGEST_PAGED + 1)}
    return frozenset(
        length
        for length, first in firsts.items()
        if length in by_hand or pages.filter(prefix__gte=first, prefix__lt=2 * first).exists()
    )


def nearly_listed(numbers: Iterable[str], lengths: AbstractSet[int] | None = None) -> dict[str, set[str]]:
    """Those of `numbers` that are not listed though the list has them with or without country code or a
    prefix for calls abroad, and how it has them; one query for some thousands of them, and fewer when the
    `listed_lengths` are given.

    For people who wonder why a call went out; never for the decision, which is exact to the digit.
    """
    others = {
        number: {spelled for spelled in spellings(number) if lengths is None or len(spelled) in lengths}
        for number in numbers
        if lengths is None or lengths - {len(number)}
    }
    listed = contains(set().union(*others.values()))
    missed = {number: spelled & listed for number, spelled in others.items() if spelled & listed}
    return {number: missed[number] for number in missed.keys() - contains(missed)}


def near_misses(number: str) -> list[str]:
    """Listed numbers that differ from this one only before the last ten digits, by country code or prefix for
    calls abroad, or by an extension. As in `nearly_listed`, for people.
    """
    base = number.partition(",")[0]
    tail = base.zfill(10)[-10:]
    prefix, member = divmod(int(tail), PAGE_SIZE) if tail.isdigit() else (0, 0)
    # Ten digits and more have seven and more in their prefix, the first being the 1.
    alike = Page.objects.filter(batch__in_force=True, prefix__gte=10**6).alias(end=F("prefix") % 10**6)
    found = {
        number_on_page(prefix, member)
        for prefix, packed in alike.filter(end=prefix).values_list("prefix", "members")
        if held(bytes(packed), [member])
    }
    short = tail.lstrip("0")
    spelled = {short.zfill(length) for length in range(len(short), 10)} | spellings(base)
    found |= contains(spelled | {number})
    for table in (HandEntry.objects.all(), OddNumber.objects.filter(batch__in_force=True)):
        ends = table.filter(Q(number__endswith=tail) | Q(number__contains=f"{tail},"))
        found.update(ends.values_list("number", flat=True))
    return sorted(found - {number})
