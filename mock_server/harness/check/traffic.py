"""Compares everything that the check sends with the contract, and counts what it tried and what came."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any
from urllib.parse import unquote

import httpx

from mock_server.harness.check.conformance import ResponseCheck, response_check
from mock_server.harness.check.history import History
from mock_server.harness.check.outcome import Finding, StageResult, finding
from mock_server.harness.check.refusals import refusal_problems
from mock_server.harness.exchange import Request, Response
from mock_server.http.contract import Operation, path_in_segments, resolve
from mock_server.http.json_schema import Validator, validator, violations
from mock_server.service import Service

# Headers that say nothing about the request. The curl commands of the report contain the others.
_UNTOLD = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"})
# A finding keeps at most this many symptoms, because the same finding may occur ten thousand times.
_MOST_SYMPTOMS = 50
# What may stand beside a token in double quotes.
_PLAIN = re.compile(r"[A-Za-z0-9-]*")
TOKEN = "$TOKEN"  # noqa: S105 - what stands for one


@dataclass(slots=True)
class Tried:
    """What the check tried of one operation, by name, with how often."""

    statuses: Counter[str] = field(default_factory=Counter)
    parameters: Counter[str] = field(default_factory=Counter)
    bodies: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    valid: int = 0
    accepted: int = 0


class TrafficLog:
    """Records exchanges, and finds those whose answer the contract doesn't document.

    `stage` is the stage that sends now. `names` are the tokens in use, each with the text that replaces it in reports.
    `on_exchange` is called after each exchange, before anything judges it.
    """

    def __init__(self, base_url: str, service: Service, *, is_mock: bool) -> None:
        self.base_url = base_url
        self.service = service
        self.check = response_check(service)
        self.is_mock = is_mock
        self.names: dict[str, str] = {}
        self.stage = StageResult("none")
        self.on_exchange: Callable[[], None] = lambda: None
        # Statuses that a scenario now makes the mock answer, and that no contract documents.
        self.injected: frozenset[int] = frozenset()
        self.tried: defaultdict[str, Tried] = defaultdict(Tried)
        # Operations that the check called one after the other, by following links.
        self.chains: Counter[tuple[str, ...]] = Counter()
        # What was written since the current test began.
        self.history = History()
        # The command that runs the stage again.
        self.repeat: str | None = None
        # Some probes send from several threads.
        self._lock = RLock()
        self._found: dict[tuple[str, str | None, str], int] = {}
        self._bodies = _BodyNames(self.check, service)

    def start(self, stage: StageResult, repeat: str | None = None) -> None:
        """Assigns later exchanges to `stage`, which the command `repeat` runs again."""
        self.stage = stage
        self.repeat = repeat
        self._found = {}

    def watch(self, client: httpx.Client) -> None:
        """Records everything that `client` sends from now on."""

        def note(answer: httpx.Response) -> None:
            answer.read()
            self.on_exchange()
            self.note(request_of(answer.request), response_of(answer))

        client.event_hooks["response"].append(note)

    def remember(self, client: httpx.Client) -> None:
        """Keeps what `client` sends to the control API as what a finding tells of before. It judges nothing there."""

        def keep(answer: httpx.Response) -> None:
            answer.read()
            self.history.add(request_of(answer.request), response_of(answer))

        client.event_hooks["response"].append(keep)

    def note(self, request: Request, response: Response | None) -> str | None:
        """Counts one exchange with the service, and reports its departures. Returns the operation's id."""
        with self._lock:
            return self._note(request, response)

    def _note(self, request: Request, response: Response | None) -> str | None:
        self.history.add(request, response)
        if request.path.startswith("/_mock"):
            return None
        self.stage.cases += 1
        if response is not None and response.status in self.injected:
            return None
        check = self.check
        path = path_in_segments(unquote(request.path), request.path.encode())
        operation_id = check.routes.operation_id(request.method, path)
        names = [operation_id] if operation_id else []
        if response is not None:
            if operation_id is None and response.status == 405:
                # A method that the path doesn't have counts as the 405 of every operation on that path.
                names = [id for method in check.routes.methods(path) if (id := check.routes.operation_id(method, path))]
            problems = check.problems(request.method, path, response)
            if response.status == 422:
                problems = [*problems, *refusal_problems(self.service, response, is_mock=self.is_mock)]
            for what, says in problems:
                self.report(finding_about(self, operation_id, what, says, request, response))
        for name in names:
            tried = self.tried[name]
            if response is not None:
                tried.statuses[str(response.status)] += 1
            if operation_id:
                tried.parameters.update(_parameters_in(check.operations[name], request))
                tried.bodies.update(self._bodies.of(name, request))
        return operation_id

    def report(self, found: Finding) -> None:
        """Adds a finding to the stage. If the stage already has it, only its count grows."""
        place = self._found.setdefault(found.key, len(self.stage.findings))
        if place == len(self.stage.findings):
            self.stage.findings.append(
                replace(
                    found,
                    says=self._without_tokens(found.says),
                    came=self._without_tokens(found.came),
                    curl=found.curl and self._without_tokens(found.curl),
                    before=tuple(self._without_tokens(line) for line in found.before),
                    repeat=self.repeat,
                )
            )
        else:
            earlier = self.stage.findings[place]
            symptoms = earlier.symptoms
            if len(symptoms) < _MOST_SYMPTOMS:
                symptoms |= found.symptoms
            self.stage.findings[place] = replace(earlier, count=earlier.count + found.count, symptoms=symptoms)

    def _without_tokens(self, text: str) -> str:
        """`text` without tokens. A server may repeat what it received."""
        for token, stand_in in self.names.items():
            text = text.replace(token, stand_in)
        return text

    def masked(self, request: Request) -> Request:
        """`request` without its token and without headers that say nothing about it."""
        headers = {name: value for name, value in request.headers.items() if name not in _UNTOLD}
        if "authorization" in headers:
            scheme, space, token = headers["authorization"].partition(" ")
            stand_in = self._stand_in(token)
            if stand_in is None and scheme.lower() == "bearer":
                stand_in = TOKEN
            headers["authorization"] = f"{scheme} {stand_in}" if space and stand_in else "[hidden]"
        return replace(request, headers=headers)

    def _stand_in(self, token: str) -> str | None:
        """What stands for a token, or for one that nearly is a token: the shell makes the same of the variable."""
        if token in self.names:
            return self.names[token]
        for known, name in self.names.items():
            if known.startswith(token):
                return f"${{{name[1:]}:0:{len(token)}}}"
            if known.endswith(token):
                return f"${{{name[1:]}:{len(known) - len(token)}}}"
            before, there, after = token.partition(known)
            if there and _PLAIN.fullmatch(before + after):
                return f"{before}${{{name[1:]}}}{after}"
        return None


