"""The drills for clients of v1, as data: each drill is one or more difficult exercises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mock_server.client import SandboxClient
from mock_server.control.models import NewFault
from mock_server.harness.readiness.drills import RETRY_AFTER, Drill, Event, Exercise
from mock_server.harness.v1.readiness.catalogue import CATALOGUE
from mock_server.v1.control.models import Declaration, NewParticipant, Participant
from mock_server.v1.domain.states import way

# The provider whose client does the drill.
PROVIDER: Final = "alder"
# More than one page holds, unless a client asks for longer pages.
PARTICIPANTS: Final = 120


@dataclass(frozen=True, slots=True)
class Scene:
    """The sandbox of a drill, with the declarations that it had at the start. The client made all later ones."""

    sandbox: SandboxClient
    participants: Sequence[Participant]

    def new_declarations(self) -> list[Declaration]:
        """The client's declarations, oldest first."""
        return [each for each in self.sandbox.v1.declarations() if each.provider == PROVIDER]


def set_scene(sandbox: SandboxClient, participants: int) -> Scene:
    """Adds this many participants to the sandbox of a drill."""
    return Scene(sandbox, [sandbox.v1.add_participant(**_somebody(place)) for place in range(participants)])


def _somebody(place: int) -> NewParticipant:
    """The participant at `place`. They come from two cohorts; most are teachers, and most are registered and funded."""
    person: NewParticipant = {
        "provider": PROVIDER,
        "participant_type": "mentor" if place % 8 == 7 else "ect",
        "cohort": "2021" if place % 2 == 0 else "2022",
    }
    if place % 10 == 9:
        return person
    return {
        **person,
        "teacher_reference_number": str(1_000_000 + place),
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }


def _schools_change(scene: Scene) -> str:
    sandbox, (registering, leaving) = scene.sandbox, scene.participants[-2:]
    sandbox.v1.register(
        registering.id,
        email="registered@example.org",
        teacher_reference_number="7654321",
        teacher_reference_number_validated=True,
        eligible_for_funding=True,
    )
    sandbox.v1.set_status(leaving.id, "withdrawn")
    added = sandbox.v1.add_participant(provider=PROVIDER, participant_type="ect", cohort="2022")
    return f"{registering.full_name} registered, a school removed {leaving.full_name} and added {added.full_name}"


def _department_pays(scene: Scene) -> str | None:
    for declared in scene.new_declarations():
        # Skip a declaration from whose state no way leads to `paid`, such as one that is already paid.
        if states := way(declared.state, "paid"):
            for state in states:
                scene.sandbox.v1.set_declaration_state(declared.id, state)
            return f"the declaration {declared.declaration_type} of participant {declared.participant_id} was paid"
    return None


def _lose_another_answer(scene: Scene) -> str:
    """Loses one more answer, because the service refused the declaration that the fault struck."""
    sent = scene.sandbox.all_requests(operation_id=_LOSES_AN_ANSWER["match"]["operation_id"])
    if any(entry.unheard == 200 for entry in sent):
        return ""
    scene.sandbox.add_fault(**_LOSES_AN_ANSWER)
    return "the declaration whose answer got lost was refused: the next answer gets lost instead"


_LOSES_AN_ANSWER: Final[NewFault] = {
    "match": {"operation_id": "createParticipantDeclaration"},
    "respond": {"status": 504, "body": "Gateway Timeout\n"},
    "times": 1,
    "apply": "after",
}

EXERCISES: Final = (
    Exercise(
        "pages",
        "The list of participants is longer than a page: pull all of it.",
        ("sync.full-pull", "sync.pages-followed"),
    ),
    Exercise(
        "changes",
        "After the first full pull schools change three participants: poll until you have them.",
        ("sync.full-pull", "sync.polls", "sync.no-gap", "sync.sees-changes"),
        events=(Event("sync.pages-followed", _schools_change),),
    ),
    Exercise(
        "rate-limit",
        "The first action (PUT) meets a 429 with `Retry-After`: wait as long as it says.",
        ("errors.rate-limit",),
        faults=(
            {
                "match": {"method": "PUT"},
                "respond": {"status": 429, "headers": {"Retry-After": str(RETRY_AFTER)}, "body": "Retry later\n"},
                "times": 1,
            },
        ),
    ),
    Exercise(
        "server-fault",
        "The first three times that you list declarations you get a 503: try again, with growing pauses.",
        ("errors.server-fault",),
        faults=tuple(
            {
                "match": {"method": "GET", "path": path},
                "respond": {"status": 503, "body": "Service Unavailable\n"},
                "times": 3,
            }
            for path in ("/api/v1/participant-declarations", "/api/v1/participant-declarations.csv")
        ),
    ),
    Exercise(
        "lost-answer",
        "The first declaration is made, but you get a 504: find out, and don't make a second one.",
        ("declarations.one-after-lost-answer",),
        faults=(_LOSES_AN_ANSWER,),
        events=(Event("errors.refusal-met", _lose_another_answer),),
    ),
    Exercise(
        "clawback",
        "The first declaration is paid soon after it was made: void it then.",
        ("declarations.clawback",),
        events=(Event(None, _department_pays),),
    ),
    Exercise(
        "wrong-token",
        "Run the client once with the token wrong-token.{sandbox}: it should stop at the first 401.",
        ("access.stops-on-401",),
    ),
)

DRILLS: Final = {
    drill.name: drill
    for drill in (
        Drill("full", "all of them, until every requirement is met", EXERCISES, tuple(each.id for each in CATALOGUE)),
        *(Drill(each.name, each.waiting, (each,), each.requirements) for each in EXERCISES),
    )
}
