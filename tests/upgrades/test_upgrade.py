"""A filled database of each older release, brought to the newest state; README.md says what is in it."""

import gzip
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import requests
from django.conf import settings
from django.db import connection

from tests.factories import PASSWORD
from tests.test_processes import Server

RELEASES = ["0.1.0"]
STORED = Path(__file__).parent
# What migrations change on purpose, each with its reason: {(table, first column): {column: value}}.
CHANGES = {}
# Tables that are gone, each with its reason.
REMOVED = {
    "outbound_site_requestplace",  # requests that waited to import; none is left when the server is upgraded
}


class SqliteDatabase:
    def __init__(self, release, directory):
        directory.mkdir()
        self.path = directory / "outbound.sqlite3"
        self.path.write_bytes(gzip.decompress((STORED / f"{release}.sqlite3.gz").read_bytes()))
        self.url = f"sqlite:///{self.path}"

    def run(self, query):
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(query).fetchall()

    def columns(self):
        tables = self.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: [row[1] for row in self.run(f"PRAGMA table_info({name})")] for (name,) in tables}

    def drop(self):
        pass


class PostgresqlDatabase:
    def __init__(self, release, directory):
        directory.mkdir()
        self.name = f"outbound_upgrade_{os.getpid()}"
        server = connection.settings_dict
        self.server = (
            f"postgres://{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT'] or 5432}"
        )
        self.url = f"{self.server}/{self.name}"
        self.drop()
        self._manage(f'CREATE DATABASE "{self.name}"')
        dump = gzip.decompress((STORED / f"{release}.postgresql.sql.gz").read_bytes()).decode()
        # psql's own commands, not the server's.
        statements = "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))
        with psycopg.connect(self.url, autocommit=True) as database:
            database.execute(statements)

    def run(self, query):
        with psycopg.connect(self.url) as database:
            return database.execute(query).fetchall()

    def columns(self):
        rows = self.run(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        )
        return {
            table: [column for name, column in rows if name == table] for table in {row[0] for row in rows}
        }

    def drop(self):
        self._manage(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _manage(self, statement):
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as database:
            database.execute(statement)


@pytest.fixture(params=RELEASES)
def old_database(request, tmp_path):
    kind = PostgresqlDatabase if connection.vendor == "postgresql" else SqliteDatabase
    database = kind(request.param, tmp_path / "data")
    yield database
    database.drop()


def rows_of(database, columns, changes=None):
    """`(table, {column: value} as text)` of every row, how often it is there."""
    rows = Counter()
    for table, names in columns.items():
        quoted = ", ".join(f'"{name}"' for name in names)
        for values in database.run(f'SELECT {quoted} FROM "{table}"'):
            row = dict(zip(names, values, strict=True))
            rows[table, repr(row | (changes or {}).get((table, str(values[0])), {}))] += 1
    return rows


def manage(database, command, tmp_path):
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "outbound_site.settings",
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": database.url,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_stored_database_has_rows_in_every_table(old_database):
    columns = old_database.columns()

    assert {table for table, row in rows_of(old_database, columns)} == set(columns)


def test_no_row_is_lost_or_changed_by_an_upgrade(old_database, tmp_path):
    columns = {table: names for table, names in old_database.columns().items() if table not in REMOVED}
    expected = rows_of(old_database, columns, CHANGES)

    migrated = manage(old_database, "migrate", tmp_path)

    assert migrated.returncode == 0, migrated.stderr
    assert expected - rows_of(old_database, columns) == Counter()
    counted = manage(old_database, "check_counters", tmp_path)
    assert (counted.returncode, counted.stdout) == (0, "All counters equal the call history.\n")


def test_the_server_starts_on_an_older_database_and_hands_out_its_records(old_database, tmp_path):
    [(campaign,)] = old_database.run("SELECT id FROM campaigns_campaign WHERE name = 'Tool'")
    server = Server(tmp_path / "data", DATABASE_URL=old_database.url)
    try:
        server.start()
        answer = requests.post(
            f"{server.url}/dialer/v1/records",
            json={"dialer": "east", "campaign": campaign, "count": 5},
            auth=("dialer@cce.example", PASSWORD),
            timeout=30,
        )
    finally:
        server.kill()

    assert answer.status_code == 200, answer.text
    assert len(answer.json()["records"]) == 5
    assert old_database.run("SELECT count(*) FROM auth_user WHERE is_superuser") == [(1,)]
    assert "Password" not in server.log.read_text()
