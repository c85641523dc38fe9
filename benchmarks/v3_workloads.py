"""What the servers are asked of v3: the same as of v1, in v3's words."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.exchange import Connection, Request
from benchmarks.peers import PRISM
from benchmarks.servers import BARE, V3_DECLARATIONS, V3_FIRST_PAGE, V3_PARTICIPANTS
from benchmarks.workloads import LARGEST_PAGE, Workload
from mock_server.v3.domain.evidence import evidence_allowed
from mock_server.v3.domain.schedules import FLAGS, schedules_of
from mock_server.v3.domain.vocabulary import COURSES

# The moment from which the mock's clock runs: what v3 shows and accepts depends on the day, and figures shall not.
CLOCK = datetime(2026, 11, 20, 9, tzinfo=UTC)

# Each beside the workload of v1 that asks the same.
BESIDE = {"list-v3": "list", "one-v3": "one", "post-v3": "post"}
NAMES = tuple(BESIDE)
_STATEMENTS = "/api/v3/statements"
_TYPES_OF_FUNDED_MENTORS = ("started", "completed")


def workloads(participant_id: str, declarations: tuple[Request, ...]) -> tuple[Workload, ...]:
    """The workloads by which v3 is compared."""
    one = Request("GET", f"{V3_PARTICIPANTS}/{participant_id}")
    return (
        Workload("list-v3", "v3: list of 100 records", (V3_FIRST_PAGE,), reach=((PRISM, 6), (BARE, 0.4))),
        Workload("one-v3", "v3: one record", (one,), reach=((BARE, 0.35),)),
        Workload("post-v3", "v3: POST of a new declaration", declarations, True, reach=((BARE, 0.25),)),
    )


def page(path: str, number: int, size: int) -> Request:
    """A page of the list at `path`, which may have a query already."""
    return Request("GET", f"{path}{'&' if '?' in path else '?'}page%5Bpage%5D={number}&page%5Bper_page%5D={size}")


def all_records(connection: Connection, path: str) -> Iterator[dict[str, Any]]:
    """Every record of the list at `path`, read page by page."""
    number = 1
    while records := connection.ask(page(path, number, LARGEST_PAGE)).json()["data"]:
        yield from records
        number += 1


def participants(count: int) -> tuple[str, ...]:
    """The mock's options for so many of them in each API, as of `CLOCK`."""
    return ("--participants", str(count), "--clock", f"{CLOCK:%Y-%m-%dT%H:%M:%SZ}")


def new_declarations(connection: Connection, now: datetime = CLOCK) -> Iterator[Request]:
    """Declarations that v3 must accept, each a different one, as of `now` (aware).

    They are for active people in one role whom nobody has declared for, in cohorts that a statement still pays for.
    Each gets every type that has begun, in order, so that the types change all the time.
    """
    declared = {each["attributes"]["participant_id"] for each in all_records(connection, V3_DECLARATIONS)}
    paying = _cohorts_that_pay(connection, now)
    for record in all_records(connection, V3_PARTICIPANTS):
        enrolments = record["attributes"]["ecf_enrolments"]
        if record["id"] in declared or len(enrolments) != 1:
            continue
        (enrolment,) = enrolments
        statuses = (enrolment["training_status"], enrolment["participant_status"])
        if statuses == ("active", "active") and enrolment["cohort"] in paying:
            yield from _declarations_for(record["id"], enrolment, now)


def _cohorts_that_pay(connection: Connection, now: datetime) -> frozenset[str]:
    """Those with a statement whose deadline lies ahead, and whose payments nobody has frozen."""
    statements = [each["attributes"] for each in all_records(connection, _STATEMENTS)]
    open_now = {each["cohort"] for each in statements if each["cut_off_date"] > f"{now:%Y-%m-%d}"}
    return frozenset(cohort for cohort in open_now if FLAGS[cohort].payments_frozen_on is None)


def _declarations_for(participant_id: str, enrolment: dict[str, Any], now: datetime) -> Iterator[Request]:
    role, flags = enrolment["participant_type"], FLAGS[enrolment["cohort"]]
    milestones = schedules_of(enrolment["cohort"])[enrolment["schedule_identifier"]].milestones
    for declaration_type, milestone in milestones.items():
        if milestone.opens > now:
            continue
        if role == "mentor" and flags.mentor_funding and declaration_type not in _TYPES_OF_FUNDED_MENTORS:
            continue
        attributes = {
            "participant_id": participant_id,
            "declaration_type": declaration_type,
            "declaration_date": f"{milestone.opens:%Y-%m-%dT%H:%M:%SZ}",
            "course_identifier": COURSES[role],
        }
        evidence = evidence_allowed(detailed=flags.detailed_evidence, role=role, declaration_type=declaration_type)
        if evidence:
            attributes["evidence_held"] = evidence[0]
        body = json.dumps({"data": {"type": "participant-declaration", "attributes": attributes}})
        yield Request("POST", V3_DECLARATIONS, body)
