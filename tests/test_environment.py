import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from outbound_site.environment import BASE_DIR, VARIABLES, Environment, settings_table
from tests.conftest import free_port

RIGHT_BY_DEFAULT = [
    ("PRODUCTION", "flag", (), False),
    ("BEHIND_TLS_PROXY", "flag", (), False),
    ("DATA_DIR", "text", (), "var"),
    ("STATIC_DIR", "directory", (Path("/data/static"),), Path("/data/static")),
    ("HOST", "text", (), "127.0.0.1"),
    ("PORT", "number", (1, 65535), 8000),
    ("ALLOWED_HOSTS", "names", (), []),
    ("DATABASE_POOL_SIZE", "number", (1, 100), 8),
    ("WEB_WORKERS", "number", (1, 64), 1),
    ("WEB_THREADS", "number", (1, 64), 40),
    ("TASK_THREADS", "number", (1, 64), 4),
    ("ADMIN_USERNAME", "text", (), "administrator@localhost"),
    ("ADMIN_PASSWORD", "text", (), ""),
    ("SERVER_TIME_ZONE", "time_zone", (), "UTC"),
    ("CREDENTIAL_CACHE_SECONDS", "number", (0, 1800), 60),
    ("SIGN_IN_FAILURE_LIMIT", "number", (1, 1000), 10),
    ("SIGN_IN_ADDRESS_LIMIT", "number", (1, 100_000), 100),
    ("SIGN_IN_ACCOUNT_LIMIT", "number", (1, 100_000), 100),
    ("TRUSTED_PROXIES", "number", (0, 10), 0),
    ("SIGN_IN_PAUSE_MINUTES", "number", (1, 1440), 15),
    ("MAX_BODY_BYTES", "number", (1024, 1 << 30), 16 << 20),
    ("DNC_ROOTS", "directories", (Path("/data/dnc"),), [Path("/data/dnc")]),
    ("DNC_SHARES", "shares", (), {}),
    ("DNC_SCAN_SECONDS", "number", (1, 86_400), 60),
    ("DNC_SETTLE_SECONDS", "number", (1, 86_400), 300),
    ("DNC_MAX_UNPACKED_BYTES", "number", (1 << 20, 1 << 40), 4 << 30),
    ("DNC_READ_MINUTES", "number", (1, 1_440), 30),
    ("LOG_LEVEL", "text", (), "INFO"),
    ("LDAP_URL", "text", (), ""),
    ("LDAP_USER_DN", "text", (), ""),
    ("LDAP_GROUP_BASE", "text", (), ""),
]


@pytest.mark.parametrize(("name", "kind", "bounds", "default"), RIGHT_BY_DEFAULT)
@pytest.mark.parametrize("values", ["absent", "empty"])
def test_a_variable_that_is_absent_or_empty_has_its_default(name, kind, bounds, default, values):
    environment = Environment({} if values == "absent" else {name: "  "})

    assert getattr(environment, kind)(name, *bounds) == default


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("", "django.db.backends.sqlite3", "/data/outbound.sqlite3"),
        ("sqlite:////srv/other.sqlite3", "django.db.backends.sqlite3", "/srv/other.sqlite3"),
        ("postgres://me:pw@db:5433/outbound", "django.db.backends.postgresql", "outbound"),
    ],
)
def test_the_database_is_an_embedded_file_or_the_one_given(url, engine, name):
    database = Environment({"DATABASE_URL": url}).database("DATABASE_URL", Path("/data/outbound.sqlite3"))

    assert (database["ENGINE"], database["NAME"]) == (engine, name)


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("", "sqlitemq://localhost//data/broker.sqlite3"),
        ("redis://cache/1", "redis://cache/1"),
        ("amqp://me:pw@rabbit//", "amqp://me:pw@rabbit//"),
    ],
)
def test_the_broker_is_an_embedded_file_or_the_one_given(url, broker):
    assert Environment({"CELERY_BROKER_URL": url}).broker(
        "CELERY_BROKER_URL", Path("/data/broker.sqlite3")
    ) == (broker)


