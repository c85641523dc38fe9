"""The control API of v1's world from Python; `SandboxClient.v1` is one of these."""

from typing import Unpack

from mock_server.control.connection import WorldClient, segment
from mock_server.control.models import NewPeople
from mock_server.v1.control.models import (
    Declaration,
    Declarations,
    Details,
    NewParticipant,
    Participant,
    Participants,
    People,
    Registration,
    Transfer,
)


class V1Client(WorldClient):
    """What schools and the department do in the world of v1, in one sandbox."""

    def add_participant(self, **participant: Unpack[NewParticipant]) -> Participant:
        """A school adds a participant."""
        return self._read(Participant, "POST", "/participants", participant)

    def add_people(self, **people: Unpack[People]) -> tuple[str, ...]:
        """Schools add many people at once, in shares that you choose. Returns their ids."""
        return self._read(NewPeople, "POST", "/people", people).ids

    def participant(self, id: str) -> Participant:
        return self._read(Participant, "GET", f"/participants/{segment(id)}")

    def participants(self) -> tuple[Participant, ...]:
        """Every participant, in the order in which they were added."""
        return self._read(Participants, "GET", "/participants").participants

    def register(self, id: str, **registration: Unpack[Registration]) -> Participant:
        """The participant registers, and the department decides on funding."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/registration", registration)

    def update_details(self, id: str, **details: Unpack[Details]) -> Participant:
        """The school corrects a name, an email address or uplifts."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/details", details)

    def set_mentor(self, id: str, mentor_id: str | None) -> Participant:
        """The school gives an ECT another mentor of the same school, or none."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/mentor", {"mentor_id": mentor_id})

    def amend_cohort(self, id: str, cohort: str, schedule_identifier: str | None = None) -> Participant:
        """The department moves the participant to another cohort, and to another schedule if you name one."""
        body = {"cohort": cohort} | ({"schedule_identifier": schedule_identifier} if schedule_identifier else {})
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/cohort", body)

    def set_status(self, id: str, status: str) -> Participant:
        """The school removes the participant (`withdrawn`), or takes them back (`active`)."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/status", {"status": status})

    def transfer(self, id: str, **transfer: Unpack[Transfer]) -> Participant:
        """The participant moves to another school, provider, or both."""
        return self._read(Participant, "POST", f"/participants/{segment(id)}/transfers", transfer)

    def declarations(self) -> tuple[Declaration, ...]:
        """Every declaration of every provider, in the order in which they were made."""
        return self._read(Declarations, "GET", "/declarations").declarations

    def declaration(self, id: str) -> Declaration:
        """One declaration, whichever provider made it."""
        return self._read(Declaration, "GET", f"/declarations/{segment(id)}")

    def set_declaration_state(self, id: str, state: str) -> Declaration:
        """Move a declaration along one of the arrows between states."""
        return self._read(Declaration, "PUT", f"/declarations/{segment(id)}/state", {"state": state})
