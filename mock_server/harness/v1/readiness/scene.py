"""The sandbox of a drill for clients of v1, and what its events do there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import httpx

from mock_server.harness.readiness.drills import Watched
from mock_server.harness.readiness.kit import Stage
from mock_server.harness.readiness.scene import Declared, DrillScene
from mock_server.rules.moments import format_moment
from mock_server.v1.control.models import Declaration, NewParticipant, Participant
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, schedule_of
from mock_server.v1.domain.states import way
from mock_server.v1.domain.vocabulary import COURSES, DECLARATION_TYPES

# The provider whose client does the drill, and the one from which participants come.
PROVIDER: Final = "alder"
ANOTHER: Final = "birch"
# More than one page holds, unless a client asks for longer pages.
PARTICIPANTS: Final = 120
# One participant of so many comes from the other provider, with all its declarations. So there is more than a page of
# declarations, too.
ONE_TAKEN_OVER_OF: Final = 6


CREATE_DECLARATION: Final = "createParticipantDeclaration"


@dataclass(slots=True)
class V1Scene(DrillScene):
    """The sandbox of a drill for clients of v1, with those who are there at the start.

    `arriving` are still with the other provider. `taken_over` are the declarations that the other provider made for
    participants who are here now.
    """

    participants: Sequence[Participant] = ()
    arriving: Sequence[Participant] = ()
    taken_over: list[Declaration] = field(default_factory=list)

    participant_lists = ("listEcfParticipants", "listEcfParticipantsCsv", "listParticipants", "listParticipantsCsv")
    declaration_lists = ("listParticipantDeclarations", "listParticipantDeclarationsCsv")
    declaration_readings = ("getParticipantDeclaration",)
    void_path = "/api/v1/participant-declarations/{id}/void"
    void_refusal: ClassVar[Any] = {"errors": [{"title": "Invalid action", "detail": "This can't be done any more."}]}
    content_type = "application/vnd.api+json"
    declaration_types = DECLARATION_TYPES

    def new_declarations(self) -> list[Declaration]:
        return [each for each in self.sandbox.v1.declarations() if each.provider == PROVIDER]

    def change_something(self, turn: int) -> None:
        v1 = self.sandbox.v1
        # Not the last three: other events are about them.
        others = self.participants[len(self.participants) // 2 : -3]
        v1.update_details(others[turn % len(others)].id, pupil_premium_uplift=turn // len(others) % 2 == 0)
        if turn % 2 == 0 and self.taken_over:
            v1.set_declaration_state(self.taken_over.pop(0).id, "payable")

    def move(self, declaration: Declared, state: str) -> bool:
        states = way(declaration.state, state)
        for each in states or ():
            self.sandbox.v1.set_declaration_state(declaration.id, each)
        return bool(states)


def set_scene(stage: Stage) -> V1Scene:
    """Fills the sandbox of a drill."""
    sandbox, number = stage.sandbox, stage.participants
    elsewhere = max(1, number // ONE_TAKEN_OVER_OF)
    here = [sandbox.v1.add_participant(**_somebody(place, number - elsewhere)) for place in range(number - elsewhere)]
    there = [sandbox.v1.add_participant(**_funded(ANOTHER, place)) for place in range(elsewhere + 1)]
    with httpx.Client(
        base_url=stage.base_url, headers={"Authorization": f"Bearer {stage.tokens[ANOTHER]}"}, trust_env=False
    ) as http:
        for participant in there:
            # Who moves later brings only the first declarations.
            for declaration_type in DECLARATION_TYPES if participant is not there[-1] else DECLARATION_TYPES[:2]:
                _declare(http, participant, declaration_type)
    *taken_over, arriving = there
    for participant in taken_over:
        sandbox.v1.transfer(participant.id, provider=PROVIDER)
    of = {participant.id for participant in taken_over}
    declarations = [each for each in sandbox.v1.declarations() if each.participant_id in of]
    return V1Scene(sandbox, here, [arriving], declarations)


def _declare(http: httpx.Client, participant: Participant, declaration_type: str) -> None:
    schedule = schedule_of(participant.cohort, DEFAULT_SCHEDULE)
    assert schedule is not None  # noqa: S101 - the drill's own cohort
    attributes = {
        "participant_id": participant.id,
        "declaration_type": declaration_type,
        "declaration_date": format_moment(schedule.milestones[declaration_type].opens),
        "course_identifier": COURSES["ect"],
        "evidence_held": "other",
    }
    body = {"data": {"type": "participant-declaration", "attributes": attributes}}
    http.post("/api/v1/participant-declarations", json=body).raise_for_status()


def _funded(provider: str, place: int) -> NewParticipant:
    return {
        "provider": provider,
        "participant_type": "ect",
        "cohort": "2021",
        "teacher_reference_number": str(2_000_000 + place),
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }


def _somebody(place: int, number: int) -> NewParticipant:
    """The participant at `place`. They come from two cohorts; most are teachers, and most are registered and funded.

    In the middle of the list there are some for whom nothing can be reported any more.
    """
    person: NewParticipant = {
        "provider": PROVIDER,
        "participant_type": "mentor" if place % 8 == 7 else "ect",
        "cohort": "2021" if place % 2 == 0 else "2022",
    }
    if place % 10 == 9:
        return person
    middle = number // 2 - number // 2 % 2
    if place == middle:
        person["status"] = "withdrawn"
    if place == middle + 2:
        person["training_status"] = "withdrawn"
    return {
        **person,
        "teacher_reference_number": str(1_000_000 + place),
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }


# -- what schools and the department do ----------------------------------------------------------


def schools_change(scene: V1Scene, _watched: Watched) -> str:
    v1, (moving, registering, leaving) = scene.sandbox.v1, scene.participants[-3:]
    v1.register(
        registering.id,
        email="registered@example.org",
        teacher_reference_number="7654321",
        teacher_reference_number_validated=True,
        eligible_for_funding=True,
    )
    v1.set_status(leaving.id, "withdrawn")
    added = v1.add_participant(provider=PROVIDER, participant_type="ect", cohort="2022")
    v1.transfer(moving.id, provider=ANOTHER)
    names = ", ".join(arriving.full_name for arriving in scene.arriving)
    for arriving in scene.arriving:
        v1.transfer(arriving.id, provider=PROVIDER)
    return (
        f"{registering.full_name} registered, a school removed {leaving.full_name} and added {added.full_name}, "
        f"{moving.full_name} moved to another provider and {names} came from one"
    )
