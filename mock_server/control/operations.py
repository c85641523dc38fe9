"""The operations of the control API's shared part, one function each; `control_operations` is their table."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from mock_server import __version__
from mock_server.control.contract import qualified
from mock_server.control.models import Complaint, Faults, Health, JournalPage, Sandboxes, Snapshot
from mock_server.control.problems import ControlCall, Problem, invalid, json_answer, not_found
from mock_server.control.records import clock_record, sandbox_record
from mock_server.http.exchange import Answer
from mock_server.http.json_schema import listed
from mock_server.rules.moments import Duration, advance, parse_duration, parse_rfc3339
from mock_server.sandbox import world_file
from mock_server.sandbox.bad_values import BadWorldFile
from mock_server.sandbox.faults import MAX_FAULTS, BadFault, UnknownFault
from mock_server.sandbox.sandboxes import (
    MAX_SNAPSHOT_BYTES,
    MAX_SNAPSHOTS,
    SANDBOX_ID,
    DefaultSandboxStays,
    Registry,
    Sandbox,
    SandboxExists,
    TooManySandboxes,
    TooManySnapshots,
    UnknownSnapshot,
)
from mock_server.service import Service
from mock_server.settings import ClockSetting, Rate, SandboxSettings

ControlHandler = Callable[[ControlCall], Answer | Awaitable[Answer]]
SandboxHandler = Callable[[Sandbox, ControlCall], Answer | Awaitable[Answer]]

NO_CONTENT = Answer(204)


def on_sandbox(registry: Registry, handler: SandboxHandler) -> ControlHandler:
    """`handler` for the sandbox that the path names; an unknown one gets a 404."""

    def handle(call: ControlCall) -> Answer | Awaitable[Answer]:
        sandbox = registry.get(call.path_params["sandbox"])
        if sandbox is None:
            raise not_found("sandbox", call.path_params["sandbox"])
        # Payment runs that have fallen due come first.
        sandbox.moment()
        return handler(sandbox, call)

    return handle


def control_operations(registry: Registry) -> dict[str, ControlHandler]:
    """The handler of each operation of the control API."""

    def list_sandboxes(_call: ControlCall) -> Answer:
        return json_answer(Sandboxes(tuple(sandbox_record(sandbox) for sandbox in registry)))

    def create_sandbox(call: ControlCall) -> Answer:
        # Who names a seed doesn't want the file with which the server was started.
        defaults, origin = (registry.named_seed, None) if "seed" in call.body else (registry.defaults, registry.origin)
        try:
            sandbox = registry.create(_new_id(call), _changed(defaults, call.body), origin)
        except SandboxExists as taken:
            raise Problem(409, "Conflict", f"there is a sandbox {str(taken)!r} already") from taken
        except TooManySandboxes as full:
            raise too_many() from full
        return json_answer(sandbox_record(sandbox), 201)

    def too_many() -> Problem:
        limit = registry.server.max_sandboxes
        detail = f"there are {limit} sandboxes, as many as --max-sandboxes allows: delete one that isn't needed"
        return Problem(409, "Conflict", detail)

    def import_world(call: ControlCall) -> Answer:
        id = call.path_params["sandbox"]
        if SANDBOX_ID.fullmatch(id) is None:
            raise not_found("sandbox", id)
        try:
            found = world_file.read(orjson.dumps(call.body), registry.services)
        except BadWorldFile as bad:
            raise invalid(bad.pointer, bad.detail) from bad
        sandbox = registry.get(id)
        if sandbox is not None:
            sandbox.begin_from(found)
            return json_answer(sandbox_record(sandbox))
        try:
            return json_answer(sandbox_record(registry.create(id, found.settings, found)), 201)
        except TooManySandboxes as full:
            raise too_many() from full

    def delete_sandbox(sandbox: Sandbox, _call: ControlCall) -> Answer:
        try:
            registry.delete(sandbox)
        except DefaultSandboxStays as refused:
            detail = "the sandbox 'default' can't be deleted; reset it instead"
            raise Problem(409, "Conflict", detail) from refused
        return NO_CONTENT

    def get_metrics(_call: ControlCall) -> Answer:
        # Most mocks are never asked, and needn't wait for Prometheus's client.
        from mock_server.control import metrics

        return Answer(200, metrics.metrics(registry), metrics.CONTENT_TYPE)

    apis = tuple(service.name for service in registry.services)
    return {
        "getHealth": lambda _call: json_answer(Health("ok", __version__, apis)),
        "getMetrics": get_metrics,
        "listSandboxes": list_sandboxes,
        "createSandbox": create_sandbox,
        "importWorld": import_world,
        "deleteSandbox": on_sandbox(registry, delete_sandbox),
    } | {
        operation_id: on_sandbox(registry, handler)
        for operation_id, handler in _every_sandbox_operation(registry).items()
    }


def _every_sandbox_operation(registry: Registry) -> dict[str, SandboxHandler]:
    """The shared operations, and those of each service under the ids that `control_contract` gives them."""

    def on_world(service: Service, handler: Callable[[Sandbox, Any, ControlCall], Answer]) -> SandboxHandler:
        return lambda sandbox, call: handler(sandbox, sandbox.world(service), call)

    return SANDBOX_OPERATIONS | {
        qualified(service, operation_id): on_world(service, handler)
        for service in registry.services
        for operation_id, handler in service.control().items()
    }


# -- sandboxes and their clocks ------------------------------------------------------------------


# The settings whose value in the body is the value in the sandbox.
SETTINGS_AS_GIVEN = ("seed", "replay", "random_seed", "statements", "details")


def _changed(settings: SandboxSettings, body: dict[str, Any]) -> SandboxSettings:
    """`settings` with the values of the body. What the body leaves out stays."""
    changes: dict[str, Any] = {name: body[name] for name in SETTINGS_AS_GIVEN if name in body}
    if "rate_limit" in body:
        rate = body["rate_limit"]
        changes["rate_limit"] = Rate(rate["requests"], rate["seconds"]) if rate else None
    if "clock" in body:
        given = body["clock"]
        now = _moment(given["now"], "/clock/now") if "now" in given else None
        changes["clock"] = ClockSetting(now, given.get("running", True))
    return replace(settings, **changes)


def _moment(text: str, pointer: str) -> datetime:
    moment = parse_rfc3339(text)
    if moment is None:
        raise invalid(pointer, f"{text!r} is no moment in RFC 3339, such as 2021-11-20T09:00:00Z")
    return moment


# A load balancer reads the new sandbox's id from this header, because it doesn't look into bodies.
SANDBOX_HEADER = b"x-mock-sandbox"


def _new_id(call: ControlCall) -> str | None:
    """The id that the body or the header asks for, if any."""
    id: str | None = call.body.get("id")
    header = call.headers.get(SANDBOX_HEADER)
    if header is None:
        return id
    named = header.decode("latin-1")
    if SANDBOX_ID.fullmatch(named) is None:
        detail = f"{named[:100]!r} is no id: up to 63 small letters, digits and hyphens, starting with no hyphen"
        raise Problem(422, "Unprocessable Content", detail, [Complaint(parameter="X-Mock-Sandbox", detail=detail)])
    if id is not None and id != named:
        raise invalid("/id", f"the header X-Mock-Sandbox names another sandbox, {named!r}")
    return named


def get_sandbox(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return json_answer(sandbox_record(sandbox))


def export_world(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return Answer(200, sandbox.export(), content_type="application/json")


def update_settings(sandbox: Sandbox, call: ControlCall) -> Answer:
    sandbox.change_settings(_changed(sandbox.settings, call.body))
    return get_sandbox(sandbox, call)


def reset_sandbox(sandbox: Sandbox, call: ControlCall) -> Answer:
    sandbox.reset()
    return get_sandbox(sandbox, call)


def get_clock(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return json_answer(clock_record(sandbox.clock))


def set_clock(sandbox: Sandbox, call: ControlCall) -> Answer:
    now = _moment(call.body["now"], "/now") if "now" in call.body else None
    sandbox.clock.set(now, call.body.get("running"))
    sandbox.moment()
    return get_clock(sandbox, call)


def advance_clock(sandbox: Sandbox, call: ControlCall) -> Answer:
    duration: Duration | None = parse_duration(call.body["by"])
    if duration is None:
        raise invalid("/by", f"{call.body['by']!r} is no ISO 8601 duration in whole numbers, such as P30D or PT12H")
    try:
        moment = advance(sandbox.clock.now(), duration)
    except OverflowError as too_far:
        raise invalid("/by", f"{call.body['by']} is too far: the clock ends with the year 9999") from too_far
    sandbox.clock.set(moment, None)
    sandbox.moment()
    return get_clock(sandbox, call)


def follow_machine_clock(sandbox: Sandbox, call: ControlCall) -> Answer:
    sandbox.clock.follow_machine()
    sandbox.moment()
    return get_clock(sandbox, call)


# -- faults, journal, snapshots ------------------------------------------------------------------


def list_faults(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return json_answer(Faults(tuple(sandbox.faults.records())))


def replace_faults(sandbox: Sandbox, call: ControlCall) -> Answer:
    for place, fault in enumerate(call.body["faults"]):
        _check_match(fault, f"/faults/{place}", sandbox.services)
    try:
        sandbox.faults.replace(call.body["faults"])
    except BadFault as refused:
        raise invalid(f"/faults{refused.pointer}", refused.detail) from refused
    return list_faults(sandbox, call)


def add_fault(sandbox: Sandbox, call: ControlCall) -> Answer:
    _check_match(call.body, "", sandbox.services)
    if len(sandbox.faults) >= MAX_FAULTS:
        raise Problem(409, "Conflict", f"there are {MAX_FAULTS} faults already, and no more are tried")
    try:
        return json_answer(sandbox.faults.add(call.body), 201)
    except BadFault as refused:
        raise invalid(refused.pointer, refused.detail) from refused


def _check_match(fault: dict[str, Any], pointer: str, services: Sequence[Service]) -> None:
    match = fault["match"]
    api, operation_id = match.get("api"), match.get("operation_id")
    names = [service.name for service in services]
    if api is not None and api not in names:
        raise invalid(f"{pointer}/match/api", f"the mock serves no API {api!r}; it serves {listed(names, 'and')}")
    if operation_id is not None and not any(
        service.routes.has_operation(operation_id) for service in services if api in (None, service.name)
    ):
        raise invalid(f"{pointer}/match/operation_id", f"the contract has no operation {operation_id!r}")


def remove_fault(sandbox: Sandbox, call: ControlCall) -> Answer:
    try:
        sandbox.faults.remove(call.path_params["fault_id"])
    except UnknownFault as unknown:
        raise not_found("fault", call.path_params["fault_id"]) from unknown
    return NO_CONTENT


def clear_faults(sandbox: Sandbox, _call: ControlCall) -> Answer:
    sandbox.faults.clear()
    return NO_CONTENT


def list_requests(sandbox: Sandbox, call: ControlCall) -> Answer:
    entries, following = sandbox.journal.page(**call.query)
    return json_answer(JournalPage(tuple(entries), following), fractions=True)


def clear_requests(sandbox: Sandbox, _call: ControlCall) -> Answer:
    sandbox.journal.clear()
    return NO_CONTENT


def create_snapshot(sandbox: Sandbox, _call: ControlCall) -> Answer:
    try:
        return json_answer(Snapshot(sandbox.take_snapshot()), 201)
    except TooManySnapshots as full:
        detail = (
            f"this sandbox keeps no more snapshots: {MAX_SNAPSHOTS} at most, {MAX_SNAPSHOT_BYTES // 1024**2} MiB "
            "together. Delete one that isn't needed, or reset the sandbox, which deletes them all"
        )
        raise Problem(409, "Conflict", detail) from full


def restore_snapshot(sandbox: Sandbox, call: ControlCall) -> Answer:
    try:
        sandbox.restore_snapshot(call.path_params["snapshot_id"])
    except UnknownSnapshot as unknown:
        raise not_found("snapshot", call.path_params["snapshot_id"]) from unknown
    return get_sandbox(sandbox, call)


def delete_snapshot(sandbox: Sandbox, call: ControlCall) -> Answer:
    try:
        sandbox.drop_snapshot(call.path_params["snapshot_id"])
    except UnknownSnapshot as unknown:
        raise not_found("snapshot", call.path_params["snapshot_id"]) from unknown
    return NO_CONTENT


SANDBOX_OPERATIONS: dict[str, SandboxHandler] = {
    "getSandbox": get_sandbox,
    "exportWorld": export_world,
    "updateSandboxSettings": update_settings,
    "resetSandbox": reset_sandbox,
    "getClock": get_clock,
    "setClock": set_clock,
    "advanceClock": advance_clock,
    "followMachineClock": follow_machine_clock,
    "listFaults": list_faults,
    "replaceFaults": replace_faults,
    "addFault": add_fault,
    "removeFault": remove_fault,
    "clearFaults": clear_faults,
    "listRequests": list_requests,
    "clearRequests": clear_requests,
    "createSnapshot": create_snapshot,
    "restoreSnapshot": restore_snapshot,
    "deleteSnapshot": delete_snapshot,
}
