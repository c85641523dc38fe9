"""Ids that repeat: the same seed gives the same ids in the same order."""

from random import Random

# The bits of a UUID that aren't random, and their values in version 4 of "an ordinary UUID" (RFC 9562).
_FIXED = 0xF << 76 | 0b11 << 62
_VERSION_4 = 4 << 76 | 0b10 << 62


class Identifiers:
    def __init__(self, random_seed: int) -> None:
        self._random = Random(random_seed)  # noqa: S311 - meant to repeat, guards nothing

    def __call__(self) -> str:
        """The next UUID, version 4, in its canonical form."""
        digits = (self._random.getrandbits(128) & ~_FIXED | _VERSION_4).to_bytes(16, "big").hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def skip(self, count: int) -> None:
        """Skip ids, as if somebody had asked for that many."""
        for _ in range(count):
            self._random.getrandbits(128)
