"""Refreshes of the board with 300 campaigns that are on and at work, asked of the WSGI application.

A minute of the board is played: every two seconds calls end in 33 campaigns, 1,000 a minute, and each
viewer refreshes once. Measured is the processor time of all refreshes, the counting of lists included, which
other work on the machine lengthens less than the time on the clock. The goal is a mean of 10 ms for a viewer
who is alone; several viewers share what was made for the first.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from typing import Any

import django

CAMPAIGNS, CONTACTS = 300, 300
GOAL_MS = 10.0
SECONDS, PAUSE, CALLS = 60, 2, 33
VIEWERS = 10
BOARD = "/admin/dialing/board/"
CALL: dict[str, Any] = {
    "day": date.today(),  # noqa: DTZ011
    "dialer": "north",
    "number": "2125550100",
    "call_result": 8,
    "status": "R",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "outbound_site.settings", "DATA_DIR": folder}
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        django.setup()
        measure()


def measure() -> None:
    import time_machine
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from django.test import Client, RequestFactory
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    campaigns = fill()
    client = Client()
    user = User.objects.create_user("bench", is_staff=True)
    user.groups.add(Group.objects.get(name="supervisor"))
    client.force_login(user)
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    request = RequestFactory().get(BOARD, headers={"host": "localhost", "cookie": cookies})
    ask = partial(refresh, import_module("outbound_site.wsgi").application, request.environ)
    with time_machine.travel(timezone.now()) as clock:
        first, size = ask()
        print(f"board of {CAMPAIGNS} campaigns, {CAMPAIGNS * CONTACTS:,} contacts, {size:,} bytes:")
        print(f"the first refresh of all {first:.1f} ms")
        means = {viewers: play(ask, campaigns, viewers, clock) for viewers in (1, VIEWERS)}
    print(f"board {GOAL_MS / means[1]:.2f} 1.0")


def play(ask: Callable[[], tuple[float, int]], campaigns: list[Any], viewers: int, clock: Any) -> float:
    """A minute of the board; the mean of a refresh in ms."""
    times = []
    for _ in range(SECONDS // PAUSE):
        end_calls(random.sample(campaigns, CALLS))
        for _ in range(viewers):
            times.append(ask()[0])
            clock.shift(PAUSE / viewers)
    mean = sum(times) / len(times)
    median, worst = sorted(times)[len(times) // 2], max(times)
    print(f"{viewers} viewers: mean {mean:.1f} ms, median {median:.1f} ms, worst {worst:.1f} ms")
    return mean


def refresh(application: Any, environ: dict[str, Any]) -> tuple[float, int]:
    """Processor time in ms, and bytes of the answer."""
    told: list[str] = []
    begin = time.process_time()
    answer = application(dict(environ), lambda status, headers: told.append(status))
    content = b"".join(answer)
    answer.close()
    took = (time.process_time() - begin) * 1000
    assert told == ["200 OK"], told
    return took, len(content)


def end_calls(campaigns: list[Any]) -> None:
    """One in each campaign, of a contact that was pending: a third is answered, others are called again."""
    from django.db.models import F
    from django.utils import timezone

    from campaigns.models import Contact
    from dialing.models import CallHistory, CampaignCounters, Dialer

    now = timezone.now()
    Dialer.objects.update(last_seen_at=now)
    for place, campaign in enumerate(campaigns):
        contact = Contact.objects.filter(campaign=campaign, status="P").order_by("pk").values("pk")[:1]
        answered = place % 3 == 0
        values = {"status": "C"} if answered else {"status": "R", "callback_at": now + timedelta(hours=1)}
        Contact.objects.filter(pk__in=contact).update(**values)
        counters = CampaignCounters.objects.filter(campaign=campaign, dialer="north")
        counters.update(
            attempted_count=F("attempted_count") + 1, voice_count=F("voice_count") + int(answered)
        )
    CallHistory.objects.bulk_create(CallHistory(campaign=c, at=now, **CALL) for c in campaigns)


def fill() -> list[Any]:
    from django.db.models import Min
    from django.utils import timezone

    from campaigns.models import Campaign, Contact, ImportJob
    from dialing.models import CallHistory, CampaignCounters, Dialer, Lease
    from dialing.service_day import day_of
    from timezones.models import TimeZone, ZoneSet

    now = timezone.now()
    zone, today = TimeZone.objects.get(name="Eastern Standard Time"), now.date()
    sets = [
        ZoneSet.objects.get_or_create(members=members, campaign=None)[0]
        for members in ("300d", "360d", "480d")
    ]
    made = Campaign.objects.bulk_create(
        Campaign(
            name=f"Campaign{number}",
            enabled=True,
            dialing_mode="PROGRESSIVEONLY",
            time_zone=zone,
            start_date=today - timedelta(days=1),
            end_date=today + timedelta(days=9),
            start_time="08:00",
            end_time="21:00",
        )
        for number in range(CAMPAIGNS)
    )
    jobs = ImportJob.objects.bulk_create(ImportJob(campaign=c, source="api", state="succeeded") for c in made)
    for campaign, job in zip(made, jobs, strict=True):
        Contact.objects.bulk_create(
            Contact(
                campaign=campaign,
                job=job,
                status="PRC"[n % 3],
                callback_at=now + timedelta(minutes=n) if n % 3 == 1 else None,
                zone_set=sets[n // 3 % 3],
            )
            for n in range(CONTACTS)
        )
    CampaignCounters.objects.bulk_create(
        CampaignCounters(
            campaign=campaign, list_began=now, day=day_of(now), dialer=dialer, updated_at=now, voice_count=9
        )
        for campaign in made
        for dialer in ("north", "south")
    )
    CallHistory.objects.bulk_create(
        CallHistory(
            campaign=made[n % CAMPAIGNS],
            at=now - timedelta(seconds=n % 1800),
            **CALL,
        )
        for n in range(30_000)
    )
    dialers = Dialer.objects.bulk_create(Dialer(name=name, agents=["1001"]) for name in ("north", "south"))
    first = Contact.objects.filter(campaign__in=made).values_list("campaign").annotate(Min("pk"))
    Lease.objects.bulk_create(
        Lease(
            dialer=dialers[campaign % 2],
            campaign_id=campaign,
            contact_id=contact,
            number="2125550100",
            attempt=1,
            expires_at=now + timedelta(hours=1),
            status_before="P",
        )
        for campaign, contact in first
    )
    return made


if __name__ == "__main__":
    main()
