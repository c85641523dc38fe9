"""What goes in and out of a v1 operation: `Call`, `Answer`, and the exception `Refused` that carries one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mock_server.sandbox.sandboxes import Access

JSON_API = "application/vnd.api+json"
# What a server may offer in `scope["extensions"]`: a function of scope, status, headers and body, which sends an
# answer in one piece, or doesn't and says False.
SEND_WHOLE = "ecf_mock.send_whole"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The query of a list, read and checked; what the operation doesn't document keeps its default."""

    cohorts: frozenset[str] | None = None
    updated_since: datetime | None = None
    participant_id: str | None = None
    page: int = 1
    per_page: int = 100


NO_PARAMETERS = Parameters()


@dataclass(slots=True)
class Call:
    """One v1 request, from the gateway to its handler; it travels in `scope["ecf_mock.call"]`.

    A handler finds all of it filled in: `now` is the moment (aware, UTC) that this request takes place at,
    `attributes` holds the scalar members of the body's `data.attributes`.
    """

    method: str
    path: str
    access: "Access | None"
    now: datetime
    headers: dict[bytes, bytes]
    body: bytes = b""
    operation_id: str | None = None
    path_params: dict[str, str] = field(default_factory=dict)
    parameters: Parameters = NO_PARAMETERS
    attributes: dict[str, Any] = field(default_factory=dict)
    answer: "Answer | None" = None

    @property
    def granted(self) -> "Access":
        """What the token opens; only for operations, which security has let nobody through to without one."""
        assert self.access is not None  # noqa: S101
        return self.access

    @property
    def path_id(self) -> str:
        """The id in the path, in lower case; empty for operations without one."""
        return self.path_params.get("id", "").lower()


class Identified(Protocol):
    """Any record with an id."""

    @property
    def id(self) -> str: ...


class Listed:
    """Which records a list was answered with: kept as it was read, told by id when somebody asks."""

    __slots__ = ("_ids", "_records")

    def __init__(self, records: Sequence[Identified]) -> None:
        self._records: Sequence[Identified] | None = records
        self._ids: list[str] = []

    def __len__(self) -> int:
        return len(self._ids if self._records is None else self._records)

    def ids(self) -> list[str]:
        return self._ids if self._records is None else [record.id for record in self._records]

    def let_go(self) -> None:
        """Keep the ids and not the records, so that a world that is replaced doesn't live on in a journal."""
        self._ids, self._records = self.ids(), None


@dataclass(slots=True)
class Answer:
    """One response, before anything of HTTP is done to it.

    `content_type` is sent as it stands (None: no header, for empty bodies). `rules` are the ids of the rules
    that the request broke. `listed` tells the journal which records a list held.
    """

    status: int
    body: bytes = b""
    content_type: str | None = JSON_API
    headers: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()
    listed: Listed | None = None


class Refused(Exception):
    """Raised by validators and handlers to answer at once; whoever raises it has changed nothing."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[[Call], Answer]
