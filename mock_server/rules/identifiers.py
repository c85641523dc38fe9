"""Ids that repeat: the same seed gives the same ids in the same order."""

from random import Random


class Identifiers:
    def __init__(self, random_seed: int) -> None:
        self._random = Random(random_seed)  # noqa: S311 - meant to repeat, guards nothing

    def __call__(self) -> str:
        """The next UUID, version 4, in its canonical form."""
        bits = self._random.getrandbits(128)
        bits = bits & ~(0xF << 76) | (4 << 76)
        bits = bits & ~(0x3 << 62) | (2 << 62)
        digits = f"{bits:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def skip(self, count: int) -> None:
        """Skip ids, as if somebody had asked for that many."""
        for _ in range(count):
            self._random.getrandbits(128)
