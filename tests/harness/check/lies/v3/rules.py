"""Lies about rules: what is accepted that is forbidden, and the other way round."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.harness.check.lies.proxy import Asked, Honest, Telling, Told
from tests.harness.check.lies.telling import (
    SINCE,
    WHO,
    Found,
    acts,
    asking,
    ignores_header,
    is_one,
    moved,
    refusing,
    upper,
    without_offset,
)
from tests.harness.check.lies.v3.paths import DECLARATIONS, JSON, PARTICIPANTS


def _sends(name: str, value: Any, on: Callable[[Asked], bool]) -> Telling:
    """The server takes this value of an attribute for what was sent."""
    return asking(on, lambda asked: asked.sending(**{name: value}))


def _declares(asked: Asked) -> bool:
    return asked.method == "POST" and asked.path == DECLARATIONS and bool(asked.attributes)


def _again(action: str, title: str, of: str) -> Telling:
    """A refusal because it has already happened is told as a success."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if acts(asked, action) and told.titles == [title]:
            return await honest(replace(asked, method="GET", path=f"{of}/{asked.path.split('/')[-2]}", body=b""))
        return told

    return tell


async def _other_date(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
    """A second declaration of a type is accepted in place of the first."""
    told = await honest(asked)
    if _declares(asked) and told.titles == ["declaration_type"]:
        query = ((WHO, asked.attributes["participant_id"]),)
        found = await honest(replace(asked, method="GET", query=query, body=b""))
        same = [r for r in found.data if r["attributes"]["declaration_type"] == asked.attributes["declaration_type"]]
        return found.showing(same[-1]) if same else told
    return told


RULES: Found = (
    (
        "evidence-mentors",
        "A mentor's declaration needs no evidence.",
        _sends(
            "evidence_held",
            "other",
            lambda a: (
                _declares(a)
                and a.attributes.get("course_identifier") == "ecf-mentor"
                and not a.attributes.get("evidence_held")
            ),
        ),
    ),
    (
        "evidence-list",
        "Any evidence counts.",
        _sends("evidence_held", "other", lambda a: _declares(a) and bool(a.attributes.get("evidence_held"))),
    ),
    (
        "evidence-needed",
        "An ECT's declaration needs no evidence.",
        _sends(
            "evidence_held", "training-event-attended", lambda a: _declares(a) and not a.attributes.get("evidence_held")
        ),
    ),
    (
        "replacement",
        "An ECT may follow a replacement schedule.",
        _sends(
            "schedule_identifier",
            "ecf-extended-april",
            lambda a: acts(a, "change-schedule") and "replacement" in str(a.attributes.get("schedule_identifier")),
        ),
    ),
    ("reason-any", "Any reason counts.", _sends("reason", "other", lambda a: acts(a, "defer", "withdraw"))),
    ("type-any", "An unknown type is `started`.", _sends("declaration_type", "started", _declares)),
    (
        "date-alone",
        "A declaration date may lack the time.",
        asking(
            lambda a: _declares(a) and len(str(a.attributes.get("declaration_date"))) == 10,
            lambda a: a.sending(declaration_date=f"{a.attributes['declaration_date']}T09:00:00Z"),
        ),
    ),
    ("void-twice", "A declaration is voided twice.", _again("void", "participant_declaration_id", DECLARATIONS)),
    (
        "schedule-twice",
        "A change to the same schedule is taken.",
        _again("change-schedule", "schedule_identifier", PARTICIPANTS),
    ),
    ("other-date", "A second declaration of a type is taken.", _other_date),
    ("server-date", "X-With-Server-Date is ignored.", ignores_header(lambda a: "x-with-server-date" in a.headers)),
    (
        "upper-acts",
        "An id in upper case is unknown to actions.",
        refusing(lambda a: a.method == "PUT" and upper(a), "participant_id", JSON),
    ),
    (
        "upper-one",
        "An id in upper case is unknown.",
        asking(lambda a: is_one(a, PARTICIPANTS) and upper(a), lambda a: replace(a, path=f"{PARTICIPANTS}/none")),
    ),
    (
        "offset-ignored",
        "An offset is ignored.",
        asking(
            lambda a: bool(a.get(SINCE)) and "%" not in a.get(SINCE),
            lambda a: a.having(filter__updated_since=without_offset(a.get(SINCE))),
        ),
    ),
    (
        "double-encoding",
        "Encoded twice, a moment loses its offset.",
        asking(lambda a: "%" in a.get(SINCE), lambda a: a.having(filter__updated_since=without_offset(a.get(SINCE)))),
    ),
    (
        "day-end",
        "A date alone means the end of the day.",
        asking(
            lambda a: len(a.get(SINCE)) == 10 and a.get(SINCE)[:4].isdecimal(),
            lambda a: a.having(filter__updated_since=f"{a.get(SINCE)}T23:59:59Z"),
        ),
    ),
    (
        "since-exclusive",
        "Declarations of the second before are listed.",
        asking(
            lambda a: a.path == DECLARATIONS and bool(a.get(SINCE)),
            lambda a: a.having(filter__updated_since=moved(a.get(SINCE), seconds=-1)),
        ),
    ),
)
