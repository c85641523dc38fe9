"""Acts of schools and the department, and what providers see: moves, mentors, removal (rules 5.4, 5.5, 8)."""

from typing import Any

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import (
    ACTIONS,
    ECT,
    LEAVE,
    OTHER_SCHEDULE,
    RESCHEDULE,
    RESUME,
    act,
    attributes_of,
    refuse,
)
from mock_server.harness.v1.check.bench import Bench, Sender, declaration

READ = "getEcfParticipant"
_PERSONAL: dict[str, Any] = {
    "full_name": "Ada Newname",
    "teacher_reference_number": "7654321",
    "teacher_reference_number_validated": True,
    "eligible_for_funding": True,
    "pupil_premium_uplift": True,
    "sparsity_uplift": True,
}
_REGISTERED: Any = {
    name: _PERSONAL[name]
    for name in ("teacher_reference_number", "teacher_reference_number_validated", "eligible_for_funding")
}
_CORRECTED: Any = {name: fact for name, fact in _PERSONAL.items() if name not in _REGISTERED}


def _shows(sender: Sender, id: str, **wanted: Any) -> None:
    """The provider reads the participant and must see these values."""
    record = sender.participant(id)
    came = {name: record[name] for name in wanted}
    sender.expect(came == wanted, f"the record shows {wanted}", f"it shows {came}")


@probe("After a move the person's facts change for both providers, the others for the new one only.", READ)
def facts_of_the_person(bench: Bench, operation: str) -> None:
    own, other, school = bench.own, bench.other, bench.control.v1
    id = bench.ect(email="old@example.org", school_urn="123456")
    school.transfer(id, provider=PEER, school_urn="654321")
    moved = bench.control.advance("P1D").now
    school.register(id, email="new@example.org", **_REGISTERED)
    school.update_details(id, **_CORRECTED)
    _shows(own, id, **_PERSONAL, email="old@example.org", school_urn="123456", status="active")
    _shows(other, id, **_PERSONAL, email="new@example.org", school_urn="654321")
    for sender in (own, other):
        _shows(sender, id, updated_at=f"{moved:%Y-%m-%dT%H:%M:%SZ}")


@probe("When only the provider changes, the participant is gone for the old one, who may still report.", READ)
def change_of_provider(bench: Bench, operation: str) -> None:
    own, other, school = bench.own, bench.other, bench.control.v1
    mentor = school.add_participant(provider="alder", participant_type="mentor", school_urn="123456").id
    id = bench.ect(school_urn="123456", mentor_id=mentor)
    act(own, "deferEcfParticipant", id, LEAVE)
    school.transfer(id, provider=PEER, school_urn="123456")
    own.send(operation, id)
    own.status(404, "the participant is unknown to the old provider")
    listed = [record["id"] for record in own.records("listEcfParticipants")]
    own.expect(listed == [mentor], "and not in its list", f"it lists {listed}")
    _shows(other, id, status="active", training_status="deferred", mentor_id=mentor)
    # The server accepts the provider's own reports, and declarations for what was reached in its time.
    own.declare(participant_id=id)
    answered = own.accepted("resumeEcfParticipant", id, body={"data": {"attributes": ECT}}).json["data"]["attributes"]
    own.expect(answered["training_status"] == "active", "its report is accepted", f"{answered}")
    _shows(other, id, training_status="deferred")


@probe("A withdrawal is carried over when only the provider changes, and not by a move.", READ)
def withdrawals_move(bench: Bench, operation: str) -> None:
    school = bench.control.v1
    for urn, status in (("123456", "withdrawn"), ("654321", "active")):
        id = bench.ect(school_urn="123456")
        act(bench.own, "withdrawEcfParticipant", id, LEAVE)
        school.transfer(id, provider=PEER, school_urn=urn)
        _shows(bench.other, id, training_status=status)


@probe("A mentor whom the school removes, or who moves, is nobody's mentor any more.", READ)
def mentors_leave(bench: Bench, operation: str) -> None:
    school = bench.control.v1
    for leave in ("removed", "moved", "moved away"):
        mentor = school.add_participant(provider="alder", participant_type="mentor", school_urn="123456").id
        id = bench.ect(school_urn="123456", mentor_id=mentor)
        # The provider's own withdrawal doesn't remove the mentor.
        mentors: dict[str, Any] = {"reason": "other", "course_identifier": "ecf-mentor"}
        act(bench.own, "withdrawEcfParticipant", mentor, mentors)
        _shows(bench.own, id, mentor_id=mentor)
        now = bench.control.advance("PT1H").now
        if leave == "removed":
            school.set_status(mentor, "withdrawn")
        else:
            school.transfer(mentor, provider="alder" if leave == "moved" else PEER, school_urn="654321")
        _shows(bench.own, id, mentor_id=None, updated_at=f"{now:%Y-%m-%dT%H:%M:%SZ}")


@probe("Whom the school has removed where they are now, nobody can report on, earlier providers included.", *ACTIONS)
def removal_binds_everybody(bench: Bench, operation: str) -> None:
    id = bench.ect(training_status="deferred" if operation in RESUME else "active")
    bench.control.v1.transfer(id, provider=PEER)
    bench.control.v1.set_status(id, "withdrawn")
    both = ["participant-enrolled", "course-enrolled"]
    rules = both[::-1] if operation in RESCHEDULE else both
    refuse(bench.own, rules, operation, id, attributes_of(operation))
    _shows(bench.own, id, status="active")
    bench.own.refused(both, "createParticipantDeclaration", body=declaration(participant_id=id))
    bench.control.v1.set_status(id, "active")
    act(bench.own, operation, id, attributes_of(operation))


@probe("The participant has one schedule, whoever set it, and nobody is locked out of declaring.", *RESCHEDULE)
def one_schedule(bench: Bench, operation: str) -> None:
    own, other = bench.own, bench.other
    id = bench.ect()
    bench.control.v1.transfer(id, provider=PEER)
    act(other, operation, id, OTHER_SCHEDULE)
    refuse(own, ["schedule-differs"], operation, id, OTHER_SCHEDULE)
    own.declare(participant_id=id)


@probe("A school gives an ECT another mentor, and the department amends a cohort: the record says so.", READ)
def reassigned(bench: Bench, operation: str) -> None:
    school = bench.control.v1
    id = bench.ect(school_urn="123456")
    mentor = school.add_participant(provider="alder", participant_type="mentor", school_urn="123456", cohort="2021").id
    bench.control.advance("PT1H")
    school.set_mentor(id, mentor)
    _shows(bench.own, id, mentor_id=mentor)
    school.amend_cohort(id, "2022", "ecf-extended-january")
    now = bench.control.clock().now
    _shows(bench.own, id, cohort="2022", schedule_identifier="ecf-extended-january")
    _shows(bench.own, id, updated_at=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    found = [record["id"] for record in bench.own.records("listEcfParticipants", filter__cohort="2022")]
    bench.own.expect(found == [id], f"the cohort 2022 has {id}", f"it has {found}")


PROBES = (
    facts_of_the_person,
    change_of_provider,
    withdrawals_move,
    mentors_leave,
    removal_binds_everybody,
    one_schedule,
    reassigned,
)
