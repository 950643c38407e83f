"""Geometry of the charts that the server draws as SVG (templates/admin/supervision/)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

WIDTH, HEIGHT, FOOT = 720, 140, 20
# Every third hour is named below its bar.
NAMED = 3


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    named: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Upright bars side by side, the largest as high as the chart."""
    most = max((value for _, value in values), default=0) or 1
    step = WIDTH / max(len(values), 1)
    return [
        Bar(
            label=label,
            value=value,
            x=round(place * step + 2, 1),
            y=round(HEIGHT - value / most * HEIGHT, 1),
            width=round(step - 4, 1),
            height=round(value / most * HEIGHT, 1),
            named=place % NAMED == 0,
        )
        for place, (label, value) in enumerate(values)
    ]


def points(values: Sequence[int], width: int = 90, height: int = 20) -> str:
    """A small line through the values, as the points of an SVG polyline."""
    scale = height / (max(values, default=0) or 1)
    places = _places(len(values), width)
    return " ".join([f"{x}{height - value * scale:.0f}" for x, value in zip(places, values, strict=True)])


@cache
def _places(count: int, width: int) -> list[str]:
    return [f"{place * width / max(count - 1, 1):.0f}," for place in range(count)]
