"""The world of `make demo`: campaigns, 5,000 contacts in several zones, a Do Not Call file, agents."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils.crypto import get_random_string

from callbacks.models import Agent
from campaigns.configuration import SkillGroupChange, create_campaign
from campaigns.contact_import import import_content
from campaigns.models import Campaign, Origin, SkillGroup
from campaigns.models.campaign import DialingMode
from dnc import import_runner
from dnc.file_paths import fingerprint
from dnc.file_scan import queue_rule
from dnc.import_rules import create_rule
from dnc.models import ImportRule
from outbound_site.administrator import make_administrator
from outbound_site.demo_examples import OVER, prepare_examples
from outbound_site.roles import DIALER
from timezones.models import TimeZone

CONTACTS = 5_000
LISTED_CONTACTS, OTHER_LISTED = 200, 10_000
# New York, Chicago, Denver, San Francisco, Honolulu; the region prefixes give each number its zone.
AREA_CODES = ["212", "312", "303", "415", "808"]
FIRST_NAMES = ["Ada", "Ben", "Carla", "Dev", "Elif", "Finn", "Grace", "Hugo", "Iris", "Jonas"]
LAST_NAMES = ["Abara", "Bianchi", "Costa", "Duval", "Eriksen", "Fischer", "Garcia", "Hansen", "Ito", "Jansen"]
AGENTS = {"north": range(1001, 1009), "south": range(1011, 1019)}
# Retries come within minutes, so that they are seen.
DELAYS = {
    "no_answer_delay": 3,
    "busy_signal_delay": 1,
    "customer_abandoned_delay": 2,
    "dialer_abandoned_delay": 5,
    "answering_machine_delay": 4,
    "customer_not_home_delay": 4,
}
CAMPAIGNS: dict[str, dict[str, Any]] = {
    # All day: from midnight to midnight.
    "demo.survey": {
        "description": "Predictive, at any hour",
        "dialing_mode": DialingMode.PREDICTIVE,
        "start_time": "00:00",
        "end_time": "00:00",
    },
    "demo.reminder": {
        "description": "Progressive, from 8 to 21 where the customer is",
        "dialing_mode": DialingMode.PROGRESSIVE,
        "start_time": "08:00",
        "end_time": "21:00",
        "personalized_callback_enabled": True,
    },
}


class NotEmpty(Exception):
    """There are campaigns that are not the demo's."""


def prepare() -> tuple[str, str]:
    """Make what is missing and give each campaign a fresh list; new passwords of administrator and dialers.

    Raises NotEmpty rather than touch a database that somebody uses.
    """
    if Campaign.objects.exclude(name__in=[*CAMPAIGNS, OVER]).exists():
        raise NotEmpty
    make_agents()
    passwords = make_user(settings.ADMIN_USERNAME), make_user(settings.DIALER_USERNAME, DIALER)
    rng = random.Random(1)
    numbers = list(phone_numbers(rng, CONTACTS))
    import_listed(numbers[:: CONTACTS // LISTED_CONTACTS], rng)
    administrator = get_user_model()._default_manager.get(username=settings.ADMIN_USERNAME)
    for place, name in enumerate(CAMPAIGNS):
        campaign = Campaign.objects.filter(name=name).first() or make_campaign(name, place)
        rows = contact_rows(numbers[place :: len(CAMPAIGNS)], rng)
        import_content(campaign, rows, overwrite=True, user=administrator)
    prepare_examples(administrator)
    return passwords


def make_campaign(name: str, place: int) -> Campaign:
    """The demo's campaign with the seeded skill group at that place."""
    group = SkillGroup.objects.active().order_by("pk")[place]
    values = {
        "name": name,
        "time_zone": TimeZone.objects.get(name="Eastern Standard Time"),
        "enabled": True,
        **DELAYS,
        **CAMPAIGNS[name],
    }
    info = {"skill_group": group, "dialed_number": str(7000 + place), "records_to_cache": 10}
    return create_campaign(Origin.API, values, SkillGroupChange(replace=[info]))


def make_agents() -> None:
    agents: Any = Agent.objects
    known = set(agents.values_list("agent_id", flat=True))
    ids = [str(number) for numbers in AGENTS.values() for number in numbers]
    agents.bulk_create(
        Agent(agent_id=id, first_name="Agent", last_name=id, user_name=f"agent{id}")
        for id in ids
        if id not in known
    )


def make_user(username: str, role: str | None = None) -> str:
    """A user of the role, an administrator without one, with a new password; the password."""
    password = get_random_string(16)
    if role is None:
        make_administrator(username, password)
    user, _ = get_user_model()._default_manager.get_or_create(username=username)
    user.set_password(password)
    user.save()
    if role:
        user.groups.set(Group.objects.filter(name=role))
    return password


def phone_numbers(rng: random.Random, count: int) -> Iterator[str]:
    """Different numbers, spread over the area codes."""
    for line in rng.sample(range(2_000_000, 9_999_999), count):
        yield f"{rng.choice(AREA_CODES)}{line}"


def contact_rows(numbers: list[str], rng: random.Random) -> str:
    """The file that is imported: every third contact has a second phone."""
    lines = ["AccountNumber,FirstName,LastName,Phone01,Phone02"]
    for account, number in enumerate(numbers, 10_001):
        second = next(phone_numbers(rng, 1)) if account % 3 == 0 else ""
        names = f"{rng.choice(FIRST_NAMES)},{rng.choice(LAST_NAMES)}"
        lines.append(f"{account},{names},{number},{second}")
    return "\n".join(lines)


def import_listed(numbers: list[str], rng: random.Random) -> None:
    """Write a Do Not Call file with these numbers among others, and import it as the schedule would."""
    path = Path(settings.DNC_ROOTS[0]) / "demo.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*numbers, *phone_numbers(rng, OTHER_LISTED)]) + "\n")
    rule = ImportRule.objects.filter(name="demo").first()
    if rule is None:
        rule = create_rule({"name": "demo", "file_path": str(path), "overwrite": True})
    found = fingerprint(path)
    assert found is not None
    queue_rule(rule, found)
    import_runner.run_waiting()


def campaign_ids() -> list[int]:
    return list(Campaign.objects.filter(name__in=CAMPAIGNS).order_by("pk").values_list("pk", flat=True))
