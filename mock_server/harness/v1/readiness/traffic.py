"""The journal as the requirements of v1 see it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final

from mock_server.harness.readiness import observation, traffic
from mock_server.harness.readiness.bodies import attributes_of, record_in
from mock_server.harness.readiness.shown import Asked, ShownRecord, shown_in
from mock_server.http.contract import operations
from mock_server.http.exchange import Refused
from mock_server.sandbox.journal import Entry, Journal
from mock_server.v1.queries import NO_PARAMETERS, documented_keys, read_query
from mock_server.v1.service import V1

ACTIONS: Final = ("defer", "resume", "change-schedule", "withdraw")
WRITES: Final = frozenset({*ACTIONS, "declare", "void"})

# The attributes that requirements look at, by the list that shows them.
FACTS: Final = {
    "participants": ("participant_type", "cohort", "status", "training_status", "schedule_identifier"),
    "declarations": ("participant_id", "course_identifier", "declaration_type", "declaration_date", "state"),
}
# A list of this kind, and one record of it.
LIST_OF: Final = {"participant": "participants", "declaration": "declarations", "declare": "declarations"} | {
    "void": "declarations",
    **dict.fromkeys(ACTIONS, "participants"),
}


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
class Observation(observation.Observation):
    """One request to v1 and its answer."""

    purpose: Purpose | None

    @property
    def path_id(self) -> str:
        """The id of a participant or a declaration in the path, in lower case; empty without one."""
        return _path_id(self.kind, self.path)


def _path_id(kind: str | None, path: str) -> str:
    if kind in (None, "participants", "declarations", "declare"):
        return ""
    parts = path.split("/")
    return parts[-1 if kind in ("participant", "declaration") else -2].lower()


def observe(entry: Entry, journal: Journal) -> Observation:
    """Reads one entry of `journal`."""
    real = entry.unheard or entry.answer
    purpose = purposes().get(entry.operation_id or "")
    kind = purpose.kind if purpose else None
    shifted = dict(entry.headers).get(b"x-with-server-date")
    found = observation.observed(entry, journal)
    attributes = attributes_of(entry.body) if entry.body else {}
    return Observation(
        **{**found, "identity": (*found["identity"], shifted)},
        kind=kind,
        writes=kind in WRITES,
        subject=str(attributes.get("participant_id", "")).lower()
        if kind == "declare"
        else _path_id(kind, found["path"]),
        shifted=shifted is not None,
        asked=_asked(purpose, entry.query) if purpose and kind in FACTS else None,
        shown=_shown(entry, purpose) if purpose else (),
        attributes=attributes,
        record=record_in(real) if purpose and real.listed is None else {},
        purpose=purpose,
    )


def _asked(purpose: Purpose, query: bytes) -> Asked:
    parameters = NO_PARAMETERS
    # The server answered an unreadable request with 400. Its content doesn't matter.
    with suppress(Refused):
        parameters = read_query(query, purpose.documented)
    return Asked(
        list=purpose.kind,
        since=parameters.updated_since,
        narrowed=parameters.cohorts,
        page=parameters.page,
        per_page=parameters.per_page,
        whole=purpose.csv,
        # Declarations are in order of creation, whatever they are filtered by (rules 5.3 and 6.3).
        by_change=purpose.kind == "participants" and parameters.updated_since is not None,
        lookup=parameters.participant_id is not None,
    )


def _shown(entry: Entry, purpose: Purpose) -> tuple[ShownRecord, ...]:
    """The records that the client could read in the answer."""
    names = FACTS[LIST_OF.get(purpose.kind, purpose.kind)]
    if entry.unheard is not None or entry.answer.status != 200 or entry.method == "HEAD":
        return ()
    return shown_in(entry.answer.body, names, purpose.csv)


Traffic = traffic.Traffic[Observation]
