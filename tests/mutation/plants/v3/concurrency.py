"""Servers of v3 that are right for one request at a time, and wrong for several at once."""

from mock_server.v3.domain.commands import CATALOGUE
from tests.mutation.planting import Plant
from tests.mutation.plants.v1.concurrency import FAULT, UNAVAILABLE, meanwhile, mixed_up, unguarded

_READS = ("getParticipant", "getDeclaration", "getPartnership", "getSchool")
_LISTS = tuple(f"{name}s" for name in _READS)
_WRITES = ("deferParticipant", "changeScheduleParticipant", "createDeclaration", "createPartnership")

CONCURRENCY = tuple(
    Plant(f"at-once-v3-{name}", "wrong for several requests at once", what, plant)
    for name, what, plant in (
        (
            "declarations",
            "Equal declarations at once make several.",
            unguarded(CATALOGUE["declaration-type-free"], "createDeclaration"),
        ),
        (
            "partnerships",
            "Equal partnerships at once make several.",
            unguarded(CATALOGUE["partnership-school-free"], "createPartnership"),
        ),
        (
            "defers",
            "Equal deferrals at once are all accepted.",
            unguarded(CATALOGUE["defer-not-deferred"], "deferParticipant"),
        ),
        (
            "busy",
            "Six reads at once are too many.",
            meanwhile(lambda _, answer, under_way: UNAVAILABLE if under_way > 5 else answer, *_READS, *_LISTS),
        ),
        (
            "locked",
            "Three writes at once are a fault.",
            meanwhile(lambda _, answer, under_way: FAULT if under_way > 2 else answer, *_WRITES),
        ),
        ("mixed-up", "Of several reads at once, some get another's answer.", mixed_up(*_READS)),
    )
)
