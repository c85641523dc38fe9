"""How fast the check sends: below the server's rate limit, within the time limit, and only while the server lives.

The check counts every request against one limit, whoever sends it: a server may count by token or by address.
"""

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

import httpx

from mock_server.settings import Rate

# A limit's window in seconds is one of these. An answer 429 says only how long to wait.
_WINDOWS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 86_400)
# How often the check sends a request again that the server answers with 429.
_PATIENCE = 6
# What a proxy answers when the server behind it is gone.
_GATEWAY = frozenset({502, 503, 504})
# The pauses, in seconds, between the questions whether a server still answers.
_QUESTIONS = (0.2, 0.5, 1.0)

Heard = TypeVar("Heard")


class OutOfTime(Exception):
    """The stage has used up its share of the time, or of the requests that the rate limit leaves."""


class ServerGone(Exception):
    """The server no longer answers at all. The text says so in one line."""


@dataclass(slots=True)
class Pace:
    """Admits requests one by one.

    `rate` is the server's limit; None until `--rate` or an answer 429 tells it. `until` is when the check must end, in
    the seconds of `now`; None for no end. `on_wait` gets a sentence before each pause that a person would notice.
    `silent` asks the server the simplest question; it says why no answer came, or None when one came.
    """

    rate: Rate | None = None
    until: float | None = None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    on_wait: Callable[[str], None] = lambda _: None
    silent: Callable[[], str | None] = lambda: None
    # False where the check itself sets the limits that it meets, as it does with the control API.
    heeds_limits: bool = True
    # The moments at which requests were sent, in order.
    sent: list[float] = field(default_factory=list)
    _share: float = 1.0
    # How many requests the stage has sent.
    _spent: int = 0
    _stage_until: float | None = None
    _left: float | None = None
    _lock: Any = field(default_factory=RLock)

    def begin(self, share: float = 1.0) -> None:
        """A stage begins that may use this share (0 to 1) of what is left."""
        with self._lock:
            self._share = share
            self._spent = 0
            now = self.now()
            self._stage_until = None if self.until is None else now + (self.until - now) * share
            self._left = self._capacity(now) * share if self.rate and self.until is not None else None

    @property
    def out_of_time(self) -> bool:
        """Whether the stage may send nothing more."""
        now = self.now()
        if self.until is not None and now >= self.until:
            return True
        if self.rate is not None:
            return self._left is not None and self._left < 1
        return self._stage_until is not None and now >= self._stage_until

    def admit(self) -> None:
        """Waits until the next request may be sent. Raises OutOfTime."""
        with self._lock:
            if self.out_of_time:
                raise OutOfTime
            if self.rate is not None:
                limit = f"{self.rate.requests} requests in {self.rate.seconds:.0f} s"
                self._pause(self._delay(self.rate), f"keeps below {limit}")
                if self._left is not None:
                    self._left -= 1
            self._spent += 1
            self.sent.append(self.now())

    def refused(self, retry_after: str | None, attempt: int) -> bool:
        """An answer 429 came. Learns the limit from it, and waits. False when waiting makes no sense.

        Raises OutOfTime.
        """
        if retry_after is None:
            seconds = float(2**attempt)
        elif retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6:
            seconds = float(retry_after)
        else:
            return False
        if attempt >= _PATIENCE:
            return False
        with self._lock:
            if retry_after is not None:
                self._learn(seconds)
            # Not less than it asks for: clocks differ.
            self._pause(seconds + 0.05, "waits as the server asks with 429")
        return True

    def _learn(self, wait: float) -> None:
        """The limit is the smallest usual one that explains why the server refuses a request now."""
        now, known = self.now(), self.rate
        window = float(next((each for each in _WINDOWS if each >= wait), wait))
        # The refused request doesn't count.
        self.sent.pop()
        self._spent -= 1
        if known is not None:
            window = max(window, known.seconds)
        count = len(self.sent) - bisect_left(self.sent, now - window)
        if known is not None:
            count = min(count, known.requests)
        self.rate = Rate(max(1, count), window)
        if known is None:
            if self.until is not None:
                # The stage may have had its share by now, while it didn't know of a limit.
                everything = self._spent + self._capacity(now + wait)
                self._left = everything * self._share - self._spent
            self.on_wait(self.planned(now + wait))

    def planned(self, now: float) -> str:
        """How much the check can send under the rate limit, and how long it takes, as a sentence for people."""
        assert self.rate is not None  # noqa: S101 - asked only with a limit
        limit = f"the server allows {self.rate.requests} requests in {self.rate.seconds:.0f} s"
        if self.until is None:
            return limit
        return f"{limit}: {self._capacity(now):.0f} more fit in, and the check ends in {self.until - now:.0f} s at most"

    def _allowed(self, rate: Rate) -> int:
        """A little less than the limit: the server's clock isn't ours."""
        return max(1, rate.requests - max(1, rate.requests // 50))

    def _delay(self, rate: Rate) -> float:
        """How many seconds until the window has room for one more request."""
        now = self.now()
        inside = len(self.sent) - bisect_left(self.sent, now - rate.seconds)
        if inside < self._allowed(rate):
            return 0.0
        return self.sent[-self._allowed(rate)] + rate.seconds - now + 0.01

    def _capacity(self, now: float) -> float:
        """How many requests the rate limit permits from `now` to the end."""
        rate = self.rate
        if rate is None or self.until is None:
            return float("inf")
        allowed = self._allowed(rate)
        # Whole windows, and what becomes free in the rest of the time.
        windows, rest = divmod(max(0.0, self.until - now), rate.seconds)
        still_there = len(self.sent) - bisect_left(self.sent, now + rest - rate.seconds)
        return allowed * windows + max(0, allowed - still_there)

    def _pause(self, seconds: float, why: str) -> None:
        if seconds <= 0:
            return
        now = self.now()
        if self.until is not None and now + seconds > self.until:
            self._left = 0
            raise OutOfTime
        if seconds >= 1:
            self.on_wait(f"{why}: goes on in {seconds:.0f} s")
        self.sleep(seconds)

    def send(
        self,
        call: Callable[[], Heard],
        *,
        heard: Callable[[Heard], tuple[int, str | None]],
        failures: tuple[type[Exception], ...],
    ) -> Heard:
        """Sends a request with `call`, as soon as it may. `heard` gives the answer's status and its Retry-After.

        Raises:
            OutOfTime: the stage may send nothing more.
            ServerGone: no answer came, or that of a proxy, and none comes to the simplest question.
            Exception: one of `failures`, when no answer came and the server still lives.
        """
        attempt = 0
        while True:
            self.admit()
            try:
                answer = call()
            except failures:
                self._gone_unless_alive()
                raise
            status, retry_after = heard(answer)
            if status in _GATEWAY:
                self._gone_unless_alive()
            if status != 429 or not self.heeds_limits or not self.refused(retry_after, attempt):
                return answer
            attempt += 1

    def _gone_unless_alive(self) -> None:
        why = None
        for seconds in (0.0, *_QUESTIONS):
            self.sleep(seconds)
            why = self.silent()
            if why is None:
                return
        raise ServerGone(f"answers no more, after {len(self.sent)} requests: {why}")


class PacedClient(httpx.Client):
    """An HTTP client that sends at the pace given."""

    def __init__(self, pace: Pace, **options: Any) -> None:
        # A server closes a connection that nobody uses, perhaps while we send on it. So we keep none for long.
        super().__init__(limits=httpx.Limits(keepalive_expiry=1.0), **options)
        self._pace = pace

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        def once() -> httpx.Response:
            try:
                return super(PacedClient, self).send(request, **options)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # It may have been such a connection all the same. Only what reads may be sent again.
                if request.method not in ("GET", "HEAD"):
                    raise
                return super(PacedClient, self).send(request, **options)

        return self._pace.send(
            once,
            heard=lambda answer: (answer.status_code, answer.headers.get("retry-after")),
            failures=(httpx.TransportError,),
        )
