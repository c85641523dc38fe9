"""Traffic as the requirements see it, written down by hand: one function for each kind of request."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from mock_server.harness.readiness.judgement import Judgement
from mock_server.harness.readiness.shown import Asked, ShownRecord
from mock_server.harness.v1.readiness.catalogue import BY_ID
from mock_server.harness.v1.readiness.traffic import FACTS, WRITES, Observation, Purpose, Traffic, purposes
from mock_server.http.contract import operations
from mock_server.resources import specification
from mock_server.sandbox.journal import SchoolChange
from mock_server.v1.queries import Parameters

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PARTICIPANT = "4f6c2d0e-5f3b-4c59-9a53-0b8f5c7e1a21"
DECLARATION = "c1a7be52-8e0d-4c3e-b6f9-5d2e7f90a143"


def seconds(after: float) -> datetime:
    """The moment so long after the start of the story."""
    return START + timedelta(seconds=after)


class Story:
    """A client's requests, one after another; each takes 10 ms and begins a second after the one before it.

    `wait` lets more time pass before the next, `over` chooses the connection.
    """

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.changes: list[SchoolChange] = []
        self.now = START.timestamp()
        self.connection = ("127.0.0.1", 50_000)
        self._ids = count(1)

    def wait(self, seconds: float) -> "Story":
        """After the request before, instead of the usual second."""
        self.now += seconds - 1
        return self

    def over(self, connection: int) -> "Story":
        """The next requests come over that connection."""
        self.connection = ("127.0.0.1", 50_000 + connection)
        return self

    def request(
        self,
        operation_id: str | None,
        *,
        provider: str | None = "alder",
        id: str = PARTICIPANT,
        attributes: Mapping[str, Any] | None = None,
        parameters: Parameters | None = None,
        status: int = 200,
        outcome: int | None = None,
        heard: bool = True,
        record: Mapping[str, Any] | None = None,
        listed: Sequence[str] | None = None,
        **others: Any,
    ) -> Observation:
        purpose = purposes().get(operation_id or "")
        kind = purpose.kind if purpose else None
        method = "GET" if purpose is None else _METHODS.get(purpose.kind, "PUT")
        path = _path(operation_id or "", id)
        seen = Observation(
            id=next(self._ids),
            began=self.now,
            ended=self.now + 0.01,
            moment=datetime.fromtimestamp(self.now, UTC),
            provider=provider,
            credentials=f"Bearer {provider or 'wrong'}-token".encode(),
            connection=self.connection,
            token_in_url=False,
            method=method,
            path=path,
            operation_id=operation_id,
            purpose=purpose,
            identity=(method, path, repr(parameters), repr(attributes)),
            rules=tuple(others.pop("rules", ())),
            kind=kind,
            writes=kind in WRITES,
            subject=_subject(kind, id, attributes or {}),
            asked=_asked(kind, purpose, parameters or Parameters()),
            shown=_shown(record or {}, listed, self.now, others.pop("shown", None)),
            shifted=False,
            attributes=attributes or {},
            status=status,
            outcome=status if outcome is None else outcome,
            heard=heard,
            fault=None,
            retry_after=None,
            record=record or {},
            listed=None if listed is None else tuple(listed),
            problems=(),
        )
        seen = replace(seen, **others)
        self.observations.append(seen)
        self.now = seen.ended + 1
        return seen

    def school_changes(
        self, participant_id: str = PARTICIPANT, providers: tuple[str, ...] = ("alder",), kind: str = "participant"
    ) -> None:
        self.changes.append(SchoolChange(self.now, "v1", participant_id, providers, kind))
        self.now += 1

    def page(self, records: int, page: int = 1, *, first: int = 0, **others: Any) -> Observation:
        """A page of the participant list, of up to 100 records."""
        asked = {name: others.pop(name) for name in ("updated_since", "cohorts", "per_page") if name in others}
        listed = others.pop("listed", [f"participant {number}" for number in range(first, first + records)])
        return self.request(
            others.pop("operation_id", "listEcfParticipants"),
            parameters=Parameters(page=page, **asked),
            listed=listed,
            **others,
        )

    def declare(
        self, declaration_type: str = "started", date: str = "2021-11-20T09:00:00Z", **others: Any
    ) -> Observation:
        attributes = {
            "participant_id": PARTICIPANT,
            "declaration_type": declaration_type,
            "course_identifier": "ecf-induction",
            "declaration_date": date,
        }
        if others.get("status", 200) == 200 or not others.get("heard", True):
            others.setdefault("record", {"id": DECLARATION, "state": "eligible", **attributes})
        return self.request("createParticipantDeclaration", attributes=attributes, **others)

    def void(self, state: str = "voided", id: str = DECLARATION, **others: Any) -> Observation:
        record = {"id": id, "participant_id": PARTICIPANT, "state": state}
        return self.request("voidParticipantDeclaration", id=id, record=record, **others)

    def judge(self, requirement: str) -> Judgement:
        """What the requirement of that id makes of all this."""
        return BY_ID[requirement].judge(Traffic(self.observations, self.changes))

    def verdict(self, requirement: str) -> str:
        return self.judge(requirement).verdict


def _subject(kind: str | None, id: str, attributes: Mapping[str, Any]) -> str:
    if kind == "declare":
        return str(attributes.get("participant_id", "")).lower()
    return "" if kind in (None, *FACTS) else id


def _asked(kind: str | None, purpose: Purpose | None, parameters: Parameters) -> Asked | None:
    if purpose is None or kind not in FACTS:
        return None
    return Asked(
        purpose.kind,
        parameters.updated_since,
        parameters.cohorts,
        parameters.page,
        parameters.per_page,
        purpose.csv,
        by_change=kind == "participants" and parameters.updated_since is not None,
        lookup=parameters.participant_id is not None,
    )


def _shown(record: Mapping[str, Any], listed: Sequence[str] | None, now: float, given: Any) -> tuple[ShownRecord, ...]:
    """The records as the client could read them; listed ones have nothing but their id and no date."""
    if given is not None:
        return tuple(given)
    if listed is not None:
        return tuple(ShownRecord(id, None, {}) for id in listed)
    return (ShownRecord(str(record["id"]), datetime.fromtimestamp(now, UTC), record),) if "id" in record else ()


_METHODS = dict.fromkeys(("participants", "participant", "declarations", "declaration"), "GET") | {"declare": "POST"}


def _path(operation_id: str, id: str) -> str:
    for operation in operations(specification("v1")):
        if operation.id == operation_id:
            return operation.path.replace("{id}", id)
    return "/nowhere"
