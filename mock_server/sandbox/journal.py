"""What the clients of one sandbox sent and got: recorded at next to no cost, worked out when it is read."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_server.rules.moments import format_moment
from mock_server.sandbox.globs import Glob

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_server.http.exchange import Answer
    from mock_server.service import Call, Service

MAX_KEPT_BODY = 64 * 1024
# What Python keeps besides the texts: for an entry, for each of its headers, for each record that a list shows.
# A test measures that an entry weighs no more than they say.
_OVERHEAD = 900
_HEADER = 130
_LISTED = 8

Record = dict[str, Any]


class Change(NamedTuple):
    """What a school did to a participant through the control API: a client is to find out about it.

    `at` is the machine's clock (Unix time), `api` the service's name; `providers` are those whose lists show the
    participant.
    """

    at: float
    api: str
    participant_id: str
    providers: tuple[str, ...]


class Entry(NamedTuple):
    """One request and its answer, as references to what was there anyway.

    `unheard` is what the operation really answered when the client didn't hear it: a fault took its place, or the
    client had left. `connection` is the client's end of it: address and port.
    """

    id: int
    at: float
    server_date: datetime
    service: "Service | None"
    provider: str | None
    method: str
    raw_path: bytes
    query: bytes
    operation_id: str | None
    headers: list[tuple[bytes, bytes]]
    body: bytes
    body_cut: bool
    answer: "Answer"
    answer_cut: bool
    duration: float
    fault: str | None
    unheard: "Answer | None"
    connection: tuple[str, int] | None
    size: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; what is None doesn't matter. `path` is a glob without the query."""

    method: str | None = None
    path: Glob | None = None
    statuses: range | None = None
    operation_id: str | None = None
    provider: str | None = None
    broke_contract: bool | None = None
    api: str | None = None

    def fits(self, entry: Entry) -> bool:
        return (
            (self.method is None or entry.method == self.method)
            and (self.api is None or (entry.service is not None and entry.service.name == self.api))
            and (self.statuses is None or entry.answer.status in self.statuses)
            and (self.operation_id is None or entry.operation_id == self.operation_id)
            and (self.provider is None or entry.provider == self.provider)
            and (self.path is None or self.path.matches(entry.raw_path.decode("latin-1")))
            # The dearest question comes last.
            and (self.broke_contract is None or bool(contract_problems(entry)) is self.broke_contract)
        )


