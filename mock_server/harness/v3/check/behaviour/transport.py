"""Promises about every request of v3: the token, the method, the limits, and unusual input (rules 2)."""

import json
from typing import Any, Final

from mock_server.harness.check import transport
from mock_server.harness.check.bench import JSON
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.check.transport import ODD_BODIES, UNKNOWN_ID, Manners
from mock_server.harness.v3.check.bench import COURSES, DECLARE, Bench, body
from mock_server.harness.v3.check.contract import OPERATIONS

LISTS: Final = OPERATIONS.lists()
_RECORDS: Final = OPERATIONS.with_status("404")
_WITH_BODY: Final = OPERATIONS.with_body()

# An attribute that each write has. With null as its value the body can be read, and rules refuse it (rules 2.3).
_KNOWN: Final = {
    DECLARE: "participant_id",
    "createPartnership": "cohort",
    "updatePartnership": "delivery_partner_id",
    "deferParticipant": "reason",
    "withdrawParticipant": "reason",
    "resumeParticipant": "course_identifier",
    "changeScheduleParticipant": "schedule_identifier",
}


def _readable(operation: str) -> bytes:
    return json.dumps({"data": {"attributes": {_KNOWN.get(operation, "reason"): None}}}).encode()


def _record_of(bench: Bench, operation: str) -> str:
    """A record of this provider's, so that nothing but the body can be wrong."""
    if operation not in _RECORDS:
        return ""
    if bench.sandbox is not None:
        bench.trained()
    listed = "getPartnerships" if operation == "updatePartnership" else "getParticipants"
    return (bench.own.ids(listed, page__per_page=1) or [UNKNOWN_ID])[0]


# How the rules about an attribute that every request must have begin. Reports need a course.
_NEEDED: Final = {
    DECLARE: "declaration-participant",
    "createPartnership": "partnership-delivery-partner",
    "updatePartnership": "partnership-delivery-partner",
}


def _refused_by(operation: str, value: object = None) -> str:
    """A rule that refuses a request whose attributes all have this value."""
    if operation not in _NEEDED:
        return "course-listed"
    blank = value is None or value is False or not str(value).strip()
    return f"{_NEEDED[operation]}-{'given' if blank else 'exists'}"


MANNERS: Final = Manners(
    operations=OPERATIONS,
    lists=LISTS,
    heads=LISTS,
    unknown_paths=(
        "/api/v3",
        "/api/v3/",
        "/api/v3/nothing",
        "/api/v3/participants/",
        "/api/v3/Participants",
        "/api/v3/participants/ecf/x/y",
        "/api/v3/participants.csv",
        f"/api/v3/participants/{UNKNOWN_ID}/promote",
    ),
    readable=_readable,
    media_types=(
        "application/json",
        "application/vnd.api+json",
        "Application/JSON",
        "application/json; charset=utf-8",
    ),
    json="application/json; charset=utf-8",
    no_such_path={"error": "Resource not found"},
    single="getParticipant",
    refusing=DECLARE,
    # `attributes` must hold a known name, whose value is neither an object nor a list (rules 2.3).
    odd_bodies=(
        *ODD_BODIES,
        b'{"data": {"type": "x"}}',
        b'{"data": {"attributes": null}}',
        b'{"data": {"attributes": {}}}',
        b'{"data": {"attributes": []}}',
        b'{"data": {"attributes": "reason"}}',
        b'{"data": {"attributes": {"foo": 1}}}',
        b'{"data": {"attributes": {"reason": {}, "cohort": [1], "participant_id": {}}}}',
        b'{"data": [{"attributes": {"reason": "other"}}]}',
    ),
    refused_by=_refused_by,
    record_of=_record_of,
)

_NOBODY: Final = "Bearer nobody"
_ODD_SERVER_DATES: Final = ("yesterday", "2025-02-30T00:00:00Z", "2025-11-31", "2026-02-10 09:00:00Z", "0", "", "09:00")


@probe("The answer to a bad token is to the letter, before anything else is looked at.", *LISTS, portable=True)
def refused_tokens(bench: Bench, operation: str) -> None:
    """Rules 2.2."""
    target = OPERATIONS.request_line(operation, "")[1].partition("?")[0]
    for query in ("", "?filter=abc", "?page[page]=0"):
        answer = bench.own.raw("GET", f"{target}{query}", token=_NOBODY)
        bench.own.status(401, "nobody has the token")
        wanted = '{"error":"HTTP Token: Access denied"}'
        bench.own.expect(answer.content == wanted, f"the body is {wanted}", f"it is {answer.content}")


