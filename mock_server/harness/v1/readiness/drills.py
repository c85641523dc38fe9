"""The drills for clients of v1, as data: each drill is one or more difficult exercises."""

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
from mock_server.harness.v1.readiness.catalogue import CATALOGUE
from mock_server.harness.v1.readiness.scene import CREATE_DECLARATION, schools_change

EXERCISES: Final = (
    Exercise(
        "pages",
        "The lists of participants and declarations are longer than a page: pull all of both.",
        ("sync.full-pull", "sync.pages-followed", "sync.declarations-pages-followed"),
    ),
    Exercise(
        "changes",
        "After the first full pull schools change participants, and some move from provider to provider. While you "
        "poll, records change every moment: poll until you have them all.",
        (
            *("sync.full-pull", "sync.polls", "sync.no-gap", "sync.sees-changes", "sync.after-restart"),
            *("sync.declarations-no-gap", "sync.declarations-changes-seen"),
        ),
        events=(
            DrillEvent("sync.pages-followed", schools_change),
            DrillEvent(None, changes_stream),
        ),
    ),
    RATE_LIMIT,
    server_fault(
        {"method": "GET", "path": "/api/v1/participant-declarations"},
        {"method": "GET", "path": "/api/v1/participant-declarations.csv"},
    ),
    lost_answer(CREATE_DECLARATION, "find out"),
    CLAWBACK,
    WRONG_TOKEN,
)

DRILLS: Final = drills_of(EXERCISES, CATALOGUE)
