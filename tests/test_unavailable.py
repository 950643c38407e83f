"""A database that fails in real ways: every interface answers 503 and says when to come again."""

import errno
import sqlite3
from contextlib import closing, contextmanager

import psycopg.errors
import pytest
import requests
from django.db import DataError, InterfaceError, InternalError, OperationalError, ProgrammingError, connection

from campaigns.models import Campaign, SkillGroup
from outbound_site.core import unavailable
from outbound_site.core.unavailable import is_unavailable
from tests.api_client import BASE, JSON, errors_of, xml_of
from tests.campaigns.import_servers import content_of, start_server
from tests.dialing.dialer_api.conftest import DialerClient
from tests.factories import PASSWORD, UserFactory

NEW = {"timeZone": {"refURL": f"{BASE}timezone/UTC"}, "description": "d" * 255}
# Enough writes to need more room than any page of a full database has left.
MANY = 400


@pytest.fixture
def campaign(transactional_db, api):
    api.post("campaign", xml_of("campaign", NEW | {"name": "A"}))
    return Campaign.objects.get()


@pytest.fixture
def write(campaign, api, client, alice):
    """Writes through one interface until that fails; the answer that says so."""
    client.raise_request_exception = False
    client.force_login(alice)
    dialer = DialerClient(client, UserFactory(roles=["dialer"]).username)

    def xml(number):
        return api.post("campaign", xml_of("campaign", NEW | {"name": f"B{number}"}))

    def json(number):
        return api.put(f"campaign/{campaign.pk}", NEW | {"changeStamp": number}, accept=JSON)

    def contacts(number):
        content = content_of(f"k{number}", 100)
        return api.post(f"campaign/{campaign.pk}/import", xml_of("import", {"fileContent": content}))

    def heartbeat(number):
        return dialer.post("heartbeat", dialer=f"{number:064}", campaigns=[])

    def page(number):
        return client.post(
            "/admin/campaigns/skillgroup/add/",
            {"name": f"S{number}", "description": "d" * 255, "peripheral_number": number + 1},
        )

    ways = {"xml": xml, "json": json, "contacts": contacts, "dialer": heartbeat, "admin": page}

    def until_it_fails(way):
        for number in range(MANY):
            answer = ways[way](number)
            if answer.status_code not in (200, 201, 302):
                return answer
        return answer

    return until_it_fails


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def in_each_session(setting):
    """PostgreSQL: a setting of every session that begins from now on."""
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.close_pool()
    options["options"] = f"-c {setting}"
    yield
    del options["options"]
    connection.close()
    connection.close_pool()


@pytest.fixture
def locked(campaign):
    if connection.vendor == "sqlite":
        execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with closing(other):
            yield
        connection.close()
        return
    with in_each_session("lock_timeout=50ms"), psycopg.connect(**connection.get_connection_params()) as other:
        # Every table that the writes of these tests begin with.
        other.execute("LOCK campaigns_campaign, campaigns_skillgroup, dialing_dialer IN EXCLUSIVE MODE")
        yield


@pytest.fixture
def read_only(campaign):
    if connection.vendor == "sqlite":
        execute("PRAGMA query_only = ON")
        yield
        execute("PRAGMA query_only = OFF")
    else:
        with in_each_session("default_transaction_read_only=on"):
            yield


@pytest.fixture
def full(campaign):
    if connection.vendor != "sqlite":
        pytest.skip("a full disk stops PostgreSQL's server itself; its error is in the table below")
    with connection.cursor() as cursor:
        # Without the pages that rows of other tests have left free.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        [pages] = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    yield
    execute(f"PRAGMA max_page_count = {2**31}")


@pytest.fixture
def gone(campaign):
    """The session is ended by the operator, or the file's directory is no longer there."""
    if connection.vendor == "postgresql":
        pid = connection.connection.info.backend_pid
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        yield
        connection.close()
        return
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "/no/such/directory/database"
    yield
    connection.settings_dict["NAME"] = name
    connection.close()


