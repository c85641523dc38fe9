"""Answers of the wrong shape, status or content type."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.service import Call
from mock_server.v1 import records as rendering
from tests.mutation.planting import (
    Plant,
    answers,
    patched,
    records,
    status,
)


def _set(name: str, value: Callable[[Any], Any]) -> Callable[[], None]:
    def change(attributes: dict[str, Any]) -> None:
        if name in attributes:
            attributes[name] = value(attributes[name])

    return records(change)


def _rename(attributes: dict[str, Any]) -> None:
    if "training_status" in attributes:
        attributes["trainingStatus"] = attributes.pop("training_status")


SHAPES = tuple(
    Plant(f"shape-{name}", "an attribute missing, renamed or of the wrong type", what, plant)
    for name, what, plant in (
        ("missing", "has_passed is left out.", records(lambda attributes: attributes.pop("has_passed", None))),
        ("renamed", "training_status is called trainingStatus.", records(_rename)),
        ("number", "cohort is a number.", _set("cohort", int)),
        ("text", "voided is a text.", _set("voided", lambda value: str(value).lower())),
        ("null", "mentor_id is blank instead of null.", _set("mentor_id", lambda value: value or "")),
        ("zone", "updated_at is given with +00:00.", _set("updated_at", lambda at: at.replace("Z", "+00:00"))),
        ("added", "There is an attribute that isn't documented.", records(lambda found: found.update(induction=None))),
        ("case", "state is in capitals.", _set("state", str.upper)),
        (
            "flag",
            "eligible_for_payment is true for paid ones too.",
            patched(rendering, "PAYABLE_STATES", lambda s: s | {"paid"}),
        ),
    )
)


def _content_type(before: str, after: str) -> Callable[[], None]:
    return answers(
        lambda call, answer: replace(answer, content_type=after) if answer.content_type == before else answer
    )


def no_header(name: str) -> Callable[[], None]:
    def changed(call: Call, answer: Answer) -> Answer:
        return replace(answer, headers=tuple(header for header in answer.headers if header[0] != name))

    return answers(changed)


STATUSES = tuple(
    Plant(f"status-{name}", "wrong status", what, plant)
    for name, what, plant in (
        ("created", "A declaration is answered with 201.", status(200, 201, "createParticipantDeclaration")),
        ("unauthorised", "An unknown token gets 403.", status(401, 403)),
        ("refused", "A broken rule gets 400.", status(422, 400)),
        ("unknown", "An unknown declaration is answered with 422.", status(404, 422, "getParticipantDeclaration")),
        ("conflict", "A void that is refused gets 409.", status(422, 409, "voidParticipantDeclaration")),
    )
)

UNDOCUMENTED = (
    Plant(
        "undocumented-page",
        "undocumented status",
        "A page beyond the thousandth is 416.",
        answers(lambda call, answer: replace(answer, status=416) if call.parameters.page > 1000 else answer),
    ),
    Plant(
        "undocumented-accepted",
        "undocumented status",
        "A withdrawal is answered with 202.",
        status(200, 202, "withdrawParticipant"),
    ),
)

TYPES = tuple(
    Plant(f"type-{name}", "wrong content type", what, plant)
    for name, what, plant in (
        ("json", "JSON is application/json.", _content_type("application/vnd.api+json", "application/json")),
        (
            "charset",
            "JSON has a charset.",
            _content_type("application/vnd.api+json", "application/vnd.api+json; charset=utf-8"),
        ),
        ("csv", "CSV is text/plain.", _content_type("text/csv", "text/plain")),
        ("forbidden", "403 has a body.", answers(lambda call, a: replace(a, body=b"{}") if a.status == 403 else a)),
        ("allow", "405 says nothing of Allow.", no_header("allow")),
        ("rule", "A refusal doesn't name its rules.", no_header("x-mock-rule")),
    )
)
