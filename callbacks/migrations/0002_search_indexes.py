"""Trigram indexes for the search by part of a name or number; PostgreSQL only.

They stand on the expression of outbound_site/unifiedconfig/text.py. SQLite has no such index.
"""

import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)

COLUMNS = ["account_number", "first_name", "last_name"]
FOLDED = '(lower("{column}" COLLATE "und-x-icu") COLLATE "C")'
STATEMENTS = [
    f"CREATE INDEX callback_{column}_trigrams ON callbacks_personalcallback"
    f" USING gin ({FOLDED.format(column=column)} gin_trgm_ops)"
    for column in COLUMNS
]


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        # Searches are right without the indexes, only slower.
        advice = "; ".join(["CREATE EXTENSION pg_trgm", *STATEMENTS])
        logger.warning(
            "No search indexes, the extension pg_trgm is missing (%s). To add them: %s", error, advice
        )
        return
    for statement in STATEMENTS:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS callback_{column}_trigrams")


class Migration(migrations.Migration):
    dependencies = [("callbacks", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
