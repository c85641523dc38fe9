"""The one operation of the control API that grades a client: the harness hands it to the application."""

from mock_server.control.operations import ControlHandler, on_sandbox
from mock_server.control.problems import ControlCall, json_answer
from mock_server.harness.readiness.evaluation import readiness_record
from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Registry, Sandbox


def readiness_operations(registry: Registry) -> dict[str, ControlHandler]:
    return {"getReadiness": on_sandbox(registry, get_readiness)}


async def get_readiness(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return json_answer(await readiness_record(sandbox))
