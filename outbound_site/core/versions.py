"""The version of an item, against updates that would undo each other (docs/wire-format.md 6)."""

from typing import Any

from django.db.models import F, QuerySet

from outbound_site.core.errors import stale


def claim_version(item: QuerySet[Any], change_stamp: int) -> None:
    """Raise the stamp of the one row of `item`, when it is still in that version; else ValidationError.

    The conditional update is the lock: of two writers with the same stamp one finds no row.
    """
    if not item.filter(change_stamp=change_stamp).update(change_stamp=F("change_stamp") + 1):
        raise stale()
