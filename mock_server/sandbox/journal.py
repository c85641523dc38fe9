"""What the clients of one sandbox sent and got. Recording costs next to nothing; reading does the work."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_server.sandbox.globs import Glob
from mock_server.sandbox.records import JournalEntry, JournalMessage

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_server.http.exchange import Answer
    from mock_server.service import Call, Service

MAX_KEPT_BODY = 64 * 1024
# The bytes that Python needs besides the texts: for an entry, for each header, for each record of a list.
# A test measures that an entry needs no more than this.
_OVERHEAD = 900
_HEADER = 130
_LISTED = 8

Record = dict[str, Any]


RESTART = "restart"


class SchoolChange(NamedTuple):
    """What a school or the department did to a record through the control API. A client should notice it.

    `at` is the machine's clock (Unix time), `api` the service's name; `providers` are those whose lists show the
    record. `participant_id` is the record's id, whatever its `kind` is: a participant, unless it says otherwise. The
    kind RESTART is about no record: the client was started again.
    """

    at: float
    api: str
    participant_id: str
    providers: tuple[str, ...]
    kind: str = "participant"


class Entry(NamedTuple):
    """One request and its answer, as references to existing objects.

    `unheard` is the operation's answer when the client didn't get it: a fault replaced it, or the
    client had left. `connection` is the client's address and port.
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
    """Which entries to find; None matches anything. `path` is a glob without the query."""

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
            # This question costs most, so it comes last.
            and (self.broke_contract is None or bool(contract_problems(entry)) is self.broke_contract)
        )


class Journal:
    """The requests of one sandbox, the newest `max_entries` of them and no more than `max_bytes`.

    It also keeps what schools did meanwhile, in `changes`. `version` moves with each change of either;
    `listeners` are called after it, with nothing. `cleared` counts how often it was emptied.
    """

    def __init__(
        self,
        max_entries: int = 10_000,
        max_bytes: int = 16 * 1024 * 1024,
        tokens: re.Pattern[str] | None = None,
    ) -> None:
        """`tokens` matches the tokens to hide. Its first group is the token's provider."""
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._tokens = tokens
        self._entries: deque[Entry] = deque()
        self.changes: deque[SchoolChange] = deque(maxlen=max_entries)
        self._bytes = 0
        self._last_id = 0
        self.version = self.cleared = 0
        self.listeners: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """The bytes that its entries take, as `max_bytes` counts them."""
        return self._bytes

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def oldest(self) -> int:
        """The id of the oldest entry, or of the next entry when there is none."""
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
            # Nobody can tell any more whether a client noticed an earlier change.
            while self.changes and self.changes[0].at <= oldest.at:
                self.changes.popleft()
        self._changed()

    def note_change(self, change: SchoolChange) -> None:
        """Notes what a school has done."""
        self.changes.append(change)
        self._changed()

    def last_used_by(self, connection: tuple[str, int], within: int) -> bool:
        """Whether one of the newest `within` requests came over `connection`."""
        return any(entry.connection == connection for entry in islice(reversed(self._entries), within))

    def last_used_from(self, host: str, within: int) -> bool:
        """Whether one of the newest `within` requests came from the address `host`."""
        return any(
            entry.connection and entry.connection[0] == host for entry in islice(reversed(self._entries), within)
        )

    def let_go_of_records(self) -> None:
        """The world is about to be replaced: from now on the entries keep ids instead of records."""
        for entry in self._entries:
            if entry.answer.listed is not None:
                entry.answer.listed.let_go()

    def clear(self) -> None:
        """Empties the journal. Ids of later entries count on."""
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
    ) -> tuple[list[JournalEntry], int | None]:
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

    def record_of(self, entry: Entry) -> JournalEntry:
        """Everything about an entry, as the control API shows it."""
        hide = partial(self.without_tokens, entry)
        headers = request_headers(entry)
        answer = entry.answer
        answer_headers = _joined((name.lower(), value) for name, value in answer.headers)
        if answer.content_type is not None:
            answer_headers["content-type"] = answer.content_type
        outline = self.outline_of(entry)
        return JournalEntry(
            **outline | {"contract": tuple(outline["contract"]), "rules": tuple(outline["rules"])},
            server_date=entry.server_date.replace(microsecond=0),
            request=JournalMessage(
                {
                    name: _SECRET_HEADERS[name](value, entry.provider) if name in _SECRET_HEADERS else hide(value)
                    for name, value in headers.items()
                },
                hide(entry.body.decode("utf-8", "replace")) if entry.body else None,
                entry.body_cut,
            ),
            response=JournalMessage(
                {name: hide(value) for name, value in answer_headers.items()},
                hide(answer.body.decode("utf-8", "replace")) if answer.body else None,
                entry.answer_cut,
            ),
            unheard=entry.unheard.status if entry.unheard else None,
            record_ids=None if answer.listed is None else tuple(answer.listed.ids()),
        )

    def outline_of(self, entry: Entry) -> Record:
        """The members of an entry that need neither its headers nor its bodies."""
        hide = partial(self.without_tokens, entry)
        return {
            "id": entry.id,
            "at": _moment(entry.at),
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
        """`text` without tokens, and without what the request of `entry` sent in place of a token."""
        if self._tokens is not None:
            text = self._tokens.sub(r"[token of \1]", text)
        presented = next((value for name, value in entry.headers if name == b"authorization"), b"")
        unknown = presented.decode("latin-1").rpartition(" ")[2]
        # A shorter text is no secret, and hiding it would tear holes into every text.
        return text.replace(unknown, "[unknown token]") if len(unknown) >= 8 else text


def request_headers(entry: Entry) -> dict[str, str]:
    """What the client sent, secrets included: by name in lower case, repeated ones joined."""
    return _joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in entry.headers)


def contract_problems(entry: Entry) -> list[str]:
    """A sentence for each way in which the request broke the contract. The sentences may quote tokens."""
    if entry.service is None:
        return [f"{entry.raw_path.decode('latin-1')} is no path of the contract"]
    headers = request_headers(entry)
    # Nobody reads the body of a request that is refused before, for instance for its token.
    unread = not entry.body and (headers.get("content-length", "0") != "0" or "transfer-encoding" in headers)
    return entry.service.request_check.problems(
        entry.method,
        entry.raw_path.decode("latin-1"),
        entry.query.decode("latin-1"),
        headers,
        entry.body,
        body_cut=entry.body_cut or unread,
    )


def _cut(answer: "Answer") -> "Answer":
    """The answer with the part of its body that the journal keeps. The answer itself would hold all of it in memory."""
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


def _moment(at: float) -> datetime:
    """Unix time as a moment, in whole milliseconds."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
