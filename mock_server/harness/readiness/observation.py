"""One request of the journal and its answer, read once, as the requirements see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from mock_server.harness.readiness.shown import Asked, ShownRecord
from mock_server.http.exchange import Answer
from mock_server.sandbox.journal import Entry, Journal, contract_problems


@dataclass(frozen=True, slots=True)
class Observation:
    """One request and its answer. Times are Unix seconds by the machine's clock.

    `credentials` is the received header Authorization, or empty without one. `connection` is the client's end of the
    connection: address and port. Two requests have the same `identity` when one repeats the other. `moment` is what the
    sandbox's clock showed, or what the request asked for when it is `shifted`. `outcome` is the status of what really
    happened, and `heard` says whether the client learned it. If it didn't, `status` is what the client got instead.
    `rules` are the rules that the request broke.

    `listed` are the ids in a list, `shown` what the client could read of the records in the answer. `kind` is the
    purpose of the operation as the service's kit names it, and `subject` the id of the record that a write is about.
    `attributes` come from the request body, `record` is the record in the answer. `asked` is None unless the request
    asked for a list.
    """

    id: int
    began: float
    ended: float
    moment: datetime
    provider: str | None
    credentials: bytes
    connection: tuple[str, int] | None
    token_in_url: bool
    method: str
    path: str
    operation_id: str | None
    identity: tuple[object, ...]
    status: int
    outcome: int
    heard: bool
    fault: str | None
    retry_after: float | None
    listed: tuple[str, ...] | None
    problems: tuple[str, ...]
    rules: tuple[str, ...]
    kind: str | None
    writes: bool
    subject: str
    shifted: bool
    asked: Asked | None
    shown: tuple[ShownRecord, ...]
    attributes: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether the server performed the operation, even if the client never learned it."""
        return 200 <= self.outcome < 300

    @property
    def succeeded(self) -> bool:
        """Whether the client got what it requested."""
        return self.heard and self.accepted

    @property
    def broken(self) -> bool:
        """Whether the client saw the server fail: a 5xx, or no answer while it waited."""
        return self.status >= 500 or not self.heard


def observed(entry: Entry, journal: Journal) -> Mapping[str, Any]:
    """The members of Observation for one entry of `journal` that don't depend on the service."""
    answer, real = entry.answer, entry.unheard or entry.answer
    headers = dict(entry.headers)
    path = entry.raw_path.decode("latin-1")
    url = unquote_plus(f"{path}?{entry.query.decode('latin-1')}")
    return {
        "id": entry.id,
        "began": entry.at,
        "ended": entry.at + entry.duration,
        "moment": entry.server_date,
        "provider": entry.provider,
        "credentials": headers.get(b"authorization", b""),
        "connection": entry.connection,
        "token_in_url": url != journal.without_tokens(entry, url),
        "method": entry.method,
        "path": path,
        "operation_id": entry.operation_id,
        "identity": (entry.method, path, entry.query, entry.body),
        "status": answer.status,
        "outcome": real.status,
        "heard": entry.unheard is None,
        "fault": entry.fault,
        "retry_after": _retry_after(answer),
        "listed": tuple(answer.listed.ids()) if answer.listed is not None and entry.unheard is None else None,
        "problems": tuple(journal.without_tokens(entry, problem) for problem in contract_problems(entry)),
        "rules": real.rules,
    }


def _retry_after(answer: Answer) -> float | None:
    text = next((value for name, value in answer.headers if name.lower() == "retry-after"), "")
    # A date would be valid too, but the mock never sends one by itself.
    return float(text) if text.isascii() and text.isdigit() else None
