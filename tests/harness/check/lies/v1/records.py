"""Lies about records: stale and changed ones, and what goes wrong under load."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.harness.check.lies.proxy import Asked, Honest, Telling, Told
from tests.harness.check.lies.telling import (
    SINCE,
    Found,
    acts,
    column,
    every,
    hides,
    is_one,
    lists,
    ones,
    stale,
    twice,
    under_load,
    without_accents,
)
from tests.harness.check.lies.v1.paths import DECLARATIONS, JSON, JSON_LISTS, OLDER, PARTICIPANTS

CONCURRENCY: Found = (
    ("made-twice", "Equal declarations at once make two.", twice),
    ("busy-500", "Five requests at once get 500.", under_load(500, JSON)),
    ("busy-503", "Five requests at once get 503.", under_load(503, JSON)),
    ("busy-posts", "Five declarations at once get 500.", under_load(500, JSON, lambda a: a.method == "POST")),
)


def _swapped(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "pupil_premium_uplift": attributes["sparsity_uplift"],
        "sparsity_uplift": attributes["pupil_premium_uplift"],
    }


def _unmoved(*actions: str) -> Telling:
    """An action changes the record, and everybody sees the moment of before."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        if acts(asked, *actions):
            one = f"{PARTICIPANTS}/{asked.path.split('/')[-2]}"
            before = await honest(replace(asked, method="GET", path=one, query=(), body=b""))
            told = await honest(asked)
            if told.status == 200 and before.status == 200:
                kept.setdefault(told.data["id"], before.data["attributes"]["updated_at"])
                record = told.data
                record["attributes"]["updated_at"] = kept[record["id"]]
                return told.showing(record)
            return told
        told = await honest(asked)
        if asked.method != "GET" or told.status != 200 or asked.path.endswith(".csv") or "declarations" in asked.path:
            return told
        data = told.data
        for record in data if isinstance(data, list) else [data]:
            if record["id"] in kept:
                record["attributes"]["updated_at"] = kept[record["id"]]
        return told.showing(data)

    return tell


def _unsaved(*paths: str) -> Telling:
    """The action answers as if it had happened."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if acts(asked, "defer") and any(part in asked.path for part in paths) and told.status == 200:
            back = {"data": {"type": "x", "attributes": {"course_identifier": asked.attributes["course_identifier"]}}}
            await honest(replace(asked, path=asked.path.replace("/defer", "/resume"), body=json.dumps(back).encode()))
        return told

    return tell


def _stale(names: tuple[str, ...], on: Callable[[Asked], bool], of: str = PARTICIPANTS) -> Telling:
    return stale(names, on, of, *JSON_LISTS)


_STATUS, _SCHEDULE, _STATE = ("training_status",), ("schedule_identifier",), ("state", "voided")

CONSISTENCY: Found = (
    ("stale-list", "The list shows an old training status.", _stale(_STATUS, lambda a: a.path == PARTICIPANTS)),
    ("stale-older", "The older list shows an old training status.", _stale(_STATUS, lambda a: a.path == OLDER)),
    ("stale-one", "The single record is old.", _stale(_STATUS, lambda a: is_one(a, PARTICIPANTS))),
    ("stale-csv", "The CSV list is old.", _stale(_STATUS, lambda a: a.path == f"{PARTICIPANTS}.csv")),
    ("stale-schedule", "The list shows an old schedule.", _stale(_SCHEDULE, lambda a: a.path == PARTICIPANTS)),
    ("stale-schedule-csv", "CSV shows an old schedule.", _stale(_SCHEDULE, lambda a: a.path == f"{PARTICIPANTS}.csv")),
    ("stale-since", "With a moment the list is old.", _stale(_STATUS, lambda a: bool(a.get(SINCE)))),
    ("stale-moment", "The list shows an old updated_at.", _stale(("updated_at",), lambda a: a.path == PARTICIPANTS)),
    ("unmoved", "A deferral doesn't move updated_at.", _unmoved("defer")),
    ("unmoved-schedule", "A change of schedule doesn't move updated_at.", _unmoved("change-schedule")),
    ("unmoved-resume", "A return doesn't move updated_at.", _unmoved("resume")),
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
    (
        "stale-void-csv",
        "The CSV list shows a voided declaration as it was.",
        _stale(_STATE, lambda a: a.path == f"{DECLARATIONS}.csv", DECLARATIONS),
    ),
    ("uplifts-list", "The list swaps the uplifts.", lists(every(_swapped), PARTICIPANTS)),
    ("uplifts-one", "The single record swaps the uplifts.", ones(_swapped, PARTICIPANTS)),
    (
        "null-for-false",
        "The single record has null for false.",
        ones(lambda a: {"eligible_for_funding": a["eligible_for_funding"] or None}, PARTICIPANTS),
    ),
    (
        "csv-accents",
        "The CSV list strips accents.",
        column("full_name", lambda text: without_accents(text) or "", PARTICIPANTS),
    ),
    ("name-cut", "The older list cuts names.", lists(every(lambda a: {"full_name": a["full_name"][:10]}), OLDER)),
    ("email-hidden", "The single record hides the email.", ones(hides("email"), PARTICIPANTS)),
    ("mentor-hidden", "The CSV list hides the mentor.", column("mentor_id", lambda _: "", PARTICIPANTS)),
    (
        "trn-number",
        "The CSV list drops leading zeros and ends TRNs early.",
        column("teacher_reference_number", lambda text: text.lstrip("0") and text[:7].replace("1", "7", 1), OLDER),
    ),
    ("unsaved-older", "A deferral on the older path isn't saved.", _unsaved(f"{OLDER}/")),
    (
        "payment-flag",
        "The single declaration is never eligible.",
        ones(lambda a: {"eligible_for_payment": False}, DECLARATIONS),
    ),
    (
        "date-of-declaration",
        "The CSV list shows another date.",
        column("declaration_date", lambda text: text[:10] + "T00:00:00Z", DECLARATIONS),
    ),
)
