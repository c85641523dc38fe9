"""The operation of the control API that grades a client. The harness adds it to the application."""

from mock_server.control.models import Complaint
from mock_server.control.operations import ControlHandler, on_sandbox
from mock_server.control.problems import ControlCall, Problem, json_answer
from mock_server.harness.readiness.evaluation import readiness_record
from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Registry, Sandbox


def readiness_operations(registry: Registry) -> dict[str, ControlHandler]:
    return {"getReadiness": on_sandbox(registry, get_readiness)}


async def get_readiness(sandbox: Sandbox, call: ControlCall) -> Answer:
    name = call.query.get("api", sandbox.services[0].name)
    service = next((each for each in sandbox.services if each.name == name), None)
    if service is None:
        known = ", ".join(each.name for each in sandbox.services)
        detail = f"there is no API {name!r}: write one of {known}"
        raise Problem(422, "Unprocessable Content", detail, [Complaint(parameter="api", detail=detail)])
    return json_answer(await readiness_record(sandbox, service))
