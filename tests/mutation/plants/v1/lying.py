"""Ways to lie in the answers of v1: each changes what the sound mock would have said."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import orjson

from mock_server.http.exchange import Answer
from mock_server.service import Call
from mock_server.v1 import checks
from mock_server.v1.queries import Parameters
from tests.mutation.planting import answers, patched

NEWER, OLDER, DECLARATIONS = "listEcfParticipants", "listParticipants", "listParticipantDeclarations"
PARTICIPANTS = (NEWER, OLDER)
LISTS = (*PARTICIPANTS, DECLARATIONS)
CSV_LISTS = tuple(f"{name}Csv" for name in LISTS)
SINGLE = ("getEcfParticipant", "getParticipantDeclaration")
WRITES = (
    *(f"{action}{kind}Participant" for action in ("defer", "resume", "withdraw") for kind in ("", "Ecf")),
    "changeParticipantSchedule",
    "changeEcfParticipantSchedule",
    "createParticipantDeclaration",
    "voidParticipantDeclaration",
)

Plantable = Callable[[], None]
Record = dict[str, Any]


def _document(change: Callable[[Call, Any], Any], operations: Iterable[str]) -> Plantable:
    wanted = frozenset(operations)

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status != 200 or call.operation_id not in wanted:
            return answer
        document = orjson.loads(answer.body)
        return replace(answer, body=orjson.dumps({**document, "data": change(call, document["data"])}))

    return answers(changed)


def told(change: Callable[[Record], None], *operations: str) -> Plantable:
    """Changes the attributes of each record in the JSON answers of the operations; without operations, of all."""

    def each(_call: Call, data: Any) -> Any:
        for record in data if isinstance(data, list) else [data]:
            change(record["attributes"])
        return data

    return _document(each, operations or (*LISTS, *SINGLE, *WRITES))


def listed(change: Callable[[Call, list[Record]], list[Record]], *operations: str) -> Plantable:
    """Changes the page of the lists; without operations, of every JSON list."""
    return _document(change, operations or LISTS)


def rows(change: Callable[[Call, list[str]], list[str]], *operations: str) -> Plantable:
    """Changes the lines of CSV lists, without their header; without operations, of all."""
    wanted = frozenset(operations or CSV_LISTS)

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status != 200 or call.operation_id not in wanted or not answer.body:
            return answer
        header, *lines = answer.body.decode().splitlines(keepends=True)
        kept = change(call, lines)
        return replace(answer, body="".join([header, *kept] if kept else ()).encode())

    return answers(changed)


def asked(change: Callable[[Call, Parameters], Parameters], *operations: str) -> Plantable:
    """Changes what the server understood of the query; without operations, of every list's."""
    wanted = frozenset(operations or (*LISTS, *CSV_LISTS))

    def make(original: Any) -> Any:
        def parameters(self: checks.ProviderChecks, call: Call, query: bytes) -> None:
            original(self, call, query)
            if call.operation_id in wanted:
                call.parameters = change(call, call.parameters)

        return parameters

    return patched(checks.ProviderChecks, "parameters", make)


def notes_of(call: Call) -> dict[Any, Any]:
    """What a lie remembers of this world. A reset forgets it."""
    notes: dict[Any, Any] = call.world.__dict__.setdefault("lies", {})
    return notes


def stale(name: str, *operations: str) -> Plantable:
    """The operations go on telling the attribute's first value."""

    def change(call: Call, data: Any) -> Any:
        for record in data if isinstance(data, list) else [data]:
            attributes = record["attributes"]
            if name in attributes:
                key = name, call.slug, record["id"]
                attributes[name] = notes_of(call).setdefault(key, attributes[name])
        return data

    return _document(change, operations)


def stale_rows(*operations: str) -> Plantable:
    """The CSV lists go on telling each record's first line."""

    def change(call: Call, lines: list[str]) -> list[str]:
        return [notes_of(call).setdefault((call.slug, line.partition(",")[0]), line) for line in lines]

    return rows(change, *operations)


def refused(status: int, content_type: str | None, body: bytes, when: Callable[[Call], bool]) -> Plantable:
    """Answers so instead, where `when` says."""
    return answers(lambda call, answer: Answer(status, body, content_type) if when(call) else answer)
