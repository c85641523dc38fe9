"""The benches and senders for the probes of v1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_server.harness.check import bench
from mock_server.harness.check.bench import OWN, Equipment
from mock_server.v1.domain.states import way

# At this moment most of what a provider can report is in the past, so it can be declared.
CLOCK = "2023-04-15T09:00:00Z"


@dataclass(slots=True)
class Sender(bench.Sender):
    """Sends requests to v1."""

    def participant(self, id: str) -> dict[str, Any]:
        return dict(self.accepted("getEcfParticipant", id).json["data"]["attributes"])

    def declaration(self, id: str) -> dict[str, Any]:
        return dict(self.accepted("getParticipantDeclaration", id).json["data"]["attributes"])

    def declare(self, **attributes: Any) -> dict[str, Any]:
        """Makes a declaration that the server must accept, and returns its record."""
        response = self.accepted("createParticipantDeclaration", body=declaration(**attributes))
        return dict(response.json["data"])

    def declined(self, rules: list[str], why: str, **attributes: Any) -> None:
        """Sends a declaration that these rules must refuse. `why` names the case."""
        self.send("createParticipantDeclaration", body=declaration(**attributes))
        self.refuses(rules, why)


def body(type: str, **attributes: Any) -> dict[str, Any]:
    """A request body of the contract."""
    return {"data": {"type": type, "attributes": attributes}}


def declaration(**attributes: Any) -> dict[str, Any]:
    """The body of a declaration. By default it says that an ECT started."""
    return body("participant-declaration", **{**DECLARED, **attributes})


DECLARED: Mapping[str, Any] = {
    "declaration_type": "started",
    "declaration_date": "2021-11-20T09:00:00Z",
    "course_identifier": "ecf-induction",
}


@dataclass(slots=True)
class Bench(bench.ServiceBench[Sender]):
    """One place to test v1."""

    def ect(self, provider: str = OWN, **given: Any) -> str:
        """Adds an ECT at a school and returns the id. The cohort is 2021 unless `given` says otherwise."""
        new: Any = {"provider": provider, "participant_type": "ect", "cohort": "2021", **given}
        return self.control.v1.add_participant(**new).id

    def mentor(self, **given: Any) -> str:
        """Adds a mentor of the first provider and returns the id. The cohort is 2021 unless `given` says otherwise."""
        new: Any = {"provider": OWN, "participant_type": "mentor", "cohort": "2021", **given}
        return self.control.v1.add_participant(**new).id

    def move(self, declaration_id: str, state: str) -> None:
        """Moves a declaration to that state, along the arrows between states."""
        for step in way(self.control.v1.declaration(declaration_id).state, state) or ():
            self.control.v1.set_declaration_state(declaration_id, step)


EQUIPMENT: Final = Equipment(CLOCK, Sender, Bench)
