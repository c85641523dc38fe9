"""The journal as the requirements see it: requests and answers, read once, in the order in which they came."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from itertools import chain
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson

from mock_server.http.contract import operations
from mock_server.http.exchange import Answer, Refused
from mock_server.resources import specification
from mock_server.sandbox.journal import Change, Entry, Journal, contract_problems
from mock_server.v1.queries import NO_PARAMETERS, Parameters, documented_keys, read_query

# So many seconds a request may be on its way, and a page may overtake the first one, when several are sent at a time.
ON_ITS_WAY: Final = 0.5

ACTIONS: Final = ("defer", "resume", "change-schedule", "withdraw")
WRITES: Final = frozenset({*ACTIONS, "declare", "void"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an operation of the contract is for, whatever path it has.

    `kind` is `participants`, `participant`, `declarations`, `declaration`, `declare`, `void` or an action.
    """

    kind: str
    csv: bool
    deprecated: bool
    documented: Mapping[str, frozenset[str]]
    statuses: tuple[str, ...]


@cache
def purposes() -> Mapping[str, Purpose]:
    """The purpose of each operation, by its id."""
    found = {}
    for operation in operations(specification("v1")):
        *parents, last = operation.path.removeprefix("/api/v1/").split("/")
        name, _, suffix = last.partition(".")
        if operation.method == "POST":
            kind = "declare"
        elif name == "{id}":
            kind = parents[0].removeprefix("participant-").removesuffix("s")
        else:
            kind = "participants" if name == "ecf" else name.removeprefix("participant-")
        found[operation.id] = Purpose(
            kind,
            suffix == "csv",
            operation.definition.get("deprecated", False),
            documented_keys(operation),
            tuple(operation.definition["responses"]),
        )
    return found


