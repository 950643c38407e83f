from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from timezones.loading import COLUMNS, TIME_ZONES, load_time_zones


class Command(BaseCommand):
    help = (
        "Loads the Windows time zones and reports what was added, changed and removed. "
        "Run load_region_prefixes after a change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        about = f"CSV file with the columns {','.join(COLUMNS)}; the bundled list when left out"
        parser.add_argument("file", nargs="?", type=Path, default=TIME_ZONES, help=about)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            changes = load_time_zones(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            raise CommandError("Nothing was loaded.\n" + "\n".join(error.messages)) from error
        for what, names in changes._asdict().items():
            self.stdout.write(f"{what}: {len(names)}")
            for name in names:
                self.stdout.write(f"  {name}")
