"""What a provider reports about a participant: what each report needs, changes, and leaves alone."""

from typing import Any, Final

from mock_server.harness.check.consistency.views import difference
from mock_server.harness.v3.check.bench import COURSES, Bench, Sender, body

DEFER: Final = "deferParticipant"
RESUME: Final = "resumeParticipant"
WITHDRAW: Final = "withdrawParticipant"
RESCHEDULE: Final = "changeScheduleParticipant"
ACTIONS: Final = (DEFER, RESUME, WITHDRAW, RESCHEDULE)
# How the ids of each report's own rules begin.
RULES: Final = {DEFER: "defer", RESUME: "resume", WITHDRAW: "withdraw", RESCHEDULE: "schedule"}

# Attributes that each report accepts, besides the course.
GOOD: Final[dict[str, dict[str, Any]]] = {
    DEFER: {"reason": "career-break"},
    RESUME: {},
    WITHDRAW: {"reason": "other"},
    RESCHEDULE: {"schedule_identifier": "ecf-extended-january"},
}

_LISTS: Final = ("getParticipants", "getDeclarations", "getPartnerships", "getTransfers")


def sent(operation: str, role: str = "ect", **attributes: Any) -> dict[str, Any]:
    """The body of a report that is accepted, unless `attributes` say otherwise."""
    return body(**{"course_identifier": COURSES[role], **GOOD[operation], **attributes})


def act(sender: Sender, operation: str, id: str, role: str = "ect", **attributes: Any) -> dict[str, Any]:
    """Sends a report that the server must accept. List and single read must show what it answered.

    Returns what the provider then sees of the participant in the role.
    """
    answered = sender.accepted(operation, id, body=sent(operation, role, **attributes)).json["data"]
    blamed = sender.last
    alone = sender.accepted("getParticipant", id).json["data"]
    listed = [each for each in sender.records("getParticipants") if each["id"] == id]
    sender.last = blamed
    says, here = "shows the participant as this was answered", "in the answer"
    sender.expect(alone == answered, f"getParticipant {says}", difference(alone, answered, here))
    sender.expect(len(listed) == 1, "getParticipants has the participant once", f"it has them {len(listed)} times")
    sender.expect(listed == [answered], f"getParticipants {says}", difference(listed[0], answered, here))
    return next(each for each in answered["attributes"]["ecf_enrolments"] if each["participant_type"] == role)


def refuse(sender: Sender, rules: list[str], operation: str, id: str, role: str = "ect", **attributes: Any) -> None:
    """Sends a report that the server must refuse by these rules, and sees that nothing changed."""
    sender.refused_whole(_LISTS, rules, operation, id, body=sent(operation, role, **attributes))


def shows(sender: Sender, id: str, role: Any = "ect", **wanted: Any) -> None:
    """The provider sees these values of the participant in the role. `updated_at` is the participant's own."""
    shown = {**sender.enrolment(id, role), "updated_at": sender.participant(id)["updated_at"]}
    for name, value in wanted.items():
        sender.expect(shown[name] == value, f"{name} is {value}", f"it is {shown[name]}")


def away(bench: Bench, operation: str = DEFER, role: str = "ect", **facts: Any) -> str:
    """Adds somebody whom this provider has deferred or withdrawn the day before."""
    id = bench.trained(role, **facts)
    bench.own.accepted(operation, id, body=sent(operation, role))
    bench.tomorrow()
    return id
