"""Limits for each connection: how large a request's head may be, how long it may take, how many connections there are.

Uvicorn has no settings for these. Its limit on connections turns new ones away and keeps idle ones. We extend its
protocol class at the methods that the parser and the event loop call. Tests on a real connection check those methods.
Nearly every request arrives in one piece, and then the limits cost a few comparisons. They replace the timer that
uvicorn sets after each answer: one regular look at all waiting connections does the same. The class also sends a
complete answer in one write.
"""

import re
import sys
from asyncio import TimerHandle, Transport
from functools import lru_cache
from typing import Any, ClassVar, Final

import orjson
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, HttpToolsProtocol

from mock_server.http.exchange import JSON_API, SEND_WHOLE, WITHOUT_BODY

# In bytes: the path with its query, and everything before the body. A head that arrives in one piece is read whole,
# whatever its size.
MAX_TARGET: Final = 16 * 1024
MAX_HEAD: Final = 64 * 1024
MAX_HEADER_LINES: Final = 200

# How long, in seconds, an answer waits for a client that doesn't read it.
_STALLED = 60.0
# How many files the process needs besides its connections.
_SPARE_FILES = 64
_MOST_FILES = 65_536

# How often, in seconds, we look for connections that have waited too long for another request.
_LOOK = 1.0

_UPGRADE: Final = re.compile(rb"^upgrade:", re.IGNORECASE | re.MULTILINE)
# No client sends a header of this name.
_OFFER: Final = b"ecf-mock-offered-upgrade"

_REFUSALS = {414: "URI too long", 431: "Request header fields too large"}


def connections_allowed() -> int:
    """How many connections the system allows this process, after the process has asked for the most it may have."""
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
            # Some systems allow fewer files than they say.
            pass
    files = wanted if allowed == resource.RLIM_INFINITY else min(allowed, _MOST_FILES)
    return max(16, files - _SPARE_FILES)


def connection_type(head_timeout: float, max_connections: int) -> type[HttpToolsProtocol]:
    """The protocol class of one server. Its connections share their limits.

    A request's head must be complete `head_timeout` seconds after the connection was made, or after its first byte.
    When there are more than `max_connections`, the one that has waited longest for a request is closed.
    """
    members = {"head_timeout": head_timeout, "max_connections": max_connections, "waiting": {}, "looking": None}
    return type("Connection", (_Connection,), members)


# Most answers have one of a few sets of headers.
@lru_cache(maxsize=256)
def _header_lines(headers: tuple[tuple[bytes, bytes], ...]) -> bytes | None:
    """The lines of these headers; None for headers that uvicorn treats specially, or refuses."""
    for name, value in headers:
        if name == b"connection" or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
            return None
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class _TooLarge(Exception):
    """Raised to stop the parser at the end of a head."""


class _Connection(HttpToolsProtocol):
    # Methods that every request runs call the parent class by name: super() would be a tenth of their cost.

    head_timeout: ClassVar[float]
    max_connections: ClassVar[int]
    # The connections that we expect a request's head from, and since when. The one that has waited longest is first.
    waiting: "ClassVar[dict[_Connection, float]]"
    looking: ClassVar[TimerHandle | None]

    url = b""
    # Bytes since the parser last finished something: bytes of a head, or of the frame around a body's pieces.
    _undone = 0
    _too_large = False
    # Whether the head offers to upgrade, under another name.
    _offered = False
    _head_timer: TimerHandle | None = None
    _stalled_timer: TimerHandle | None = None

    # -- called by the event loop ----------------------------------------------------------------

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions: dict[str, Any] = {SEND_WHOLE: self._send_whole}
        if len(self.connections) > self.max_connections and self.waiting:
            longest = next(iter(self.waiting))
            # Count it as gone now. It leaves `connections` later, and several others may be made before.
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
        # The timer refers to the connection. Without it, the connection's memory is freed at once.
        self._extensions.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self in self.waiting and b"pgrade:" in data:
            data = self._without_offer(data)
        self._undone += len(data)
        HttpToolsProtocol.data_received(self, data)
        cycle = self.cycle
        if (self._undone or cycle is None or cycle.response_complete) and not self.transport.is_closing():
            self._wait_for_more()

    def _without_offer(self, data: bytes) -> bytes:
        """The head under another name for the header Upgrade, which makes the parser drop the request's body.

        A server may ignore the offer (RFC 9110, 7.8). Java's client makes it with its first request.
        """
        head, end, rest = data.partition(b"\r\n\r\n")
        self._offered = True
        return _UPGRADE.sub(_OFFER + b":", head) + end + rest

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
        if self._offered:
            self._offered = False
            self.headers[:] = [(b"upgrade" if name == _OFFER else name, value) for name, value in self.headers]
        HttpToolsProtocol.on_headers_complete(self)

    def on_body(self, body: bytes) -> None:
        self._undone = 0
        HttpToolsProtocol.on_body(self, body)

    # -- called by uvicorn -----------------------------------------------------------------------

    def on_response_complete(self) -> None:
        """Replaces uvicorn's method, which sets a timer after each answer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.waiting[self] = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """The parser can't read the request."""
        if self._too_large:
            self._refuse_head()
        elif self._is_answering:
            self.transport.close()
        else:
            super().send_400_response(msg)

    # -- called by the application ---------------------------------------------------------------

    def _send_whole(self, scope: Any, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes) -> bool:
        """Sends an answer with its length or without a body, if it is just to be written; whether that was so.

        Uvicorn writes head and body separately, and a second write costs the system as much as the first.
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
        lines = _header_lines(headers)
        if lines is None:
            return False
        parts = [STATUS_LINE[status]]
        for name, value in cycle.default_headers:
            parts += name, b": ", value, b"\r\n"
        length = b"" if status in WITHOUT_BODY else b"content-length: %d\r\n" % len(body)
        parts += lines, length, b"\r\n", body
        self.transport.write(b"".join(parts))
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        self.on_response_complete()
        return True

    # -- connections that wait -------------------------------------------------------------------------

    def _look_again(self) -> None:
        type(self).looking = self.loop.call_later(_LOOK, self._look)

    def _look(self) -> None:
        """Close connections that got an answer and began no other request in time. Heads have their own timers."""
        type(self).looking = None
        latest = self.loop.time() - self.timeout_keep_alive
        for connection, since in list(self.waiting.items()):
            if since > latest:
                break
            if connection._head_timer is None:
                connection.transport.close()
        if self.waiting:
            self._look_again()

    # -- refusals --------------------------------------------------------------------------

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_more(self) -> None:
        if self._undone > MAX_HEAD or len(self.url) > MAX_TARGET:
            self._refuse_head()
        # The answer is sent, so nobody needs this body: it may take as long as a head.
        elif self._head_timer is None and not self._is_answering:
            self._head_timer = self.loop.call_later(self.head_timeout, self.transport.close)

    def _check_head(self) -> None:
        """Raises _TooLarge. Some of the bytes may belong to a body."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) > MAX_TARGET or len(self.headers) > MAX_HEADER_LINES or size > MAX_HEAD:
            self._too_large = True
            raise _TooLarge

    def _refuse_head(self) -> None:
        # Another answer is under way, and this one can't be put into it.
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
