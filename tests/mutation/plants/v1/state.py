"""Changes that the server doesn't save, and changes that it saves although it refused the request."""

from datetime import datetime
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.rules.table import RulesBroken
from mock_server.service import Call
from mock_server.v1 import operations
from mock_server.v1 import records as rendering
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS
from mock_server.v1.domain.world import World
from tests.mutation.planting import (
    Plant,
    patched,
)


def _forgetful_training(original: Any) -> Any:
    def set_training_status(self: World, enrolment: Enrolment, status: str, now: datetime) -> None:
        """Shows the new status once. After the rendering the record gets its old status back."""
        before = enrolment.training_status, enrolment.withdrawn_at
        original(self, enrolment, status, now)
        rendering.participant_json(enrolment)
        enrolment.training_status, enrolment.withdrawn_at = before
        self.forgotten = enrolment  # type: ignore[attr-defined]

    return set_training_status


def _rendered_again(original: Any) -> Any:
    def get_participant(call: Call) -> Answer:
        enrolment = call.world.enrolment(call.slug, call.path_id)
        if enrolment is not None:
            enrolment.rendered = None
        answer: Answer = original(call)
        return answer

    return get_participant


def _forgets_training() -> None:
    patched(World, "set_training_status", _forgetful_training)()
    operations.OPERATIONS["getEcfParticipant"] = _rendered_again(operations.get_participant)


def _forgets_void(original: Any) -> Any:
    def void(call: Call) -> Answer:
        declaration = call.world.own_declaration(call.slug, call.path_id)
        before = declaration and declaration.state
        answer: Answer = original(call)
        declaration.state, declaration.rendered = before, None
        return answer

    return void


def _unlisted(original: Any) -> Any:
    def add_declaration(self: World, **given: Any) -> Declaration:
        declaration: Declaration = original(self, **given)
        listed = self._declaration_lists[declaration.provider]
        # Keep the declarations of the seed, so that the list isn't empty.
        if declaration.sequence % 3 == 0:
            listed.remove(declaration)
        return declaration

    return add_declaration


def _saves_refused_training(original: Any) -> Any:
    def act(*given: Any) -> Enrolment:
        _, to, sandbox_world, provider, id, _, now = given
        try:
            enrolment: Enrolment = original(*given)
        except RulesBroken:
            refused = sandbox_world.enrolment(provider, id)
            if refused is not None:
                sandbox_world.set_training_status(refused, to, now)
            raise
        return enrolment

    return act


def _saves_refused_declaration(original: Any) -> Any:
    def declare(sandbox_world: World, provider: str, attributes: Any, now: datetime, **given: Any) -> Declaration:
        try:
            declaration: Declaration = original(sandbox_world, provider, attributes, now, **given)
        except RulesBroken:
            participant = sandbox_world.participants.get(str(attributes.get("participant_id")))
            if participant is not None:
                sandbox_world.add_declaration(
                    provider=provider,
                    participant=participant,
                    declaration_type="started",
                    declaration_date=now,
                    evidence_held=None,
                    state="submitted",
                    now=now,
                )
            raise
        return declaration

    return declare


def _saves_refused_schedule(original: Any) -> Any:
    def change(sandbox_world: World, provider: str, id: str, attributes: Any, now: datetime) -> Enrolment:
        enrolment = sandbox_world.enrolment(provider, id)
        wanted = attributes.get("schedule_identifier")
        if enrolment is not None and wanted in SCHEDULE_IDENTIFIERS:
            enrolment.participant.schedule_identifier, enrolment.rendered = wanted, None
        changed: Enrolment = original(sandbox_world, provider, id, attributes, now)
        return changed

    return change


STATE = tuple(
    Plant(f"unsaved-{name}", "state not saved", what, plant)
    for name, what, plant in (
        ("training", "A report is answered, and forgotten.", _forgets_training),
        (
            "void",
            "A void is answered, and forgotten.",
            lambda: operations.OPERATIONS.update(voidParticipantDeclaration=_forgets_void(operations.void_declaration)),
        ),
        ("list", "Some declarations aren't in the list.", patched(World, "add_declaration", _unlisted)),
        ("dates", "A change of schedule doesn't move updated_at.", patched(World, "set_schedule", lambda _: _undated)),
    )
) + tuple(
    Plant(f"saved-{name}", "state saved though refused", what, plant)
    for name, what, plant in (
        ("training", "A refused report is saved.", patched(commands, "_set_training_status", _saves_refused_training)),
        ("declaration", "A refused declaration is recorded.", patched(commands, "declare", _saves_refused_declaration)),
        ("schedule", "A refused change of schedule is saved.", lambda: operations.OPERATIONS.update(_rescheduling())),
    )
)


def _undated(self: World, enrolment: Enrolment, schedule_identifier: str, now: datetime) -> None:
    enrolment.participant.schedule_identifier, enrolment.rendered = schedule_identifier, None


def _rescheduling() -> dict[str, Any]:
    act = operations._participant_action(_saves_refused_schedule(commands.change_schedule))
    return dict.fromkeys(("changeEcfParticipantSchedule", "changeParticipantSchedule"), act)
