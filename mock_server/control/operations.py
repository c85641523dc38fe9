"""The operations of the control API, one function each; `control_operations` is their table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from time import time
from typing import Any

import orjson

from mock_server import __version__
from mock_server.control.problems import Complaint, ControlCall, Problem
from mock_server.control.records import (
    clock_record,
    declaration_record,
    participant_record,
    sandbox_record,
)
from mock_server.harness.readiness.evaluation import readiness_record
from mock_server.http.exchange import Answer
from mock_server.rules.moments import Duration, advance, parse_duration, parse_rfc3339
from mock_server.sandbox.clock import ClockSetting
from mock_server.sandbox.faults import MAX_FAULTS, BadFault, UnknownFault
from mock_server.sandbox.journal import Change
from mock_server.sandbox.rate_limit import Rate
from mock_server.sandbox.sandboxes import (
    SANDBOX_ID,
    DefaultSandboxStays,
    Registry,
    Sandbox,
    SandboxExists,
    SandboxSettings,
    TooManySandboxes,
    UnknownSnapshot,
)
from mock_server.v1.domain.records import Declaration, Participant, Person
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, FIRST_COHORT, LAST_COHORT, academic_year
from mock_server.v1.domain.seeds import invented_person, invented_urn
from mock_server.v1.domain.states import ForbiddenMove
from mock_server.v1.operations import OPERATIONS

ControlHandler = Callable[[ControlCall], Answer]
SandboxHandler = Callable[[Sandbox, ControlCall], Answer]

NO_CONTENT = Answer(204, content_type=None)


def _json(record: object, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(record), content_type="application/json")


def _not_found(what: str, id: str) -> Problem:
    return Problem(404, "Not Found", f"there is no {what} {id!r} here")


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem(422, "Unprocessable Content", detail, [Complaint(pointer=pointer, detail=detail)])


def control_operations(registry: Registry) -> dict[str, ControlHandler]:
    """What answers which operation of `openapi/control.yaml`."""

    def on_sandbox(handler: SandboxHandler) -> ControlHandler:
        @wraps(handler)
        def handle(call: ControlCall) -> Answer:
            sandbox = registry.get(call.path_params["sandbox"])
            if sandbox is None:
                raise _not_found("sandbox", call.path_params["sandbox"])
            # Payment runs that fell due while nobody asked come before whatever is asked now.
            sandbox.moment()
            return handler(sandbox, call)

        return handle

    def list_sandboxes(_call: ControlCall) -> Answer:
        return _json({"sandboxes": [sandbox_record(sandbox) for sandbox in registry]})

    def create_sandbox(call: ControlCall) -> Answer:
        settings = _changed(registry.defaults, call.body)
        try:
            sandbox = registry.create(_new_id(call), settings)
        except SandboxExists as taken:
            raise Problem(409, "Conflict", f"there is a sandbox {str(taken)!r} already") from taken
        except TooManySandboxes as full:
            limit = registry.server.max_sandboxes
            detail = f"there are {limit} sandboxes, as many as --max-sandboxes allows: delete one that isn't needed"
            raise Problem(409, "Conflict", detail) from full
        return _json(sandbox_record(sandbox), 201)

    def delete_sandbox(sandbox: Sandbox, _call: ControlCall) -> Answer:
        try:
            registry.delete(sandbox)
        except DefaultSandboxStays as refused:
            detail = "the sandbox 'default' can't be deleted; reset it instead"
            raise Problem(409, "Conflict", detail) from refused
        return NO_CONTENT

    return {
        "getHealth": lambda _call: _json({"status": "ok", "version": __version__}),
        "listSandboxes": list_sandboxes,
        "createSandbox": create_sandbox,
        "deleteSandbox": on_sandbox(delete_sandbox),
    } | {operation_id: on_sandbox(handler) for operation_id, handler in SANDBOX_OPERATIONS.items()}


# -- sandboxes and their clocks ------------------------------------------------------------------


def _changed(settings: SandboxSettings, body: dict[str, Any]) -> SandboxSettings:
    """`settings` with what the body gives; what it leaves out stays."""
    changes: dict[str, Any] = {name: body[name] for name in ("seed", "replay", "random_seed") if name in body}
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
        raise _invalid(pointer, f"{text!r} is no moment in RFC 3339, such as 2021-11-20T09:00:00Z")
    return moment


# Where a load balancer reads the id of a sandbox that is made: it doesn't look into bodies.
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
        raise _invalid("/id", f"the header X-Mock-Sandbox names another sandbox, {named!r}")
    return named


def get_sandbox(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json(sandbox_record(sandbox))


def update_settings(sandbox: Sandbox, call: ControlCall) -> Answer:
    sandbox.change_settings(_changed(sandbox.settings, call.body))
    return get_sandbox(sandbox, call)


def reset_sandbox(sandbox: Sandbox, call: ControlCall) -> Answer:
    sandbox.reset()
    return get_sandbox(sandbox, call)


def get_clock(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json(clock_record(sandbox.clock))


def set_clock(sandbox: Sandbox, call: ControlCall) -> Answer:
    now = _moment(call.body["now"], "/now") if "now" in call.body else None
    sandbox.clock.set(now, call.body.get("running"))
    sandbox.moment()
    return get_clock(sandbox, call)


def advance_clock(sandbox: Sandbox, call: ControlCall) -> Answer:
    duration: Duration | None = parse_duration(call.body["by"])
    if duration is None:
        raise _invalid("/by", f"{call.body['by']!r} is no ISO 8601 duration in whole numbers, such as P30D or PT12H")
    try:
        moment = advance(sandbox.clock.now(), duration)
    except OverflowError as too_far:
        raise _invalid("/by", f"{call.body['by']} is too far: the clock ends with the year 9999") from too_far
    sandbox.clock.set(moment, None)
    sandbox.moment()
    return get_clock(sandbox, call)


def follow_machine_clock(sandbox: Sandbox, call: ControlCall) -> Answer:
    sandbox.clock.follow_machine()
    sandbox.moment()
    return get_clock(sandbox, call)


# -- what schools and the department do ----------------------------------------------------------


def list_participants(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json({"participants": [participant_record(p) for p in sandbox.world.participants.values()]})


def _participant(sandbox: Sandbox, call: ControlCall) -> Participant:
    id = call.path_params["participant_id"]
    participant = sandbox.world.participants.get(id.lower())
    if participant is None:
        raise _not_found("participant", id)
    return participant


def get_participant(sandbox: Sandbox, call: ControlCall) -> Answer:
    return _json(participant_record(_participant(sandbox, call)))


def _provider(sandbox: Sandbox, slug: str) -> str:
    """The provider that a participant is to train with: one that has an ECF contract."""
    with_contract = [p.slug for p in sandbox.world.providers.values() if p.ecf]
    if slug not in with_contract:
        raise _invalid("/provider", f"no provider with an ECF contract is called {slug!r}; there are {with_contract}")
    return slug


def _check_trn(person: Person) -> None:
    if person.teacher_reference_number is None and person.teacher_reference_number_validated is not None:
        raise _invalid("/teacher_reference_number_validated", "must be null while there is no TRN")


_PERSON = (
    "full_name",
    "email",
    "teacher_reference_number",
    "teacher_reference_number_validated",
    "eligible_for_funding",
    "pupil_premium_uplift",
    "sparsity_uplift",
)


def _mentor(participant_type: str, body: dict[str, Any]) -> str | None:
    mentor_id: str | None = body.get("mentor_id")
    if mentor_id is not None and participant_type == "mentor":
        raise _invalid("/mentor_id", "must be null for a mentor: only an ECT has one")
    return mentor_id.lower() if mentor_id else None


def _changed_by_school(sandbox: Sandbox, participant: Participant, status: int = 200) -> Answer:
    """The participant as they are now; whoever grades a client wants to know when that became so."""
    providers = tuple(enrolment.provider for enrolment in participant.enrolments)
    sandbox.journal.note_change(Change(time(), participant.id, providers))
    return _json(participant_record(participant), status)


def add_participant(sandbox: Sandbox, call: ControlCall) -> Answer:
    body, now = call.body, sandbox.clock.now()
    provider = _provider(sandbox, body["provider"])
    mentor_id = _mentor(body["participant_type"], body)
    inventions = sandbox.inventions()
    invented, urn = invented_person(inventions, body.get("full_name")), invented_urn(inventions)
    person = replace(invented, **{name: body[name] for name in _PERSON if name in body})
    _check_trn(person)
    this_year = min(max(academic_year(now), FIRST_COHORT), LAST_COHORT)
    participant = sandbox.world.add_participant(
        provider=provider,
        participant_type=body["participant_type"],
        cohort=body.get("cohort", str(this_year)),
        person=person,
        school_urn=body.get("school_urn", urn),
        schedule_identifier=body.get("schedule_identifier", DEFAULT_SCHEDULE),
        mentor_id=mentor_id,
        status=body.get("status", "active"),
        training_status=body.get("training_status", "active"),
        now=now,
    )
    return _changed_by_school(sandbox, participant, 201)


def register_participant(sandbox: Sandbox, call: ControlCall) -> Answer:
    participant = _participant(sandbox, call)
    person = replace(participant.current.person, **{name: call.body[name] for name in _PERSON if name in call.body})
    _check_trn(person)
    sandbox.world.register(participant, person, sandbox.clock.now())
    return _changed_by_school(sandbox, participant)


def set_participant_status(sandbox: Sandbox, call: ControlCall) -> Answer:
    participant = _participant(sandbox, call)
    sandbox.world.set_school_status(participant, call.body["status"], sandbox.clock.now())
    return _changed_by_school(sandbox, participant)


def transfer_participant(sandbox: Sandbox, call: ControlCall) -> Answer:
    participant, body = _participant(sandbox, call), call.body
    current = participant.current
    provider = _provider(sandbox, body["provider"])
    urn = body.get("school_urn") or _another_urn(sandbox, current.school_urn)
    if provider == current.provider and urn == current.school_urn:
        raise _invalid("/provider", f"the participant is with {provider} at school {urn} already: nothing would move")
    mentor_id = _mentor(participant.participant_type, body)
    if "mentor_id" not in body and urn == current.school_urn:
        # The school stays, and so does the mentor there.
        mentor_id = current.mentor_id
    sandbox.world.transfer(participant, provider, urn, mentor_id, sandbox.clock.now())
    return _changed_by_school(sandbox, participant, 201)


def _another_urn(sandbox: Sandbox, school_urn: str) -> str:
    inventions = sandbox.inventions()
    while (urn := invented_urn(inventions)) == school_urn:
        pass
    return urn


def list_declarations(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json({"declarations": [declaration_record(d) for d in sandbox.world.declarations.values()]})


def _declaration(sandbox: Sandbox, call: ControlCall) -> Declaration:
    id = call.path_params["declaration_id"]
    declaration = sandbox.world.declarations.get(id.lower())
    if declaration is None:
        raise _not_found("declaration", id)
    return declaration


def set_declaration_state(sandbox: Sandbox, call: ControlCall) -> Answer:
    declaration = _declaration(sandbox, call)
    try:
        sandbox.world.move_declaration(declaration, call.body["state"], sandbox.clock.now())
    except ForbiddenMove as refused:
        raise Problem(409, "Conflict", str(refused)) from refused
    return _json(declaration_record(declaration))


# -- faults, journal, snapshots ------------------------------------------------------------------


def list_faults(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json({"faults": sandbox.faults.records()})


def replace_faults(sandbox: Sandbox, call: ControlCall) -> Answer:
    for place, fault in enumerate(call.body["faults"]):
        _check_operation(fault, f"/faults/{place}")
    try:
        sandbox.faults.replace(call.body["faults"])
    except BadFault as refused:
        raise _invalid(f"/faults{refused.pointer}", refused.detail) from refused
    return list_faults(sandbox, call)


def add_fault(sandbox: Sandbox, call: ControlCall) -> Answer:
    _check_operation(call.body, "")
    if len(sandbox.faults) >= MAX_FAULTS:
        raise Problem(409, "Conflict", f"there are {MAX_FAULTS} faults already, and no more are tried")
    try:
        return _json(sandbox.faults.add(call.body), 201)
    except BadFault as refused:
        raise _invalid(refused.pointer, refused.detail) from refused


def _check_operation(fault: dict[str, Any], pointer: str) -> None:
    operation_id = fault["match"].get("operation_id")
    if operation_id is not None and operation_id not in OPERATIONS:
        raise _invalid(f"{pointer}/match/operation_id", f"the contract has no operation {operation_id!r}")


def remove_fault(sandbox: Sandbox, call: ControlCall) -> Answer:
    try:
        sandbox.faults.remove(call.path_params["fault_id"])
    except UnknownFault as unknown:
        raise _not_found("fault", call.path_params["fault_id"]) from unknown
    return NO_CONTENT


def clear_faults(sandbox: Sandbox, _call: ControlCall) -> Answer:
    sandbox.faults.clear()
    return NO_CONTENT


def list_requests(sandbox: Sandbox, call: ControlCall) -> Answer:
    entries, following = sandbox.journal.page(**call.query)
    return _json({"requests": entries, "next": following})


def clear_requests(sandbox: Sandbox, _call: ControlCall) -> Answer:
    sandbox.journal.clear()
    return NO_CONTENT


def get_readiness(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json(readiness_record(sandbox))


def create_snapshot(sandbox: Sandbox, _call: ControlCall) -> Answer:
    return _json({"id": sandbox.take_snapshot()}, 201)


def restore_snapshot(sandbox: Sandbox, call: ControlCall) -> Answer:
    try:
        sandbox.restore_snapshot(call.path_params["snapshot_id"])
    except UnknownSnapshot as unknown:
        raise _not_found("snapshot", call.path_params["snapshot_id"]) from unknown
    return get_sandbox(sandbox, call)


def delete_snapshot(sandbox: Sandbox, call: ControlCall) -> Answer:
    try:
        sandbox.drop_snapshot(call.path_params["snapshot_id"])
    except UnknownSnapshot as unknown:
        raise _not_found("snapshot", call.path_params["snapshot_id"]) from unknown
    return NO_CONTENT


SANDBOX_OPERATIONS: dict[str, SandboxHandler] = {
    "getSandbox": get_sandbox,
    "updateSandboxSettings": update_settings,
    "resetSandbox": reset_sandbox,
    "getClock": get_clock,
    "setClock": set_clock,
    "advanceClock": advance_clock,
    "followMachineClock": follow_machine_clock,
    "listSandboxParticipants": list_participants,
    "getSandboxParticipant": get_participant,
    "addParticipant": add_participant,
    "registerParticipant": register_participant,
    "setParticipantStatus": set_participant_status,
    "transferParticipant": transfer_participant,
    "listSandboxDeclarations": list_declarations,
    "setDeclarationState": set_declaration_state,
    "listFaults": list_faults,
    "replaceFaults": replace_faults,
    "addFault": add_fault,
    "removeFault": remove_fault,
    "clearFaults": clear_faults,
    "listRequests": list_requests,
    "clearRequests": clear_requests,
    "getReadiness": get_readiness,
    "createSnapshot": create_snapshot,
    "restoreSnapshot": restore_snapshot,
    "deleteSnapshot": delete_snapshot,
}
