"""The journal as the requirements of v1 see it."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from itertools import chain
from typing import Any, Final

import orjson

from mock_server.harness.readiness import traffic
from mock_server.harness.readiness.traffic import ON_ITS_WAY, began
from mock_server.http.contract import operations
from mock_server.http.exchange import Answer, Refused
from mock_server.sandbox.journal import Entry, Journal
from mock_server.v1.queries import NO_PARAMETERS, Parameters, documented_keys, read_query
from mock_server.v1.service import V1

ACTIONS: Final = ("defer", "resume", "change-schedule", "withdraw")
WRITES: Final = frozenset({*ACTIONS, "declare", "void"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """The purpose of an operation of the contract, independent of its path.

    `kind` is `participants`, `participant`, `declarations`, `declaration`, `declare`, `void` or an action.
    """

    kind: str
    csv: bool
    deprecated: bool
    documented: Mapping[str, frozenset[str]]


@cache
def purposes() -> Mapping[str, Purpose]:
    """The purpose of each operation, by its id."""
    found = {}
    for operation in operations(V1.contract):
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
        )
    return found


@dataclass(frozen=True, slots=True)
class Observation(traffic.Observation):
    """One request to v1 and its answer.

    `attributes` come from the request body. `record` is the record in the answer: its id and its attributes. `shifted`
    says that the request set its own moment.
    """

    purpose: Purpose | None
    parameters: Parameters
    shifted: bool
    attributes: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def kind(self) -> str | None:
        return self.purpose.kind if self.purpose else None

    @property
    def path_id(self) -> str:
        """The id of a participant or a declaration in the path, in lower case; empty without one."""
        if self.kind in (None, "participants", "declarations", "declare"):
            return ""
        parts = self.path.split("/")
        return parts[-1 if self.kind in ("participant", "declaration") else -2].lower()

    @property
    def subject(self) -> str:
        """The subject of a write: the participant's id, or the declaration's for a void."""
        if self.kind == "declare":
            return str(self.attributes.get("participant_id", "")).lower()
        return self.path_id


def observe(entry: Entry, journal: Journal) -> Observation:
    """Reads one entry of `journal`."""
    real = entry.unheard or entry.answer
    purpose = purposes().get(entry.operation_id or "")
    shifted = dict(entry.headers).get(b"x-with-server-date")
    parameters = NO_PARAMETERS
    if purpose and entry.query:
        # The server answered an unreadable request with 400. Its content doesn't matter.
        with suppress(Refused):
            parameters = read_query(entry.query, purpose.documented)
    found = traffic.observed(entry, journal)
    return Observation(
        **{**found, "identity": (*found["identity"], shifted)},
        purpose=purpose,
        parameters=parameters,
        shifted=shifted is not None,
        attributes=_attributes(entry.body) if entry.body else {},
        record=_record(real) if purpose and real.listed is None else {},
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


@dataclass(slots=True)
class Pull:
    """One pass through the participant list, page by page. `pages` are by number."""

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
        """Whether it reached a page that wasn't full. Only the last page isn't full."""
        page = 1
        while page in self.pages:
            if self.csv or len(self.pages[page].listed or ()) < self.per_page:
                return True
            page += 1
        return False

    @property
    def is_peek(self) -> bool:
        """Whether it read only a single record, to test the service or the token."""
        return self.per_page == 1 and not self.complete

    def covers(self, other: "Pull") -> bool:
        """Whether it included every cohort that `other` included."""
        return self.cohorts is None or (other.cohorts is not None and other.cohorts <= self.cohorts)

    def reaches_back_as_far_as(self, other: "Pull") -> bool:
        return self.since is None or (other.since is not None and self.since <= other.since)


class Traffic(traffic.Traffic[Observation]):
    """What clients sent to v1 and got, and what schools did meanwhile."""

    @cached_property
    def _by_kind(self) -> Mapping[str | None, Sequence[Observation]]:
        found: dict[str | None, list[Observation]] = {}
        for seen in self.observations:
            found.setdefault(seen.kind, []).append(seen)
        return found

    def of_kind(self, *kinds: str) -> list[Observation]:
        """The requests for these purposes."""
        found = [seen for kind in kinds for seen in self._by_kind.get(kind, ())]
        return found if len(kinds) == 1 else sorted(found, key=began)

    @cached_property
    def pulls(self) -> Mapping[str, Sequence[Pull]]:
        """The passes through the participant list, by provider."""
        return {provider: _pulls(seen) for provider, seen in self.by_provider.items()}

    def changed_by_school(self, participant_id: str, start: float, end: float) -> bool:
        """Whether a school changed the participant between these two moments."""
        return _any_between(self._changed_by_school_at.get(participant_id, ()), start, end)

    def changed(self, id: str, start: float, end: float) -> bool:
        """Whether anybody changed the participant or declaration `id` between these two moments."""
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


def _any_between(moments: Sequence[float], start: float, end: float) -> bool:
    """Whether one of the sorted moments lies between these two."""
    return bisect_right(moments, start) < bisect_left(moments, end)


def readings(observations: Iterable[Observation], ids: Collection[str]) -> Mapping[str, Sequence[Observation]]:
    """The answers that showed the client each of these participants or declarations, alone or in a list."""
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
            # A client may request pages in parallel, and later pages may overtake the first one.
            pages = {n: page for n, page in early.pop(key, {}).items() if seen.began - page.began <= ON_ITS_WAY}
            pages[1] = seen
            open_pulls[key] = Pull(asked.updated_since, asked.cohorts, asked.per_page, seen.purpose.csv, pages)
            pulls.append(open_pulls[key])
        elif key in open_pulls and asked.page not in open_pulls[key].pages:
            open_pulls[key].pages[asked.page] = seen
        else:
            # The page belongs to a pull that hasn't begun yet, or whose beginning the journal has dropped.
            early.setdefault(key, {})[asked.page] = seen
    return pulls