@probe("A provider without contracts gets empty lists and 404, and never 403.", *LISTS, seed="guide")
def nothing_without_contract(bench: Bench, operation: str) -> None:
    """Rules 2.2."""
    # Every provider sees every eligible school.
    if operation != "getSchools":
        found = bench.none.ids(operation)
        bench.none.expect(found == [], "the list is empty", f"it has {len(found)} records")
    for each in bench.own.ids("getParticipants", page__per_page=2):
        bench.none.send("getParticipant", each)
        bench.none.status(404, "the provider owns nothing")


@probe("Unknown ids get 404, and ids that are no UUID.", *_RECORDS, portable=True)
def unknown_ids(bench: Bench, operation: str) -> None:
    """Rules 2.7. A body that can be read comes before the record (rules 2.3)."""
    content = _readable(operation) if operation in _WITH_BODY else None
    method, target = OPERATIONS.request_line(operation, "{id}")
    # A proxy such as nginx refuses a null byte itself, so only a mock is asked for it.
    null = () if bench.sandbox is None else ("%00",)
    for id in (UNKNOWN_ID, "abc", "0", *null, "a%0Ab", "a%2Fb", "%C3%84%C3%96", "a" * 3000):
        answer = bench.own.raw(
            method, target.replace("{id}", id), content=content, headers={"content-type": JSON} if content else None
        )
        bench.own.status(404, "the id is unknown")
        titles = [error["title"] for error in (answer.json or {}).get("errors", ())]
        bench.own.expect(titles == ["Resource not found"], "the title is Resource not found", f"{answer.content}")


_FORMS: Final = (str.upper, lambda id: id.replace("-", ""), lambda id: f"{{{id}}}")
_LIST_OF: Final = {
    "getParticipant": "getParticipants",
    "getTransfer": "getTransfers",
    "getDeclaration": "getDeclarations",
    "getPartnership": "getPartnerships",
    "getSchool": "getSchools",
    "getDeliveryPartner": "getDeliveryPartners",
    "getStatement": "getStatements",
    "getUnfundedMentor": "getUnfundedMentors",
}


@probe("An id is found however it is written: in capitals, in braces, without hyphens.", *_LIST_OF, seed="guide")
def forms_of_ids(bench: Bench, operation: str) -> None:
    """Rules 2.7 (framework)."""
    for id in bench.own.ids(_LIST_OF[operation], page__per_page=2):
        for write in _FORMS:
            came = bench.own.accepted(operation, write(id)).json["data"]["id"]
            bench.own.expect(came == id, f"{write(id)} is {id}", f"it is {came}")


@probe("An action looks at its body before its participant, an update at the partnership before its body.")
def order_of_checks(bench: Bench, operation: str) -> None:
    """Rules 2.3."""
    own, headers = bench.own, {"content-type": JSON}
    for action in ("deferParticipant", "resumeParticipant", "withdrawParticipant", "changeScheduleParticipant"):
        own.send(action, UNKNOWN_ID, content=b"{}", headers=headers)
        own.status(400, "the body comes before the participant")
    own.send("updatePartnership", UNKNOWN_ID, content=b"{}", headers=headers)
    own.status(404, "the partnership comes before the body")


@probe("`type` is never looked at, unknown names are ignored, and numbers do for texts.")
def lenient_bodies(bench: Bench, operation: str) -> None:
    """Rules 2.3."""
    own = bench.own
    attributes = {"course_identifier": COURSES["ect"], "reason": "other", "colour": "red"}
    types: Values = ("participant", None, 7, {})
    for type in types:
        own.accepted("deferParticipant", bench.trained(), body={"data": {"type": type, "attributes": attributes}})
    own.send("deferParticipant", bench.trained(), body={"data": {"attributes": attributes}})
    own.status(200, "there is no type at all")
    school, partner = bench.control.v3.add_school().id, bench.partners()[0]
    own.accepted("createPartnership", body=body(cohort=2025, school_id=school, delivery_partner_id=partner))


@probe("A partnership can be patched, as the contract says beside PUT.")
def partnerships_are_patched(bench: Bench, operation: str) -> None:
    """Rules 2.1, row 16."""
    first, second = bench.partners()
    bench.trained(delivery_partner_id=first)
    [id] = bench.own.ids("getPartnerships")
    sent = json.dumps(body(delivery_partner_id=second)).encode()
    bench.own.raw("PATCH", f"/api/v3/partnerships/{id}", headers={"content-type": JSON}, content=sent)
    bench.own.status(200, "PATCH works too")
    came = bench.own.shown("getPartnership", id)["delivery_partner_id"]
    bench.own.expect(came == second, f"the delivery partner is {second}", f"it is {came}")


_ODD_VALUES: Values = ("", " ", "\x00", "x" * 5000, 0, -1, 1e308, True, False, None, [], {}, [[]], {"a": 1})
_ATTRIBUTES: Final = (*_KNOWN.values(), "school_id", "declaration_type", "declaration_date", "evidence_held")


