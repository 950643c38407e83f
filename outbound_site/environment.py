"""Every setting that comes from the environment or `.env`, declared once.

`VARIABLES` is the table in docs/settings.md; a test compares the two. Reading a wrong value raises
WrongSetting with the name, what is wrong and what to write instead, so that the start stops with advice.
Values of secrets are never repeated in a message.
"""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured
from phonenumbers import SUPPORTED_REGIONS

from outbound_site.core.phone_numbers import HomeCountry

BASE_DIR = Path(__file__).resolve().parent.parent
# Where `.env` and a relative DATA_DIR are: the checkout, or the working directory of an installed package.
HOME_DIR = BASE_DIR if (BASE_DIR / "manage.py").exists() else Path.cwd()
KEY_LENGTH = 50


class WrongSetting(ImproperlyConfigured):
    """The message is all that the person who set it needs."""


@dataclass(frozen=True)
class Variable:
    """One environment variable. An empty default means what `meaning` says."""

    name: str
    default: str
    meaning: str
    secret: bool = False


VARIABLES = [
    Variable("PRODUCTION", "false", "`true` demands TLS, a `SECRET_KEY` and `ALLOWED_HOSTS`"),
    Variable(
        "DATA_DIR",
        "var",
        "where the embedded databases, uploads and the development key live; readable by the server's user "
        "alone",
    ),
    Variable(
        "STATIC_DIR",
        "",
        "where `collectstatic` puts files that a proxy may serve; `static` in `DATA_DIR`, which is closed to "
        "others, when empty",
    ),
    Variable(
        "SECRET_KEY",
        "",
        "signs sessions and polling URLs; made and kept in `DATA_DIR` in development, 50 characters or more "
        "in production",
        True,
    ),
    Variable("HOST", "127.0.0.1", "address the web server listens on"),
    Variable("PORT", "8000", "port the web server listens on, 1 to 65535"),
    Variable(
        "ALLOWED_HOSTS", "", "host names clients may use, comma separated; loopback and `HOST` in development"
    ),
    Variable(
        "BEHIND_TLS_PROXY", "false", "`true` trusts `X-Forwarded-Proto` of a proxy that ends TLS in front"
    ),
    Variable(
        "TRUSTED_PROXIES",
        "0",
        "proxies in front, 0 to 10, that each add their client to `X-Forwarded-For`; the client's address is "
        "taken from that header, which is ignored at 0",
    ),
    Variable(
        "DATABASE_URL", "", "`postgres://user:password@host/name`; SQLite in `DATA_DIR` when empty", True
    ),
    Variable("DATABASE_POOL_SIZE", "8", "connections to PostgreSQL a process may hold, 1 to 100"),
    Variable(
        "CELERY_BROKER_URL",
        "",
        "`redis://host/0` or `amqp://host`; a queue file in `DATA_DIR` when empty",
        True,
    ),
    Variable("WEB_WORKERS", "1", "web server processes, 1 to 64"),
    Variable(
        "WEB_THREADS",
        "40",
        "threads of each web server process, 1 to 64; all but a fifth and one may wait to import, 30 at most",
    ),
    Variable("TASK_THREADS", "4", "background tasks at once, 1 to 64"),
    Variable("ADMIN_USERNAME", "administrator@localhost", "the administrator made on first start"),
    Variable("ADMIN_PASSWORD", "", "its password; made and printed once when empty", True),
    Variable(
        "SERVER_TIME_ZONE", "UTC", "IANA name of the zone in which callback times and daily jobs are meant"
    ),
    Variable(
        "CALLBACK_TIME_LIMIT",
        "15",
        "minutes, 1 to 1440: how long after its time a callback is still tried; no personal callback can be "
        "set further back, and none can be moved any more when it is nearer than that",
    ),
    Variable(
        "TIME_TO_RESET_DAILY_STATS", "00:30", "`hh:mm` in that zone: when the daily counters start at 0 again"
    ),
    Variable(
        "HOME_COUNTRY",
        "US",
        "two letters of the country whose numbers lists write without a country code; region prefixes and "
        "the reading of written numbers use it",
    ),
    Variable("CREDENTIAL_CACHE_SECONDS", "60", "how long verified API credentials are remembered, 0 to 1800"),
    Variable(
        "SIGN_IN_FAILURE_LIMIT", "10", "wrong passwords for one account and address before a pause, 1 to 1000"
    ),
    Variable(
        "SIGN_IN_ADDRESS_LIMIT",
        "100",
        "wrong passwords from one address, for all accounts, before a pause, 1 to 100000; it does not hold "
        "for accounts that signed in from there in the last 30 days",
    ),
    Variable(
        "SIGN_IN_ACCOUNT_LIMIT",
        "100",
        "wrong passwords for one account, from all addresses, before a pause, 1 to 100000; it does not hold "
        "for addresses from which it signed in during the last 30 days",
    ),
    Variable("SIGN_IN_PAUSE_MINUTES", "15", "length of these pauses, 1 to 1440"),
    Variable("MAX_BODY_BYTES", "16777216", "largest request body, 1024 to 1073741824"),
    Variable(
        "DNC_ROOTS",
        "",
        "directories Do Not Call files may lie in, comma separated; `dnc` in `DATA_DIR` when empty",
    ),
    Variable(
        "DNC_SHARES", "", "Windows paths and their mounts, comma separated: `\\\\SERVER\\C$=/mnt/server`"
    ),
    Variable("DNC_SCAN_SECONDS", "60", "time between two looks for Do Not Call files, 1 to 86400"),
    Variable(
        "DNC_SETTLE_SECONDS",
        "300",
        "how long size and time of a Do Not Call file stand still before it is imported, 1 to 86400; "
        "longer than its writer ever pauses",
    ),
    Variable(
        "DNC_MAX_UNPACKED_BYTES",
        "4294967296",
        "what a packed Do Not Call file may unpack to, 1048576 to 1099511627776",
    ),
    Variable("DNC_READ_MINUTES", "30", "how long reading one Do Not Call file may take, 1 to 1440"),
    Variable("DIALER_USERNAME", "dialer@localhost", "whom `manage.py simulate_dialer` signs in as"),
    Variable("DIALER_PASSWORD", "", "its password", True),
    Variable("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Variable("LDAP_URL", "", "directory for sign-in, for example `ldaps://dc.example.com`; off when empty"),
    Variable(
        "LDAP_USER_DN", "", "template of a user's name there, for example `%(user)s` for Active Directory"
    ),
    Variable("LDAP_GROUP_BASE", "", "where the directory keeps the groups whose names are the roles here"),
]


class Environment:
    """Typed access to the declared variables."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._env = environ.Env()
        self._env.ENVIRON = dict(values)
        self._declared = {variable.name: variable for variable in VARIABLES}

    def text(self, name: str) -> str:
        return str(self._env.str(name, default="")).strip() or self._declared[name].default

    def is_set(self, name: str) -> bool:
        return bool(str(self._env.str(name, default="")).strip())

    def flag(self, name: str) -> bool:
        value = self.text(name).lower()
        if value not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
            self.refuse(name, "write true or false")
        return value in {"true", "1", "yes", "on"}

    def number(self, name: str, low: int, high: int) -> int:
        value = self.text(name)
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            self.refuse(name, f"write a whole number from {low} to {high}")
        return int(value)

    def choice(self, name: str, *choices: str) -> str:
        value = self.text(name)
        if value not in choices:
            self.refuse(name, f"write one of {', '.join(choices)}")
        return value

    def names(self, name: str) -> list[str]:
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def directories(self, name: str, default: Path) -> list[Path]:
        given = [Path(part) for part in self.names(name)]
        if not all(path.is_absolute() for path in given):
            self.refuse(name, "write whole paths, for example /srv/dnc,/mnt/lists")
        return given or [default]

    def directory(self, name: str, default: Path) -> Path:
        if self.is_set(name) and not Path(self.text(name)).is_absolute():
            self.refuse(name, "write a whole path, for example /srv/outbound/static")
        return Path(self.text(name)) if self.is_set(name) else default

    def shares(self, name: str) -> dict[str, str]:
        """Directories of this server by the Windows path that others know them by."""
        pairs = [part.rsplit("=", 1) for part in self.names(name)]
        if not all(len(pair) == 2 and "\\" in pair[0] and pair[1].startswith("/") for pair in pairs):
            self.refuse(name, r"write \\SERVER\share=/mnt/directory, several separated by commas")
        return {share.strip(): directory.strip() for share, directory in pairs}

    def time_zone(self, name: str) -> str:
        value = self.text(name)
        if value not in available_timezones():
            self.refuse(name, "write an IANA name such as America/Chicago or UTC")
        return value

    def time_of_day(self, name: str) -> time:
        try:
            return datetime.strptime(self.text(name), "%H:%M").time()  # noqa: DTZ007, a time of day has no zone
        except ValueError:
            self.refuse(name, "write hours and minutes such as 00:30")

    def country(self, name: str) -> str:
        value = self.text(name).upper()
        if value not in SUPPORTED_REGIONS:
            self.refuse(name, "write two letters such as US or GB")
        try:
            HomeCountry.of(value)
        except ValueError:
            self.refuse(
                name, f"{value} has no numbering plan of its own; write the country whose plan it uses"
            )
        return value

    def database(self, name: str, embedded: Path) -> dict[str, Any]:
        """Django's DATABASES entry, without options."""
        url = self.text(name) or f"sqlite:///{embedded}"
        parsed: dict[str, Any] = {}
        if url.split(":", 1)[0] in {"sqlite", "postgres", "postgresql"}:
            parsed = environ.Env.db_url_config(url)
        if not parsed.get("NAME"):
            self.refuse(name, "write postgres://user:password@host:5432/name or sqlite:////path/to/file")
        return parsed

    def broker(self, name: str, embedded: Path) -> str:
        url = self.text(name) or f"sqlitemq://localhost/{embedded}"
        if url.split(":", 1)[0] not in {"sqlitemq", "redis", "rediss", "amqp", "amqps"}:
            self.refuse(name, "write redis://host:6379/0 or amqp://user:password@host//, or leave it out")
        return url

    def secret_key(self, production: bool, data_dir: Path) -> str:
        """The given key; in development one that is made on first start and kept."""
        given = self.text("SECRET_KEY")
        if production and len(given) < KEY_LENGTH:
            advice = f"set it to {KEY_LENGTH} or more random characters and keep it from start to start"
            self.refuse("SECRET_KEY", advice)
        if given:
            return given
        path = data_dir / "secret_key"
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=data_dir, delete=False) as draft:
                draft.write(secrets.token_urlsafe(64))
            # Two processes that start together agree: the second link fails and both read the first key.
            with suppress(FileExistsError):
                os.link(draft.name, path)
            os.unlink(draft.name)
        return path.read_text().strip()

    def refuse(self, name: str, advice: str) -> NoReturn:
        given = "" if self._declared[name].secret or not self.is_set(name) else f" is {self.text(name)!r}"
        raise WrongSetting(f"{name}{given}: {advice}. All settings: docs/settings.md")


def settings_table() -> str:
    """The table of docs/settings.md."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    rows += [f"| `{v.name}` | {f'`{v.default}`' if v.default else ''} | {v.meaning} |" for v in VARIABLES]
    return "\n".join(rows) + "\n"
