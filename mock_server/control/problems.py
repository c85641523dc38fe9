"""What goes in and out of a control operation: `ControlCall`, and `Problem` for whatever it refuses."""

from dataclasses import dataclass, field
from typing import Any, Required, TypedDict

PROBLEM_JSON = "application/problem+json"


class Complaint(TypedDict, total=False):
    """One thing wrong in a request: where (`pointer` into the body, or the query's `parameter`), and what."""

    pointer: str
    parameter: str
    detail: Required[str]


@dataclass(slots=True)
class ControlCall:
    """One request to the control API, already valid against `openapi/control.yaml`.

    `query` holds what was given, as the types that the specification says; `body` is {} when none was sent.
    """

    method: str
    path: str
    operation_id: str | None = None
    path_params: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


class Problem(Exception):
    """Answered as `application/problem+json` (RFC 9457).

    `title` says what is wrong in general, `detail` this time; `errors` points at each wrong value (422).
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        errors: list[Complaint] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors or []
        self.headers = headers
