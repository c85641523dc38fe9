"""What leaves an operation: `Answer`, the exception `Refused` that carries one, and how an answer is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from starlette.types import Scope, Send

JSON_API = "application/vnd.api+json"
# What a server may offer in `scope["extensions"]`: a function of scope, status, headers and body, which sends an
# answer in one piece, or doesn't and says False. It adds the body's length to the headers.
SEND_WHOLE = "ecf_mock.send_whole"
# Answers of these statuses have neither body nor length.
WITHOUT_BODY = (204, 304)


class Identified(Protocol):
    """Any record with an id."""

    @property
    def id(self) -> str: ...


class Listed:
    """The records that a list showed. It keeps the records, and tells their ids when somebody asks."""

    __slots__ = ("_ids", "_records")

    def __init__(self, records: Sequence[Identified]) -> None:
        self._records: Sequence[Identified] | None = records
        self._ids: list[str] = []

    def __len__(self) -> int:
        return len(self._ids if self._records is None else self._records)

    def ids(self) -> list[str]:
        # Read once: another thread may ask while the records are let go.
        records = self._records
        return self._ids if records is None else [record.id for record in records]

    def let_go(self) -> None:
        """Keep the ids instead of the records, so that a journal doesn't hold a replaced world in memory."""
        self._ids, self._records = self.ids(), None


@dataclass(slots=True)
class Answer:
    """One response, before it is sent.

    `content_type` is sent unchanged (None: no header, for empty bodies). `rules` are the ids of the rules
    that the request broke. `listed` tells the journal which records a list held.
    """

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()
    listed: Listed | None = None


class Refused(Exception):
    """Raised by checks and operations to answer at once. Nothing has changed by then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def bearer_token(authorization: bytes | None) -> bytes:
    """The token of `Bearer TOKEN` or `Token TOKEN`, with the scheme in any case; empty for everything else."""
    if authorization is not None and authorization[:7] == b"Bearer ":
        # Nearly every client writes it so.
        return authorization[7:].strip()
    scheme, _, token = (authorization or b"").partition(b" ")
    return token.strip() if scheme.lower() in (b"bearer", b"token") else b""


async def send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    """Sends `answer` on the connection of `scope`; an answer to HEAD goes without its body."""
    body, headers = answer.body, _encoded(answer.headers, answer.content_type)
    send_whole = scope["extensions"].get(SEND_WHOLE) if "extensions" in scope else None
    if send_whole is not None and send_whole(scope, answer.status, headers, body):
        return
    length = [] if answer.status in WITHOUT_BODY else [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


# Most answers have one of a few sets of headers.
@lru_cache(maxsize=256)
def _encoded(headers: tuple[tuple[str, str], ...], content_type: str | None) -> tuple[tuple[bytes, bytes], ...]:
    typed = headers if content_type is None else (*headers, ("content-type", content_type))
    return tuple((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in typed)
