"""Personal callbacks: a bulk request against the bare write of its rows, and a search against an index.

`bulk` is 10,000 rows through HTTP, history included; the baseline writes the same rows with nothing around
them (`executemany` on SQLite, `COPY` on PostgreSQL). `search` is the count and the first page of
`lastName:smith` among a million callbacks; the baseline gives the same answer, count and page, by equality on
an index without regard to case. Beside it stands a look-up with regard to case, whose count PostgreSQL takes
from the index alone.
ROWS=100000 makes the list shorter.
"""

import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

BULK_GOAL, SEARCH_GOAL = 2.5, 3.0
BULK_ROWS, SEARCH_ROWS = 10_000, int(os.environ.get("ROWS", 1_000_000))
BATCH = 50_000
ROUNDS = 7
FIRST_TIME = datetime(2031, 2, 3, 15, tzinfo=UTC)
# One in a hundred is called Smith, as in the United States.
SURNAMES = [
    "Smith",
    *(
        first + second
        for first in "ABCDEFGHIKL"
        for second in (
            "nderson",
            "ohnson",
            "illiams",
            "rown",
            "artinez",
            "ernandez",
            "oore",
            "ackson",
            "hompson",
        )
    ),
]
GIVEN = ["James", "Mary", "José", "Zoë", "Wei", "Ольга", "Fatima", "Noah", "Ines"]


def main() -> None:
    with tempfile.TemporaryDirectory() as data_dir:
        os.environ["DATA_DIR"] = data_dir
        os.environ["ALLOWED_HOSTS"] = "127.0.0.1"
        agent = prepare()
        measure_bulk(agent)
        measure_search(agent)


def prepare() -> int:
    """A migrated database without callbacks; the id of an agent."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "outbound_site.settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from benchmarks.servers import PASSWORD, USER
    from callbacks.models import Agent

    call_command("migrate", verbosity=0)
    User.objects.filter(username=USER).delete()
    User.objects.create_superuser(USER, password=PASSWORD)
    agent, _ = Agent.objects.get_or_create(agent_id="1001")
    clear()
    return agent.pk


def clear() -> None:
    from django.db import connection

    from callbacks.models import PersonalCallback

    for model in (PersonalCallback, PersonalCallback.history.model):
        with connection.cursor() as cursor:
            verb = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
            cursor.execute(f"{verb} {model._meta.db_table}")


def columns(agent: int, count: int, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    return {
        "agent_id": agent,
        "account_number": [str(rng.randrange(10**9)) for _ in range(count)],
        "first_name": rng.choices(GIVEN, k=count),
        "last_name": rng.choices(SURNAMES, k=count),
        "phone": [f"2{rng.randrange(10**9):09}" for _ in range(count)],
        "max_attempts": 1,
        "callback_date_time": [FIRST_TIME + timedelta(minutes=n % 10_000) for n in range(count)],
    }


def body(agent: int, rows: dict[str, Any]) -> bytes:
    """The request that a client sends for those rows."""
    names = ("account_number", "first_name", "last_name", "phone", "callback_date_time")
    lines = [
        f"{account},{first},{last},{phone},{agent},{at:%Y-%m-%dT%H:%M:%S},1"
        for account, first, last, phone, at in zip(*(rows[name] for name in names), strict=True)
    ]
    header = "AccountNumber,FirstName,LastName,Phone,AgentSkillTargetId,CallbackDateTime,MaxAttempts"
    content = "\n".join([header, *lines])
    return f"<personalCallback><fileContent><![CDATA[{content}]]></fileContent></personalCallback>".encode()


def measure_bulk(agent: int) -> None:
    from django.db import transaction

    from benchmarks.servers import Client, gunicorn
    from callbacks.models import PersonalCallback
    from outbound_site.imports.loading import bulk_load

    seeds = itertools.count()
    bare, through_http = [], []
    with gunicorn("outbound_site.settings") as port:
        client = Client(port)
        client.request("GET", "/unifiedconfig/config/personalcallback")
        for _ in range(ROUNDS):
            rows = columns(agent, BULK_ROWS, next(seeds))
            with elapsed(bare), transaction.atomic():
                bulk_load(PersonalCallback, rows, BULK_ROWS)
            request = body(agent, columns(agent, BULK_ROWS, next(seeds)))
            with elapsed(through_http):
                client.request("POST", "/unifiedconfig/config/personalcallback/import", request)
    assert PersonalCallback.objects.count() == 2 * ROUNDS * BULK_ROWS
    report("bulk", median(through_http), median(bare), BULK_GOAL)


def measure_search(agent: int) -> None:
    from django.db import connection

    from callbacks.filters import PersonalCallbackFilter
    from callbacks.models import PersonalCallback
    from outbound_site.imports.loading import bulk_load
    from outbound_site.unifiedconfig.text import Fold

    clear()
    for start in range(0, SEARCH_ROWS, BATCH):
        bulk_load(PersonalCallback, columns(agent, BATCH, start), BATCH)
    folded = '(lower(last_name COLLATE "und-x-icu") COLLATE "C")'
    if connection.vendor != "postgresql":
        folded = "fold(last_name)"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX benchmark_folded ON callbacks_personalcallback ({folded})")
        cursor.execute("CREATE INDEX benchmark_plain ON callbacks_personalcallback (last_name)")
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    rows = PersonalCallback.objects.select_related("agent", "campaign").order_by("pk")
    searched = PersonalCallbackFilter({"q": "lastName:smith"}, queryset=rows).qs
    looked_up = rows.alias(folded=Fold("last_name")).filter(folded="smith")
    spelled = rows.filter(last_name="Smith")
    assert searched.count() == looked_up.count() == spelled.count() > 0
    seconds, baseline, plain = measure(*map(first_page, (searched, looked_up, spelled)))
    name = f"search among {SEARCH_ROWS} on {connection.vendor}"
    report(name, seconds, baseline, SEARCH_GOAL if connection.vendor == "postgresql" else None)
    report(f"{name}, baseline with regard to case", seconds, plain, None)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX benchmark_folded")
        cursor.execute("DROP INDEX benchmark_plain")
    clear()


def first_page(rows: Any) -> Callable[[], object]:
    return lambda: (rows.count(), list(rows.all()[:25]))


def measure(*works: Callable[[], object]) -> list[float]:
    """The median time of each, taken in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, taken in zip(works, times, strict=True):
            with elapsed(taken):
                work()
    return [median(taken) for taken in times]


class elapsed:  # noqa: N801
    """Appends the seconds that the block took."""

    def __init__(self, times: list[float]) -> None:
        self.times = times

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *exception: object) -> None:
        self.times.append(time.perf_counter() - self.start)


def report(name: str, seconds: float, baseline: float, goal: float | None) -> None:
    wanted = f"goal at most {goal}" if goal else "no goal"
    print(
        f"callbacks {name}: {seconds / baseline:.2f} times the baseline, {wanted}"
        f"  ({seconds * 1000:.0f} ms, baseline {baseline * 1000:.0f} ms)",
        flush=True,
    )


if __name__ == "__main__":
    main()
