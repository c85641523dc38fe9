"""The one operation of the control API that grades a client: the harness hands it to the application."""

from collections.abc import Callable

from mock_server.control.operations import on_sandbox
from mock_server.control.problems import ControlCall, json_answer
from mock_server.harness.readiness.evaluation import readiness_record
from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Registry


def readiness_operations(registry: Registry) -> dict[str, Callable[[ControlCall], Answer]]:
    return {"getReadiness": on_sandbox(registry, lambda sandbox, _call: json_answer(readiness_record(sandbox)))}