def test_the_key_made_in_development_is_kept_and_private(tmp_path):
    key = Environment({}).secret_key(False, tmp_path)

    assert len(key) >= 50
    assert Environment({}).secret_key(False, tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_reading_that_is_refused_names_the_variable_the_value_and_the_advice():
    with pytest.raises(ImproperlyConfigured, match=r"^PORT is '70000': write a whole number from 1 to 65535"):
        Environment({"PORT": "70000"}).number("PORT", 1, 65535)


def start(**environment):
    """Exit status and output of a start with these variables."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=BASE_DIR,
        env=keep | {"DJANGO_SETTINGS_MODULE": "outbound_site.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def test_directories_and_shares_are_read_one_by_one():
    given = {"DNC_ROOTS": "/srv/dnc, /mnt/lists", "DNC_SHARES": r"\\FILES\C$=/mnt/files,\\b\c=/mnt/b"}
    environment = Environment(given)

    assert environment.directories("DNC_ROOTS", Path("/data")) == [Path("/srv/dnc"), Path("/mnt/lists")]
    assert environment.shares("DNC_SHARES") == {r"\\FILES\C$": "/mnt/files", r"\\b\c": "/mnt/b"}


WRONG = [
    ("PRODUCTION", "maybe", "write true or false"),
    ("BEHIND_TLS_PROXY", "2", "write true or false"),
    ("PORT", "0", "write a whole number from 1 to 65535"),
    ("PORT", "http", "write a whole number from 1 to 65535"),
    ("PORT", "８０８０", "write a whole number from 1 to 65535"),
    ("DATABASE_URL", "mysql://me:hunter2@db/outbound", "write postgres://"),
    ("DATABASE_URL", "postgres://me:hunter2@db", "write postgres://"),
    ("DATABASE_POOL_SIZE", "101", "write a whole number from 1 to 100"),
    ("CELERY_BROKER_URL", "kafka://me:hunter2@broker", "write redis://"),
    ("WEB_WORKERS", "65", "write a whole number from 1 to 64"),
    ("WEB_THREADS", "-1", "write a whole number from 1 to 64"),
    ("TASK_THREADS", "1.5", "write a whole number from 1 to 64"),
    ("SERVER_TIME_ZONE", "Central Standard Time", "write an IANA name"),
    ("HOME_COUNTRY", "XX", "write two letters"),
    ("HOME_COUNTRY", "TA", "TA has no numbering plan of its own; write the country whose plan it uses"),
    ("CREDENTIAL_CACHE_SECONDS", "1801", "write a whole number from 0 to 1800"),
    ("SIGN_IN_FAILURE_LIMIT", "0", "write a whole number from 1 to 1000"),
    ("TRUSTED_PROXIES", "yes", "write a whole number from 0 to 10"),
    ("SIGN_IN_PAUSE_MINUTES", "1441", "write a whole number from 1 to 1440"),
    ("MAX_BODY_BYTES", "1023", "write a whole number from 1024 to 1073741824"),
    ("DNC_ROOTS", "lists", "write whole paths"),
    ("STATIC_DIR", "static", "write a whole path"),
    ("DNC_SHARES", r"\\SERVER\C$", "share=/mnt/directory"),
    ("DNC_SHARES", r"\\SERVER\C$=mnt", "share=/mnt/directory"),
    ("DNC_SCAN_SECONDS", "0", "write a whole number from 1 to 86400"),
    ("LOG_LEVEL", "LOUD", "write one of DEBUG, INFO, WARNING, ERROR"),
]


@pytest.mark.parametrize(("name", "value", "advice"), WRONG)
def test_a_wrong_value_stops_the_start_with_advice(name, value, advice, tmp_path):
    environment = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://u@h/n"} | {name: value}

    status, output = start(**environment)

    last_line = output.strip().splitlines()[-1]
    assert status != 0
    assert name in last_line
    assert advice in last_line
    assert "docs/settings.md" in last_line
    assert "hunter2" not in output


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["serve", "check", "migrate"])
def test_a_person_who_starts_it_sees_the_advice_alone(command, tmp_path):
    result = manage(command, PORT="http", DATA_DIR=str(tmp_path))

    assert result.returncode == 1
    assert (result.stdout, result.stderr) == (
        "",
        "PORT is 'http': write a whole number from 1 to 65535. All settings: docs/settings.md\n",
    )


def test_a_database_that_cannot_be_reached_stops_the_start_with_advice(tmp_path):
    url = "postgres://me:hunter2@127.0.0.1:1/outbound"

    result = manage("serve", DATABASE_URL=url, DATA_DIR=str(tmp_path), PORT=str(free_port()))

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "Connection refused" in result.stderr
    assert "check DATABASE_URL" in result.stderr.splitlines()[-1]
    assert "hunter2" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"ALLOWED_HOSTS": "outbound.example.com"}, "SECRET_KEY: set it to 50 or more random characters"),
        (
            {"ALLOWED_HOSTS": "outbound.example.com", "SECRET_KEY": "hunter2" * 7},
            "SECRET_KEY: set it to 50 or more random characters",
        ),
        ({"SECRET_KEY": "hunter2" * 8}, "ALLOWED_HOSTS: list the host names of this server"),
    ],
)
def test_production_does_not_start_without_a_key_and_host_names(environment, advice, tmp_path):
    status, output = start(PRODUCTION="true", DATA_DIR=str(tmp_path), **environment)

    assert status != 0
    assert advice in output.strip().splitlines()[-1]
    assert "hunter2" not in output


def test_secrets_are_marked_as_such():
    secret = {variable.name for variable in VARIABLES if variable.secret}

    assert secret == {"SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "ADMIN_PASSWORD", "DIALER_PASSWORD"}


def test_the_documented_table_is_the_declared_one():
    assert settings_table() in (BASE_DIR / "docs" / "settings.md").read_text()
