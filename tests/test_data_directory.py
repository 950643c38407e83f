"""What lies in the data directory can be read by the server's user alone."""

import os
import stat
import subprocess
import sys

import pytest
import requests
from django.conf import settings

from outbound_site.data_directory import Unusable, close_to_others, open_data_directory
from tests.conftest import wait_until
from tests.test_processes import Server


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_others(directory):
    return {
        str(path.relative_to(directory)): oct(mode(path))
        for path in [directory, *directory.rglob("*")]
        if not path.is_symlink() and mode(path) & 0o077
    }


@pytest.fixture(autouse=True)
def umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.fault
def test_a_running_server_leaves_nothing_open_and_closes_what_was(tmp_path):
    data = tmp_path / "data"
    (data / "uploads" / "contact-uploads").mkdir(parents=True)
    (data / "uploads" / "contact-uploads" / "list.csv").write_text("2125550100\n")
    (data / "uploads" / "contact-uploads" / "list.csv").chmod(0o666)
    data.chmod(0o755)
    server = Server(data, ADMIN_PASSWORD="correct horse battery")
    try:
        server.start()
        assert wait_until(server.is_healthy)
        answer = requests.get(
            f"{server.url}/unifiedconfig/config/campaign",
            auth=("administrator@localhost", "correct horse battery"),
            timeout=30,
        )
        assert answer.ok
        assert {"outbound.sqlite3", "outbound.sqlite3-wal", "broker.sqlite3"} <= set(os.listdir(data))
        # Static files are no secret; nobody comes to them through the closed directory.
        assert [name for name in open_to_others(data) if not name.startswith("static")] == []
    finally:
        server.kill()


def test_a_closed_directory_with_an_open_file_is_repaired_too(tmp_path):
    (tmp_path / "outbound.sqlite3").write_bytes(b"")
    (tmp_path / "outbound.sqlite3").chmod(0o644)

    close_to_others(tmp_path)

    assert open_to_others(tmp_path) == {}


def test_what_a_link_leads_to_stays_as_it_is(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "elsewhere" / "list.txt").write_text("")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dnc").symlink_to(tmp_path / "elsewhere")

    close_to_others(tmp_path / "data")

    assert mode(tmp_path / "elsewhere") == 0o755
    assert mode(tmp_path / "elsewhere" / "list.txt") == 0o644


def test_new_files_of_any_process_are_closed(tmp_path):
    script = (
        "import django; django.setup(); from django.conf import settings; (settings.DATA_DIR / 'new').touch()"
    )
    environment = os.environ | {
        "DATA_DIR": str(tmp_path / "a" / "data"),
        "DJANGO_SETTINGS_MODULE": "outbound_site.settings",
    }

    subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, env=environment, check=True)

    assert mode(tmp_path / "a" / "data") == 0o700
    assert mode(tmp_path / "a" / "data" / "new") == 0o600


@pytest.mark.parametrize("path", ["/", "/tmp", settings.BASE_DIR, settings.BASE_DIR.parent])
def test_a_directory_that_others_use_too_is_refused_and_left_alone(path):
    path = settings.BASE_DIR.__class__(path)
    before = mode(path)

    with pytest.raises(Unusable, match="a directory of its own"):
        open_data_directory(path)

    assert mode(path) == before


def test_static_files_elsewhere_can_be_read_by_a_proxy(tmp_path):
    environment = os.environ | {
        "DATA_DIR": str(tmp_path / "data"),
        "STATIC_DIR": str(tmp_path / "static"),
        "DJANGO_SETTINGS_MODULE": "outbound_site.settings",
    }

    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=settings.BASE_DIR,
        env=environment,
        check=True,
    )

    found = [path for path in (tmp_path / "static").rglob("*") if path.suffix != ".gz"]
    assert {mode(path) for path in found if path.is_dir()} == {0o755}
    assert {mode(path) for path in found if path.is_file()} == {0o644}
