from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from timezones.loading import load_region_prefixes


class Command(BaseCommand):
    help = "Loads the region prefixes of the phonenumbers package; an administrator's own rows stay."

    def handle(self, **options: Any) -> None:
        try:
            changes = load_region_prefixes()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        for what, prefixes in changes._asdict().items():
            self.stdout.write(f"{what}: {len(prefixes)}")
