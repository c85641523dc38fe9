"""The benches and senders for the probes of v3."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mock_server.harness.check import bench
from mock_server.harness.check.bench import OWN, Equipment
from mock_server.harness.check.operations import required_query
from mock_server.harness.exchange import Response
from mock_server.rules.moments import format_moment

# The clock stops here. The cohorts 2023 to 2025 are open, and 2025 is under way.
CLOCK: Final = "2026-02-10T09:00:00Z"
# The first day of training of whoever is added without another.
STARTED_ON: Final = "2025-09-01"
COHORT: Final = "2025"
COHORTS: Final = ("2021", "2022", "2023", "2024", "2025", "2026")
# The cohorts with detailed evidence, mentor funding and an order of types, and without uplifts (schedules 1).
SINCE_2025: Final = ("2025", "2026")

DECLARE: Final = "createDeclaration"
VOID: Final = "voidDeclaration"

COURSES: Final = {"ect": "ecf-induction", "mentor": "ecf-mentor"}

# A declaration that is accepted for an ECT of 2025.
DECLARED: Final[Mapping[str, Any]] = {
    "declaration_type": "started",
    "declaration_date": "2025-09-15T09:00:00Z",
    "course_identifier": "ecf-induction",
    "evidence_held": "training-event-attended",
}


def late_in(cohort: str) -> str:
    """A moment at which everything of the cohort can be declared, and paid for.

    Each of its milestones is over, its payments aren't frozen yet, and its last statement is open (schedules 1, 2, 5).
    """
    return f"{int(cohort) + 3}-06-01T09:00:00Z"


def body(**attributes: Any) -> dict[str, Any]:
    """A request body of the contract."""
    return {"data": {"type": "x", "attributes": attributes}}


@dataclass(slots=True)
class Sender(bench.Sender):
    """Sends requests to v3."""

    def send(
        self,
        operation_id: str,
        id: str | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Response:
        """As of any service, with the query that the operation requires."""
        asked = {**required_query(self.traffic.check.operations[operation_id]), **(query or {})}
        return bench.Sender.send(self, operation_id, id, query=asked, body=body, headers=headers, content=content)

    def shown(self, operation_id: str, id: str, **given: Any) -> dict[str, Any]:
        """The attributes of one record."""
        return dict(self.accepted(operation_id, id, **given).json["data"]["attributes"])

    def participant(self, id: str, **given: Any) -> dict[str, Any]:
        return self.shown("getParticipant", id, **given)

    def enrolment(self, id: str, role: str = "ect", **given: Any) -> dict[str, Any]:
        """What this provider sees of the participant in the role."""
        entries = self.participant(id, **given)["ecf_enrolments"]
        found = [entry for entry in entries if entry["participant_type"] == role]
        self.expect(len(found) == 1, f"the participant has one entry as {role}", f"there are {len(found)}")
        return dict(found[0])

    def declaration(self, id: str) -> dict[str, Any]:
        return self.shown("getDeclaration", id)

    def declare(self, id: str, role: str = "ect", headers: Any = None, **attributes: Any) -> dict[str, Any]:
        """Makes a declaration that the server must accept, and returns its record."""
        return dict(self.accepted(DECLARE, body=declaration(id, role, **attributes), headers=headers).json["data"])

    def ids(self, operation_id: str, **query: Any) -> list[str]:
        """The ids of a list, in its order."""
        return [record["id"] for record in self.records(operation_id, **query)]


def declaration(id: str, role: str = "ect", **attributes: Any) -> dict[str, Any]:
    """The body of a declaration. By default it says that somebody of 2025 started."""
    return body(**{**DECLARED, "participant_id": id, "course_identifier": COURSES[role], **attributes})


@dataclass(slots=True)
class Bench(bench.ServiceBench[Sender]):
    """One place to test v3."""

    @property
    def none(self) -> Sender:
        """The provider without contracts."""
        assert self.stranger is not None  # noqa: S101
        return self.stranger

    def partners(self, provider: str = OWN, cohort: str = COHORT) -> list[str]:
        """The delivery partners with which the provider works in the cohort, oldest first."""
        known = self.control.v3.delivery_partners()
        return [each.id for each in known if cohort in each.works_with.get(provider, ())]

    def trained(self, role: Any = "ect", provider: str | None = OWN, **facts: Any) -> str:
        """Adds somebody in training under a partnership, by default an ECT of 2025. Returns the id."""
        given: Any = {"role": role, "provider": provider, "started_on": STARTED_ON, **facts}
        if provider is not None and "partnership" not in given:
            given["partnership"] = "existing" if self._partnered(given) else "new"
        return self.control.v3.register(**given).id

    def _partnered(self, given: Mapping[str, Any]) -> bool:
        """Whether the school has a partnership with the provider in the cohort."""
        wanted = given["provider"], given.get("school_urn"), given.get("cohort", COHORT)
        return wanted[1] is not None and any(
            (each.provider, each.school_urn, each.cohort) == wanted for each in self.control.v3.partnerships()
        )

    def eligible(self, id: str, role: Any = "ect") -> str:
        """Makes the role eligible for funding. Returns the id."""
        self.control.v3.change_funding(id, role=role, eligible=True)
        return id

    @property
    def now(self) -> str:
        """The moment that the clock shows, as records show it."""
        return format_moment(self.control.clock().now)

    def to(self, moment: str | datetime) -> None:
        """Moves the clock. It stays stopped."""
        self.control.set_clock(now=moment, running=False)

    def tick(self) -> str:
        """Lets a minute pass, and returns the moment then."""
        return format_moment(self.control.advance("PT1M").now)

    def tomorrow(self) -> None:
        self.control.advance("P1D")


EQUIPMENT: Final = Equipment(CLOCK, Sender, Bench)