@dataclass(frozen=True, slots=True)
class Observation:
    """One request and its answer. Times are Unix seconds by the machine's clock.

    `credentials` is the header Authorization as it came, empty when there was none. `connection` is the client's end
    of the connection: address and port. `identity` is what two
    requests have in common when one repeats the other. `moment` is what the sandbox's clock showed. `attributes`
    are those of the body, `record` is the record in the answer (`id` and attributes), `listed` the ids in a list.
    `outcome` is the status of what really happened and `heard` whether the client got to know it; else `status`
    is what it got instead.
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
    purpose: Purpose | None
    identity: tuple[object, ...]
    parameters: Parameters
    shifted: bool
    attributes: Mapping[str, Any]
    status: int
    outcome: int
    heard: bool
    fault: str | None
    retry_after: float | None
    record: Mapping[str, Any]
    listed: tuple[str, ...] | None
    problems: tuple[str, ...]

    @property
    def kind(self) -> str | None:
        return self.purpose.kind if self.purpose else None

    @property
    def accepted(self) -> bool:
        """Whether the operation was performed, the client having heard of it or not."""
        return 200 <= self.outcome < 300

    @property
    def succeeded(self) -> bool:
        """Whether the client got what it asked for."""
        return self.heard and self.accepted

    @property
    def broken(self) -> bool:
        """Whether the server failed as far as the client could tell: a 5xx, or no answer while it waited."""
        return self.status >= 500 or not self.heard

    @property
    def path_id(self) -> str:
        """The id in the path of a participant or a declaration, in lower case; empty without one."""
        if self.kind in (None, "participants", "declarations", "declare"):
            return ""
        parts = self.path.split("/")
        return parts[-1 if self.kind in ("participant", "declaration") else -2].lower()

    @property
    def subject(self) -> str:
        """Whom a write is about: the participant's id, or for a void the declaration's."""
        if self.kind == "declare":
            return str(self.attributes.get("participant_id", "")).lower()
        return self.path_id


def observe(entry: Entry, journal: Journal) -> Observation:
    """Reads one entry of `journal`."""
    answer, real = entry.answer, entry.unheard or entry.answer
    headers = dict(entry.headers)
    purpose = purposes().get(entry.operation_id or "")
    shifted = headers.get(b"x-with-server-date")
    parameters = NO_PARAMETERS
    if purpose and entry.query:
        # One that can't be read got its 400; what it asked for matters to nobody.
        with suppress(Refused):
            parameters = read_query(entry.query, purpose.documented)
    credentials = headers.get(b"authorization", b"")
    path = entry.raw_path.decode("latin-1")
    url = unquote_plus(f"{path}?{entry.query.decode('latin-1')}")
    return Observation(
        id=entry.id,
        began=entry.at,
        ended=entry.at + entry.duration,
        moment=entry.server_date,
        provider=entry.provider,
        credentials=credentials,
        connection=entry.connection,
        token_in_url=url != journal.without_tokens(entry, url),
        method=entry.method,
        path=path,
        operation_id=entry.operation_id,
        purpose=purpose,
        identity=(entry.method, path, entry.query, entry.body, shifted),
        parameters=parameters,
        shifted=shifted is not None,
        attributes=_attributes(entry.body) if entry.body else {},
        status=answer.status,
        outcome=real.status,
        heard=entry.unheard is None,
        fault=entry.fault,
        retry_after=_retry_after(answer),
        record=_record(real) if purpose and real.listed is None else {},
        listed=tuple(answer.listed.ids()) if answer.listed is not None and entry.unheard is None else None,
        problems=tuple(journal.without_tokens(entry, problem) for problem in contract_problems(entry)),
    )


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)["data"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return data if isinstance(data, dict) else {}


def _attributes(body: bytes) -> Mapping[str, Any]:
    attributes = _data(body).get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _record(answer: Answer) -> Mapping[str, Any]:
    if answer.status != 200:
        return {}
    data = _data(answer.body)
    return {"id": data.get("id"), **data.get("attributes", {})} if data else {}


def _retry_after(answer: Answer) -> float | None:
    text = next((value for name, value in answer.headers if name.lower() == "retry-after"), "")
    # A date would be allowed too; the mock never sends one by itself.
    return float(text) if text.isascii() and text.isdigit() else None


@dataclass(slots=True)
class Pull:
    """One reading of the participant list, page by page; `pages` by their number."""

    since: datetime | None
    cohorts: frozenset[str] | None
    per_page: int
    csv: bool
    pages: dict[int, Observation] = field(default_factory=dict)

    @property
    def began(self) -> Observation:
        return self.pages[1]

    @property
    def observations(self) -> list[Observation]:
        return list(self.pages.values())

    @property
    def complete(self) -> bool:
        """Whether it went on to a page that wasn't full, which only the last one isn't."""
        page = 1
        while page in self.pages:
            if self.csv or len(self.pages[page].listed or ()) < self.per_page:
                return True
            page += 1
        return False

    @property
    def is_peek(self) -> bool:
        """Whether it looked at a single record: is the service there, is the token good?"""
        return self.per_page == 1 and not self.complete

    def covers(self, other: "Pull") -> bool:
        """Whether it asked for every cohort that `other` asked for."""
        return self.cohorts is None or (other.cohorts is not None and other.cohorts <= self.cohorts)

    def reaches_back_as_far_as(self, other: "Pull") -> bool:
        return self.since is None or (other.since is not None and self.since <= other.since)


class Traffic:
    """All that the requirements may look at: what clients sent and got, and what schools did meanwhile."""

    def __init__(self, observations: Iterable[Observation], changes: Sequence[Change] = ()) -> None:
        # The journal is in the order of the answers.
        self.observations = sorted(observations, key=_began)
        self.changes = changes
        self._connections_in_spans: dict[tuple[int, int], int] = {}

    @cached_property
    def by_provider(self) -> Mapping[str, Sequence[Observation]]:
        """What was sent with a valid token, by its provider."""
        found: dict[str, list[Observation]] = {}
        for seen in self.observations:
            if seen.provider is not None:
                found.setdefault(seen.provider, []).append(seen)
        return found

    @cached_property
    def _by_kind(self) -> Mapping[str | None, Sequence[Observation]]:
        found: dict[str | None, list[Observation]] = {}
        for seen in self.observations:
            found.setdefault(seen.kind, []).append(seen)
        return found

    def of_kind(self, *kinds: str) -> list[Observation]:
        """The requests for these purposes."""
        found = [seen for kind in kinds for seen in self._by_kind.get(kind, ())]
        return found if len(kinds) == 1 else sorted(found, key=_began)

    @cached_property
    def pulls(self) -> Mapping[str, Sequence[Pull]]:
        """The readings of the participant list, by provider."""
        return {provider: _pulls(seen) for provider, seen in self.by_provider.items()}

    def place_of_first_knowing(self, answered: Observation, observations: Sequence[Observation]) -> int:
        """The place in `observations` of the first that the client can't have sent before it got this answer.

        A client that works over several connections at a time may have had as many requests on their way: the mock
        answers faster than they arrive.
        """
        place = bisect_right(observations, answered.ended, key=_began)
        if not self._several_connections_at_a_time:
            return place
        on_their_way = bisect_right(observations, answered.ended + ON_ITS_WAY, key=_began) - place
        return place + min(on_their_way, self._connections_about(answered))

    def _connections_about(self, answered: Observation) -> int:
        """How many connections were in use when `answered` was, or at most a second before or after it.

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
        """Whether a connection was used again so soon after others that it must have been open all the while."""
        last_used: dict[tuple[str, int] | None, float] = {}
        before = None
        for seen in self.observations:
            # After a longer time another connection may have got the same port.
            if seen.connection != before and seen.began - last_used.get(seen.connection, 0) <= 1:
                return True
            last_used[seen.connection] = seen.began
            before = seen.connection
        return False

    def changed_by_school(self, participant_id: str, start: float, end: float) -> bool:
        """Whether a school changed something about the participant between these two moments."""
        return _any_between(self._changed_by_school_at.get(participant_id, ()), start, end)

    def changed(self, id: str, start: float, end: float) -> bool:
        """Whether anybody changed something about the participant or declaration `id` between these two moments."""
        return _any_between(self._changed_at.get(id, ()), start, end)

    def anything_changed(self, start: float, end: float) -> bool:
        """Whether anybody changed anything between these two moments."""
        return _any_between(self._changes_at, start, end)

    @cached_property
    def _changes_at(self) -> Sequence[float]:
        return sorted(chain(*self._changed_at.values()))

    @cached_property
    def _changed_by_school_at(self) -> Mapping[str, Sequence[float]]:
        found: dict[str, list[float]] = {}
        for change in sorted(self.changes, key=lambda change: change.at):
            found.setdefault(change.participant_id, []).append(change.at)
        return found

    @cached_property
    def _changed_at(self) -> Mapping[str, Sequence[float]]:
        found = {id: list(moments) for id, moments in self._changed_by_school_at.items()}
        for seen in self.of_kind(*WRITES):
            if seen.accepted:
                for id in {seen.subject, str(seen.record.get("id")), str(seen.record.get("participant_id"))}:
                    found.setdefault(id, []).append(seen.ended)
        return {id: sorted(moments) for id, moments in found.items()}


