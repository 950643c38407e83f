"""Files that are damaged, directories that cannot be written, and a disk without room."""

import contextlib
import os
import subprocess
import sys
import time

import pytest
import requests
from django.conf import settings

from tests.conftest import free_port, wait_until
from tests.test_processes import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")


def serve(data, command="serve"):
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextlib.contextmanager
def mounted(path, options):
    path.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=700,{options}", "tmpfs", str(path)], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize("damage", ["garbage", "malformed"])
def test_a_damaged_database_stops_the_start_with_one_line(command, damage, tmp_path):
    file = tmp_path / "outbound.sqlite3"
    serve(tmp_path, "migrate")
    content = b"" if damage == "garbage" else file.read_bytes()[:4096]
    file.write_bytes(content + b"garbage!" * 10_000)
    for name in ("outbound.sqlite3-wal", "outbound.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)

    result = serve(tmp_path, command)

    [line] = result.stderr.strip().splitlines()
    assert result.returncode == 1
    assert f"The database {file} is damaged" in line
    assert "Put the last backup in its place" in line


def test_a_damaged_queue_stops_the_start_with_one_line(tmp_path):
    (tmp_path / "broker.sqlite3").write_bytes(b"garbage!" * 1000)

    result = serve(tmp_path)

    [line] = result.stderr.strip().splitlines()
    assert result.returncode == 1
    assert f"The queue's file {tmp_path}/broker.sqlite3 cannot be used" in line
    assert "Remove it: the jobs are in the database." in line


@as_root
def test_a_directory_that_cannot_be_written_stops_the_start_with_one_line(tmp_path):
    with mounted(tmp_path / "data", "ro,size=1m") as data:
        result = serve(data)

    [line] = result.stderr.strip().splitlines()
    assert result.returncode == 1
    assert f"{tmp_path}/data cannot be written" in line


@pytest.mark.fault
def test_what_an_older_schedule_left_behind_is_not_read(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "beat-schedule.dat").touch()
    server = Server(tmp_path / "data")
    try:
        server.start()
        assert wait_until(server.is_healthy, 90)
    finally:
        server.kill()

    assert "Traceback" not in server.log.read_text()


@as_root
@pytest.mark.fault
def test_a_full_disk_is_one_line_a_minute(tmp_path):
    with mounted(tmp_path / "data", "size=64m") as data:
        server = Server(data)
        try:
            server.start()
            assert wait_until(server.is_healthy, 90)
            with contextlib.suppress(OSError), (data / "filler").open("wb", buffering=0) as filler:
                while filler.write(b"\0" * 4096):
                    pass
            assert wait_until(lambda: "The disk is full" in server.log.read_text(), 60)
            server.log.write_text("")
            time.sleep(20)
            logged = server.log.read_text()
            (data / "filler").unlink()
            assert wait_until(server.is_healthy, 90), server.log.read_text()[-2000:]
        finally:
            server.kill()

    assert logged.count("\n") <= 1, logged[:3000]


def test_probes_of_a_server_that_is_not_ready_are_no_error_lines(tmp_path):
    script = """
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "192.0.2.9"})
print([client.get(path).status_code for path in ["/health", "/health/live", "/health/ready"]])
"""
    environment = os.environ | {
        "DATABASE_URL": "sqlite:////nowhere/outbound.sqlite3",
        "PRODUCTION": "true",
        "SECRET_KEY": "k" * 64,
        "ALLOWED_HOSTS": "outbound.example.com",
    }
    asked = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert asked.stdout == "[503, 200, 503]\n"
    assert asked.stderr == ""


@pytest.mark.django_db
def test_a_server_is_ready_without_a_worker(client):
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (
        200,
        {"ready": True, "database": "reachable", "missing_migrations": 0},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("interface", ["admin", "api"])
def test_a_sign_in_that_fails_is_logged_with_user_and_address(interface, client, caplog):
    name = "mallory\nERROR forged"
    if interface == "admin":
        client.post("/admin/login/", {"username": name, "password": "hunter2"}, REMOTE_ADDR="192.0.2.7")
    else:
        client.get(
            "/unifiedconfig/config/campaign",
            headers={"authorization": requests.auth._basic_auth_str(name, "hunter2")},
            REMOTE_ADDR="192.0.2.7",
        )

    [record] = [record for record in caplog.records if record.name == "outbound_site.sign_in"]
    assert record.levelname == "WARNING"
    assert record.getMessage() == r"Sign-in failed: user 'mallory\nERROR forged' from 192.0.2.7"
