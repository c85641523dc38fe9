"""What goes in and out of a control operation: `ControlCall`, and `Problem` for each refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from mock_server.control.models import Complaint
from mock_server.http.exchange import Answer, Refused

PROBLEM_JSON = "application/problem+json"


@dataclass(slots=True)
class ControlCall:
    """One request to the control API, already valid against `openapi/control.yaml`.

    `query` holds the given parameters in the types of the specification. `body` is {} when none was sent.
    """

    method: str
    path: str
    headers: dict[bytes, bytes] = field(default_factory=dict)
    operation_id: str | None = None
    path_params: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    answer: Answer | None = None


class Problem(Refused):
    """Answered as `application/problem+json` (RFC 9457).

    `title` is the name of the status, `detail` says what is wrong this time; `errors` points at each wrong
    value (422).
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[Complaint] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        if errors:
            body["errors"] = [_members(complaint) for complaint in errors]
        super().__init__(Answer(status, orjson.dumps(body), PROBLEM_JSON, headers))
        self.detail = detail


def _members(complaint: Complaint) -> dict[str, str]:
    """Where, if it is somewhere, and what."""
    said = {"pointer": complaint.pointer, "parameter": complaint.parameter, "detail": complaint.detail}
    return {name: text for name, text in said.items() if text is not None}


def not_found(what: str, id: str) -> Problem:
    return Problem(404, "Not Found", f"there is no {what} {id!r} here")


def invalid(pointer: str, detail: str) -> Problem:
    """422 for one value of the body, at `pointer`."""
    return Problem(422, "Unprocessable Content", detail, [Complaint(pointer=pointer, detail=detail)])


def json_answer(record: object, status: int = 200, *, fractions: bool = False) -> Answer:
    """`record` may hold dataclasses, moments and dates. Without `fractions`, moments are shown in whole seconds."""
    body = orjson.dumps(record, option=orjson.OPT_UTC_Z | (0 if fractions else orjson.OPT_OMIT_MICROSECONDS))
    return Answer(status, body, content_type="application/json")


def shares_of(usual: Mapping[str, Mapping[str, int]], body: Mapping[str, Any]) -> dict[str, Mapping[str, int]]:
    """The weights of a population: those of the body's `mix` in the place of the usual ones.

    Raises Problem if no weight of a kind is above 0.
    """
    mix: Mapping[str, Mapping[str, int]] = body.get("mix", {})
    for name, weights in mix.items():
        if not any(weights.values()):
            raise invalid(f"/mix/{name}", "needs a weight above 0")
    return {name: mix.get(name, weights) for name, weights in usual.items()}
