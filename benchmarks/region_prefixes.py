"""Zones of 30,000 numbers, the phones of one full import, against phonenumbers' own look-up."""

import os
import random
import time
from collections.abc import Callable

import django
import phonenumbers
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

COUNT = 30_000
GOAL = 10.0


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")
    django.setup()
    from timezones.region_prefixes import HomeCountry, RegionPrefixMatcher

    numbers = list(make_numbers(random.Random(1)))
    zone_sets = {prefix: key for key, prefix in enumerate(TIMEZONE_DATA)}
    matcher = RegionPrefixMatcher(zone_sets, HomeCountry.of("US"))
    own = min(seconds(matcher.zone_set_ids, numbers) for _ in range(5))
    package = seconds(lambda numbers: [look_up(number) for number in numbers], numbers)
    print(f"region prefixes of {COUNT} numbers: {own * 1000:.0f} ms, phonenumbers {package * 1000:.0f} ms")
    print(f"region_prefixes {package / own:.1f} {GOAL}")


def make_numbers(rng: random.Random) -> list[str]:
    """Three quarters North American, with and without the 1; the rest from everywhere."""
    at_home = [prefix[1:] for prefix in TIMEZONE_DATA if prefix.startswith("1") and len(prefix) == 4]
    abroad = [f"011{prefix}" for prefix in TIMEZONE_DATA if not prefix.startswith("1")]
    kinds = [at_home, [f"1{code}" for code in at_home], at_home, abroad]
    return [f"{rng.choice(kinds[n % 4])}{rng.randrange(10**7):07}" for n in range(COUNT)]


def look_up(number: str) -> object:
    try:
        return time_zones_for_geographical_number(phonenumbers.parse(number, "US"))
    except phonenumbers.NumberParseException:
        return None


def seconds(look_up: Callable[[list[str]], object], numbers: list[str]) -> float:
    start = time.perf_counter()
    look_up(numbers)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
