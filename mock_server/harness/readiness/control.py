"""The operations of the control API that grade a client and drill it. The harness adds them to the application."""

import asyncio
from time import time
from typing import TYPE_CHECKING, Final

from mock_server.control.models import Complaint
from mock_server.control.operations import NO_CONTENT, ControlHandler, on_sandbox
from mock_server.control.problems import ControlCall, Problem, invalid, json_answer, not_found
from mock_server.harness.readiness.evaluation import readiness_record
from mock_server.harness.readiness.kit import readiness_kit
from mock_server.http.exchange import Answer, bearer_token
from mock_server.sandbox.journal import RESTART, SchoolChange
from mock_server.sandbox.sandboxes import Registry, Sandbox

# Imported where the first drill begins: a drill is a client of the mock, and a client takes a while to import.
if TYPE_CHECKING:
    from mock_server.harness.readiness.hosted import HostedDrill

MAX_DRILLS: Final = 50


def readiness_operations(registry: Registry) -> dict[str, ControlHandler]:
    drills: dict[str, HostedDrill] = {}

    async def begin(call: ControlCall) -> Answer:
        return await begin_drill(registry, drills, call)

    return {
        "getReadiness": on_sandbox(registry, get_readiness),
        "noteRestart": on_sandbox(registry, note_restart),
        "beginDrill": begin,
        "getDrill": lambda call: json_answer(_drill(drills, call).record()),
        "endDrill": lambda call: end_drill(drills, call),
    }


async def get_readiness(sandbox: Sandbox, call: ControlCall) -> Answer:
    name = call.query.get("api", sandbox.services[0].name)
    service = next((each for each in sandbox.services if each.name == name), None)
    if service is None:
        known = ", ".join(each.name for each in sandbox.services)
        detail = f"there is no API {name!r}: write one of {known}"
        raise Problem(422, "Unprocessable Content", detail, [Complaint(parameter="api", detail=detail)])
    return json_answer(await readiness_record(sandbox, service))


def note_restart(sandbox: Sandbox, _call: ControlCall) -> Answer:
    for service in sandbox.services:
        sandbox.journal.note_change(SchoolChange(time(), service.name, "", (), RESTART))
    return NO_CONTENT


async def begin_drill(registry: Registry, drills: dict[str, "HostedDrill"], call: ControlCall) -> Answer:
    from mock_server.control.connection import ControlFailure
    from mock_server.harness.readiness.hosted import HostedDrill

    name = call.body.get("api", registry.services[0].name)
    service = next((each for each in registry.services if each.name == name), None)
    kit = readiness_kit(service) if service else None
    if kit is None:
        raise invalid("/api", f"the mock grades no clients of {name!r}")
    drill = call.body.get("name", "full")
    if drill not in kit.drills:
        raise invalid("/name", f"no drill is called {drill!r}; there are {', '.join(kit.drills)}")
    for id in [id for id, each in drills.items() if each.ended.is_set()][: max(0, len(drills) - MAX_DRILLS + 1)]:
        del drills[id]
    if len(drills) >= MAX_DRILLS:
        raise Problem(409, "Conflict", f"{MAX_DRILLS} drills run already: end one of them")
    # The drill calls this very server, so it must not hold up the server's event loop.
    host = call.headers.get(b"host", b"127.0.0.1").decode("latin-1")
    token = bearer_token(call.headers.get(b"authorization")).decode("latin-1") or None
    try:
        begun = await asyncio.to_thread(HostedDrill.begin, f"http://{host}", token, kit, drill)
    except (ControlFailure, ValueError) as failure:
        detail = f"the drill can't reach the mock at {host}, the address of this call: {failure}"
        raise Problem(409, "Conflict", detail) from failure
    drills[begun.id] = begun
    return json_answer(begun.record(), 201)


def _drill(drills: dict[str, "HostedDrill"], call: ControlCall) -> "HostedDrill":
    id = call.path_params["drill"]
    if id not in drills:
        raise not_found("drill", id)
    return drills[id]


async def end_drill(drills: dict[str, "HostedDrill"], call: ControlCall) -> Answer:
    drill = _drill(drills, call)
    await asyncio.to_thread(drill.end)
    return json_answer(drill.record())
