from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from dialing.clock import accept_clock


class Command(BaseCommand):
    help = (
        "Believes the server's clock as it is now. For a clock that was ahead by mistake and is right again:"
        " until it has caught up with the newest time stored nobody is called."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        accept_clock(now)
        self.stdout.write(f"The time is {now:%Y-%m-%d %H:%M:%S} UTC from now on.")
