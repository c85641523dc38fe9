"""The values that Schemathesis uses for v1: ids that exist, and dates that a provider can declare."""

from collections.abc import Mapping
from typing import Any

from mock_server.harness.check.bench import OWN
from mock_server.harness.check.feed import Binding, Feed
from mock_server.harness.v1.check.bench import CLOCK, Bench, Sender
from mock_server.http.contract import Operation
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, FIRST_COHORT, schedule

_MOST_IDS = 40
OPEN_ENDED = "ecf-extended-september"


def gather(bench: Bench) -> Feed:
    """What the lists of the sending provider show now."""
    participants = sorted(_records(bench.own, "listEcfParticipants"), key=_hopeless)
    declarations = _records(bench.own, "listParticipantDeclarations")
    teachers = [r["id"] for r in participants if r["attributes"]["participant_type"] == "ect"]
    mentors = [r["id"] for r in participants if r["attributes"]["participant_type"] == "mentor"]
    found = {
        # Use one mentor in five, because one request in five is for the mentors' course.
        "participants": teachers[:32] + mentors[:8],
        "declarations": [r["id"] for r in declarations][-_MOST_IDS:],
        "courses": ["ecf-induction"] * 4 + ["ecf-mentor"],
        "cohorts": sorted({r["attributes"]["cohort"] for r in participants}),
        "declaration_dates": _declaration_dates(),
        # Only a participant on a break can resume.
        "deferred": [r["id"] for r in participants if r["attributes"]["training_status"] == "deferred"],
        "moments": sorted({r["attributes"]["updated_at"] for r in participants})[-_MOST_IDS:],
        # The contract's pattern also allows days that no month has.
        "server_dates": [CLOCK, "2023-04-15T10:30:00+01:00", "2023-03-20T12:00:00.5Z"],
    }
    return Feed({name: values for name, values in found.items() if values})


def _hopeless(participant: dict[str, Any]) -> bool:
    """Whether the server accepts fewer requests about this participant than about others."""
    found = participant["attributes"]
    active = found["status"] == found["training_status"] == "active"
    return not active or found["schedule_identifier"] != OPEN_ENDED


def populate(bench: Bench) -> None:
    """Adds people for whom most generated declarations succeed, because their milestones have no end."""
    for training_status, count in (("active", 6), ("deferred", 2)):
        for kind in ("ect", "ect", "ect", "ect", "mentor") * count:
            bench.control.v1.add_participant(
                provider=OWN,
                participant_type=kind,
                cohort=str(FIRST_COHORT),
                schedule_identifier=OPEN_ENDED,
                training_status=training_status,
                eligible_for_funding=True,
            )


def _records(own: Sender, operation: str) -> list[dict[str, Any]]:
    return own.records(operation, page__per_page=200)


def _declaration_dates() -> list[str]:
    """A date in each milestone of the schedule that most participants follow."""
    found = schedule(FIRST_COHORT, DEFAULT_SCHEDULE)
    assert found is not None  # noqa: S101 - the first cohort is published
    dates = {f"{milestone.start.replace(day=20)}T09:00:00Z" for milestone in found.milestones.values()}
    return sorted(dates)


_SERVER_DATE = "header.X-With-Server-Date"

# Where Schemathesis uses the values, and how often instead of generated ones, as `[parameters]` of its configuration.
EVERYWHERE: Mapping[str, Binding] = {
    "query.filter[cohort]": ("cohorts", 0.6),
    "query.filter[updated_since]": ("moments", 0.6),
    "query.filter[participant_id]": ("participants", 0.8),
    _SERVER_DATE: ("server_dates", 1.0),
    "body.data.attributes.participant_id": ("participants", 0.9),
    "body.data.attributes.course_identifier": ("courses", 0.9),
    "body.data.attributes.cohort": ("cohorts", 0.9),
    "body.data.attributes.declaration_date": ("declaration_dates", 0.9),
}

# The contract's pattern also allows days that no month has.
LITERALLY = {_SERVER_DATE: CLOCK}


def of_operation(operation: Operation) -> Mapping[str, Binding]:
    """The values for an operation with an id in its path."""
    return {"path.id": (_who(operation.path), 0.9)} if "{id}" in operation.path else {}


def _who(path: str) -> str:
    if "declarations" in path:
        return "declarations"
    return "deferred" if path.endswith("/resume") else "participants"
