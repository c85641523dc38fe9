"""Lies about rules: what is accepted that is forbidden, and the other way round."""

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
    moved,
    refusing,
    upper,
    without_offset,
)
from tests.harness.check.lies.v1.paths import DECLARATIONS, JSON, OLDER, PARTICIPANTS


def _again(*actions: str) -> Telling:
    """A refusal because it has already happened is told as a success."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if acts(asked, *actions) and told.titles in (["participant_profile"], ["Invalid action"]):
            of = DECLARATIONS if actions == ("void",) else PARTICIPANTS
            return await honest(replace(asked, method="GET", path=f"{of}/{asked.path.split('/')[-2]}", body=b""))
        return told

    return tell


async def _other_date(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
    """A second declaration of a type is accepted in place of the first."""
    told = await honest(asked)
    if asked.method == "POST" and told.titles == ["base"]:
        who = asked.attributes["participant_id"]
        found = await honest(replace(asked, method="GET", query=((WHO, who),), body=b""))
        return found.showing(found.data[-1]) if found.data else told
    return told


RULES: Found = (
    (
        "evidence-mentors",
        "A mentor's declaration needs no evidence.",
        asking(
            lambda a: (
                a.method == "POST"
                and a.attributes.get("course_identifier") == "ecf-mentor"
                and not a.attributes.get("evidence_held")
            ),
            lambda a: a.sending(evidence_held="other"),
        ),
    ),
    (
        "evidence-list",
        "Any evidence counts.",
        asking(
            lambda a: a.method == "POST" and bool(a.attributes.get("evidence_held")),
            lambda a: a.sending(evidence_held="other"),
        ),
    ),
    (
        "replacement",
        "An ECT may follow a replacement schedule.",
        asking(
            lambda a: acts(a, "change-schedule") and "replacement" in str(a.attributes.get("schedule_identifier")),
            lambda a: a.sending(schedule_identifier="ecf-extended-april"),
        ),
    ),
    ("server-date-post", "X-With-Server-Date counts in no declaration.", ignores_header(lambda a: a.method == "POST")),
    (
        "server-date-acts",
        "X-With-Server-Date counts in no action.",
        ignores_header(lambda a: acts(a, "defer", "resume")),
    ),
    (
        "server-date-older",
        "X-With-Server-Date counts in no action of the older paths.",
        ignores_header(lambda a: a.method == "PUT" and f"{OLDER}/ecf" not in a.path),
    ),
    (
        "server-date-schedule",
        "X-With-Server-Date counts in no change of schedule.",
        ignores_header(lambda a: acts(a, "change-schedule")),
    ),
    (
        "upper-acts",
        "An id in upper case is unknown to actions.",
        refusing(lambda a: a.method == "PUT" and upper(a), "participant_id", JSON),
    ),
    (
        "upper-one",
        "An id in upper case is unknown.",
        asking(lambda a: a.method == "GET" and upper(a), lambda a: replace(a, path=f"{PARTICIPANTS}/none")),
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
        "number-cohort",
        "A cohort as a number is refused.",
        refusing(lambda a: isinstance(a.attributes.get("cohort"), int), "cohort", JSON),
    ),
    (
        "number-date",
        "A declaration date may be a number.",
        asking(
            lambda a: isinstance(a.attributes.get("declaration_date"), int),
            lambda a: a.sending(declaration_date="2021-11-20T09:00:00Z"),
        ),
    ),
    ("void-twice", "A declaration is voided twice.", _again("void")),
    ("defer-twice", "A deferral is taken twice.", _again("defer")),
    ("resume-twice", "A return is taken twice.", _again("resume")),
    ("other-date", "A second declaration of a type is taken.", _other_date),
    (
        "since-inclusive",
        "Declarations of the moment itself are listed.",
        asking(
            lambda a: a.path == DECLARATIONS and bool(a.get(SINCE)),
            lambda a: a.having(filter__updated_since=moved(a.get(SINCE), seconds=-1)),
        ),
    ),
    (
        "reason-any",
        "Any reason counts.",
        asking(lambda a: acts(a, "defer") and bool(a.attributes.get("reason")), lambda a: a.sending(reason="other")),
    ),
)
