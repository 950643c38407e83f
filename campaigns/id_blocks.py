"""ID blocks: ID_BLOCK_SIZE contacts whose ids follow each other, and the order of a campaign's list.

Account numbers and phones come in no order. Indexes over them begin with the block (column `run`), so that an
import touches few pages of an index however long the list is, as in a log-structured merge tree. Look-ups go
block by block.
"""

from math import ceil
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from campaigns.models.contact import ID_BLOCK_SIZE, Contact, ContactPhone

DEEP = ID_BLOCK_SIZE // 4
CONTACTS = connection.ops.quote_name(Contact._meta.db_table)
PHONES = connection.ops.quote_name(ContactPhone._meta.db_table)
# One index probe a block, where DISTINCT would read all rows.
ID_BLOCKS = """WITH RECURSIVE blocks(run) AS (
    SELECT min(run) FROM {table} WHERE {condition}
    UNION ALL
    SELECT (SELECT min(run) FROM {table} WHERE {condition} AND run > blocks.run)
    FROM blocks WHERE blocks.run IS NOT NULL
)"""
OF_CAMPAIGN = ID_BLOCKS.format(table=CONTACTS, condition="campaign_id = %s")
OF_ALL_PHONES = ID_BLOCKS.format(table=PHONES, condition="run >= 0")
SELECT_ID_BLOCKS = "{blocks} SELECT run FROM blocks WHERE run IS NOT NULL"
NTH_OF_MANY = """{blocks} SELECT nth.account_key, nth.id FROM blocks JOIN {table} AS nth ON nth.id = (
    SELECT row.id FROM {table} AS row WHERE row.campaign_id = %s AND row.run = blocks.run
    ORDER BY row.account_key {order}, row.id {order} LIMIT 1 OFFSET %s
) ORDER BY nth.account_key {order}, nth.id {order} LIMIT 1 OFFSET %s"""
UP_TO = """{blocks} SELECT row.id FROM blocks JOIN {table} AS row
ON row.campaign_id = %s AND row.run = blocks.run
WHERE (row.account_key, row.id) {within} (%s, %s)
ORDER BY row.account_key {order}, row.id {order} LIMIT %s OFFSET %s"""


def id_blocks_of(campaign_id: int) -> list[int]:
    return [
        block for (block,) in _rows(SELECT_ID_BLOCKS.format(blocks=OF_CAMPAIGN), campaign_id, campaign_id)
    ]


def all_id_blocks() -> list[int]:
    return [block for (block,) in _rows(SELECT_ID_BLOCKS.format(blocks=OF_ALL_PHONES))]


def phones_with(number: str) -> QuerySet[ContactPhone]:
    return ContactPhone.objects.filter(run__in=all_id_blocks(), number=number)


def ids_by_account(campaign_id: int, start: int, stop: int, *, backwards: bool = False) -> list[int] | None:
    """Contacts of a campaign by account number and id, from `start` to before `stop`, or so from the end.

    Only about twice `stop` contacts are sorted: if each of half the blocks has its share of `stop` up to some
    contact, then so many lie up to there in all. None when too few blocks are that long, and deep inside the
    list: then a sort of the whole costs no more.
    """
    if stop <= start:
        return []
    half = max(ceil(len(id_blocks_of(campaign_id)) / 2), 1)
    order, within = ("DESC", ">=") if backwards else ("ASC", "<=")
    parts = {"blocks": OF_CAMPAIGN, "table": CONTACTS, "order": order, "within": within}
    owner = [campaign_id] * 3
    share = ceil(stop / half)
    if share > DEEP:
        return None
    bound = _rows(NTH_OF_MANY.format(**parts), *owner, share - 1, half - 1)
    if not bound:
        return None
    return [pk for (pk,) in _rows(UP_TO.format(**parts), *owner, *bound[0], stop - start, start)]


def _rows(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