def finding_about(
    traffic: TrafficLog,
    operation: str | None,
    what: str,
    says: str,
    request: Request,
    response: Response | None,
    came: str | None = None,
    *,
    promised: bool = False,
    wanted: int | None = None,
) -> Finding:
    """A finding of the current stage about one exchange; see `finding`."""
    return finding(
        traffic.stage.name,
        operation,
        what,
        says,
        request=traffic.masked(request),
        response=response,
        base_url=traffic.base_url,
        came=came,
        promised=promised,
        wanted=wanted,
    )


def request_of(request: httpx.Request) -> Request:
    """The request that httpx sent."""
    query = tuple(httpx.QueryParams(request.url.query.decode("ascii")).multi_items())
    content = request.read().decode("utf-8", "replace")
    headers = {name.lower(): value for name, value in request.headers.items()}
    path = request.url.raw_path.decode("ascii").partition("?")[0]
    return Request(request.method, path, query, headers, content or None)


def response_of(answer: httpx.Response) -> Response:
    """The response that httpx received."""
    return Response(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.text)


def _parameters_in(operation: Operation, request: Request) -> Iterable[str]:
    """The documented parameters that the request contains, as `in name`."""
    query = {name for name, value in request.query if value.strip()}
    for parameter in operation.parameters:
        name, place = parameter["name"], parameter["in"]
        if (
            place == "path"
            or (place == "query" and name in query)
            or (place == "header" and name.lower() in request.headers)
        ):
            yield f"{place} {name}"


class _BodyNames:
    """The names of the schemas that a body satisfies, including their alternatives."""

    def __init__(self, check: ResponseCheck, service: Service) -> None:
        document = service.contract
        self._alternatives: dict[str, dict[str, Validator]] = {}
        # The schemas that a body satisfies, by operation and body. Many bodies are equal.
        self._known: dict[tuple[str, str | None], list[str]] = {}
        for operation in check.operations.values():
            body = resolve(document, operation.definition.get("requestBody"))
            if body:
                schema = next(iter(body["content"].values()))["schema"]
                self._alternatives[operation.id] = dict(body_schemas(document, schema))

    def of(self, operation_id: str, request: Request) -> Iterable[str]:
        if operation_id not in self._alternatives or request.json is None:
            return
        key = (operation_id, request.content)
        if key not in self._known:
            alternatives = self._alternatives[operation_id].items()
            self._known[key] = [name for name, check in alternatives if not violations(check, request.json)]
        for name in self._known[key]:
            yield name
            yield f"as {request.headers.get('content-type', '').partition(';')[0].strip().lower()}"


def body_names(document: Mapping[str, Any], operation: Operation) -> list[str]:
    """Every part of a request body that the check can try: its schemas by name, and its media types."""
    body = resolve(document, operation.definition.get("requestBody"))
    if not body:
        return []
    schema = next(iter(body["content"].values()))["schema"]
    return [*dict(body_schemas(document, schema)), *(f"as {media_type}" for media_type in body["content"])]


def body_schemas(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterable[tuple[str, Validator]]:
    """The schema of a request body by its name. If its attributes have alternatives, there is one for each."""
    name = schema["$ref"].rpartition("/")[2]
    whole = resolve(document, schema)
    data = whole["properties"]["data"]
    attributes = resolve(document, data["properties"]["attributes"])
    alternatives = attributes.get("oneOf") or attributes.get("anyOf")
    if not alternatives:
        yield name, validator(document, schema)
        return
    for alternative in alternatives:
        narrowed = {**data, "properties": {**data["properties"], "attributes": alternative}}
        part = {**whole, "properties": {**whole["properties"], "data": narrowed}}
        yield alternative["$ref"].rpartition("/")[2], validator(document, part)


def departures(service: Service, request: Request) -> list[str]:
    """How the request itself departs from the contract of `service`."""
    target = request.target.partition("?")
    body = (request.content or "").encode()
    return service.request_check.problems(request.method, request.path, target[2], request.headers, body)
