"""Ids that repeat: the same seed gives the same ids in the same order."""

from random import Random

# The digit that says "an ordinary UUID" in its two upper bits, in place of a random one.
_VARIANT = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}


class Identifiers:
    def __init__(self, random_seed: int) -> None:
        self._random = Random(random_seed)  # noqa: S311 - meant to repeat, guards nothing

    def __call__(self) -> str:
        """The next UUID, version 4, in its canonical form."""
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"

    def skip(self, count: int) -> None:
        """Skip ids, as if somebody had asked for that many."""
        for _ in range(count):
            self._random.getrandbits(128)
