import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from outbound_site.management.commands.check_migrations import HASHES, compare


@pytest.fixture
def tree(tmp_path):
    """A copy of the project's migrations and their hashes."""
    shutil.copy(settings.BASE_DIR / HASHES, tmp_path)
    for line in (tmp_path / HASHES).read_text().splitlines():
        name = line.split()[1]
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.BASE_DIR / name, tmp_path / name)
    return tmp_path


def test_every_migration_of_the_project_is_as_it_landed():
    call_command("check_migrations")


def test_a_migration_that_changed_is_named(tree):
    with (tree / "dnc/migrations/0001_initial.py").open("a") as file:
        file.write("\n")

    assert compare(tree) == [
        "dnc/migrations/0001_initial.py has been applied and may not change."
        " Put it back as it was; write a new migration instead."
    ]


def test_a_migration_that_is_gone_is_named(tree):
    Path(tree / "dnc/migrations/0001_initial.py").unlink()

    assert compare(tree) == [
        "dnc/migrations/0001_initial.py is gone, but databases have it applied. Put it back."
    ]


@pytest.mark.parametrize("app", ["dnc", "outbound_site/core"])
def test_a_migration_that_is_not_listed_is_named_with_the_command_that_lists_it(tree, app):
    new = f"{app}/migrations/0002_new.py"
    (tree / new).parent.mkdir(parents=True, exist_ok=True)
    (tree / new).touch()

    assert compare(tree) == [
        f"{new} is new. When it will not change any more: sha256sum {new} >> migrations.sha256"
    ]


def test_what_is_no_migration_is_not_asked_for(tree):
    (tree / "dnc/migrations/__init__.py").touch()

    assert compare(tree) == []