class Journal:
    """The requests of one sandbox, the newest `max_entries` of them and no more than `max_bytes`.

    Beside them it keeps what schools did meanwhile, in `changes`. `version` moves with each change of either;
    `listeners` are called after it, with nothing. `cleared` counts how often it was emptied.
    """

    def __init__(
        self,
        max_entries: int = 10_000,
        max_bytes: int = 16 * 1024 * 1024,
        tokens: re.Pattern[str] | None = None,
    ) -> None:
        """`tokens` finds what mustn't be shown; its first group is the provider that a token belongs to."""
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._tokens = tokens
        self._entries: deque[Entry] = deque()
        self.changes: deque[Change] = deque(maxlen=max_entries)
        self._bytes = 0
        self._last_id = 0
        self.version = self.cleared = 0
        self.listeners: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def oldest(self) -> int:
        """The id of the oldest entry; of the next one to come, when there is none."""
        return self._entries[0].id if self._entries else self._last_id + 1

    def after(self, id: int) -> Iterator[Entry]:
        """The entries after the one with that id, oldest first."""
        return islice(self._entries, max(0, id - self.oldest + 1), None)

    def record(
        self,
        scope: "Scope",
        service: "Service | None",
        call: "Call",
        answer: "Answer",
        at: float,
        duration: float,
        fault: str | None,
        unheard: "Answer | None" = None,
    ) -> None:
        """Keeps one request to `service`, which is None when its path belongs to none.

        `at` is the machine's clock (Unix time), `duration` seconds, `fault` its id.
        """
        body, headers = call.body, scope["headers"]
        path, query = scope.get("raw_path") or call.path.encode(), scope["query_string"]
        body_cut, answer_cut = len(body) > MAX_KEPT_BODY, len(answer.body) > MAX_KEPT_BODY
        if body_cut:
            body = body[:MAX_KEPT_BODY]
        if answer_cut:
            answer = _cut(answer)
        size = _OVERHEAD + len(path) + len(query) + len(body) + len(answer.body)
        for name, value in headers:
            size += _HEADER + len(name) + len(value)
        if answer.listed is not None:
            size += _LISTED * len(answer.listed)
        if unheard is not None:
            unheard = _cut(unheard)
            size += len(unheard.body)
        self._last_id += 1
        self._entries.append(
            Entry._make(
                (
                    self._last_id,
                    at,
                    call.now,
                    service,
                    call.provider and call.provider.slug,
                    call.method,
                    path,
                    query,
                    call.operation_id,
                    headers,
                    body,
                    body_cut,
                    answer,
                    answer_cut,
                    duration,
                    fault,
                    unheard,
                    scope.get("client"),
                    size,
                )
            )
        )
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            oldest = self._entries.popleft()
            self._bytes -= oldest.size
            # Whether anybody noticed an earlier change can't be told any more.
            while self.changes and self.changes[0].at <= oldest.at:
                self.changes.popleft()
        self._changed()

    def note_change(self, change: Change) -> None:
        """Keeps what a school did, after it is done."""
        self.changes.append(change)
        self._changed()

    def last_used_by(self, connection: tuple[str, int], within: int) -> bool:
        """Whether one of the newest `within` requests came over `connection`."""
        return any(entry.connection == connection for entry in islice(reversed(self._entries), within))

    def let_go_of_records(self) -> None:
        """The world is about to be replaced: what lists showed is kept by id from now on."""
        for entry in self._entries:
            if entry.answer.listed is not None:
                entry.answer.listed.let_go()

    def clear(self) -> None:
        """Empties it; later entries go on counting."""
        self._entries.clear()
        self.changes.clear()
        self._bytes = 0
        self.cleared += 1
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        if self.listeners:
            for listener in self.listeners:
                listener()

    def page(
        self,
        *,
        api: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        operation_id: str | None = None,
        provider: str | None = None,
        contract: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> tuple[list[Record], int | None]:
        """Up to `limit` entries after the one with the id `after`, oldest first, and where the next page starts.

        That is what `after` must be for it; None when no further entry fits. `contract` is `kept` or `broken`.
        """
        wanted = Filter(
            method,
            None if path is None else Glob(path),
            None if status is None else range(status, status + 1),
            operation_id,
            provider,
            None if contract is None else contract == "broken",
            api,
        )
        found: list[Entry] = []
        for entry in self.after(after):
            if wanted.fits(entry):
                if len(found) == limit:
                    return [self.record_of(kept) for kept in found], found[-1].id
                found.append(entry)
        return [self.record_of(kept) for kept in found], None

    def entry(self, id: int) -> Entry | None:
        """The entry of that id; None when there was none, or it is gone."""
        place = id - self._entries[0].id if self._entries else -1
        return self._entries[place] if 0 <= place < len(self._entries) else None

    def record_of(self, entry: Entry) -> Record:
        """All there is to tell about an entry, as the control API shows it."""
        hide = partial(self.without_tokens, entry)
        headers = request_headers(entry)
        answer = entry.answer
        answer_headers = _joined((name.lower(), value) for name, value in answer.headers)
        if answer.content_type is not None:
            answer_headers["content-type"] = answer.content_type
        return self.outline_of(entry) | {
            "server_date": format_moment(entry.server_date),
            "request": {
                "headers": {
                    name: _SECRET_HEADERS[name](value, entry.provider) if name in _SECRET_HEADERS else hide(value)
                    for name, value in headers.items()
                },
                "body": hide(entry.body.decode("utf-8", "replace")) if entry.body else None,
                "truncated": entry.body_cut,
            },
            "response": {
                "headers": {name: hide(value) for name, value in answer_headers.items()},
                "body": hide(answer.body.decode("utf-8", "replace")) if answer.body else None,
                "truncated": entry.answer_cut,
            },
            "unheard": entry.unheard and entry.unheard.status,
            "record_ids": None if answer.listed is None else answer.listed.ids(),
        }

    def outline_of(self, entry: Entry) -> Record:
        """The members of an entry that are had without reading its headers and bodies."""
        hide = partial(self.without_tokens, entry)
        return {
            "id": entry.id,
            "at": _milliseconds(entry.at),
            "api": entry.service and entry.service.name,
            "provider": entry.provider,
            "method": entry.method,
            "path": hide(entry.raw_path.decode("latin-1")),
            "query": hide(entry.query.decode("latin-1")),
            "operation_id": entry.operation_id,
            "status": entry.answer.status,
            "duration_ms": round(entry.duration * 1000, 3),
            "contract": [hide(problem) for problem in contract_problems(entry)],
            "rules": list(entry.answer.rules),
            "fault": entry.fault,
        }

    def without_tokens(self, entry: Entry, text: str) -> str:
        """`text` without tokens, and without whatever the request of `entry` came with in place of one."""
        if self._tokens is not None:
            text = self._tokens.sub(r"[token of \1]", text)
        presented = next((value for name, value in entry.headers if name == b"authorization"), b"")
        unknown = presented.decode("latin-1").rpartition(" ")[2]
        # A shorter one is no secret, and would make holes in every text.
        return text.replace(unknown, "[unknown token]") if len(unknown) >= 8 else text


def request_headers(entry: Entry) -> dict[str, str]:
    """What the client sent, secrets included: by name in lower case, repeated ones joined."""
    return _joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in entry.headers)


def contract_problems(entry: Entry) -> list[str]:
    """How the request broke the contract, a sentence each; tokens may be quoted in them."""
    if entry.service is None:
        return [f"{entry.raw_path.decode('latin-1')} is no path of the contract"]
    return entry.service.request_check.problems(
        entry.method,
        entry.raw_path.decode("latin-1"),
        entry.query.decode("latin-1"),
        request_headers(entry),
        entry.body,
        body_cut=entry.body_cut,
    )


def _cut(answer: "Answer") -> "Answer":
    """The answer with as much of its body as is kept: the answer itself would keep the whole of it alive."""
    return replace(answer, body=answer.body[:MAX_KEPT_BODY]) if len(answer.body) > MAX_KEPT_BODY else answer


def _hide_authorization(value: str, provider: str | None) -> str:
    if not value.lower().startswith("bearer "):
        return "[hidden: no bearer token]"
    return f"Bearer [token of {provider}]" if provider else "Bearer [unknown token]"


def _hide(value: str, provider: str | None) -> str:
    return "[hidden]"


_SECRET_HEADERS = {"authorization": _hide_authorization, "proxy-authorization": _hide, "cookie": _hide}


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _milliseconds(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:23] + "Z"
