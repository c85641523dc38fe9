"""What hard things can be made to happen to a client, as data: each drill is one or more exercises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mock_server.client import SandboxClient
from mock_server.control.models import NewFault
from mock_server.harness.readiness.catalogue import CATALOGUE
from mock_server.v1.control.models import Declaration, Participant

# Whose client is drilled.
PROVIDER: Final = "alder"
# More than a page holds unless a client asks for longer ones.
PARTICIPANTS: Final = 120
RETRY_AFTER: Final = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """The sandbox of a drill, with what was in it when it began: what has come since is the client's."""

    sandbox: SandboxClient
    participants: Sequence[Participant]

    def new_declarations(self) -> list[Declaration]:
        """What the client has declared, oldest first."""
        return [each for each in self.sandbox.v1.declarations() if each.provider == PROVIDER]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that schools or the department do once the client has met the requirement `after` (None: at any time).

    `happen` does it and says what happened, in no words when nothing had to; None when its time hasn't come yet.
    """

    after: str | None
    happen: Callable[[Scene], str | None]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One hard thing. `waiting` tells the person at the keyboard what awaits the client."""

    name: str
    waiting: str
    requirements: tuple[str, ...]
    faults: tuple[NewFault, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Drill:
    """`requirements` are what it is about: it is over when the client has met them all."""

    name: str
    summary: str
    exercises: tuple[Exercise, ...]
    requirements: tuple[str, ...]


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
    payable = next((each for each in scene.new_declarations() if each.state in _TO_BE_PAID), None)
    if payable is None:
        return None
    for state in _TO_BE_PAID[payable.state]:
        scene.sandbox.v1.set_declaration_state(payable.id, state)
    return f"the declaration {payable.declaration_type} of participant {payable.participant_id} was paid"


def _lose_another_answer(scene: Scene) -> str:
    """There was nothing to lose when the declaration that the fault struck was refused."""
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

# The arrows from each state to paid.
_TO_BE_PAID: Final = {
    "submitted": ("eligible", "payable", "paid"),
    "eligible": ("payable", "paid"),
    "payable": ("paid",),
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
