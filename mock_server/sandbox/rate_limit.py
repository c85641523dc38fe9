"""How many requests one token may make: an exact log of the accepted ones in a rolling window (rules 3)."""

import math
from collections import deque

from mock_server.settings import Rate


class RateLimiter:
    """Counts the requests of one token. Refused ones don't count, so a client that waits gets in again."""

    __slots__ = ("_accepted", "_rate")

    def __init__(self, rate: Rate | None) -> None:
        self._rate = rate
        self._accepted: deque[float] = deque()

    def change(self, rate: Rate | None) -> None:
        """Applies `rate` (None: no limit) from now on, and forgets what was counted."""
        self._rate = rate
        self._accepted.clear()

    def admit(self, now: float) -> int:
        """0 when the request at `now` (monotonic seconds) is accepted, else after how many seconds to retry.

        These are whole seconds, at least 1, and enough: a request that waits so long is accepted.
        """
        rate = self._rate
        if rate is None:
            return 0
        accepted = self._accepted
        horizon = now - rate.seconds
        while accepted and accepted[0] <= horizon:
            accepted.popleft()
        if len(accepted) < rate.requests:
            accepted.append(now)
            return 0
        return max(1, math.ceil(accepted[0] - horizon))
