"""Bulk writes: `executemany` on SQLite, `COPY` on PostgreSQL, both from columns."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from django.db import connection, models

COPY_SPECIAL = re.compile(r"[\\\t\n\r]")
COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def bulk_load(model: type[models.Model], columns: Mapping[str, Any], rows: int) -> None:
    """Insert that many rows. `columns` by attribute (`campaign_id`): a list of one value for each row, or one
    value for all rows. Columns not given get the field's default; values are not checked.
    """
    fields = [field for field in model._meta.local_concrete_fields if not _made_there(field, columns)]
    values = {field: columns.get(field.attname, field.get_default()) for field in fields}
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    load = _copy if connection.vendor == "postgresql" else _insert_many
    load(f"{table} ({names})", values, rows)


def take_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """That many rising ids for rows to be inserted in this transaction; nobody else gets them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, count])
            return [row[0] for row in cursor.fetchall()]
        # The transaction began IMMEDIATE, so that nobody inserts between here and its end.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return range(last + 1, last + 1 + count)


def _made_there(field: Any, columns: Mapping[str, Any]) -> bool:
    """Whether the database itself gives the value."""
    return bool(field.generated or (field.primary_key and field.attname not in columns))


def _insert_many(target: str, values: Mapping[Any, Any], rows: int) -> None:
    marks = ", ".join(["%s"] * len(values))
    columns = [_each(field, value, rows, _prepared) for field, value in values.items()]
    rows_of_values: Any = zip(*columns, strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", rows_of_values)


def _copy(target: str, values: Mapping[Any, Any], rows: int) -> None:
    columns = [_each(field, value, rows, _copy_text) for field, value in values.items()]
    lines = map("\t".join, zip(*columns, strict=True))
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n" if rows else "")


def _each(
    field: Any, value: Any, rows: int, prepare: Callable[[Any, Sequence[Any]], Sequence[Any]]
) -> Iterable[Any]:
    """One value for each row, in the form that the database takes."""
    if isinstance(value, list | tuple | range):
        return prepare(field, value)
    return repeat(prepare(field, [value])[0], rows)


def _prepared(field: Any, values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(field, models.DateTimeField):
        return [connection.ops.adapt_datetimefield_value(value) for value in values]
    return values


def _copy_text(field: Any, values: Sequence[Any]) -> Sequence[str]:
    if isinstance(field, models.CharField | models.TextField):
        if not COPY_SPECIAL.search("".join(values)):
            return values
        return [value.translate(COPY_ESCAPES) for value in values]
    return [_literal(value) for value in values]


def _literal(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.isoformat() if isinstance(value, datetime) else str(value)
