import random
from datetime import timedelta

import pytest

from dialer.simulator.pacing import Pace, Pacer, Tally, next_lines

PACE = Pace(maximum_lines=2.0, abandon_percent=3.0, correction_pace=70, gain=1.0)
UNLIMITED = Pace(maximum_lines=2.0, abandon_percent=None, correction_pace=70, gain=1.0)
START, LATER = timedelta(minutes=10), timedelta(hours=2)


def tally(live, abandoned):
    return Tally(live, abandoned)


@pytest.mark.parametrize(
    ("lines", "live", "abandoned", "expected"),
    [
        # The sample is not complete: nothing changes.
        (1.5, 69, 0, None),
        # No abandoned call: the whole step up.
        (1.5, 70, 0, 1.6),
        # Exactly the inner target of 2.55 %: as it was.
        (1.5, 2000, 51, 1.5),
        # The limit itself is over the target: down in proportion, by (3 - 2.55) / 2.55 of a step.
        (1.5, 1000, 30, 1.5 - 0.1 * 0.45 / 2.55),
        # Twice the target and more: the whole step down.
        (1.5, 70, 7, 1.4),
        # Never over the cap, never under one line.
        (1.95, 70, 0, 2.0),
        (1.05, 70, 7, 1.0),
        # Over the limit by a wide margin: at once, but not for fewer than ten calls.
        (1.5, 10, 1, 1.4),
        (1.5, 9, 9, None),
        (1.5, 20, 1, None),
    ],
)
def test_lines_follow_the_abandon_rate_of_the_sample(lines, live, abandoned, expected):
    found = next_lines(lines, PACE, tally(live, abandoned), tally(live, abandoned), START)

    assert found == (expected if expected is None else pytest.approx(expected))


def test_the_gain_scales_the_step():
    faster = Pace(2.0, 3.0, 70, gain=3.0)

    assert next_lines(1.5, faster, tally(70, 0), tally(70, 0), START) == pytest.approx(1.8)


def test_the_pace_is_the_number_of_live_calls_between_two_adjustments():
    slow = Pace(2.0, 3.0, correction_pace=5000, gain=1.0)

    assert next_lines(1.5, slow, tally(4999, 0), tally(4999, 0), START) is None
    assert next_lines(1.5, slow, tally(5000, 0), tally(5000, 0), START) is not None


@pytest.mark.parametrize("abandoned", [0, 35, 70])
def test_without_a_limit_lines_rise_to_the_cap_whatever_is_abandoned(abandoned):
    assert next_lines(1.5, UNLIMITED, tally(70, abandoned), tally(70, abandoned), LATER) == pytest.approx(1.6)
    assert next_lines(1.5, UNLIMITED, tally(10, 10), tally(10, 10), START) is None


@pytest.mark.parametrize(
    ("ran", "day_abandoned", "direction"),
    [
        # The sample is just under the target; a bad day counts only after one hour of running.
        (START, 60, "up"),
        (LATER, 60, "down"),
        # A sample over the target passes for a while on a day that was far below it.
        (START, 0, "up"),
        (LATER, 0, "up"),
    ],
)
def test_the_day_so_far_corrects_the_target_after_an_hour(ran, day_abandoned, direction):
    found = next_lines(1.5, PACE, tally(1000, 24), tally(1000, day_abandoned), ran)

    assert (found > 1.5) == (direction == "up")


def test_a_day_far_below_the_target_allows_a_higher_rate_than_the_limit():
    sample = tally(1000, 35)

    assert next_lines(1.5, PACE, sample, tally(10_000, 0), START) < 1.5
    assert next_lines(1.5, PACE, sample, tally(10_000, 0), LATER) > 1.5


def test_the_day_never_takes_more_than_half_of_the_target_away():
    half = tally(1000, 12)

    assert next_lines(1.5, PACE, half, tally(1000, 900), LATER) > 1.5


def test_a_pacer_begins_a_new_sample_with_each_adjustment():
    pacer = Pacer(lines=1.5, started=timedelta())
    for _ in range(70):
        pacer.count(False, PACE, START)

    assert pacer.lines == pytest.approx(1.6)
    assert (pacer.sample.live, pacer.day.live) == (0, 70)


@pytest.mark.parametrize("seed", range(5))
def test_the_rate_settles_under_the_limit_where_abandons_grow_faster_than_the_lines(seed):
    """A crude world: at L lines per agent a live call is abandoned with probability (L - 1)^2 / 5."""
    rng, pacer = random.Random(seed), Pacer(lines=2.0, started=timedelta())
    for call in range(20_000):
        abandoned = rng.random() < (pacer.lines - 1) ** 2 / 5
        pacer.count(abandoned, PACE, timedelta(seconds=call))

    assert 1.0 < pacer.day.rate < 3.0
