"""A filled database of each older release, brought to the newest state; README.md says what is in it."""

import gzip
import os
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
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
# Columns that they change on purpose, in the rows whose first column a query gives.
SHARED_NUMBER = "'2125550180'"
CHANGED_COLUMNS = [
    # Of several open leases for one number those not dialed are recalled.
    (
        "dialing_lease",
        {"state", "ended_at", "recall_number", "recall_reason"},
        f"SELECT uuid FROM dialing_lease WHERE number = {SHARED_NUMBER} AND state = 'active'",
    ),
    (
        "campaigns_contact",
        {"status", "call_result"},
        f"SELECT contact_id FROM dialing_lease WHERE number = {SHARED_NUMBER} AND state = 'active'",
    ),
    (
        "dialing_dialer",
        {"recall_number"},
        f"SELECT dialer_id FROM dialing_lease WHERE number = {SHARED_NUMBER} AND state = 'active'",
    ),
    # Phones with the campaign's zone have the campaign's own zone set.
    (
        "campaigns_contactphone",
        {"zone_set_id"},
        "SELECT id FROM campaigns_contactphone WHERE zone_source = 'C'",
    ),
    (
        "campaigns_contact",
        {"zone_set_id"},
        "SELECT contact_id FROM campaigns_contactphone WHERE zone_source = 'C'",
    ),
    # Active personal callbacks that no dialer has become pending.
    (
        "callbacks_personalcallback",
        {"call_status", "change_stamp"},
        "SELECT id FROM callbacks_personalcallback WHERE call_status = 'A' AND id NOT IN (SELECT"
        " personal_callback_id FROM dialing_lease WHERE ended_at IS NULL AND personal_callback_id > 0)",
    ),
]


class SqliteDatabase:
    def __init__(self, release, directory):
        directory.mkdir()
        self.path = directory / "outbound.sqlite3"
        self.path.write_bytes(gzip.decompress((STORED / f"{release}.sqlite3.gz").read_bytes()))
        self.url = f"sqlite:///{self.path}"

    def run(self, query):
        with closing(sqlite3.connect(self.path)) as database, database:
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


def changed_columns(database):
    """`{(table, first column): columns}` of CHANGED_COLUMNS, asked before the upgrade."""
    changed = defaultdict(set)
    for table, columns, query in CHANGED_COLUMNS:
        for (first,) in database.run(query):
            changed[table, str(first)] |= columns
    return changed


def rows_of(database, columns, changes=None, left_out=None):
    """`(table, {column: value} as text)` of every row, how often it is there."""
    rows = Counter()
    for table, names in columns.items():
        quoted = ", ".join(f'"{name}"' for name in names)
        for values in database.run(f'SELECT {quoted} FROM "{table}"'):
            row = dict(zip(names, values, strict=True))
            row |= (changes or {}).get((table, str(values[0])), {})
            row |= dict.fromkeys((left_out or {}).get((table, str(values[0])), ()))
            rows[table, repr(row)] += 1
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
    left_out = changed_columns(old_database)
    expected = rows_of(old_database, columns, CHANGES, left_out)

    migrated = manage(old_database, "migrate", tmp_path)

    assert migrated.returncode == 0, migrated.stderr
    assert expected - rows_of(old_database, columns, left_out=left_out) == Counter()
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


@pytest.mark.parametrize(
    ("dialed_lately", "states"),
    [(True, ["dialed", "recalled", "recalled"]), (False, ["active", "dialed", "recalled"])],
)
def test_of_leases_that_share_a_number_one_is_left_to_block_it_and_dialers_hear_of_the_others(
    old_database, tmp_path, dialed_lately, states
):
    if dialed_lately:
        old_database.run(
            "UPDATE dialing_lease SET dialed_at = CURRENT_TIMESTAMP"
            f" WHERE number = {SHARED_NUMBER} AND state = 'dialed' RETURNING uuid"
        )
    assert manage(old_database, "migrate", tmp_path).returncode == 0

    leases = old_database.run(
        "SELECT state, recall_number, recall_reason, contact_id, status_before, dialer_id"
        f" FROM dialing_lease WHERE number = {SHARED_NUMBER} ORDER BY granted_at, uuid"
    )
    assert sorted(row[0] for row in leases) == states
    for state, number, reason, contact, status_before, dialer in leases:
        [(status, latest, confirmed)] = old_database.run(
            "SELECT status, recall_number, confirmed_recall FROM campaigns_contact, dialing_dialer"
            f" WHERE campaigns_contact.id = {contact} AND dialing_dialer.id = {dialer}"
        )
        if state == "recalled":
            assert (status, reason) == (status_before, "numberInUse")
            assert confirmed < number == latest
        else:
            assert (status, number) == (state[0].upper(), None)
    blocking = old_database.run("SELECT state FROM dialing_lease WHERE number_in_use = " + SHARED_NUMBER)
    assert blocking == [("dialed" if dialed_lately else "active",)]


def test_contacts_with_the_campaigns_zone_have_its_own_set_after_an_upgrade(old_database, tmp_path):
    assert manage(old_database, "migrate", tmp_path).returncode == 0

    phones = (
        "SELECT {} FROM campaigns_contactphone AS phone JOIN campaigns_contact AS contact ON contact.id ="
    )
    phones += " phone.contact_id JOIN timezones_zoneset AS zones ON zones.id = phone.zone_set_id"
    sources = old_database.run(
        phones.format("DISTINCT phone.zone_source, zones.campaign IS NOT NULL, zones.campaign = campaign_id")
    )
    assert {(source, bool(own), own and bool(of_it)) for source, own, of_it in sources} == {
        ("C", True, True),
        ("P", False, False),
        ("R", False, False),
    }
    first = phones.format("contact.id, contact.zone_set_id, phone.zone_set_id") + " ORDER BY phone.position"
    by_contact = {}
    for contact, of_contact, of_phone in old_database.run(first):
        assert by_contact.setdefault(contact, of_phone) == of_contact
    kolkata = "SELECT members FROM timezones_zoneset JOIN campaigns_campaign AS campaign"
    kolkata += " ON campaign.id = timezones_zoneset.campaign WHERE campaign.name = 'Tool'"
    assert old_database.run(kolkata) == [("-330",)]
