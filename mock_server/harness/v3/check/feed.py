"""The values that Schemathesis uses for v3: ids that exist, and dates that a provider can declare."""

from collections.abc import Mapping
from typing import Any, Final

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.feed import Binding, Feed
from mock_server.harness.v3.check.bench import CLOCK, COHORT, Bench
from mock_server.http.contract import Operation

_MOST_IDS: Final = 40
OPEN_ENDED: Final = "ecf-extended-september"
# Cohorts whose payments nobody froze by the clock.
_OPEN_COHORTS: Final = ("2023", "2024", "2025")


def gather(bench: Bench) -> Feed:
    """What the lists of the sending provider show now."""
    own = bench.own
    participants = sorted(own.records("getParticipants", page__per_page=200), key=_hopeless)
    declarations = own.records("getDeclarations", page__per_page=200)
    schools = own.records("getSchools", filter__cohort=COHORT, page__per_page=200)
    mine = {record["id"] for record in participants}
    ects = [each["id"] for each in participants if _is(each, "ect")]
    mentors = [each["id"] for each in participants if _is(each, "mentor")]
    found = {
        # Use one mentor in five, because one request in five is for the mentors' course.
        "participants": ects[:32] + mentors[:8],
        "declarations": [each["id"] for each in declarations if each["attributes"]["participant_id"] in mine][
            -_MOST_IDS:
        ],
        "courses": ["ecf-induction"] * 4 + ["ecf-mentor"],
        "cohorts": [*_OPEN_COHORTS, COHORT],
        "declaration_dates": ["2025-09-15T09:00:00Z", "2025-12-01T10:30:00Z", "2026-01-20T00:00:00Z"],
        # Only whom the provider deferred or withdrew before today can resume.
        "resumable": [each["id"] for each in participants if not _is_active(each)],
        "transferred": own.ids("getTransfers", page__per_page=200)[:_MOST_IDS],
        "partnerships": own.ids("getPartnerships", filter__cohort=COHORT)[:_MOST_IDS],
        "schools": [each["id"] for each in schools if not each["attributes"]["in_partnership"]][:_MOST_IDS],
        "urns": [each["attributes"]["urn"] for each in schools][:_MOST_IDS],
        "partners": own.ids("getDeliveryPartners")[:_MOST_IDS],
        "statements": own.ids("getStatements")[:_MOST_IDS],
        "unfunded": own.ids("getUnfundedMentors")[:_MOST_IDS],
        "moments": sorted({each["attributes"]["updated_at"] for each in participants})[-_MOST_IDS:],
        "former": [
            change["from_participant_id"]
            for each in participants
            for change in each["attributes"]["participant_id_changes"]
        ],
        # The contract's pattern also allows years that no rule knows.
        "server_dates": [CLOCK, "2026-02-10T10:30:00+01:00", "2026-02-11T12:00:00.5Z", "2026-03-01"],
    }
    return Feed({name: values for name, values in found.items() if values})


def _entries(participant: dict[str, Any]) -> list[dict[str, Any]]:
    return list(participant["attributes"]["ecf_enrolments"])


def _is(participant: dict[str, Any], role: str) -> bool:
    return any(each["participant_type"] == role for each in _entries(participant))


def _is_active(participant: dict[str, Any]) -> bool:
    return any(each["training_status"] == "active" for each in _entries(participant))


def _hopeless(participant: dict[str, Any]) -> bool:
    """Whether the server accepts fewer requests about this participant than about others."""
    return not any(
        each["participant_status"] == "active"
        and each["cohort"] == COHORT
        and each["schedule_identifier"] == OPEN_ENDED
        for each in _entries(participant)
    )


def populate(bench: Bench) -> None:
    """Adds people for whom most generated requests succeed, and schools that have no partnership yet."""
    control = bench.control
    control.set_clock(now="2026-02-09T09:00:00Z")
    for role in ("ect", "ect", "ect", "ect", "mentor") * 6:
        bench.eligible(bench.trained(role, schedule_identifier=OPEN_ENDED), role)
    for role in ("ect", "ect", "ect", "mentor"):
        away = bench.trained(role, schedule_identifier=OPEN_ENDED)
        course = "ecf-mentor" if role == "mentor" else "ecf-induction"
        attributes = {"reason": "other", "course_identifier": course}
        bench.own.accepted("deferParticipant", away, body={"data": {"type": "x", "attributes": attributes}})
    control.set_clock(now=CLOCK)
    for _ in range(8):
        control.v3.add_school()
    # Two partnerships whose participants moved away: transfers.
    for _ in range(2):
        moved = bench.trained(started_on="2025-09-01")
        control.v3.register(participant_id=moved, role="ect", provider=PEER, partnership="new", started_on="2026-01-05")


# Where Schemathesis uses the values, and how often instead of generated ones, as `[parameters]` of its configuration.
_SERVER_DATE: Final = "header.X-With-Server-Date"
EVERYWHERE: Final[Mapping[str, Binding]] = {
    "query.filter[cohort]": ("cohorts", 0.7),
    "query.filter[updated_since]": ("moments", 0.6),
    "query.filter[participant_id]": ("participants", 0.8),
    "query.filter[delivery_partner_id]": ("partners", 0.8),
    "query.filter[from_participant_id]": ("former", 0.6),
    "query.filter[urn]": ("urns", 0.8),
    _SERVER_DATE: ("server_dates", 1.0),
    "body.data.attributes.participant_id": ("participants", 0.9),
    "body.data.attributes.course_identifier": ("courses", 0.9),
    "body.data.attributes.cohort": ("cohorts", 0.9),
    "body.data.attributes.school_id": ("schools", 0.9),
    "body.data.attributes.delivery_partner_id": ("partners", 0.9),
    "body.data.attributes.declaration_date": ("declaration_dates", 0.9),
}

# The phase `coverage` would generate dates that no calendar has.
LITERALLY: Final = {_SERVER_DATE: CLOCK}

_IDS: Final = (
    # The beginning of the path, its end, the values.
    ("/api/v3/participants/", "/resume", "resumable"),
    ("/api/v3/participants/", "/transfers", "transferred"),
    ("/api/v3/participants/", "", "participants"),
    ("/api/v3/participant-declarations/", "", "declarations"),
    ("/api/v3/partnerships/", "", "partnerships"),
    ("/api/v3/schools/", "", "schools"),
    ("/api/v3/delivery-partners/", "", "partners"),
    ("/api/v3/statements/", "", "statements"),
    ("/api/v3/unfunded-mentors/", "", "unfunded"),
)


def of_operation(operation: Operation) -> Mapping[str, Binding]:
    """The values for an operation with an id in its path."""
    if "{id}" not in operation.path:
        return {}
    values = next(
        values for start, end, values in _IDS if operation.path.startswith(start) and operation.path.endswith(end)
    )
    return {"path.id": (values, 0.9)}
