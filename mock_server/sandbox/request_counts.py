"""Counts the requests that the mock has answered, with how long they took: what `/_mock/metrics` shows."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

# The upper bounds of the histogram's buckets, in seconds. Most answers take less than a millisecond.
BOUNDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)


class Kind(NamedTuple):
    """What a request asked for: `api` is a service's name, and empty for paths of none; so is `operation`."""

    api: str
    operation: str


class RequestCounts:
    """The counts since the process began, of all sandboxes together. There are as many as contracts have operations."""

    def __init__(self) -> None:
        # By kind and status: the requests in each bucket, the last one without a bound, and their seconds together.
        self._counts: dict[tuple[str | None, str | None, int], list[float]] = {}
        self.struck_by_faults = 0

    def note(self, api: str | None, operation: str | None, status: int, seconds: float) -> None:
        """Counts one request."""
        key = (api, operation, status)
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = [0.0] * (len(BOUNDS) + 2)
        counts[bisect_left(BOUNDS, seconds)] += 1
        counts[-1] += seconds

    def by_status(self) -> Iterator[tuple[Kind, int, int]]:
        """How many requests of each kind got each status."""
        for (api, operation, status), counts in sorted(self._counts.items(), key=lambda each: str(each[0])):
            yield Kind(api or "", operation or ""), status, int(sum(counts[:-1]))

    def durations(self) -> dict[Kind, list[float]]:
        """For each kind, how many requests fell into each bucket and above the last, and their seconds together."""
        found: dict[Kind, list[float]] = {}
        for (api, operation, _), counts in self._counts.items():
            kind = Kind(api or "", operation or "")
            so_far = found.get(kind)
            found[kind] = list(counts) if so_far is None else [a + b for a, b in zip(so_far, counts, strict=True)]
        return found
