"""No applied migration changes: `migrations.sha256` lists all that have landed, in the form of sha256sum."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from outbound_site.environment import BASE_DIR

HASHES = "migrations.sha256"


class Command(BaseCommand):
    help = f"Compare the migrations with {HASHES}: none may have changed since it landed."

    def handle(self, *args: Any, **options: Any) -> None:
        if problems := compare(BASE_DIR):
            raise CommandError("\n".join(problems))


def compare(root: Path) -> list[str]:
    """What is wrong with the migrations below this directory, with advice; nothing when all is well."""
    lines = (root / HASHES).read_text().splitlines()
    listed = {name: digest for digest, name in map(str.split, lines)}
    found = {
        str(path.relative_to(root)): sha256(path.read_bytes()).hexdigest()
        for pattern in ("*/migrations/[!_~]*.py", "*/*/migrations/[!_~]*.py")
        for path in sorted(root.glob(pattern))
    }
    missing = [
        f"{name} is gone, but databases have it applied. Put it back."
        for name in listed.keys() - found.keys()
    ]
    changed = [
        f"{name} has been applied and may not change. Put it back as it was; write a new migration instead."
        for name in listed.keys() & found.keys()
        if listed[name] != found[name]
    ]
    new = [
        f"{name} is new. When it will not change any more: sha256sum {name} >> {HASHES}"
        for name in found.keys() - listed.keys()
    ]
    return sorted(missing) + sorted(changed) + sorted(new)
