"""The stream that keeps an open page up to date. Without an open page there is none, and no listener either."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

from mock_server.sandbox.sandboxes import Registry, Sandbox

# Seconds between two messages at least; the tenth part of the time, at most, goes into making them.
_SHORTEST_PAUSE = 0.25
_SHARE = 10
# Clocks are to be seen running, and what listens to no journal is noticed, every second.
_TICK = 1.0
# A stream that says nothing for so many seconds looks dead to what is between it and the browser.
_SILENCE = 15.0

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


class Partial(NamedTuple):
    """Something to put on the page: `swap` is htmx's word for how, `target` the id of the element."""

    target: str
    swap: str
    html: str


Follower = Callable[[], Awaitable[Sequence[Partial]]]


class Streams:
    """The streams that are open now."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._waiting: set[asyncio.Event] = set()

    def close(self) -> None:
        """End them all; called in the event loop that they run in."""
        self._closing.set()
        for changed in self._waiting:
            changed.set()

    async def stream(self, registry: Registry, sandbox: Sandbox, follower: Follower) -> AsyncIterator[str]:
        """What `follower` has to say, as server-sent events, until the visitor or the sandbox has gone."""
        changed = asyncio.Event()
        self._waiting.add(changed)
        sandbox.journal.listeners.append(changed.set)
        try:
            silent_since = perf_counter()
            while not self._closing.is_set():
                if registry.get(sandbox.id) is not sandbox:
                    yield "event: gone\ndata:\n\n"
                    return
                changed.clear()
                started = perf_counter()
                if partials := await follower():
                    yield message(partials)
                    silent_since = perf_counter()
                elif started - silent_since > _SILENCE:
                    yield ":\n\n"
                    silent_since = started
                await _wait(self._closing, max(_SHORTEST_PAUSE, _SHARE * (perf_counter() - started)))
                await _wait(changed, _TICK)
        finally:
            sandbox.journal.listeners.remove(changed.set)
            self._waiting.remove(changed)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def message(partials: Sequence[Partial]) -> str:
    """One event. Each line gets its field name: whatever stands in the HTML, the browser reads it as data."""
    html = "".join(
        f'<hx-partial hx-target="#{target}" hx-swap="{swap}">{content}</hx-partial>'
        for target, swap, content in partials
    )
    return "".join(f"data: {line}\n" for line in _LINE_ENDS.split(html)) + "\n"
