"""Lies about records: stale and changed ones, and what goes wrong under load."""

from collections.abc import Callable
from typing import Any

from tests.harness.check.lies.proxy import Asked, Honest, Telling, Told
from tests.harness.check.lies.telling import (
    SINCE,
    Found,
    acts,
    every,
    is_one,
    lists,
    ones,
    stale,
    twice,
    under_load,
    without_accents,
)
from tests.harness.check.lies.v3.paths import (
    DECLARATIONS,
    JSON,
    PARTICIPANTS,
    PARTNERSHIPS,
    SCHOOLS,
    STATEMENTS,
    TRANSFERS,
    UNFUNDED,
)

Attributes = dict[str, Any]


def _entries(change: Callable[[Attributes], Attributes]) -> Callable[[Attributes], Attributes]:
    """Changes every entry of a participant."""
    return lambda shown: {"ecf_enrolments": [{**entry, **change(entry)} for entry in shown["ecf_enrolments"]]}


def _swapped(entry: Attributes) -> Attributes:
    return {
        "pupil_premium_uplift": entry["sparsity_uplift"],
        "sparsity_uplift": entry["pupil_premium_uplift"],
    }


def _stale(names: tuple[str, ...], on: Callable[[Asked], bool], of: str) -> Telling:
    return stale(names, on, of, of)


def _unmoved(action: str, of: str) -> Telling:
    """The answer to an action, and every record after it, show the moment of before."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if told.status != 200 or not (asked.path.startswith(of)):
            return told
        data = told.data
        for record in data if isinstance(data, list) else [data]:
            if "updated_at" in record["attributes"]:
                if asked.method == "GET" and record["id"] not in kept.get("acted", ()):
                    kept[record["id"]] = record["attributes"]["updated_at"]
                elif acts(asked, action):
                    kept.setdefault("acted", set()).add(record["id"])
                record["attributes"]["updated_at"] = kept.get(record["id"], record["attributes"]["updated_at"])
        return told.showing(data)

    return tell


_STATE = ("state", "statement_id", "updated_at")

CONCURRENCY: Found = (
    ("made-twice", "Equal declarations at once make two.", twice),
    ("busy-500", "Five requests at once get 500.", under_load(500, JSON)),
    ("busy-503", "Five requests at once get 503.", under_load(503, JSON)),
    ("busy-posts", "Five declarations at once get 500.", under_load(500, JSON, lambda a: a.method == "POST")),
)

CONSISTENCY: Found = (
    (
        "stale-schedule",
        "The list shows an old schedule.",
        _stale(("ecf_enrolments",), lambda a: a.path == PARTICIPANTS, PARTICIPANTS),
    ),
    (
        "stale-schedule-one",
        "The single record shows an old schedule.",
        _stale(("ecf_enrolments",), lambda a: is_one(a, PARTICIPANTS), PARTICIPANTS),
    ),
    (
        "stale-since",
        "With a moment the list shows an old schedule.",
        _stale(("ecf_enrolments",), lambda a: bool(a.get(SINCE)), PARTICIPANTS),
    ),
    (
        "stale-moment",
        "The list shows an old updated_at.",
        _stale(("updated_at",), lambda a: a.path == PARTICIPANTS, PARTICIPANTS),
    ),
    ("unmoved-schedule", "A change of schedule doesn't move updated_at.", _unmoved("change-schedule", PARTICIPANTS)),
    ("unmoved-void", "A void doesn't move updated_at.", _unmoved("void", DECLARATIONS)),
    (
        "stale-void",
        "The list shows a voided declaration as it was.",
        _stale(_STATE, lambda a: a.path == DECLARATIONS, DECLARATIONS),
    ),
    (
        "stale-void-one",
        "The single declaration is as before it was voided.",
        _stale(_STATE, lambda a: is_one(a, DECLARATIONS), DECLARATIONS),
    ),
    ("uplifts-list", "The list swaps the uplifts.", lists(every(_entries(_swapped)), PARTICIPANTS)),
    ("uplifts-one", "The single record swaps the uplifts.", ones(_entries(_swapped), PARTICIPANTS)),
    (
        "null-for-false",
        "The single record has null for false.",
        ones(_entries(lambda e: {"eligible_for_funding": e["eligible_for_funding"] or None}), PARTICIPANTS),
    ),
    ("name-cut", "The list cuts names.", lists(every(lambda a: {"full_name": a["full_name"][:10]}), PARTICIPANTS)),
    (
        "accents",
        "The single record strips accents.",
        ones(lambda a: {"full_name": without_accents(a["full_name"])}, PARTICIPANTS),
    ),
    ("email-hidden", "The list hides emails.", lists(every(_entries(lambda e: {"email": None})), PARTICIPANTS)),
    (
        "mentor-hidden",
        "The single record hides the mentor.",
        ones(_entries(lambda e: {"mentor_id": None}), PARTICIPANTS),
    ),
    (
        "evidence-hidden",
        "The list of declarations hides evidence.",
        lists(every(lambda a: {"evidence_held": None}), DECLARATIONS),
    ),
    (
        "date-of-declaration",
        "The single declaration shows another date.",
        ones(lambda a: {"declaration_date": a["declaration_date"][:10] + "T00:00:00Z"}, DECLARATIONS),
    ),
    (
        "statement-hidden",
        "The single declaration hides its statement.",
        ones(lambda a: {"statement_id": None}, DECLARATIONS),
    ),
    ("never-paid", "The single statement is never paid.", ones(lambda a: {"paid": False}, STATEMENTS)),
    (
        "tutor-hidden",
        "The single partnership hides the tutor.",
        ones(lambda a: {"induction_tutor_email": None}, PARTNERSHIPS),
    ),
    (
        "choice",
        "The single school says another choice of programme.",
        ones(lambda a: {"in_partnership": not a["in_partnership"]}, SCHOOLS),
    ),
    (
        "trn-number",
        "The list of unfunded mentors cuts TRNs.",
        lists(every(lambda a: {"teacher_reference_number": str(a["teacher_reference_number"])[:6]}), UNFUNDED),
    ),
    (
        "transfers-cut",
        "The list of transfers has the first of each person only.",
        lists(every(lambda a: {"transfers": a["transfers"][:1]}), TRANSFERS),
    ),
)