@probe("Odd values of attributes are refused, and break nothing.", *_WITH_BODY)
def odd_attributes(bench: Bench, operation: str) -> None:
    """Rules 2.3: an object or a list counts as not sent."""
    id = _record_of(bench, operation)
    for odd in _ODD_VALUES:
        attributes: dict[str, Any] = dict.fromkeys(_ATTRIBUTES, odd)
        bench.own.send(operation, id, body=body(**attributes))
        why = f"every attribute is {odd!r:.20}"
        if isinstance(odd, list | dict):
            bench.own.status(400, why)
        else:
            bench.own.refused_among(_refused_by(operation, odd), why)
    lone = chr(0xD800)
    bench.own.send(operation, id, body=body(**dict.fromkeys(_ATTRIBUTES, lone)))
    bench.own.status(400, "UTF-8 can't encode a lone surrogate")


@probe("Voiding reads no body.", "voidDeclaration")
def void_reads_no_body(bench: Bench, operation: str) -> None:
    """Rules 5.9."""
    for content in (b"{", b"[]", b'{"data": null}'):
        made = bench.own.declare(bench.trained())["id"]
        bench.own.accepted(operation, made, content=content, headers={"content-type": JSON})


# How a date in X-With-Server-Date reads, and the moment that the record then shows (rules 2.9).
_SERVER_DATES: Final = (
    ("2026-03-31T23:30:00.75+01:00", "2026-03-31T22:30:00Z"),
    # A date alone, and a moment without a zone, are London's: in summer an hour before UTC.
    ("2026-06-10", "2026-06-09T23:00:00Z"),
    ("2026-06-10T09:00:00", "2026-06-10T08:00:00Z"),
    ("2026-03-02", "2026-03-02T00:00:00Z"),
)


@probe("X-With-Server-Date dates the one request, in London's time where it has no zone, and moves no clock.")
def server_date(bench: Bench, operation: str) -> None:
    """Rules 2.9: a write bears the moment everywhere."""
    own, before = bench.own, bench.now
    for sent, shown in _SERVER_DATES:
        id = bench.trained()
        attributes = {"course_identifier": COURSES["ect"], "reason": "other"}
        own.accepted("deferParticipant", id, body=body(**attributes), headers={"x-with-server-date": sent})
        came = own.participant(id)["updated_at"], own.enrolment(id)["deferral"]["date"]
        own.expect(came == (shown, shown), f"{sent} is {shown}", f"it is {came}")
        made = own.declare(bench.trained(), headers={"x-with-server-date": sent})["attributes"]
        came = made["created_at"], made["updated_at"]
        own.expect(came == (shown, shown), f"a declaration made at {sent} is of {shown}", f"it is of {came}")
    other = bench.trained()
    own.accepted("deferParticipant", other, body=body(course_identifier=COURSES["ect"], reason="other"))
    came = own.participant(other)["updated_at"]
    own.expect(came == before, f"the next request is of {before} again", f"it is of {came}")


@probe("X-With-Server-Date moves every read: what depends on the day is of that day.", "getParticipant")
def reads_at_a_date(bench: Bench, operation: str) -> None:
    """Rules 2.9 and 3.1: statuses obey the header."""
    id = bench.trained(started_on="2026-03-02")
    for date, status in (
        ("2026-03-01T23:59:59Z", "joining"),
        ("2026-03-02T00:00:00Z", "active"),
        ("2026-03-01", "joining"),
        ("2026-03-02", "active"),
    ):
        for shown in (
            bench.own.enrolment(id, headers={"x-with-server-date": date}),
            bench.own.send("getParticipants", headers={"x-with-server-date": date}).json["data"][0]["attributes"][
                "ecf_enrolments"
            ][0],
        ):
            came = shown["participant_status"]
            bench.own.expect(came == status, f"on {date} the participant is {status}", f"it is {came}")


PROBES = (
    transport.tokens_are_checked(MANNERS),
    transport.both_schemes(MANNERS),
    transport.heads(MANNERS),
    refused_tokens,
    nothing_without_contract,
    transport.methods_are_checked(MANNERS),
    transport.unknown_paths(MANNERS),
    unknown_ids,
    forms_of_ids,
    order_of_checks,
    transport.rate_limit(MANNERS),
    transport.rate_limit_is_exact(MANNERS),
    transport.bodies_are_limited(MANNERS),
    transport.bodies_must_arrive(MANNERS),
    transport.odd_bodies(MANNERS),
    transport.content_types(MANNERS),
    lenient_bodies,
    partnerships_are_patched,
    odd_attributes,
    void_reads_no_body,
    transport.server_dates_are_checked(MANNERS, _ODD_SERVER_DATES),
    server_date,
    reads_at_a_date,
)
