"""Answers of the wrong shape, status or content type."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.service import Call
from tests.mutation.planting import Plant, answers, records, status


def of(name: str, value: Callable[[Any], Any]) -> Callable[[], None]:
    """Plants another value for an attribute, wherever a record or an entry of it has one."""

    def change(attributes: dict[str, Any]) -> None:
        for found in (attributes, *attributes.get("ecf_enrolments", ()), *attributes.get("transfers", ())):
            if name in found:
                found[name] = value(found[name])

    return records(change)


def _rename(attributes: dict[str, Any]) -> None:
    if "ecf_enrolments" in attributes:
        attributes["enrolments"] = attributes.pop("ecf_enrolments")


SHAPES = tuple(
    Plant(f"shape-{name}", "an attribute missing, renamed or of the wrong type", what, plant)
    for name, what, plant in (
        ("missing", "uplift_paid is left out.", records(lambda found: found.pop("uplift_paid", None))),
        ("renamed", "ecf_enrolments is called enrolments.", records(_rename)),
        ("number", "cohort is a number.", of("cohort", lambda year: int(year) if isinstance(year, str) else year)),
        ("text", "participants_currently_training is a text.", of("participants_currently_training", str)),
        ("year", "The year of a statement is a number.", of("year", int)),
        ("null", "mentor_id is blank instead of null.", of("mentor_id", lambda value: value or "")),
        ("zone", "Moments have milliseconds.", of("updated_at", lambda at: at.replace("Z", ".000Z"))),
        ("moment", "A day is a moment.", of("payment_date", lambda day: f"{day}T00:00:00Z")),
        ("added", "There is an attribute that isn't documented.", records(lambda found: found.update(links=None))),
        ("case", "state is in capitals.", of("state", str.upper)),
        (
            "list",
            "A delivery partner has its cohorts as a text.",
            of("cohort", lambda c: ",".join(c) if isinstance(c, list) else c),
        ),
        (
            "changes",
            "participant_id_changes is null when empty.",
            of("participant_id_changes", lambda found: found or None),
        ),
    )
)


def _content_type(after: str, *statuses: int) -> Callable[[], None]:
    def changed(call: Call, answer: Answer) -> Answer:
        json = "json" in (answer.content_type or "")
        return replace(answer, content_type=after) if json and (not statuses or answer.status in statuses) else answer

    return answers(changed)


def no_header(name: str) -> Callable[[], None]:
    def changed(call: Call, answer: Answer) -> Answer:
        return replace(answer, headers=tuple(header for header in answer.headers if header[0] != name))

    return answers(changed)


STATUSES = tuple(
    Plant(f"status-{name}", "wrong status", what, plant)
    for name, what, plant in (
        ("created", "A declaration is answered with 201.", status(200, 201, "createDeclaration")),
        ("partnership", "A partnership is answered with 201.", status(200, 201, "createPartnership")),
        ("unauthorised", "An unknown token gets 403.", status(401, 403)),
        ("refused", "A broken rule gets 400.", status(422, 400)),
        ("unknown", "An unknown participant is answered with 422.", status(404, 422, "deferParticipant")),
        ("gone", "An unknown school is answered with 410.", status(404, 410, "getSchool")),
        ("conflict", "A void that is refused gets 409.", status(422, 409, "voidDeclaration")),
        ("bad", "A query that can't be read gets 422.", status(400, 422, "getPartnerships")),
    )
)

UNDOCUMENTED = (
    Plant(
        "undocumented-page",
        "undocumented status",
        "A page beyond the thousandth is 416.",
        answers(
            lambda call, answer: replace(answer, status=416) if getattr(call.parameters, "page", 1) > 1000 else answer
        ),
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
        ("old", "JSON is application/vnd.api+json, as in v1.", _content_type("application/vnd.api+json")),
        ("charset", "JSON has no charset.", _content_type("application/json")),
        ("errors", "Errors are text.", _content_type("text/plain", 400, 404, 422)),
        ("allow", "405 says nothing of Allow.", no_header("allow")),
        ("rule", "A refusal doesn't name its rules.", no_header("x-mock-rule")),
        ("challenge", "401 has no WWW-Authenticate.", no_header("www-authenticate")),
        (
            "token-body",
            "401 has a body of its own.",
            answers(lambda call, a: replace(a, body=b'{"error":"Unauthorised"}') if a.status == 401 else a),
        ),
        (
            "not-found-body",
            "An unknown record has the body of an unknown path.",
            answers(
                lambda call, a: (
                    replace(a, body=b'{"error":"Resource not found"}') if a.status == 404 and call.operation_id else a
                )
            ),
        ),
    )
)
