"""Faults and journal entries, as the control API shows them and its Python client reads them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

FaultApply = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class FaultMatch:
    """What a request must have to be struck; None stands for anything."""

    api: str | None
    method: str | None
    path: str | None
    operation_id: str | None


@dataclass(frozen=True, slots=True)
class FaultResponse:
    """The answer of a fault; `body` is a text, an object or a list, and None when empty."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it stands; `respond` is None when it only delays, `times` when it is never used up."""

    id: str
    match: FaultMatch
    respond: FaultResponse | None
    delay_ms: int
    times: int | None
    probability: float
    apply: FaultApply
    struck: int


@dataclass(frozen=True, slots=True)
class JournalMessage:
    """Headers by name in lower case, and the body as text: None without one, cut when `truncated`."""

    headers: dict[str, str]
    body: str | None
    truncated: bool


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A request to the lead provider API and its answer; tokens are hidden.

    `at` is the machine's time, `server_date` the moment at which the mock handled it. `contract` says how the
    request broke the contract, `rules` names the rules that refused it, `fault` the fault that struck it, `unheard`
    the status of what really happened where the client didn't hear of it, `record_ids` the records that a list was
    answered with (None: no list).
    """

    id: int
    at: datetime
    server_date: datetime
    api: str | None
    provider: str | None
    method: str
    path: str
    query: str
    operation_id: str | None
    request: JournalMessage
    status: int
    response: JournalMessage
    duration_ms: float
    contract: tuple[str, ...]
    rules: tuple[str, ...]
    fault: str | None
    unheard: int | None
    record_ids: tuple[str, ...] | None
