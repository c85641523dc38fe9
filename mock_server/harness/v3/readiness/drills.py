"""The drills for clients of v3, as data: each drill is one or more difficult exercises."""

from functools import partial
from typing import Final

from mock_server.harness.readiness.drills import RETRY_AFTER, Drill, DrillEvent, Exercise
from mock_server.harness.readiness.scene import changes_stream, department_pays, lose_another_answer, loses_an_answer
from mock_server.harness.v3.readiness.catalogue import CATALOGUE
from mock_server.harness.v3.readiness.scene import CREATE_DECLARATION, schools_change

EXERCISES: Final = (
    Exercise(
        "pages",
        "The lists of participants and declarations are longer than a page: read all of both.",
        ("sync.full-pull", "sync.pages-followed", "sync.declarations-pages-followed"),
    ),
    Exercise(
        "partnership",
        "A school has named you for 2025 (`expression_of_interest`) and you have no partnership with it: make one.",
        ("partnerships.created", "sync.schools", "sync.delivery-partners"),
    ),
    Exercise(
        "changes",
        "After the first full pull schools change participants, one moves to another provider, and one gets a mentor "
        "whom you don't train. While you poll, records change every moment: poll until you have them all.",
        (
            *("sync.full-pull", "sync.polls", "sync.no-gap", "sync.sees-changes", "sync.after-restart"),
            *("sync.declarations-no-gap", "sync.declarations-changes-seen", "sync.transfers", "sync.unfunded-mentors"),
        ),
        events=(
            DrillEvent("sync.pages-followed", schools_change),
            DrillEvent(None, changes_stream),
        ),
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
        "The first three times that you list declarations you get a 503: pause, and try again.",
        ("errors.server-fault",),
        faults=(
            {
                "match": {"operation_id": "getDeclarations"},
                "respond": {"status": 503, "body": "Service Unavailable\n"},
                "times": 3,
            },
        ),
    ),
    Exercise(
        "lost-answer",
        "The first declaration is made, but you get a 504: look it up, and don't make a second one.",
        ("declarations.one-after-lost-answer",),
        faults=(loses_an_answer(CREATE_DECLARATION),),
        events=(DrillEvent("errors.refusal-met", partial(lose_another_answer, operation_id=CREATE_DECLARATION)),),
    ),
    Exercise(
        "clawback",
        "When you declare nothing more, your declarations are paid one after another: void one that was paid. If "
        "nothing has been refused to you by then, this is: the world changes just before your request.",
        ("declarations.clawback", "errors.refusal-met"),
        events=(DrillEvent(None, department_pays, repeats=True),),
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
        Drill("full", "all of them", EXERCISES, tuple(each.id for each in CATALOGUE)),
        *(Drill(each.name, each.waiting, (each,), each.requirements) for each in EXERCISES),
    )
}
