"""Runs one phase of Schemathesis against a bench's server, and turns its events into counts and findings."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from hypothesis.configuration import set_hypothesis_home_dir
from requests.adapters import HTTPAdapter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.core.failures import Failure
    from schemathesis.engine import Status, events, from_schema
    from schemathesis.engine import context as engine_context
    from schemathesis.engine.recorder import ScenarioRecorder

from mock_server.harness.check.bench import Bench, noticed
from mock_server.harness.check.feed import Feed, configuration
from mock_server.harness.check.generated.verdicts import stands
from mock_server.harness.check.kit import CheckKit
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.pace import OutOfTime, Pace, ServerGone
from mock_server.harness.check.traffic import TrafficLog, finding_about
from mock_server.harness.exchange import Request, Response

# What Schemathesis calls its phases. It uses our name `coverage` for something else.
PHASES = {"examples": "examples", "boundaries": "coverage", "fuzzing": "fuzzing", "stateful": "stateful"}
_PROBE_HEADER = "x-schemathesis-testcaseid"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a phase. `max_examples` counts requests for each operation, or chains.

    With `reads_only` it sends nothing that could change a record.
    """

    seed: int
    max_examples: int
    pace: Pace
    reads_only: bool


def run_phase(
    kit: CheckKit, bench: Bench, traffic: TrafficLog, budget: Budget, *, is_mock: bool, step: Callable[[str], None]
) -> None:
    """Runs the phase that `traffic.stage` is named after. It reports to `step` what it tries."""
    with TemporaryDirectory() as folder:
        # Otherwise Hypothesis leaves a folder in the current directory. Its tables of characters take it over a second
        # to make, so whoever runs many checks can name a folder that keeps them, in Hypothesis's own variable.
        set_hypothesis_home_dir(os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY", folder))
        try:
            with _paced(budget.pace) as ended:
                _run(
                    _schema(kit, bench, traffic, budget, Path(folder), is_mock=is_mock),
                    traffic,
                    budget.pace,
                    ended,
                    step,
                )
        finally:
            set_hypothesis_home_dir(None)


def _run(schema: Any, traffic: TrafficLog, pace: Pace, ended: list[Exception], step: Callable[[str], None]) -> None:
    """`ended` has why nothing more can be sent, once that is so. Raises ServerGone."""
    stage = traffic.stage
    stream = from_schema(schema).execute()
    scenarios = 0
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            scenarios += 1
            step(f"{scenarios}: {event.recorder.label}")
            _take_in(event.recorder, traffic)
        elif isinstance(event, events.NonFatalError) and not ended:
            _report_error(event, traffic)
        elif isinstance(event, events.FatalError) and not ended:
            raise event.exception
        if (ended or pace.out_of_time) and not stage.cut_short:
            stage.cut_short = True
            stream.stop()
    if ended and isinstance(ended[0], ServerGone):
        raise ended[0]


class _PacedAdapter(HTTPAdapter):
    """Sends what Schemathesis makes up at the check's pace. `ended` takes why nothing more can be sent."""

    def __init__(self, pace: Pace, ended: list[Exception]) -> None:
        super().__init__()
        self._pace = pace
        self._ended = ended

    def send(self, request: Any, *given: Any, **options: Any) -> Any:
        try:
            return self._pace.send(
                lambda: super(_PacedAdapter, self).send(request, *given, **options),
                heard=lambda answer: (answer.status_code, answer.headers.get("retry-after")),
                failures=(requests.ConnectionError, requests.Timeout),
            )
        except (OutOfTime, ServerGone) as end:
            self._ended.append(end)
            raise requests.ConnectionError(str(end), request=request) from end


@contextmanager
def _paced(pace: Pace) -> Iterator[list[Exception]]:
    """Makes Schemathesis send at this pace. Its sessions can be reached nowhere else."""
    original = engine_context.make_session
    ended: list[Exception] = []

    def make_session(*given: Any, **options: Any) -> requests.Session:
        session = original(*given, **options)
        for scheme in ("http://", "https://"):
            session.mount(scheme, _PacedAdapter(pace, ended))
        return session

    engine_context.make_session = make_session
    try:
        yield ended
    finally:
        engine_context.make_session = original


def _schema(kit: CheckKit, bench: Bench, traffic: TrafficLog, budget: Budget, folder: Path, *, is_mock: bool) -> Any:
    phase = PHASES[traffic.stage.name]
    if bench.sandbox is not None:
        kit.recipe.populate(bench)
    # If the server's lists can't be read, Schemathesis generates the ids.
    feed = Feed({})
    with noticed(traffic, None, "The lists show what requests can be about."):
        feed = kit.recipe.gather(bench)
    settings = configuration(
        kit.recipe,
        feed,
        bench,
        folder,
        phase=phase,
        seed=budget.seed,
        max_examples=budget.max_examples,
        reads_only=budget.reads_only,
    )
    # Schemathesis writes into the document when it builds the chains of links.
    schema = schemathesis.openapi.from_dict(
        deepcopy(kit.service.contract), config=SchemathesisConfig.from_dict(settings)
    )
    schema.config.update(base_url=traffic.base_url)

    def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
        return stands(kit, failure, as_request(response.request), as_response(response), is_mock=is_mock)

    def after_call(context: Any, case: Any, response: Any) -> None:
        traffic.on_exchange()

    schema.hook(filter_failure)
    schema.hook(after_call)
    if bench.sandbox is not None:
        _start_anew(schema, bench, chains=phase == "stateful")
    return schema


def _start_anew(schema: Any, bench: Bench, *, chains: bool) -> None:
    """Each case, or each chain, starts with a fresh world, so that no case affects another.

    It also means that a failure's own requests are enough to repeat it.
    """
    control = bench.control
    fresh = control.snapshot()
    if chains:
        build = schema.build_state_machine

        def build_state_machine(**given: Any) -> Any:
            machine = build(**given)

            def start(self: Any) -> None:
                control.restore(fresh)
                machine.__init__(self)

            return type(machine.__name__, (machine,), {"__init__": start})

        schema.build_state_machine = build_state_machine
    else:

        def after_call(context: Any, case: Any, response: Any) -> None:
            if case.method.upper() != "GET" and response.status_code < 300:
                control.restore(fresh)

        schema.hook(after_call)


def _take_in(recorder: ScenarioRecorder, traffic: TrafficLog) -> None:
    for id, node in recorder.cases.items():
        interaction = recorder.interactions.get(id)
        if interaction is None or interaction.response is None:
            continue
        request, response = _recorded(interaction.request), as_response(interaction.response)
        operation = traffic.note(request, response)
        if operation is None:
            continue
        tried = traffic.tried[operation]
        meta = node.value.meta
        # A check may send its own variants of a case, for example without a token. Those have a parent but no link.
        derived = node.parent_id is not None and node.transition is None
        if meta is not None and meta.generation.mode.is_positive and not derived:
            tried.valid += 1
            tried.accepted += response.status < 300
        if node.transition is not None and node.is_transition_applied:
            _count_link(node.transition.id, traffic)
            traffic.chains[_chain(recorder, id)] += 1
        for check in recorder.checks.get(id, ()):
            if check.status == Status.FAILURE and check.failure_info is not None:
                _report(check.name, check.failure_info.failure, id, operation, recorder, traffic)


def _count_link(id: str, traffic: TrafficLog) -> None:
    """`id` is `GET /path -> [200] name -> PUT /other`."""
    source, _, rest = id.partition(" -> [")
    status, _, rest = rest.partition("] ")
    method, _, path = source.partition(" ")
    operation = traffic.service.contract["paths"][path][method.lower()]["operationId"]
    traffic.tried[operation].links[f"{status} {rest.partition(' -> ')[0]}"] += 1


def _chain(recorder: ScenarioRecorder, id: str) -> tuple[str, ...]:
    """The operations from the first request of a chain to this one."""
    walked: list[str] = []
    at: str | None = id
    while at is not None:
        node = recorder.cases[at]
        walked.insert(0, node.value.operation.schema.get_operation_id(node.value.operation) or "")
        at = node.parent_id
    return tuple(walked)


def _report(
    check: str, failure: Failure, id: str, operation: str, recorder: ScenarioRecorder, traffic: TrafficLog
) -> None:
    interaction = recorder.interactions[failure.case_id if failure.case_id in recorder.interactions else id]
    response = None if interaction.response is None else as_response(interaction.response)
    what = f"{check}: {failure.title}"
    says = failure.message.strip() or failure.title
    traffic.report(finding_about(traffic, operation, what, says, _recorded(interaction.request), response))


def _report_error(event: events.NonFatalError, traffic: TrafficLog) -> None:
    """Schemathesis couldn't continue: no answer came, or it can't use the contract."""
    says = "every request is answered, and the contract can be tested"
    traffic.report(
        Finding(traffic.stage.name, None, f"{event.label}: {event.info.title}", says, event.info.message or "")
    )


def _recorded(request: Any) -> Request:
    return _joined(request.method, request.uri, {k: v[0] for k, v in request.headers.items()}, request.body)


def as_request(prepared: Any) -> Request:
    return _joined(prepared.method, prepared.url, dict(prepared.headers), prepared.body)


def _joined(method: str, url: str, headers: dict[str, str], body: bytes | str | None) -> Request:
    parts = urlsplit(url)
    kept = {name.lower(): str(value) for name, value in headers.items() if name.lower() != _PROBE_HEADER}
    content = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Request(method, parts.path, query, kept, content or None)


def as_response(response: Any) -> Response:
    headers = {name.lower(): values[0] for name, values in response.headers.items()}
    return Response(response.status_code, headers, (response.content or b"").decode("utf-8", "replace"))
