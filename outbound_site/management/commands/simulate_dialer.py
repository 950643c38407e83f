import random
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.live import Live

from dialer.client import Interface, Refused
from dialer.clock import Clock
from dialer.simulator.agents import Agents
from dialer.simulator.customers import HABITS, Customers, read_habits
from dialer.simulator.dialer import SimulatedDialer
from dialer.simulator.table import table_of


class Command(BaseCommand):
    help = (
        "Run a dialer with simulated agents and customers against a server, over HTTP, until Ctrl-C. "
        "It signs in with DIALER_USERNAME and DIALER_PASSWORD."
    )
    # The server may be another one; this program touches no database.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        default_url = f"http://127.0.0.1:{settings.PORT}"
        parser.add_argument("--url", default=default_url, help=f"the server; {default_url} when not given")
        parser.add_argument("--name", default="simulator", help="of the dialer")
        parser.add_argument("--agents", type=int, default=10, help="how many; 10 when not given")
        parser.add_argument("--first-agent", type=int, default=1001, help="agent ID of the first one")
        parser.add_argument("--seed", type=int, default=1, help="other seeds meet other customers")
        parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds a second")
        parser.add_argument("--seconds", type=float, help="end after so many, on the wall")
        parser.add_argument("--customers", type=Path, default=HABITS, help=f"their habits, like {HABITS}")
        parser.add_argument("--trace", type=Path, help="append a JSON line for each record and call")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["agents"] < 1 or options["speed"] <= 0:
            raise CommandError("There has to be at least one agent, and --speed is above zero.")
        with ExitStack() as stack:
            trace = stack.enter_context(options["trace"].open("a")) if options["trace"] else None
            agents = map(str, range(options["first_agent"], options["first_agent"] + options["agents"]))
            dialer = SimulatedDialer(
                Interface(
                    options["url"], settings.DIALER_USERNAME, settings.DIALER_PASSWORD, options["name"]
                ),
                Agents(agents, random.Random(options["seed"])),
                customers(options["seed"], options["customers"]),
                Clock(options["speed"]),
                trace,
            )
            try:
                run(dialer, options["seconds"])
            except Refused as refusal:
                raise CommandError(str(refusal)) from None


def customers(seed: int, habits: Path) -> Customers:
    try:
        return Customers(seed, read_habits(habits))
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{habits}: {error}") from None


def run(dialer: SimulatedDialer, seconds: float | None) -> None:
    """Until the time is over, Ctrl-C or SIGTERM; with a live table where somebody watches."""
    ends_at = time.monotonic() + seconds if seconds is not None else float("inf")
    console = Console()
    with asked_to_end() as asked, ExitStack() as stack:
        live = stack.enter_context(Live(console=console)) if console.is_terminal else None

        def show() -> None:
            if live:
                live.update(table_of(dialer))

        dialer.run(lambda: not asked and time.monotonic() < ends_at, show)


@contextmanager
def asked_to_end() -> Iterator[list[int]]:
    """A list that gets the number of the first signal to end."""
    signals: list[int] = []
    before = {
        number: signal.signal(number, lambda number, frame: signals.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
