"""The journal as the requirements see it: requests and answers, read once, in the order in which they came."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from urllib.parse import unquote_plus

from mock_server.http.exchange import Answer
from mock_server.sandbox.journal import Entry, Journal, SchoolChange, contract_problems

# A request may take this many seconds to arrive. When a client sends several at once, a later one may arrive first.
ON_ITS_WAY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Observation:
    """One request and its answer. Times are Unix seconds by the machine's clock.

    `credentials` is the received header Authorization, or empty without one. `connection` is the client's end of the
    connection: address and port. Two requests have the same `identity` when one repeats the other. `moment` is what the
    sandbox's clock showed. `listed` are the ids in a list. `outcome` is the status of what really happened, and `heard`
    says whether the client learned it. If it didn't, `status` is what the client got instead.
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
    """The members of Observation for one entry of `journal`."""
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
    }


def _retry_after(answer: Answer) -> float | None:
    text = next((value for name, value in answer.headers if name.lower() == "retry-after"), "")
    # A date would be valid too, but the mock never sends one by itself.
    return float(text) if text.isascii() and text.isdigit() else None


Seen = TypeVar("Seen", bound=Observation)


class Traffic(Generic[Seen]):
    """Everything that the requirements may look at: what clients sent and got, and what schools did meanwhile."""

    def __init__(self, observations: Iterable[Seen], changes: Sequence[SchoolChange] = ()) -> None:
        # The journal has the order of the answers.
        self.observations = sorted(observations, key=began)
        self.changes = changes
        self._connections_in_spans: dict[tuple[int, int], int] = {}

    @cached_property
    def by_provider(self) -> Mapping[str, Sequence[Seen]]:
        """The requests with a valid token, by provider."""
        found: dict[str, list[Seen]] = {}
        for seen in self.observations:
            if seen.provider is not None:
                found.setdefault(seen.provider, []).append(seen)
        return found

    def place_of_first_knowing(self, answered: Observation, observations: Sequence[Seen]) -> int:
        """The place in `observations` of the first request that the client must have sent after it got this answer.

        A client with several open connections may have sent one more request on each: the mock answers faster than
        requests
        arrive.
        """
        place = bisect_right(observations, answered.ended, key=began)
        if not self._several_connections_at_a_time:
            return place
        on_their_way = bisect_right(observations, answered.ended + ON_ITS_WAY, key=began) - place
        return place + min(on_their_way, self._connections_about(answered))

    def _connections_about(self, answered: Observation) -> int:
        """How many connections were in use during `answered`, or at most a second before or after it.

        It counts in whole spans of time, so that thousands of answers in one span need one count.
        """
        spans = _span(answered.began) - 1, _span(answered.ended) + 1
        if spans not in self._connections_in_spans:
            first = bisect_left(self.observations, spans[0], key=lambda seen: _span(seen.began))
            last = bisect_right(self.observations, spans[1], key=lambda seen: _span(seen.began))
            self._connections_in_spans[spans] = len({seen.connection for seen in self.observations[first:last]})
        return self._connections_in_spans[spans]

    @cached_property
    def _several_connections_at_a_time(self) -> bool:
        """Whether the client used a connection again so soon after others that it must have kept it open."""
        last_used: dict[tuple[str, int] | None, float] = {}
        before = None
        for seen in self.observations:
            # After a longer time another connection may have got the same port.
            if seen.connection != before and seen.began - last_used.get(seen.connection, 0) <= 1:
                return True
            last_used[seen.connection] = seen.began
            before = seen.connection
        return False


def began(seen: Observation) -> float:
    return seen.began


def _span(moment: float) -> int:
    """The number of the time span that contains the moment. A span is ON_ITS_WAY seconds long."""
    return int(moment // ON_ITS_WAY)
