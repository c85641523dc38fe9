"""Changes that reach further than they should: to other records, by reading, or though the request was refused."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.service import Call
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Enrolment, Participant
from mock_server.v1.domain.world import World
from tests.mutation.planting import Plant, answers, patched
from tests.mutation.plants.v1.lying import CSV_LISTS, SINGLE, Plantable


def _restamped(world: World, declaration: Declaration, now: datetime) -> None:
    """Moves only the declaration's updated_at."""
    shown = world._lists_showing(declaration)
    for listed in shown:
        listed.remove(declaration)
    declaration.updated_at, declaration.changed, declaration.rendered = now, world._next_change(), None
    for listed in shown:
        listed.add(declaration)


def _touching(others: Callable[[World, Participant], Iterable[Participant]]) -> Plantable:
    """A report touches other participants, too."""

    def make(original: Any) -> Any:
        def set_training_status(self: World, enrolment: Enrolment, status: str, now: datetime) -> None:
            original(self, enrolment, status, now)
            for other in others(self, enrolment.participant):
                if other is not enrolment.participant:
                    self._touch(other, now)

        return set_training_status

    return patched(World, "set_training_status", make)


def _at_school(world: World, participant: Participant) -> Iterable[Participant]:
    urn = participant.current.school_urn
    return [each for each in world.participants.values() if each.current.school_urn == urn]


def _same_number(world: World, participant: Participant) -> Iterable[Participant]:
    return world.others_with_trn_of(participant)


def _mentors_ects(world: World, participant: Participant) -> Iterable[Participant]:
    return world.ects_of(participant)


def _report_restamps(original: Any) -> Any:
    def set_training_status(self: World, enrolment: Enrolment, status: str, now: datetime) -> None:
        original(self, enrolment, status, now)
        for declaration in enrolment.participant.declarations:
            _restamped(self, declaration, now)

    return set_training_status


def _schedule_restamps(original: Any) -> Any:
    def set_schedule(self: World, enrolment: Enrolment, identifier: str, now: datetime) -> None:
        original(self, enrolment, identifier, now)
        for declaration in enrolment.participant.declarations:
            _restamped(self, declaration, now)

    return set_schedule


def _declaring_touches(original: Any) -> Any:
    def add_declaration(self: World, *, participant: Participant, now: datetime, **given: Any) -> Declaration:
        declaration: Declaration = original(self, participant=participant, now=now, **given)
        self._touch(participant, now)
        return declaration

    return add_declaration


def _void_touches(original: Any) -> Any:
    def void(self: World, declaration: Declaration, now: datetime) -> None:
        original(self, declaration, now)
        self._touch(declaration.participant, now)

    return void


def _copy_restamps(original: Any) -> Any:
    def declare(world: World, provider: str, attributes: Any, now: datetime, **given: Any) -> Declaration:
        known = len(world.declarations)
        declaration: Declaration = original(world, provider, attributes, now, **given)
        if len(world.declarations) == known:
            _restamped(world, declaration, now)
        return declaration

    return declare


def _funds_all(original: Any) -> Any:
    """Confirmed funding of one person makes the declarations of all with the same name eligible."""

    def register(self: World, participant: Participant, facts: Any, now: datetime) -> None:
        original(self, participant, facts, now)
        if participant.person.eligible_for_funding:
            for other in self.participants.values():
                if other.person.full_name == participant.person.full_name:
                    for declaration in other.declarations:
                        if declaration.state == "submitted":
                            self.move_declaration(declaration, "eligible", now)

    return register


def _refusal_touches(original: Any) -> Any:
    """A refused report is noted in the participant's updated_at."""

    def act(action: Any, status: str, world: World, provider: str, id: str, attributes: Any, now: datetime) -> Any:
        try:
            return original(action, status, world, provider, id, attributes, now)
        except Exception:
            enrolment = world.enrolment(provider, id)
            if enrolment is not None:
                world._touch(enrolment.participant, now)
            raise

    return act


def _refused_void_restamps(original: Any) -> Any:
    def void(world: World, declaration: Declaration, now: datetime) -> Declaration:
        try:
            voided: Declaration = original(world, declaration, now)
        except Exception:
            _restamped(world, declaration, now)
            raise
        return voided

    return void


def _reading(*operations: str) -> Plantable:
    """Reading is noted in what was read."""

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status == 200 and call.operation_id in operations:
            now = call.world.clock
            for participant in list(call.world.participants.values())[:1]:
                call.world._touch(participant, now)
        return answer

    return answers(changed)


def _date_pays(original: Any) -> Any:
    """A request with X-With-Server-Date makes the payment runs until then."""

    def moment(self: Any, shifted: datetime | None = None) -> datetime:
        found: datetime = original(self, shifted)
        if shifted is not None:
            for world in self.worlds.values():
                world.follow_clock(shifted)
        return found

    return moment


def _unreadable_touches(call: Call, answer: Answer) -> Answer:
    if answer.status == 400 and call.world is not None and call.path_params:
        enrolment = call.world.enrolment(call.slug, call.path_id)
        if enrolment is not None:
            call.world._touch(enrolment.participant, call.now)
    return answer


REACH = tuple(
    Plant(f"reach-{name}", "a change that reaches too far", what, plant)
    for name, what, plant in (
        ("school", "A report touches everybody at the school.", _touching(_at_school)),
        ("number", "A report touches others with the same number.", _touching(_same_number)),
        ("ects", "A report on a mentor touches their ECTs.", _touching(_mentors_ects)),
        (
            "declarations",
            "A report moves the declarations' updated_at.",
            patched(World, "set_training_status", _report_restamps),
        ),
        (
            "schedule",
            "A change of schedule moves the declarations' updated_at.",
            patched(World, "set_schedule", _schedule_restamps),
        ),
        (
            "declaring",
            "A declaration moves its participant's updated_at.",
            patched(World, "add_declaration", _declaring_touches),
        ),
        ("void", "A void moves its participant's updated_at.", patched(World, "void", _void_touches)),
        ("copy", "A copy moves updated_at of the declaration.", patched(commands, "declare", _copy_restamps)),
        ("funding", "Confirmed funding reaches people of the same name.", patched(World, "register", _funds_all)),
        ("refusal", "A refused report moves updated_at.", patched(commands, "_set_training_status", _refusal_touches)),
        ("refused-void", "A refused void moves updated_at.", patched(commands, "void", _refused_void_restamps)),
        ("unreadable", "A body that can't be read moves updated_at.", answers(_unreadable_touches)),
        ("reading", "Reading a record moves updated_at.", _reading(*SINGLE)),
        ("csv", "Reading CSV moves updated_at.", _reading(*CSV_LISTS)),
        ("date", "X-With-Server-Date makes payment runs.", patched(Sandbox, "moment", _date_pays)),
    )
)
