"""Numbers that the list has in another form only: with or without country code or a prefix for calls abroad.

They are called, since the list is exact to the digit. People who wonder why a call went out see them, and
after each import how many contacts have such a number; the decision never uses them.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from django.db.models import F, Q

from dnc.do_not_call_list import contains
from dnc.models import HandEntry, OddNumber, Page
from dnc.number_blocks import held
from dnc.numbers import BLOCK_SIZE, LONGEST_IN_BLOCK, SHORTEST_IN_BLOCK, number_in_block
from outbound_site.core.phone_numbers import spellings

# An app above that has numbers registers here how it counts them (campaigns/near_misses.py).
counters: list[Callable[[], int]] = []


def count() -> int:
    """How many contacts have a number that the list has in another form only."""
    return sum(counter() for counter in counters)


def listed_lengths() -> frozenset[int]:
    """The lengths that listed numbers have, from 4 digits to 15: of an ordinary list there is one."""
    blocks = Page.objects.filter(batch__in_force=True)
    manual = {len(number) for number in HandEntry.objects.values_list("number", flat=True).iterator()}
    # A block's prefix is a 1 and the number without its last four digits.
    firsts = {length: 10 ** (length - 4) for length in range(SHORTEST_IN_BLOCK, LONGEST_IN_BLOCK + 1)}
    return frozenset(
        length
        for length, first in firsts.items()
        if length in manual or blocks.filter(prefix__gte=first, prefix__lt=2 * first).exists()
    )


def nearly_listed(numbers: Iterable[str], lengths: AbstractSet[int] | None = None) -> dict[str, set[str]]:
    """Those of `numbers` that are not listed though the list has them with or without country code or a
    prefix for calls abroad, and how it has them; one query for some thousands of them, and fewer when the
    `listed_lengths` are given.
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
    calls abroad, or by an extension.
    """
    base = number.partition(",")[0]
    tail = base.zfill(10)[-10:]
    prefix, member = divmod(int(tail), BLOCK_SIZE) if tail.isdigit() else (0, 0)
    # Ten digits and more have seven and more in their prefix, the first being the 1.
    alike = Page.objects.filter(batch__in_force=True, prefix__gte=10**6).alias(end=F("prefix") % 10**6)
    found = {
        number_in_block(prefix, member)
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
