"""Whatever happens to a world, in whatever order, it stays sound, and a refusal changes nothing."""

from datetime import timedelta
from random import Random

import pytest

from tests.v3.domain.invariants import assert_sound
from tests.v3.domain.random_acts import act_at_random
from tests.v3.domain.worlds import NOW, new_world, run_to


@pytest.mark.parametrize("seed", range(12))
def test_a_world_stays_sound(seed: int) -> None:
    world, random, now = new_world(), Random(seed), NOW  # noqa: S311 - meant to repeat
    for number in range(120):
        now += timedelta(minutes=random.choice((1, 60, 60 * 24, 60 * 24 * 20)))
        run_to(world, now)
        act_at_random(world, random, now)
        if number % 10 == 9:
            assert_sound(world)