def check(answer):
    assert answer.status_code == 503, answer.content
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("fault", ["locked", "read_only", "full", "gone"])
@pytest.mark.parametrize("way", ["xml", "json", "contacts", "dialer", "admin"])
def test_a_database_that_cannot_be_written_gives_503_on_every_interface(request, write, way, fault):
    request.getfixturevalue(fault)

    answer = write(way)

    check(answer)
    match way:
        case "dialer":
            assert answer.json() == {"detail": "The database is not available; try again"}
        case "admin":
            assert "The database is not available" in answer.content.decode()
            assert "Nothing was stored" in answer.content.decode()
            assert answer["Content-Type"].startswith("text/html")
        case _:
            assert ("json" in answer["Content-Type"]) == (way == "json")
            assert errors_of(answer) == [("processing.databaseUnavailable", None)]


def test_a_page_that_cannot_be_read_looks_like_the_others_and_can_be_tried_again(
    request, campaign, client, alice
):
    client.raise_request_exception = False
    client.force_login(alice)
    request.getfixturevalue("gone")

    answer = client.get("/admin/campaigns/campaign/?q=%22x&all=")

    check(answer)
    text = answer.content.decode()
    assert "theme.css" in text
    assert 'href="/admin/campaigns/campaign/?q=%22x&amp;all="' in text
    assert "Nothing was stored" not in text


def test_a_table_that_is_missing_is_a_fault_of_the_server(campaign, api):
    execute("ALTER TABLE campaigns_skillgroup RENAME TO elsewhere")
    try:
        assert api.get("skillgroup").status_code == 500
    finally:
        execute("ALTER TABLE elsewhere RENAME TO campaigns_skillgroup")
    assert not SkillGroup.objects.exists()


def test_the_log_has_one_line_a_minute(write, read_only, caplog, monkeypatch):
    monkeypatch.setattr(unavailable, "_logged_at", -60.0)
    for way in ("xml", "dialer", "admin"):
        write(way)

    lines = [r for r in caplog.records if getattr(r, "status_code", None) != 503 and r.levelname != "INFO"]
    assert [line.name for line in lines] == ["outbound_site.core.unavailable"]
    assert lines[0].exc_info is None


@pytest.mark.fault
def test_a_server_whose_database_does_not_answer_says_so_on_every_interface(start_process):
    server = start_server(start_process, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    root = server.url.removesuffix("/unifiedconfig/config/")
    signed_in = {"auth": ("alice", PASSWORD), "timeout": 60}

    for path in ("/unifiedconfig/config/campaign", "/dialer/v1/campaigns", "/admin/login/?next=/admin/"):
        cookies = {"sessionid": "0123456789abcdefghijklmnopqrstuv"}
        answer = requests.get(root + path, cookies=cookies, **signed_in)
        assert answer.status_code == 503, (path, answer.text)
        assert int(answer.headers["Retry-After"]) > 0


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (caused(OperationalError(), psycopg.errors.DiskFull()), True),
        (caused(OperationalError(), psycopg.errors.TooManyConnections()), True),
        (caused(OperationalError(), psycopg.errors.CannotConnectNow()), True),
        (caused(OperationalError(), psycopg.errors.DeadlockDetected()), True),
        (caused(OperationalError(), psycopg.errors.IoError()), True),
        (caused(InternalError(), psycopg.errors.ReadOnlySqlTransaction()), True),
        (caused(InternalError(), psycopg.errors.InFailedSqlTransaction()), False),
        (caused(ProgrammingError(), psycopg.errors.UndefinedTable()), False),
        (caused(DataError(), psycopg.errors.StringDataRightTruncation()), False),
        (OperationalError("couldn't get a connection after 10.00 sec"), True),
        (InterfaceError("connection already closed"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EROFS, "Read-only file system"), True),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_only_what_may_pass_is_unavailability(exception, expected):
    assert is_unavailable(exception) == expected
