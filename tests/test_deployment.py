import os
import subprocess
import sys

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


def test_production_settings_pass_the_deployment_checks_with_nothing_silenced(tmp_path):
    result = check_deployment(
        tmp_path,
        PRODUCTION="true",
        ALLOWED_HOSTS="outbound.example.com",
        SECRET_KEY="k3y-" * 9 + "0123456789abcdef",
    )

    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_development_settings_would_not_pass_them(tmp_path):
    assert check_deployment(tmp_path).returncode != 0
