"""The exercises that are difficult for clients of either service in the same way, and the drills made of exercises."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from mock_server.control.models import NewFaultMatch
from mock_server.harness.readiness.drills import RETRY_AFTER, Drill, DrillEvent, Exercise
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.readiness.scene import department_pays, lose_another_answer, loses_an_answer

RATE_LIMIT: Final = Exercise(
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
)
CLAWBACK: Final = Exercise(
    "clawback",
    "When you declare nothing more, your declarations are paid one after another: void one that was paid. If "
    "nothing has been refused to you by then, this is: the world changes just before your request.",
    ("declarations.clawback", "errors.refusal-met"),
    events=(DrillEvent(None, department_pays, repeats=True),),
)
WRONG_TOKEN: Final = Exercise(
    "wrong-token",
    "Run the client once with the token wrong-token.{sandbox}: it should stop at the first 401.",
    ("access.stops-on-401",),
)


def server_fault(*matches: NewFaultMatch) -> Exercise:
    """The requests that fail are those that list declarations; each of `matches` describes some of them."""
    return Exercise(
        "server-fault",
        "The first three times that you list declarations you get a 503: pause, and try again.",
        ("errors.server-fault",),
        faults=tuple(
            {"match": match, "respond": {"status": 503, "body": "Service Unavailable\n"}, "times": 3}
            for match in matches
        ),
    )


def lost_answer(operation_id: str, what_to_do: str) -> Exercise:
    """The operation makes a declaration. `what_to_do` says how the client finds out what became of it."""
    return Exercise(
        "lost-answer",
        f"The first declaration is made, but you get a 504: {what_to_do}, and don't make a second one.",
        ("declarations.one-after-lost-answer",),
        faults=(loses_an_answer(operation_id),),
        events=(DrillEvent("errors.refusal-met", partial(lose_another_answer, operation_id=operation_id)),),
    )


def drills_of(exercises: tuple[Exercise, ...], catalogue: Iterable[Requirement]) -> dict[str, Drill]:
    """The drill `full` with all of the exercises, and a drill for each of them, by name."""
    every = (
        Drill("full", "all of them", exercises, tuple(each.id for each in catalogue)),
        *(Drill(each.name, each.waiting, (each,), each.requirements) for each in exercises),
    )
    return {drill.name: drill for drill in every}
