import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import free_port


@pytest.fixture
def installed(tmp_path):
    """The package as pip installs it, without a checkout; its dependencies are those of this environment."""
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    # A copy, since setuptools builds inside the folder.
    source = tmp_path / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, check=True
    ).stdout.split(b"\0")
    for name in (Path(os.fsdecode(name)) for name in tracked if name):
        if (settings.BASE_DIR / name).exists() and name.parts[0] not in ("tests", "docs"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).symlink_to((settings.BASE_DIR / name).resolve())
    subprocess.run([*command, "--target", target, source], check=True)
    return target


def test_the_installed_package_serves_from_an_empty_directory(installed, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    port = free_port()
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = clean | {
        "PYTHONPATH": str(installed),
        "PORT": str(port),
        "ADMIN_PASSWORD": "a-long-password-1",
    }
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-P", "-m", "outbound_site.command_line", "serve"],
            cwd=home,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        page = _page(f"http://127.0.0.1:{port}/admin/login/", server)
        style = page.split('href="/static/theme')[1].split('"')[0]
        assert "font" in _page(f"http://127.0.0.1:{port}/static/theme{style}", server)
        assert (home / "var" / "outbound.sqlite3").exists()
    finally:
        server.terminate()
        server.wait(60)


def _page(address, server):
    """Its text, asked for until the server is up."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return urllib.request.urlopen(address, timeout=5).read().decode()
        except OSError:
            assert time.monotonic() < deadline
            assert server.poll() is None
            time.sleep(0.2)
