from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Campaign
from dialing.counters import differences


class Command(BaseCommand):
    help = "Compare every campaign's counters with a replay of the call history."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for campaign in Campaign.objects.order_by("pk"):
            for line in differences(campaign.pk):
                self.stdout.write(f"{campaign}: {line}")
                wrong += 1
        if wrong:
            raise CommandError(f"{wrong} counters differ from the call history")
        self.stdout.write("All counters equal the call history.")
