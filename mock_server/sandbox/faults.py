"""Faults that a tester injects. Each request to a service is matched against them in order."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from mock_server.http.exchange import Answer
from mock_server.sandbox import records
from mock_server.sandbox.globs import Glob

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# The server computes both from the body. Another value would break the connection instead of the answer.
_COMPUTED_HEADERS = frozenset({"content-length", "transfer-encoding"})
_WITHOUT_BODY = frozenset({204, 304})


# The control API takes as many at once. Every request is matched against each.
MAX_FAULTS = 100


class UnknownFault(KeyError):
    """There is no fault of that id."""


class BadFault(ValueError):
    """The fault can't be injected. `pointer` (JSON Pointer into the list) says where, `detail` why."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.detail = detail


@dataclass(slots=True)
class Fault:
    """One fault; `answer` None only delays, `times` None never ends. `struck` counts."""

    id: str
    api: str | None
    method: str | None
    path: Glob | None
    operation_id: str | None
    respond: Mapping[str, Any] | None
    answer: Answer | None
    delay_ms: int
    times: int | None
    probability: float
    after: bool
    struck: int = 0

    def matches(self, api: str | None, method: str, path: str, operation_id: Callable[[], str | None]) -> bool:
        return (
            (self.times is None or self.struck < self.times)
            and (self.api is None or self.api == api)
            and (self.method is None or self.method == method)
            and (self.path is None or self.path.matches(path))
            and (self.operation_id is None or self.operation_id == operation_id())
        )

    def record(self) -> records.Fault:
        """As the control API shows it."""
        respond = self.respond
        return records.Fault(
            id=self.id,
            match=records.FaultMatch(self.api, self.method, self.path.text if self.path else None, self.operation_id),
            respond=None
            if respond is None
            else records.FaultResponse(respond["status"], respond.get("headers", {}), respond.get("body")),
            delay_ms=self.delay_ms,
            times=self.times,
            probability=self.probability,
            apply="after" if self.after else "before",
            struck=self.struck,
        )


class Faults:
    """The faults of one sandbox. `active` is False when there are none, so that looking costs nothing."""

    __slots__ = ("_faults", "_made", "_random", "active")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._faults: list[Fault] = []
        self._made = 0
        self.active = False

    def __len__(self) -> int:
        return len(self._faults)

    def replace(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """Replace all faults by these, shaped like `FaultCreation` in the control API.

        Raises:
            BadFault: one of them can't be sent over HTTP. The present faults stay.
        """
        made = [
            _fault(f"fault-{self._made + 1 + position}", f"/{position}", given) for position, given in enumerate(faults)
        ]
        self._made += len(made)
        self._faults = made
        self.active = bool(made)

    def add(self, fault: Mapping[str, Any]) -> records.Fault:
        """Add a fault, shaped like `FaultCreation`, after the others. Returns it as the control API shows it.

        Raises:
            BadFault: its answer can't be sent over HTTP.
        """
        made = _fault(f"fault-{self._made + 1}", "", fault)
        self._made += 1
        self._faults.append(made)
        self.active = True
        return made.record()

    def remove(self, id: str) -> None:
        """Remove one fault. The others keep their counts. Raises UnknownFault."""
        left = [fault for fault in self._faults if fault.id != id]
        if len(left) == len(self._faults):
            raise UnknownFault(id)
        self._faults = left
        self.active = bool(left)

    def clear(self) -> None:
        """Remove all faults."""
        self.replace([])

    def records(self) -> list[records.Fault]:
        """Every fault as the control API shows it, in the order in which they are tried."""
        return [fault.record() for fault in self._faults]

    def strike(self, api: str | None, method: str, path: str, operation_id: Callable[[], str | None]) -> Fault | None:
        """The first fault that matches and isn't used up; it counts as struck. None when none strikes.

        Only faults that match by operation call `operation_id`.
        """
        for fault in self._faults:
            if fault.matches(api, method, path, operation_id):
                if fault.probability < 1 and self._random.random() >= fault.probability:
                    continue
                fault.struck += 1
                return fault
        return None


def _fault(id: str, pointer: str, given: Mapping[str, Any]) -> Fault:
    match, respond = given["match"], given.get("respond")
    path = match.get("path")
    return Fault(
        id=id,
        api=match.get("api"),
        method=match.get("method"),
        path=None if path is None else Glob(path),
        operation_id=match.get("operation_id"),
        respond=respond,
        answer=None if respond is None else _answer(f"{pointer}/respond", respond),
        delay_ms=given.get("delay_ms", 0),
        times=given.get("times"),
        probability=given.get("probability", 1),
        after=given.get("apply") == "after",
    )


def _answer(pointer: str, respond: Mapping[str, Any]) -> Answer:
    status, body = respond["status"], respond.get("body")
    if body and status in _WITHOUT_BODY:
        raise BadFault(f"{pointer}/body", f"an answer of status {status} has no body")
    headers = []
    content_type = None if body is None else "text/plain" if isinstance(body, str) else "application/json"
    for name, value in respond.get("headers", {}).items():
        lower = name.lower()
        if not _HEADER_NAME.fullmatch(name):
            raise BadFault(f"{pointer}/headers", f"{name!r} is no name for a header")
        if lower in _COMPUTED_HEADERS:
            raise BadFault(f"{pointer}/headers", f"{name} follows from the body and can't be chosen")
        if lower == "content-type":
            content_type = value
        else:
            headers.append((lower, value))
    content = b"" if body is None else body.encode() if isinstance(body, str) else orjson.dumps(body)
    return Answer(status, content, content_type, tuple(headers))
