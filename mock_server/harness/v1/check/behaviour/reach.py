"""How far a change reaches: to its own record, and to those that the rules name. Reading changes nothing."""

from collections.abc import Callable
from typing import Any

from mock_server.harness.check.bench import JSON, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.check.reach import Everything, everything, reaches_only
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.behaviour.actions import ACTIONS, MENTOR, RESUME, attributes_of
from mock_server.harness.v1.check.behaviour.declarations import DECLARE, VOID
from mock_server.harness.v1.check.bench import Bench, Sender, body, declaration
from mock_server.harness.v1.check.contract import method_and_path
from mock_server.harness.v1.check.oracle import DECLARATIONS, LISTS, PARTICIPANTS, same_attributes

_LISTS = (PARTICIPANTS[0], DECLARATIONS[0])
_SCHOOL = "123456"
_READS = (*LISTS, *(f"{name}Csv" for name in LISTS), "getEcfParticipant", "getParticipantDeclaration")


def _everything(bench: Bench) -> Everything:
    return everything(bench, _LISTS)


def _reaches_only(bench: Bench, before: Everything, ids: set[str], what: str) -> None:
    reaches_only(
        bench,
        _LISTS,
        before,
        ids,
        f"{what} changes nothing else (rules 5.1: updated_at is the record's own last change)",
    )


def _neighbours(bench: Bench) -> tuple[str, str, list[str]]:
    """An ECT with a mentor, a colleague and a namesake, with declarations. Returns ECT, mentor, and declarations."""
    mentor = bench.mentor(school_urn=_SCHOOL)
    same: Any = {"teacher_reference_number": "1234567", "teacher_reference_number_validated": True}
    id = bench.ect(school_urn=_SCHOOL, mentor_id=mentor, full_name="Ada King", email="ada@example.org", **same)
    colleague = bench.ect(school_urn=_SCHOOL, mentor_id=mentor, full_name="Ada King", email="ada@example.org", **same)
    bench.ect(PEER, school_urn=_SCHOOL)
    namesake = bench.ect(full_name="Ada King", email="ada@example.org")
    # Its declaration waits for a payment run.
    other = bench.ect(PEER, eligible_for_funding=True)
    made = [bench.own.declare(participant_id=each)["id"] for each in (id, colleague, namesake)]
    made.append(bench.own.declare(participant_id=mentor, **MENTOR)["id"])
    bench.other.declare(participant_id=other)
    return id, mentor, made


@probe("A report changes its participant, and no other record.", *ACTIONS)
def reports(bench: Bench, operation: str) -> None:
    id, mentor, _ = _neighbours(bench)
    for each, course in ((id, {}), (mentor, MENTOR)):
        if operation in RESUME:
            sent = body("x", **{**attributes_of("deferEcfParticipant"), **course})
            bench.own.accepted("deferEcfParticipant", each, body=sent)
        before = _everything(bench)
        bench.control.advance("PT1H")
        # A schedule without milestone dates keeps the declarations.
        schedule = {"schedule_identifier": "ecf-extended-september"} if "Schedule" in operation else {}
        bench.own.accepted(operation, each, body=body("x", **{**attributes_of(operation), **schedule, **course}))
        _reaches_only(bench, before, {each}, f"{operation} on {each}")


@probe("A declaration adds a record and changes none; its void changes that one; a copy changes nothing.", DECLARE)
def declarations(bench: Bench, operation: str) -> None:
    own = bench.own
    id, _, _ = _neighbours(bench)
    retained: Any = {
        "declaration_type": "retained-1",
        "declaration_date": "2022-01-15T09:00:00Z",
        "evidence_held": "other",
    }
    before = _everything(bench)
    bench.control.advance("PT1H")
    made = own.declare(participant_id=id, **retained)
    _reaches_only(bench, before, {made["id"]}, "a declaration")
    before = _everything(bench)
    bench.control.advance("PT1H")
    copy = own.declare(participant_id=id, **retained)
    own.expect(copy["id"] == made["id"], f"rules 9: a copy is answered with {made['id']}", f"it is {copy['id']}")
    where = "rules 9: a copy, an hour later, is answered with the record as it was"
    same_attributes(own, made["id"], copy["attributes"], made["attributes"], where)
    _reaches_only(bench, before, set(), "a copy of a declaration")
    own.accepted(VOID, made["id"])
    _reaches_only(bench, before, {made["id"]}, "a void")


def _correct(bench: Bench, id: str) -> None:
    bench.control.v1.update_details(id, full_name="Ada Lovelace")


