import os
import subprocess
import sys

import pytest
from django.conf import settings


def check_deployment(tmp_path, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


PRODUCTION = {
    "PRODUCTION": "true",
    "ALLOWED_HOSTS": "outbound.example.com",
    "SECRET_KEY": "k3y-" * 9 + "0123456789abcdef",
}


@pytest.mark.parametrize("proxy", [{}, {"BEHIND_TLS_PROXY": "true", "TRUSTED_PROXIES": "1"}])
def test_production_settings_pass_the_deployment_checks_with_nothing_silenced(proxy, tmp_path):
    result = check_deployment(tmp_path, **PRODUCTION, **proxy)

    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_a_proxy_whose_clients_would_share_one_address_does_not_pass_them(tmp_path):
    result = check_deployment(tmp_path, **PRODUCTION, BEHIND_TLS_PROXY="true")

    assert result.returncode != 0
    assert "TRUSTED_PROXIES is 0: all clients share the proxy's address." in result.stderr


def test_development_settings_would_not_pass_them(tmp_path):
    assert check_deployment(tmp_path).returncode != 0
