"""What the exports share: a scenario's request, with placeholders for values that are known only at run time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mock_server.harness.scenarios.model import CONTROL, RawBody, Scenario, Step
from mock_server.harness.scenarios.operations import SANDBOX
from mock_server.harness.scenarios.references import replaced

BASE_URL = "http://127.0.0.1:8080"

# Readers don't need longer bodies, and some tools can't handle them.
LONGEST_BODY = 10_000


@dataclass(frozen=True, slots=True)
class Omission:
    """A part of a scenario that a format can't express."""

    scenario: Scenario
    step: Step
    what: str

    def __str__(self) -> str:
        return f"{self.scenario.id}, {self.step.operation or self.step.method} (line {self.step.line}): {self.what}"


@dataclass(frozen=True, slots=True)
class Export:
    """`files` has the text of each file by its name."""

    files: Mapping[str, str]
    omissions: tuple[Omission, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request for a tool to send; `body` is None, a JSON value, or text."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: Any

    def target(self) -> str:
        """Path and query, percent-encoded except for the placeholders."""
        query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in self.query)
        return f"{self.path}?{query}" if query else self.path


def _encoded(text: str) -> str:
    """Keeps braces, because they mark placeholders: no scenario sends a brace in a query."""
    return quote(text, safe="{}")


def token_name(provider: str) -> str:
    """The name under which the exports keep a provider's token."""
    return f"{provider}_token"


def sent(step: Step, stand_in: Callable[[str], str]) -> Sent:
    """The request of `step`. `stand_in(name)` gives the placeholder for kept values, `sandbox` and tokens."""
    names = {**replaced(step.path_parameters, stand_in), SANDBOX: stand_in(SANDBOX)}
    path = step.path
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", str(value))
    headers: dict[str, str | None] = {}
    if step.api != CONTROL:
        headers["Authorization"] = f"Bearer {stand_in(token_name(step.provider))}"
    body = step.body
    if isinstance(body, RawBody):
        headers["Content-Type"] = body.content_type
        body = body.text * body.repeat
    elif body is not None:
        headers["Content-Type"] = "application/json"
        body = replaced(body, stand_in)
    headers |= replaced(step.headers, stand_in)
    return Sent(
        step.method,
        path,
        tuple((name, str(replaced(value, stand_in))) for name, value in step.query.items()),
        tuple((name, value) for name, value in headers.items() if value is not None),
        body,
    )


def too_long(step: Step) -> bool:
    return isinstance(step.body, RawBody) and len(step.body.text) * step.body.repeat > LONGEST_BODY


def providers(scenario: Scenario) -> list[str]:
    """The providers whose tokens the scenario needs, in order of first use."""
    acting = [step.provider for step in (*scenario.given, *scenario.steps) if step.api != CONTROL]
    return list(dict.fromkeys(acting))
