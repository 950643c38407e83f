"""The settings under test: a data directory and a broker of its own for each test process, a cheap hash."""

import atexit
import os
import shutil
import tempfile

# The processes that a test starts inherit these and keep them; the workers of pytest-xdist do not share.
_process = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("TEST_PROCESS") != _process:
    os.environ["TEST_PROCESS"] = _process
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="outbound-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
    _broker = os.environ.get("CELERY_BROKER_URL", "")
    if _broker.startswith("redis") and _process.startswith("gw"):
        _server, _number = _broker.rsplit("/", 1)
        os.environ["CELERY_BROKER_URL"] = f"{_server}/{int(_number) + 1 + int(_process[2:])}"
os.environ.setdefault("LOG_LEVEL", "WARNING")

from outbound_site.settings import *  # noqa: E402, F403
from outbound_site.settings import DATA_DIR, DATABASES  # noqa: E402

# WhiteNoise warns of a directory that is not there yet.
(DATA_DIR / "static").mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that real server and worker processes see the rows of a test.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
