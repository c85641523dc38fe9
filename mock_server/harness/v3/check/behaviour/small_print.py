"""Ways in that the contract doesn't have, and what clients and the tools between stumble over (rules 2)."""

from typing import Final

from mock_server.harness.check import access, small_print
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.transport import LISTS, MANNERS
from mock_server.harness.v3.check.bench import Bench, body
from mock_server.harness.v3.check.contract import OPERATIONS

# Paths outside v3's prefix get the answer of the first service (rules 2.7).
_OUTSIDE: Final = (
    "/api/v3",
    "/api/v3/",
    "/api/v3/participants.json",
    "/api/v3/participants/",
    "/api/v3/participants/ecf/x/y",
    "/api/v3/unfunded-mentors.csv",
    "/api/v3/index.html",
)

# A query that can't be read, with what the detail must name (rules 2.4 and 2.6).
_UNREADABLE: Final = (
    ("page[page]=0", "#/page/page"),
    ("page[per_page]=many", "#/page/per_page"),
    ("filter=abc", "#/filter"),
    ("page=2", "#/page"),
)

# Attributes at fault, which the details must name as JSON pointers. Null can be read, and rules refuse it.
_FAULTY: Final = {
    "createDeclaration": ("participant_id",),
    "createPartnership": ("cohort", "school_id", "delivery_partner_id"),
    "deferParticipant": ("reason", "course_identifier"),
    "withdrawParticipant": ("reason", "course_identifier"),
    "resumeParticipant": ("course_identifier",),
    "changeScheduleParticipant": ("course_identifier", "schedule_identifier"),
}


@probe("The detail of a 400 names the parameter that can't be read.", *LISTS)
def details_of_queries(bench: Bench, operation: str) -> None:
    target = OPERATIONS.request_line(operation, "")[1]
    small_print.names_what_is_unreadable(bench.own, target, _UNREADABLE)


@probe("The detail of a 422 names its attribute as a JSON pointer.", *_FAULTY)
def details_of_rules(bench: Bench, operation: str) -> None:
    """Rules 2.7: one entry for each complaint."""
    own = bench.own
    errors = own.send(operation, bench.trained(), body=body(**dict.fromkeys(_FAULTY[operation]))).json["errors"]
    own.refused_among(MANNERS.refused_by(operation), "every attribute is null")
    details = {error["title"]: error["detail"] for error in errors}
    for attribute in _FAULTY[operation]:
        came = details.get(attribute, "missing")
        own.expect(f"#/{attribute}" in came, f"the detail about {attribute} names #/{attribute}", f"it is {came!r}")


PROBES: Final = (
    access.only_whole_tokens(MANNERS, "getParticipants", "getSchools"),
    access.every_operation(MANNERS),
    small_print.json_for_everybody(MANNERS),
    small_print.not_compressed(MANNERS),
    small_print.errors_not_compressed(MANNERS),
    small_print.outside(MANNERS, *_OUTSIDE),
    small_print.too_long(MANNERS),
    small_print.the_method_counts(MANNERS),
    details_of_queries,
    details_of_rules,
)
