"""Servers that are right for one request at a time, and wrong for several at once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from mock_server.gateway import Gateway, Served
from mock_server.http.exchange import Answer
from mock_server.sandbox.rate_limit import RateLimiter
from mock_server.service import Call
from mock_server.v1.domain.declaration_rules import declaration_slot_free
from mock_server.v1.domain.participant_rules import defer_not_deferred
from tests.mutation.planting import Plant, patched
from tests.mutation.plants.v1.lying import SINGLE, WRITES

_WAIT_SECONDS = 0.02
UNAVAILABLE = Answer(503, b"busy\n", "text/plain")
FAULT = Answer(500, b'{"error":"Internal server error"}', "application/json")


def meanwhile(change: Callable[[Call, Answer, int], Answer], *operations: str) -> Callable[[], None]:
    """Answers the operations slowly. `change` also gets how many were under way when the answer was ready."""

    def plant() -> None:
        original = Gateway._answer
        under_way: Counter[str] = Counter()

        async def slow(self: Gateway, served: Served, call: Call, scope: Any, receive: Any) -> Answer:
            operation = served.app.routes.operation_id(call.method, call.path)
            if operation not in operations:
                return await original(self, served, call, scope, receive)
            under_way["all"] += 1
            try:
                most = under_way["all"]
                await asyncio.sleep(_WAIT_SECONDS)
                answer = await original(self, served, call, scope, receive)
                return change(call, answer, max(most, under_way["all"]))
            finally:
                under_way["all"] -= 1

        Gateway._answer = slow  # type: ignore[method-assign]

    return plant


def unguarded(rule: Any, *operations: str) -> Callable[[], None]:
    """Asks the rule only when no other request is under way, as a check before a slow write does."""

    def plant() -> None:
        original = Gateway._answer
        check = rule.check
        under_way = Counter[str]()

        async def slow(self: Gateway, served: Served, call: Call, scope: Any, receive: Any) -> Answer:
            operation = served.app.routes.operation_id(call.method, call.path)
            if operation not in operations:
                return await original(self, served, call, scope, receive)
            under_way["all"] += 1
            try:
                await asyncio.sleep(_WAIT_SECONDS)
                alone = under_way["all"] == 1 and not under_way["shared"]
                under_way["shared"] += not alone
                object.__setattr__(rule, "check", check if alone else lambda facts: None)
                return await original(self, served, call, scope, receive)
            finally:
                object.__setattr__(rule, "check", check)
                under_way["all"] -= 1
                if not under_way["all"]:
                    under_way["shared"] = 0

        Gateway._answer = slow  # type: ignore[method-assign]

    return plant


def mixed_up(*operations: str) -> Callable[[], None]:
    """Of answers that are under way at once, some go to the wrong request."""
    last: dict[str, Answer] = {}

    def change(call: Call, answer: Answer, under_way: int) -> Answer:
        if answer.status != 200:
            return answer
        shown = last.get("answer", answer) if under_way > 2 else answer
        last["answer"] = answer
        return shown

    return meanwhile(change, *operations)


def _shared_limit(original: Any) -> Any:
    """One log of accepted requests for all tokens with the same limit."""
    logs: dict[Any, Any] = {}

    def initialise(self: RateLimiter, rate: Any) -> None:
        original(self, rate)
        if rate is not None:
            self._accepted = logs.setdefault(rate, self._accepted)

    return initialise


def _refused_count(original: Any) -> Any:
    """Refused requests count, too, so that a client that goes on is never served."""

    def admit(self: RateLimiter, now: float) -> int:
        seconds: int = original(self, now)
        if seconds and self._rate is not None:
            self._accepted.append(now)
        return seconds

    return admit


def _too_soon(original: Any) -> Any:
    """Asks the client to come back in time to be refused again."""
    return lambda self, now: (lambda seconds: max(1, seconds - 1) if seconds else 0)(original(self, now))


CONCURRENCY = tuple(
    Plant(f"at-once-{name}", "wrong for several requests at once", what, plant)
    for name, what, plant in (
        (
            "equal-posts",
            "Equal declarations at once make several.",
            unguarded(declaration_slot_free, "createParticipantDeclaration"),
        ),
        (
            "defers",
            "Equal deferrals at once are all accepted.",
            unguarded(defer_not_deferred, "deferEcfParticipant", "deferParticipant"),
        ),
        (
            "busy",
            "Six reads at once are too many.",
            meanwhile(
                lambda _, answer, under_way: UNAVAILABLE if under_way > 5 else answer,
                *SINGLE,
                "listEcfParticipants",
                "listParticipantDeclarations",
            ),
        ),
        (
            "locked",
            "Two writes at once are a fault.",
            meanwhile(lambda _, answer, under_way: FAULT if under_way > 2 else answer, *WRITES),
        ),
        ("mixed-up", "Of several reads at once, some get another's answer.", mixed_up(*SINGLE)),
        ("shared-limit", "All tokens share one rate limit.", patched(RateLimiter, "__init__", _shared_limit)),
        ("refused-count", "Refused requests count for the rate limit.", patched(RateLimiter, "admit", _refused_count)),
        ("too-soon", "Retry-After is a second too short.", patched(RateLimiter, "admit", _too_soon)),
    )
)
