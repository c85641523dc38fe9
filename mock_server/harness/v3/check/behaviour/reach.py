"""How far a change reaches: to its own record, and to those that rules 3.9 name. A refused request changes nothing.

The neighbours share as much as people can: school, partnership, mentor, name and address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.check.reach import Everything, everything, reaches_only
from mock_server.harness.v3.check.behaviour.acts import ACTIONS, DEFER, RESCHEDULE, RESUME, sent
from mock_server.harness.v3.check.bench import DECLARE, VOID, Bench, body, declaration

_LISTS: Final = (
    "getParticipants",
    "getTransfers",
    "getDeclarations",
    "getPartnerships",
    "getSchools",
    "getUnfundedMentors",
)
_RETAINED: Final = {"declaration_type": "retained-1", "declaration_date": "2025-12-01T09:00:00Z"}
_SAME: Final[dict[str, Any]] = {"full_name": "Ada King", "email": "ada@example.org"}


def _everything(bench: Bench) -> Everything:
    return everything(bench, _LISTS)


def _reaches_only(bench: Bench, before: Everything, ids: set[str], what: str) -> None:
    reaches_only(bench, _LISTS, before, ids, f"{what} changes nothing else (rules 3.9 name what moves)")


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """The people of one school, somebody of the same name elsewhere, and somebody who left. Ids all."""

    ect: str
    mentor: str
    partnership: str
    declarations: tuple[str, ...]


def _neighbours(bench: Bench) -> _Neighbours:
    own, control = bench.own, bench.control.v3
    school = control.add_school()
    mentor = bench.trained("mentor", school_urn=school.urn)
    given: Any = {"school_urn": school.urn, "mentor_id": mentor, **_SAME}
    ect, colleague = bench.trained(**given), bench.trained(**given)
    theirs = bench.trained(provider=PEER, school_urn=school.urn)
    # Another provider's mentor of an ECT of this one is an unfunded mentor.
    bench.trained(school_urn=school.urn, mentor_id=bench.trained("mentor", PEER, school_urn=school.urn))
    namesake, gone = bench.trained(**_SAME), bench.trained(**_SAME)
    control.depart(gone, role="ect", on="2026-01-31")
    made = [own.declare(each)["id"] for each in (ect, colleague, namesake, gone)]
    made.append(own.declare(mentor, "mentor")["id"])
    bench.other.declare(theirs)
    found = [each.id for each in control.partnerships() if (each.school_urn, each.provider) == (school.urn, OWN)]
    return _Neighbours(ect, mentor, found[0], tuple(made))


@probe("A report changes its participant, and no other record.", *ACTIONS)
def reports(bench: Bench, operation: str) -> None:
    own, neighbours = bench.own, _neighbours(bench)
    for role, id in (("ect", neighbours.ect), ("mentor", neighbours.mentor)):
        if operation == RESUME:
            own.accepted(DEFER, id, body=sent(DEFER, role))
            bench.tomorrow()
        before = _everything(bench)
        bench.tick()
        own.accepted(operation, id, body=sent(operation, role))
        # Who leaves or comes back today still counts today, so no partnership changes.
        counted = {neighbours.partnership} if operation in (RESUME, RESCHEDULE) else set()
        _reaches_only(bench, before, {id} | counted, f"{operation} on {id}")


@probe("A declaration adds a record and changes none, and its void changes that one.", DECLARE)
def declarations(bench: Bench, operation: str) -> None:
    own, neighbours = bench.own, _neighbours(bench)
    before = _everything(bench)
    bench.tick()
    made = own.declare(neighbours.ect, **_RETAINED)["id"]
    _reaches_only(bench, before, {made}, "a declaration")
    for id in (made, neighbours.declarations[0]):
        before = _everything(bench)
        bench.tick()
        own.accepted(VOID, id)
        _reaches_only(bench, before, {id}, "a void")


@probe("A mentor's completion and its void change the mentor, and none of their ECTs.", DECLARE)
def completions(bench: Bench, operation: str) -> None:
    own, neighbours = bench.own, _neighbours(bench)
    completed = {
        "declaration_type": "completed",
        "declaration_date": "2026-01-20T09:00:00Z",
        "evidence_held": "75-percent-engagement-met",
    }
    before = _everything(bench)
    bench.tick()
    made = own.declare(neighbours.mentor, "mentor", **completed)["id"]
    ids = {made, neighbours.mentor, neighbours.partnership}
    _reaches_only(bench, before, ids, "a mentor's completion")
    before = _everything(bench)
    bench.tick()
    own.accepted(VOID, made)
    _reaches_only(bench, before, ids, "the void of a mentor's completion")


@dataclass(frozen=True, slots=True)
class _Act:
    """What a school or the department does to the ECT, and whether its own declaration moves, too."""

    what: str
    act: Callable[[Bench, _Neighbours], object]
    declaration_too: bool = False


_ACTS: Final = (
    # While the namesake still has the same name.
    _Act("confirmed funding", lambda w, s: w.control.v3.change_funding(s.ect, role="ect", eligible=True), True),
    _Act("a new name", lambda w, s: w.control.v3.change_details(s.ect, full_name="Ada Lovelace")),
    _Act(
        "a new address",
        lambda w, s: w.control.v3.change_details(s.ect, email={"role": "ect", "value": "a@example.org"}),
    ),
    _Act("a frozen year", lambda w, s: w.control.v3.change_funding(s.ect, role="ect", frozen_year="2021")),
    _Act("another mentor", lambda w, s: w.control.v3.change_mentor(s.ect, None)),
)


@probe("What a school or the department does to one participant changes no other record.", "getParticipants")
def acts(bench: Bench, operation: str) -> None:
    neighbours = _neighbours(bench)
    for each in _ACTS:
        before = _everything(bench)
        bench.tick()
        each.act(bench, neighbours)
        ids = {neighbours.ect, neighbours.declarations[0]} if each.declaration_too else {neighbours.ect}
        _reaches_only(bench, before, ids, each.what)


@probe("A new partnership changes its school in its cohort, and nothing of other schools.", "createPartnership")
def partnerships(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control.v3
    _neighbours(bench)
    school = control.add_school()
    interested = control.register(role="ect", provider=OWN, school_urn=school.urn, started_on="2025-09-01").id
    control.register(role="ect", provider=OWN, started_on="2025-09-01")
    before = _everything(bench)
    bench.tick()
    given = {"cohort": "2025", "school_id": school.id, "delivery_partner_id": bench.partners()[0]}
    made = own.accepted(operation, body=body(**given)).json["data"]["id"]
    _reaches_only(bench, before, {made, school.id, interested}, "a new partnership")


# What is wrong with a request, as its status and what is sent.
_UNREADABLE: Final = (
    (400, {"content": b'{"data": {"attributes": ', "headers": {"content-type": "application/json"}}),
    (400, {"content": b"{}"}),
    (400, {"body": body(unknown=1)}),
)


@probe("A request that is refused changes nothing, whatever refused it.", *ACTIONS, DECLARE, VOID)
def refusals(bench: Bench, operation: str) -> None:
    own, neighbours = bench.own, _neighbours(bench)
    if operation == VOID:
        own.accepted(VOID, neighbours.declarations[0])
    before = _everything(bench)
    bench.tick()
    if operation == VOID:
        own.refused(["void-not-voided"], VOID, neighbours.declarations[0])
    else:
        id = None if operation == DECLARE else neighbours.ect
        for status, given in _UNREADABLE:
            own.send(operation, id, **given)
            own.status(status, "the body can't be read")
        if operation == DECLARE:
            own.refused(["declaration-type-free"], operation, body=declaration(neighbours.ect))
            other = declaration(neighbours.ect, "mentor", **_RETAINED)
            own.refused(["declaration-course-of-participant"], operation, body=other)
        else:
            own.send(operation, id, body=sent(operation, "mentor"))
            own.refused_among("course-of-participant", "the participant is no mentor")
    _reaches_only(bench, before, set(), f"a refused {operation}")


@probe("Reading changes nothing, not even at another date.")
def reading(bench: Bench, operation: str) -> None:
    own = bench.own
    _neighbours(bench)
    for name in _LISTS:
        before = _everything(bench)
        bench.tick()
        for query in ({}, {"filter[updated_since]": "2021-01-01T00:00:00Z"}, {"page[page]": 2}):
            own.accepted(name, query=query, headers={"x-with-server-date": "2026-12-01T00:00:00Z"})
        for id in own.ids(name)[:1]:
            own.accepted(name.removesuffix("s"), id)
        _reaches_only(bench, before, set(), f"reading by {name}")


PROBES: Final = (reports, declarations, completions, acts, partnerships, refusals, reading)
