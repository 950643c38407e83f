"""The dry run of a long list, a fiftieth of whose numbers must not be called.

`python -m benchmarks.dialing_dry_run [CONTACTS]`: 100,000 when not given, 1,000,000 for the whole figure. On
PostgreSQL where one answers, and on SQLite. The goal is meant at 1,000,000.
"""

import time

from benchmarks.dialing_world import fill, number_given, on_each_database, world
from benchmarks.servers import USER

CONTACTS = 100_000
ROUNDS = 3
SECONDS_LIMIT = 10.0


def main() -> None:
    on_each_database(measure)


def measure(postgresql: bool) -> None:
    contacts = number_given(CONTACTS)
    name = "PostgreSQL" if postgresql else "SQLite"
    with world(postgresql=postgresql):
        campaign = fill(contacts)
        list_every_fiftieth(campaign)
        seconds, own = min(dry_run_times(campaign.pk) for _ in range(ROUNDS))
        print(
            f"dialing dry run on {name}: {seconds:.2f} s for {contacts:,} contacts, "
            f"goal at most {SECONDS_LIMIT:.0f}  ({own:.2f} s of processor time in this process)"
        )


def list_every_fiftieth(campaign: object) -> None:
    from django.contrib.auth.models import User

    from campaigns.models.contact import ContactPhone
    from dnc import do_not_call_list

    numbers = ContactPhone.objects.filter(contact__campaign=campaign).order_by("pk")
    listed = numbers.values_list("number", flat=True)[::50]
    do_not_call_list.add(listed, User.objects.get(username=USER), "benchmark")


def dry_run_times(campaign: int) -> tuple[float, float]:
    """Seconds on the wall and of this process; the database server's own are in the first alone."""
    from campaigns.models import Campaign
    from supervision.dry_run import dry_run

    found = Campaign.objects.select_related("time_zone").get(pk=campaign)
    wall, own = time.perf_counter(), time.process_time()
    dry_run(found)
    return time.perf_counter() - wall, time.process_time() - own


if __name__ == "__main__":
    main()
