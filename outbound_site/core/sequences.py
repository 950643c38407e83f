"""Ids that start where clients of the original are used to see them."""

from typing import Any

from django.db import migrations


def start_ids_at(app: str, model: str, first: int) -> migrations.RunPython:
    """A migration step: the first row of the new table gets the id `first`."""

    def run(apps: Any, schema_editor: Any) -> None:
        table = apps.get_model(app, model)._meta.db_table
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'ALTER TABLE "{table}" ALTER COLUMN id RESTART WITH {first}')
        else:
            schema_editor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            schema_editor.execute(
                "INSERT INTO sqlite_sequence(name, seq) VALUES (%s, %s)", [table, first - 1]
            )

    return migrations.RunPython(run, migrations.RunPython.noop)
