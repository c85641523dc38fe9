"""Shares of a population: weights such as {"ect": 3, "mentor": 1} become one word for each person."""

from collections.abc import Mapping
from random import Random
from typing import Final

# As many people as one call may add. The mock answers nobody else while it adds them.
MOST_PEOPLE: Final = 10_000


def shared_out(weights: Mapping[str, int], count: int, random: Random) -> list[str]:
    """`count` words in the shares of the weights, to the person, in an order of chance.

    The largest remainders get what the shares leave over. At least one weight must be above 0.
    """
    total = sum(weights.values())
    numbers = {word: count * weight // total for word, weight in weights.items()}
    left_over = sorted(weights, key=lambda word: -(count * weights[word] % total))
    for word in left_over[: count - sum(numbers.values())]:
        numbers[word] += 1
    words = [word for word, number in numbers.items() for _ in range(number)]
    random.shuffle(words)
    return words
