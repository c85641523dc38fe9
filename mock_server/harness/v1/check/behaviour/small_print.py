"""What clients and the tools between stumble over: encodings, content types, details (rules 3, 4)."""

from mock_server.harness.check import small_print
from mock_server.harness.check.probes import probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.behaviour.transport import CSV_LISTS, LISTS, MANNERS
from mock_server.harness.v1.check.bench import Bench
from mock_server.harness.v1.check.contract import CHECK, method_and_path


@probe("CSV is CSV whatever Accept says.", *CSV_LISTS, portable=True)
def csv_for_everybody(bench: Bench, operation: str) -> None:
    for accept in small_print.ACCEPTS:
        bench.own.raw(*method_and_path(operation, ""), headers={"accept": accept})
        bench.own.status(200, f"rules 4: Accept is {accept!r}")
        came = bench.own.answered.headers.get("content-type")
        bench.own.expect(came == "text/csv", f"with Accept {accept!r} the answer is text/csv", f"it is {came}")


# The root is none of them: a server may show its documentation there.
_OUTSIDE = (
    "/api",
    "/api/v1",
    "/api/v1/",
    "/api/v2/participants/ecf",
    "/api/v1/participants/ecf.json",
    "/api/v1/participants/ecf/",
    "/api/v1/participant-declarations/",
    "/api/v1/participant-declarations.json",
    "/nothing",
    "/index.html",
    "/favicon.ico",
)


# A query that can't be read, with what the detail must name.
_UNREADABLE = (
    ("filter[updated_since]=yesterday", "filter[updated_since]"),
    ("page[page]=0", "page[page]"),
    ("page[per_page]=many", "page[per_page]"),
    ("filter=abc", "filter"),
    ("page=2", "page"),
)


@probe("The detail of a 400 names the parameter that can't be read.", *LISTS)
def details_of_queries(bench: Bench, operation: str) -> None:
    path = method_and_path(operation, "")[1]
    small_print.names_what_is_unreadable(bench.own, path, _UNREADABLE, "rules 4: ")


# What each operation is asked with, and the attributes at fault, which the details must name as JSON pointers.
_FAULTY = {
    "createParticipantDeclaration": ("declaration_date", "declaration_type", "participant_id", "course_identifier"),
    "deferEcfParticipant": ("reason", "course_identifier"),
    "deferParticipant": ("reason", "course_identifier"),
    "resumeEcfParticipant": ("course_identifier",),
    "resumeParticipant": ("course_identifier",),
    "withdrawEcfParticipant": ("course_identifier",),
    "withdrawParticipant": ("course_identifier",),
    "changeEcfParticipantSchedule": ("course_identifier", "schedule_identifier"),
    "changeParticipantSchedule": ("course_identifier", "schedule_identifier"),
}


@probe("The detail of a 422 names its attribute as a JSON pointer.", *_FAULTY)
def details_of_rules(bench: Bench, operation: str) -> None:
    own = bench.own
    errors = own.send(operation, UNKNOWN_ID, body={"data": {"attributes": {}}}).json["errors"]
    own.refused_among("course-enrolled", "every attribute is missing")
    details = {error["title"]: error["detail"] for error in errors}
    for attribute in _FAULTY[operation]:
        came = details.get(attribute, "missing")
        own.expect(f"#/{attribute}" in came, f"rules 4: the detail about {attribute} names #/{attribute}", f"{came!r}")


assert set(_FAULTY) <= set(CHECK.operations)  # noqa: S101 - a name that no operation has would try nothing

PROBES = (
    small_print.json_for_everybody(MANNERS),
    csv_for_everybody,
    small_print.not_compressed(MANNERS),
    small_print.errors_not_compressed(MANNERS),
    small_print.outside(MANNERS, *_OUTSIDE),
    small_print.too_long(MANNERS),
    small_print.the_method_counts(MANNERS),
    details_of_queries,
    details_of_rules,
)