def _began(seen: Observation) -> float:
    return seen.began


def _span(moment: float) -> int:
    """Which span of time as long as ON_ITS_WAY a moment falls into."""
    return int(moment // ON_ITS_WAY)


def _any_between(moments: Sequence[float], start: float, end: float) -> bool:
    """Whether one of the moments, which are in order, lies between these two."""
    return bisect_right(moments, start) < bisect_left(moments, end)


def readings(observations: Iterable[Observation], ids: Collection[str]) -> Mapping[str, Sequence[Observation]]:
    """The answers in which the client read each of these participants or declarations, alone or in a list."""
    wanted = frozenset(ids)
    found: dict[str, list[Observation]] = {}
    for seen in observations if wanted else ():
        if seen.succeeded:
            shown = wanted.intersection(seen.listed or ())
            if seen.method == "GET" and seen.path_id in wanted:
                shown |= {seen.path_id}
            for id in shown:
                found.setdefault(id, []).append(seen)
    return found


def _pulls(observations: Iterable[Observation]) -> list[Pull]:
    pulls: list[Pull] = []
    open_pulls: dict[tuple[object, ...], Pull] = {}
    early: dict[tuple[object, ...], dict[int, Observation]] = {}
    for seen in observations:
        if seen.purpose is None or seen.kind != "participants" or not seen.succeeded:
            continue
        asked = seen.parameters
        key = (asked.updated_since, asked.cohorts, asked.per_page, seen.purpose.csv)
        if asked.page == 1 or seen.purpose.csv:
            # Pages that are asked for side by side may overtake the first one.
            pages = {n: page for n, page in early.pop(key, {}).items() if seen.began - page.began <= ON_ITS_WAY}
            pages[1] = seen
            open_pulls[key] = Pull(asked.updated_since, asked.cohorts, asked.per_page, seen.purpose.csv, pages)
            pulls.append(open_pulls[key])
        elif key in open_pulls and asked.page not in open_pulls[key].pages:
            open_pulls[key].pages[asked.page] = seen
        else:
            # Of a pull yet to begin, or of one whose beginning is no longer in the journal.
            early.setdefault(key, {})[asked.page] = seen
    return pulls
