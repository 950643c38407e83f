from typing import Any

from django.core.management.base import BaseCommand

from outbound_site.seeding import seed


class Command(BaseCommand):
    help = "Fill empty tables: time zones, region prefixes, roles, options, example skill groups and agents."

    def handle(self, *args: Any, **options: Any) -> None:
        seed()
