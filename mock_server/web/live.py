"""The stream that keeps an open page up to date. If no page is open, no stream runs and nothing listens."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

from mock_server.sandbox.sandboxes import Registry, Sandbox

# The shortest pause between two messages, in seconds. Making messages takes at most a tenth of the time.
_SHORTEST_PAUSE = 0.25
_SHARE = 10
# In seconds. Each tick shows the running clock, and finds changes that the journal doesn't announce.
_TICK = 1.0
# In seconds. Proxies think that a stream is dead if it is silent for longer.
_SILENCE = 15.0

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


class Partial(NamedTuple):
    """HTML to put on the page: `target` is the id of the element, `swap` is htmx's word for how."""

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
        """End all streams. Call it in the event loop that they run in."""
        self._closing.set()
        for changed in self._waiting:
            changed.set()

    async def stream(self, registry: Registry, sandbox: Sandbox, follower: Follower) -> AsyncIterator[str]:
        """Sends what `follower` returns as server-sent events, until the visitor or the sandbox is gone."""
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
    """One event. Each line of the HTML starts with `data:`, so the browser reads all of it as data."""
    html = "".join(
        f'<hx-partial hx-target="#{target}" hx-swap="{swap}">{content}</hx-partial>'
        for target, swap, content in partials
    )
    return "".join(f"data: {line}\n" for line in _LINE_ENDS.split(html)) + "\n"
