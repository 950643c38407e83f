"""Whom the list misses by a country code or a prefix for calls abroad, counted after each import for people.

An app above that has numbers registers here how it counts them (campaigns/near_misses.py).
"""

from collections.abc import Callable

counters: list[Callable[[], int]] = []


def count() -> int:
    """How many contacts have a number that the list has in another form only; they are called."""
    return sum(counter() for counter in counters)