def _remove(bench: Bench, id: str) -> None:
    bench.control.v1.set_status(id, "withdrawn")


def _refuse_funding(bench: Bench, id: str) -> None:
    bench.control.v1.register(id, eligible_for_funding=False)


def _amend(bench: Bench, id: str) -> None:
    bench.control.v1.amend_cohort(id, "2022")


_ACTS: tuple[tuple[str, Callable[[Bench, str], None]], ...] = (
    ("a school's correction", _correct),
    ("a decision against funding", _refuse_funding),
    ("an amended cohort", _amend),
    ("a removal by the school", _remove),
)


@probe("What a school or the department does to one participant changes no other record.", PARTICIPANTS[0])
def acts(bench: Bench, operation: str) -> None:
    id, _, _ = _neighbours(bench)
    for what, act in _ACTS:
        before = _everything(bench)
        bench.control.advance("PT1H")
        act(bench, id)
        _reaches_only(bench, before, {id}, what)


@probe(
    "Confirmed funding changes the participant and their own submitted declarations, and nobody else's.",
    PARTICIPANTS[0],
)
def funding(bench: Bench, operation: str) -> None:
    id, _, made = _neighbours(bench)
    before = _everything(bench)
    bench.control.advance("PT1H")
    bench.control.v1.register(id, eligible_for_funding=True)
    _reaches_only(bench, before, {id, made[0]}, "confirmed funding")


def _unreadable(bench: Bench, operation: str, id: str) -> None:
    own = bench.own
    method, path = method_and_path(operation, id)
    content = {"content-type": JSON}
    own.raw(method, path, headers=content, content=b'{"data": {"attributes": ')
    own.status(400, "the body is cut off")
    own.raw(method, path, content=b"{}")
    own.status(400, "there is no content type")
    own.raw(
        method, f"{path}?filter=abc" if operation != DECLARE else path, headers={"x-with-server-date": "x", **content}
    )
    own.status(400, "X-With-Server-Date is x")
    own.raw(method, path, token="Bearer nobody", headers=content, content=b"{}")  # noqa: S106 - nobody's
    own.status(401, "the token is nobody's")


@probe("A request that is refused changes nothing, whatever refused it.", *ACTIONS, DECLARE, VOID)
def refusals(bench: Bench, operation: str) -> None:
    """An hour after everything else, so that a change would show in updated_at, too."""
    own = bench.own
    id, _, made = _neighbours(bench)
    if operation == VOID:
        own.accepted(VOID, made[0])
    before = _everything(bench)
    bench.control.advance("PT1H")
    if operation == VOID:
        own.refused(["declaration-voidable"], VOID, made[0])
        own.send(VOID, UNKNOWN_ID)
        own.status(404, "the declaration is unknown")
    else:
        _unreadable(bench, operation, id)
        _forbidden(own, operation, id)
    _reaches_only(bench, before, set(), f"a refused {operation}")


def _forbidden(own: Sender, operation: str, id: str) -> None:
    """Sends requests that rules forbid: a wrong course, an empty one, and for a declaration a taken slot."""
    if operation == DECLARE:
        for wrong, rules in (
            ({"declaration_date": "2021-11-20T09:00:01Z"}, ["declaration-slot-free"]),
            ({"declaration_type": "x"}, ["declaration-evidence-held", "declaration-type-in-schedule"]),
            (MENTOR, ["participant-enrolled", "course-enrolled"]),
        ):
            own.refused(rules, operation, body=declaration(participant_id=id, **wrong))
        return
    for sent in ({}, {**attributes_of(operation), **MENTOR}, {**attributes_of(operation), "course_identifier": "x"}):
        own.send(operation, id, body=body("x", **sent))
        own.refused_among("course-enrolled", f"an ECT's report with {sent}")


@probe("Reading changes nothing, however often and with whatever filters.", *_READS)
def reading(bench: Bench, operation: str) -> None:
    own = bench.own
    id, _, made = _neighbours(bench)
    before = _everything(bench)
    bench.control.advance("PT1H")
    alone = {"getEcfParticipant": id, "getParticipantDeclaration": made[0]}.get(operation)
    for query in ({}, {"filter[updated_since]": "2021-01-01T00:00:00Z"}, {"page[page]": 2}):
        for headers in ({}, {"x-with-server-date": "2030-01-01T00:00:00Z"}):
            own.send(operation, alone, query=query if alone is None else None, headers=headers)
            own.status(200, f"it is read with {query or 'no query'}")
    _reaches_only(bench, before, set(), f"reading by {operation}")


PROBES = (reports, declarations, acts, funding, refusals, reading)
