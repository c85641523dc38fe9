"""Changes that reach further than they should: to other records, by reading, or though the request was refused."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.service import Call
from mock_server.v3.domain import declarations, partnerships, people, training
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.records import Teacher, Training
from mock_server.v3.domain.world import World
from tests.mutation.planting import Plant, answers, patched

Others = Callable[[World, Training], Iterable[Teacher]]


def _touching(name: str, others: Others) -> Callable[[], None]:
    """`training.NAME` moves the records of other people, too."""

    def make(original: Any) -> Any:
        def act(world: World, latest: Training, *given: Any) -> Any:
            found = original(world, latest, *given)
            with Change(world, given[-1]) as change:
                for teacher in others(world, latest):
                    change.participant(teacher)
            return found

        return act

    return patched(training, name, make)


def _everybody(world: World, _: Training) -> Iterable[Teacher]:
    return world.teachers.values()


def _at_school(world: World, latest: Training) -> Iterable[Teacher]:
    return [stay.teacher for stay in latest.stay.school.stays]


def _in_partnership(world: World, latest: Training) -> Iterable[Teacher]:
    return [] if latest.partnership is None else [each.teacher for each in latest.partnership.trainings]


def _namesakes(world: World, latest: Training) -> Iterable[Teacher]:
    return [each for each in world.teachers.values() if each.full_name == latest.teacher.full_name]


def _mentors(world: World, latest: Training) -> Iterable[Teacher]:
    return [each.mentor_stay.teacher for each in latest.stay.mentorships]


def _restamped(make_done: Callable[[Any, Any], None]) -> Callable[[Any], Any]:
    """After the act, `make_done` changes more, at the act's moment. It gets the change and what was acted on."""

    def make(original: Any) -> Any:
        def act(world: World, record: Any, *given: Any) -> Any:
            found = original(world, record, *given)
            with Change(world, given[-1]) as change:
                make_done(change, record)
            return found

        return act

    return make


def _declarations_too(change: Any, latest: Training) -> None:
    for declaration in latest.teacher.declarations:
        change.declaration(declaration)


def _participant_too(change: Any, record: Any) -> None:
    change.participant(record.teacher)


def _other_declarations(change: Any, declaration: Any) -> None:
    for other in declaration.teacher.declarations:
        change.declaration(other)


def _ects_too(original: Any) -> Any:
    """A mentor's completion moves their ECTs."""

    def complete_mentor(change: Any, declaration: Any) -> None:
        original(change, declaration)
        if declaration.role == "mentor" and declaration.declaration_type == "completed":
            for stay in declaration.teacher.stays:
                for mentorship in stay.mentorships:
                    change.participant(mentorship.ect_stay.teacher)

    return complete_mentor


def _confirms_namesakes(original: Any) -> Any:
    """Confirmed funding reaches the declarations of people of the same name."""

    def confirm_all(change: Any, teacher: Teacher, role: str) -> None:
        for other in _named(change.world, teacher.full_name):
            original(change, other, role)

    return confirm_all


def _confirming() -> None:
    for module in (people, declarations):
        if hasattr(module, "confirm_all"):
            patched(module, "confirm_all", _confirms_namesakes)()


def _named(world: World, name: str) -> Iterable[Teacher]:
    return [each for each in world.teachers.values() if each.full_name == name]


def _links_all(original: Any) -> Any:
    """A new partnership moves all partnerships of the provider."""

    def add(change: Any, provider: str, *given: Any) -> Any:
        for other in list(change.world.partnerships.values()):
            if other.provider == provider:
                change.partnership(other)
        return original(change, provider, *given)

    return add


def _reading(*operations: str) -> Callable[[], None]:
    """Reading is noted in the first participant's moment."""

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status == 200 and call.operation_id in operations:
            with Change(call.world, call.world.clock) as change:
                for teacher in list(call.world.teachers.values())[:1]:
                    change.participant(teacher)
        return answer

    return answers(changed)


def _unreadable(call: Call, answer: Answer) -> Answer:
    """A body that can't be read is noted in the participant's moment."""
    if answer.status == 400 and call.world is not None and call.path_id in call.world.teachers:
        with Change(call.world, call.world.clock) as change:
            change.participant(call.world.teachers[call.path_id])
    return answer


def _date_pays(original: Any) -> Any:
    """A request with X-With-Server-Date makes the runs of all days until then."""

    def moment(self: Any, shifted: datetime | None = None) -> datetime:
        found: datetime = original(self, shifted)
        if shifted is not None:
            for world in self.worlds.values():
                world.follow_clock(shifted)
        return found

    return moment


REACH = tuple(
    Plant(f"reach-{name}", "a change that reaches too far", what, plant)
    for name, what, plant in (
        ("everybody", "A deferral moves everybody.", _touching("defer", _everybody)),
        ("school", "A deferral moves the colleagues at the school.", _touching("defer", _at_school)),
        ("partnership", "A withdrawal moves all of the partnership.", _touching("withdraw", _in_partnership)),
        ("namesakes", "A return moves people of the same name.", _touching("resume", _namesakes)),
        ("mentors", "A change of schedule moves the mentor.", _touching("change_schedule", _mentors)),
        (
            "declarations",
            "A withdrawal moves the person's declarations.",
            patched(training, "withdraw", _restamped(_declarations_too)),
        ),
        ("void", "A void moves its participant.", patched(declarations, "void", _restamped(_participant_too))),
        (
            "void-others",
            "A void moves the person's other declarations.",
            patched(declarations, "void", _restamped(_other_declarations)),
        ),
        (
            "declaring",
            "A declaration moves its participant.",
            patched(declarations, "declare", _restamped(_participant_too)),
        ),
        ("ects", "A mentor's completion moves their ECTs.", patched(declarations, "complete_mentor", _ects_too)),
        ("funding", "Confirmed funding reaches people of the same name.", _confirming),
        ("new-partnership", "A new partnership moves the others.", patched(partnerships, "add", _links_all)),
        ("reading", "Reading a record moves a participant.", _reading("getParticipant", "getDeclaration")),
        ("reading-lists", "Reading a list moves a participant.", _reading("getPartnerships", "getDeclarations")),
        ("unreadable", "A body that can't be read moves the participant.", answers(_unreadable)),
        ("date", "X-With-Server-Date makes the payment runs.", patched(Sandbox, "moment", _date_pays)),
    )
)
