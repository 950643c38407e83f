"""Writing an import's numbers beside the active list, and deleting what is not active any more.

Everything goes in small transactions with a pause after each, because SQLite has one writer and its waiting
is not fair: without the pause, requests that write would wait for the whole import.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet
from pyroaring import BitMap

from dnc import do_not_call_list
from dnc.models import FileImport, OddNumber, Page
from dnc.number_blocks import blocks_of, pack, unpack
from outbound_site.core.jobs import JobState

ROWS_A_STEP = 1_000
PAUSE_SECONDS = 0.005
NONE = BitMap()


def write_blocks(batch: FileImport, keys: Iterable[np.ndarray], renew: Callable[[int], None]) -> int:
    """Write keys, sorted and distinct, as the number blocks of `batch`; how many the list does not have yet.

    `renew`, called in each step's transaction with the numbers written so far, undoes it by LeaseLost.
    """
    listed = _ListedBlocks(batch)
    added = written = 0
    for blocks in _steps((block for part in keys for block in blocks_of(part)), ROWS_A_STEP):
        written += sum(map(len, blocks.values()))
        added += listed.missing(blocks)
        rows = [(prefix, batch.pk, pack(members)) for prefix, members in blocks.items()]
        with transaction.atomic():
            renew(written)
            _insert(rows)
        time.sleep(PAUSE_SECONDS)
    return added


def _insert(rows: list[tuple[int, int, bytes]]) -> None:
    # The one place that asks which database this is: other ways into PostgreSQL take four times as long.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy("COPY dnc_page (prefix, batch_id, members) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "int8", "bytea"])
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO dnc_page (prefix, batch_id, members) VALUES (%s, %s, %s)", rows)


def _steps(blocks: Iterator[tuple[int, BitMap]], size: int) -> Iterator[dict[int, BitMap]]:
    while step := dict(islice(blocks, size)):
        yield step


class _ListedBlocks:
    """The active list as the import finds it."""

    def __init__(self, batch: FileImport) -> None:
        self._any = FileImport.objects.active().exists()
        self._manual = do_not_call_list.manual_blocks()
        self._rule = None if batch.overwrite else batch.rule_id

    def missing(self, blocks: dict[int, BitMap]) -> int:
        """How many of these numbers are not listed. Adds to the blocks what the rule's files have listed.

        So a rule has one row a block however often it appends; its older rows are superseded.
        """
        listed = {prefix: self._manual[prefix] for prefix in blocks.keys() & self._manual.keys()}
        own: dict[int, BitMap] = {}
        if self._any:
            rows = do_not_call_list.active_blocks(blocks).values_list("prefix", "members", "batch__rule")
            for prefix, packed, rule in rows:
                members = unpack(bytes(packed))
                listed[prefix] = listed.get(prefix, NONE) | members
                if self._rule is not None and rule == self._rule:
                    own[prefix] = own.get(prefix, NONE) | members
        missing = sum(
            members.difference_cardinality(listed.get(prefix, NONE)) for prefix, members in blocks.items()
        )
        blocks.update({prefix: blocks[prefix] | members for prefix, members in own.items()})
        return missing


def write_unblocked_numbers(batch: FileImport, numbers: Collection[str], renew: Callable[[], None]) -> int:
    """Write numbers that fit no block into the side table; how many neither the list nor the file had yet."""
    wanted = set(numbers)
    with transaction.atomic():
        renew()
        wanted -= set(
            OddNumber.objects.filter(batch=batch, number__in=wanted).values_list("number", flat=True)
        )
        OddNumber.objects.bulk_create(OddNumber(number=number, batch=batch) for number in sorted(wanted))
    return len(wanted - do_not_call_list.contains(wanted))


def discard(batch: FileImport) -> None:
    """Delete what an import that is not active has written."""
    for prefixes in _prefixes(batch):
        batch.blocks.filter(prefix__in=prefixes).delete()
        time.sleep(PAUSE_SECONDS)
    while numbers := list(batch.unblocked_numbers.values_list("number", flat=True)[:ROWS_A_STEP]):
        batch.unblocked_numbers.filter(number__in=numbers).delete()
        time.sleep(PAUSE_SECONDS)


def clean_up() -> None:
    """Delete the blocks of failed and replaced imports, and superseded ones; safe at any time."""
    for batch in unfinished_cleanups().order_by("pk"):
        if batch.in_force:
            _drop_superseded(batch)
        else:
            discard(batch)
        FileImport.objects.filter(pk=batch.pk, in_force=batch.in_force).update(tidied=True)


def unfinished_cleanups() -> QuerySet[FileImport]:
    return FileImport.objects.filter(tidied=False).exclude(state__in=[JobState.QUEUED, JobState.RUNNING])


def _drop_superseded(batch: FileImport) -> None:
    older = FileImport.objects.active().filter(rule=batch.rule_id, in_force_at__lt=batch.in_force_at)
    if batch.rule_id is None or not older.exists():
        return
    for prefixes in _prefixes(batch):
        Page.objects.filter(batch__in=older, prefix__in=prefixes).delete()
        time.sleep(PAUSE_SECONDS)
    repeated = batch.unblocked_numbers.values("number")
    OddNumber.objects.filter(batch__in=older, number__in=repeated).delete()


def _prefixes(batch: FileImport) -> Iterator[list[int]]:
    """The prefixes of the import's blocks in lists of ROWS_A_STEP, ascending."""
    last = 0
    rows: QuerySet[Page, int] = batch.blocks.order_by("prefix").values_list("prefix", flat=True)
    while prefixes := list(rows.filter(prefix__gt=last)[:ROWS_A_STEP]):
        yield prefixes
        last = prefixes[-1]
