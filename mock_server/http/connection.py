"""What one connection may take of the server: the size of a request's head, time, and a place among the others.

Uvicorn has settings for none of these: its limit on connections turns new ones away and lets idle ones stay. Its
protocol is extended where its parser and the event loop call it; tests on the wire hold on to that. Where a request
comes in one piece, as nearly all do, that costs a few comparisons, and saves the timer that uvicorn sets after each
answer: one look at all that wait does the same. And an answer that is there as a whole goes out in one piece.
"""

import sys
from asyncio import TimerHandle, Transport
from collections.abc import Iterable
from typing import Any, ClassVar, Final

import orjson
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, HttpToolsProtocol

from mock_server.http.exchange import JSON_API, SEND_WHOLE

# In bytes: the target with its query, and everything before the body. What has come in one piece with the end of
# a head is still read.
MAX_TARGET: Final = 16 * 1024
MAX_HEAD: Final = 64 * 1024
MAX_HEADER_LINES: Final = 200

# How long, in seconds, an answer may wait for a client that reads nothing of it.
_STALLED = 60.0
# Files that the process needs besides connections.
_SPARE_FILES = 64
_MOST_FILES = 65_536

# How often, in seconds, those are looked for that have waited too long for another request.
_LOOK = 1.0

_REFUSALS = {414: "URI too long", 431: "Request header fields too large"}


def connections_allowed() -> int:
    """As many as the system lets this process have, once it has asked for all that it may."""
    if sys.platform == "win32":
        return 10_000
    import resource

    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if most == resource.RLIM_INFINITY else min(most, _MOST_FILES)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            allowed = wanted
        except (OSError, ValueError):
            # Some systems allow fewer than they say.
            pass
    files = wanted if allowed == resource.RLIM_INFINITY else min(allowed, _MOST_FILES)
    return max(16, files - _SPARE_FILES)


def connection_type(head_timeout: float, max_connections: int) -> type[HttpToolsProtocol]:
    """The protocol of one server, whose connections know of each other.

    A request's head must be complete `head_timeout` seconds after the connection was made or the head's first byte
    came. Of more than `max_connections` the one that has waited longest for a request is closed for the next.
    """
    members = {"head_timeout": head_timeout, "max_connections": max_connections, "waiting": {}, "looking": None}
    return type("Connection", (_Connection,), members)


class _TooLarge(Exception):
    """Stops the parser at the end of a head."""


class _Connection(HttpToolsProtocol):
    # What every request runs through calls the class above by its name: super() would be a tenth of what this costs.

    head_timeout: ClassVar[float]
    max_connections: ClassVar[int]
    # Those that a request's head has still to come from, and since when; the longest waiting first.
    waiting: "ClassVar[dict[_Connection, float]]"
    looking: ClassVar[TimerHandle | None]

    url = b""
    # Bytes since the parser has got something done: of a head, or of what surrounds the pieces of a body.
    _undone = 0
    _too_large = False
    _head_timer: TimerHandle | None = None
    _stalled_timer: TimerHandle | None = None

    # -- called by the event loop ----------------------------------------------------------------

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions: dict[str, Any] = {SEND_WHOLE: self._send_whole}
        if len(self.connections) > self.max_connections and self.waiting:
            longest = next(iter(self.waiting))
            # Now: it leaves `connections` only later, and several may be made before.
            del self.waiting[longest]
            longest.transport.abort()
        self.waiting[self] = self.loop.time()
        if self.looking is None:
            self._look_again()
        self._head_timer = self.loop.call_later(self.head_timeout, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._stop_head_timer()
        self.resume_writing()
        # It refers back to the connection, which should go when nobody needs it any more.
        self._extensions.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._undone += len(data)
        HttpToolsProtocol.data_received(self, data)
        cycle = self.cycle
        if (self._undone or cycle is None or cycle.response_complete) and not self.transport.is_closing():
            self._wait_for_more()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled_timer = self._stalled_timer or self.loop.call_later(_STALLED, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stalled_timer is not None:
            self._stalled_timer.cancel()
            self._stalled_timer = None
        super().resume_writing()

    # -- called by the parser --------------------------------------------------------------------

    def on_headers_complete(self) -> None:
        if len(self.url) > MAX_TARGET or len(self.headers) > MAX_HEADER_LINES or self._undone > MAX_HEAD:
            self._check_head()
        self._undone = 0
        self.waiting.pop(self, None)
        if self._head_timer is not None:
            self._stop_head_timer()
        self.scope["extensions"] = self._extensions
        HttpToolsProtocol.on_headers_complete(self)

    def on_body(self, body: bytes) -> None:
        self._undone = 0
        HttpToolsProtocol.on_body(self, body)

    # -- called by uvicorn -----------------------------------------------------------------------

    def on_response_complete(self) -> None:
        """Instead of uvicorn's own, which sets a timer each time."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.waiting[self] = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """What the parser can't go on with."""
        if self._too_large:
            self._refuse_head()
        elif self._is_answering:
            self.transport.close()
        else:
            super().send_400_response(msg)

    # -- called by the application ---------------------------------------------------------------

    def _send_whole(self, scope: Any, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bool:
        """Sends an answer with its length or without a body, if it is just to be written; whether that was so.

        Uvicorn writes head and body on their own, which costs the system as much again as one piece.
        """
        cycle = self.cycle
        if (
            cycle.scope is not scope
            or not cycle.keep_alive
            or cycle.disconnected
            or cycle.access_log
            or self.flow.write_paused
            or scope["method"] == "HEAD"
        ):
            return False
        parts = [STATUS_LINE[status]]
        for name, value in cycle.default_headers:
            parts += name, b": ", value, b"\r\n"
        for name, value in headers:
            # Uvicorn does more about these, or refuses them.
            if name == b"connection" or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
                return False
            parts += name, b": ", value, b"\r\n"
        parts += b"\r\n", body
        self.transport.write(b"".join(parts))
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        self.on_response_complete()
        return True

    # -- those that wait -------------------------------------------------------------------------

    def _look_again(self) -> None:
        type(self).looking = self.loop.call_later(_LOOK, self._look)

    def _look(self) -> None:
        """Close those that had an answer and haven't begun another request; heads have timers of their own."""
        type(self).looking = None
        latest = self.loop.time() - self.timeout_keep_alive
        for connection, since in list(self.waiting.items()):
            if since > latest:
                break
            if connection._head_timer is None:
                connection.transport.close()
        if self.waiting:
            self._look_again()

    # -- the ends of it --------------------------------------------------------------------------

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_more(self) -> None:
        if self._undone > MAX_HEAD or len(self.url) > MAX_TARGET:
            self._refuse_head()
        # A body that belongs to no answer any more may take as long as a head.
        elif self._head_timer is None and not self._is_answering:
            self._head_timer = self.loop.call_later(self.head_timeout, self.transport.close)

    def _check_head(self) -> None:
        """Raises _TooLarge. What came with the head may be part of a body."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) > MAX_TARGET or len(self.headers) > MAX_HEADER_LINES or size > MAX_HEAD:
            self._too_large = True
            raise _TooLarge

    def _refuse_head(self) -> None:
        # In the middle of another answer there is no place for this one.
        if not self._is_answering:
            status = 414 if len(self.url) > MAX_TARGET else 431
            body = orjson.dumps({"error": _REFUSALS[status]})
            head = f"content-type: {JSON_API}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
