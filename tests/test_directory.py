import importlib.util
import os
import subprocess
import sys

import pytest
from django.conf import settings

from outbound_site import directory, roles

WITH_URL = {"LDAP_URL": "ldaps://dc.example.com", "SECRET_KEY": "hunter2" * 8}


def start(tmp_path, **environment):
    """Exit status and last line of a start with a directory."""
    result = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "outbound_site.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, (result.stderr.strip().splitlines() or [""])[-1]


def test_the_roles_of_the_directory_are_the_built_in_ones():
    assert [roles.ADMINISTRATOR, roles.SUPERVISOR] == directory.ROLES


def test_without_a_directory_its_package_is_not_imported(tmp_path):
    status, _ = start(tmp_path)

    assert status == 0
    assert "django_auth_ldap" not in sys.modules


@pytest.mark.skipif(
    bool(importlib.util.find_spec("django_auth_ldap")), reason="django-auth-ldap is installed"
)
def test_a_directory_without_the_optional_package_stops_the_start_with_advice(tmp_path):
    status, last_line = start(tmp_path, **WITH_URL)

    assert status != 0
    assert "LDAP_URL is set, but django-auth-ldap is not installed" in last_line
    assert "docs/operating.md" in last_line


@pytest.mark.parametrize(
    ("base", "domain"),
    [
        ("ou=roles,dc=example,dc=com", "dc=example,dc=com"),
        ("OU=Roles,DC=corp,DC=example", "DC=corp,DC=example"),
        ("o=example", "o=example"),
    ],
)
def test_people_are_looked_up_in_the_whole_domain(base, domain):
    assert directory._domain(base) == domain
