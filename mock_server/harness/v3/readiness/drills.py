"""The drills for clients of v3, as data: each drill is one or more difficult exercises."""

from typing import Final

from mock_server.harness.readiness.drills import DrillEvent, Exercise
from mock_server.harness.readiness.exercises import (
    CLAWBACK,
    RATE_LIMIT,
    WRONG_TOKEN,
    drills_of,
    lost_answer,
    server_fault,
)
from mock_server.harness.readiness.scene import changes_stream
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
    RATE_LIMIT,
    server_fault({"operation_id": "getDeclarations"}),
    lost_answer(CREATE_DECLARATION, "look it up"),
    CLAWBACK,
    WRONG_TOKEN,
)

DRILLS: Final = drills_of(EXERCISES, CATALOGUE)
