"""Zones as phones carry them: a standard bias and whether daylight saving is observed there."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Zone(NamedTuple):
    """`bias`: minutes to add to standard time to get UTC."""

    bias: int
    dst_observed: bool

    def __str__(self) -> str:
        return f"{self.bias}{'d' if self.dst_observed else ''}"

    @property
    def label(self) -> str:
        """For people: `UTC-05:00, daylight saving`."""
        hours, minutes = divmod(abs(self.bias), 60)
        offset = f"UTC{'-' if self.bias > 0 else '+'}{hours:02}:{minutes:02}"
        return f"{offset}, daylight saving" if self.dst_observed else offset


def write_zones(zones: Iterable[Zone]) -> str:
    """The one text of a set of zones, west to east: `360d 300d`."""
    return " ".join(
        str(zone) for zone in sorted(set(zones), key=lambda zone: (-zone.bias, zone.dst_observed))
    )


@lru_cache(maxsize=1024)
def read_zones(text: str) -> tuple[Zone, ...]:
    """The zones of such a text; ValueError when it is not one."""
    return tuple(Zone(int(part.removesuffix("d")), part.endswith("d")) for part in text.split())
