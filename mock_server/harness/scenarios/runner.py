"""Runs scenarios against a server, each in a sandbox of its own. It records the real requests and answers."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import quote

import httpx

from mock_server.client import ControlClient
from mock_server.control.connection import ControlError
from mock_server.control.models import Sandbox
from mock_server.harness.exchange import Request, Response
from mock_server.harness.scenarios.checks import failures
from mock_server.harness.scenarios.model import CONTROL, Failure, RawBody, Scenario, ScenarioResult, Step, StepResult
from mock_server.harness.scenarios.new_sandbox import new_sandbox
from mock_server.harness.scenarios.operations import SANDBOX
from mock_server.harness.scenarios.references import filled_in
from mock_server.harness.scenarios.target import Target
from mock_server.http.json_pointer import NOTHING, at

RULE_HEADER = "x-mock-rule"
CONTROL_STAND_IN = "$CONTROL_TOKEN"

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class _Session:
    """One run of a scenario; `sandbox` is None on a server without the control API.

    `tokens` has each token by its placeholder, such as `$TOKEN`.
    """

    sandbox: str | None
    tokens: Mapping[str, str]


def run(scenario: Scenario, target: Target) -> ScenarioResult:
    """Runs `scenario` and returns the result. It stops at the first step that fails, because later steps depend on it.

    Raises:
        ControlFailure: the mock can't make or delete the sandbox.
    """
    reason = skip_reason(scenario, target)
    if reason:
        return ScenarioResult(scenario, target.base_url, skipped=reason)
    kept: dict[str, Any] = {}
    results: list[StepResult] = []
    with _session(scenario, target) as session:
        for step in (*scenario.given, *scenario.steps):
            results.append(_run_step(scenario, step, target, session, kept))
            if results[-1].failures:
                break
    given = len(scenario.given)
    return ScenarioResult(scenario, target.base_url, tuple(results[:given]), tuple(results[given:]))


def skip_reason(scenario: Scenario, target: Target) -> str | None:
    """Why `scenario` can't run on this server; None when it can."""
    if target.control:
        return None
    if not scenario.portable:
        return "needs the control API, which this server doesn't have"
    if not target.token:
        return "needs a bearer token for this server: give it with --token"
    return None


@contextmanager
def _session(scenario: Scenario, target: Target) -> Iterator[_Session]:
    if target.control is None:
        yield _Session(None, {_stand_in(scenario, scenario.provider): target.token or ""})
        return
    sandbox = _created(scenario, target.control)
    try:
        yield _Session(sandbox.id, {_stand_in(scenario, slug): token for slug, token in sandbox.tokens.items()})
    finally:
        target.control.sandbox(sandbox.id).delete()


def _created(scenario: Scenario, control: ControlClient) -> Sandbox:
    settings = new_sandbox(scenario)
    # With the scenario's own name as the id, the guide is the same in each run.
    settings["id"] = scenario.id
    try:
        return control.create_sandbox(**settings)
    except ControlError as error:
        if error.status != 409:
            raise
    # Somebody else runs the same scenario on this server now.
    settings["id"] += f"-{secrets.token_hex(4)}"
    return control.create_sandbox(**settings)


def _run_step(scenario: Scenario, step: Step, target: Target, session: _Session, kept: dict[str, Any]) -> StepResult:
    request = _request(scenario, step, target, session, kept)
    response: Response | None = None
    problems: tuple[Failure, ...]
    started = perf_counter()
    try:
        response = _send(request, target, session)
    except httpx.HTTPError as error:
        said = f"none: {error or type(error).__name__}"
        problems = (Failure("the server answers", f"the status {step.expect.status}", said),)
    seconds = perf_counter() - started
    if response is not None:
        problems = tuple(_failures(step, response, kept, is_mock=target.control is not None))
        kept |= {name: at(pointer, _body(response)) for name, pointer in step.keep.items()}
    return StepResult(step, request, response, problems, seconds)


# -- sending -------------------------------------------------------------------------------------


def _request(scenario: Scenario, step: Step, target: Target, session: _Session, kept: Mapping[str, Any]) -> Request:
    """The request with `$TOKEN` in place of the token. Only `_send` puts in the token."""
    names = {**filled_in(step.path_parameters, kept), SANDBOX: session.sandbox}
    path = _PLACEHOLDER.sub(lambda match: quote(str(names[match[1]]), safe=""), step.path)
    headers: dict[str, str | None] = {}
    if step.api != CONTROL:
        headers["authorization"] = f"Bearer {_stand_in(scenario, step.provider)}"
    elif target.control_token:
        headers["authorization"] = f"Bearer {CONTROL_STAND_IN}"
    content, content_type = _content(step.body, kept)
    headers["content-type"] = content_type
    headers |= {name.lower(): filled_in(value, kept) for name, value in step.headers.items()}
    return Request(
        method=step.method,
        path=path,
        query=tuple((name, str(filled_in(value, kept))) for name, value in step.query.items()),
        headers={name: value for name, value in headers.items() if value is not None},
        content=content,
    )


def _content(body: Any, kept: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The body as text, and its content type."""
    if isinstance(body, RawBody):
        return body.text * body.repeat, body.content_type
    if body is None:
        return None, None
    return json.dumps(filled_in(body, kept), ensure_ascii=False), "application/json"


def _stand_in(scenario: Scenario, provider: str) -> str:
    """The placeholder that people see instead of the provider's token."""
    return "$TOKEN" if provider == scenario.provider else f"${provider.upper()}_TOKEN"


def _send(request: Request, target: Target, session: _Session) -> Response:
    """Raises httpx.HTTPError when no answer comes."""
    headers = dict(request.headers)
    if "authorization" in headers:
        scheme, _, stand_in = headers["authorization"].partition(" ")
        token = target.control_token if stand_in == CONTROL_STAND_IN else session.tokens.get(stand_in, stand_in)
        headers["authorization"] = f"{scheme} {token}"
    answer = target.http.request(request.method, request.target, headers=headers, content=request.content)
    content = answer.text
    for stand_in, token in session.tokens.items():
        # The settings of a sandbox contain its tokens.
        content = content.replace(token, stand_in) if token else content
    return Response(answer.status_code, dict(answer.headers), content)


# -- judging -------------------------------------------------------------------------------------


def _body(response: Response) -> Any:
    """The value that pointers start from: the parsed body, or its text when it isn't JSON."""
    return response.content if response.json is None else response.json


def _failures(step: Step, response: Response, kept: Mapping[str, Any], *, is_mock: bool) -> Iterator[Failure]:
    expect = step.expect
    if response.status != expect.status:
        said = response.content if len(response.content) <= 500 else f"{response.content[:500]}…"
        yield Failure(f"the status is {expect.status}", str(expect.status), f"{response.status} {said}".rstrip())
        # All other differences follow from this one.
        return
    # Only a mock names the rules.
    if expect.rules is not None and is_mock:
        yield from failures(f"the header {RULE_HEADER}", ", ".join(expect.rules), response.headers.get(RULE_HEADER, ""))
    for name, check in expect.headers.items():
        yield from failures(f"the header {name}", check, response.headers.get(name.lower(), NOTHING), kept)
    body = _body(response)
    for pointer, check in expect.body.items():
        yield from failures(pointer or "the body", check, at(pointer, body), kept)
    for name, pointer in step.keep.items():
        if at(pointer, body) is NOTHING:
            yield Failure(f"{pointer or 'the body'} is there, to be kept as {name!r}", "a value", "nothing")
