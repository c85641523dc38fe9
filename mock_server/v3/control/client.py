"""The control API of v3's world from Python; `SandboxClient.v3` is one of these."""

from datetime import date
from typing import Unpack

from mock_server.control.connection import WorldClient, segment
from mock_server.control.models import NewPeople, read
from mock_server.v3.control.models import (
    Cohort,
    CohortChange,
    Cohorts,
    Declaration,
    Declarations,
    DeliveryPartner,
    DeliveryPartnerFacts,
    DeliveryPartners,
    Departure,
    DetailsChange,
    FundingChange,
    InductionChange,
    NewPartnership,
    NewStatement,
    Participant,
    Participants,
    Partnership,
    Partnerships,
    People,
    Provider,
    ProviderChange,
    Providers,
    Registration,
    Role,
    School,
    SchoolFacts,
    Schools,
    Statement,
    StatementChange,
    Statements,
    TrainingChange,
)


class V3Client(WorldClient):
    """What schools, the department and the appropriate body do in the world of v3, in one sandbox."""

    # -- organisations ---------------------------------------------------------------------------

    def providers(self) -> tuple[Provider, ...]:
        return self._read(Providers, "GET", "/providers").providers

    def change_provider(self, slug: str, **change: Unpack[ProviderChange]) -> Provider:
        """Change its name, or the cohorts in which it has a contract."""
        return self._read(Provider, "PUT", f"/providers/{segment(slug)}", change)

    def cohorts(self) -> tuple[Cohort, ...]:
        return self._read(Cohorts, "GET", "/cohorts").cohorts

    def change_cohort(self, year: str, **change: Unpack[CohortChange]) -> Cohort:
        """Change days or flags. For an unknown year, the mock makes the cohort from the year before."""
        return self._read(Cohort, "PUT", f"/cohorts/{segment(year)}", change)

    def schools(self) -> tuple[School, ...]:
        return self._read(Schools, "GET", "/schools").schools

    def school(self, urn: str) -> School:
        return self._read(School, "GET", f"/schools/{segment(urn)}")

    def add_school(self, **facts: Unpack[SchoolFacts]) -> School:
        return self._read(School, "POST", "/schools", facts)

    def change_school(self, urn: str, /, **facts: Unpack[SchoolFacts]) -> School:
        return self._read(School, "PUT", f"/schools/{segment(urn)}", facts)

    def delivery_partners(self) -> tuple[DeliveryPartner, ...]:
        return self._read(DeliveryPartners, "GET", "/delivery-partners").delivery_partners

    def add_delivery_partner(self, **facts: Unpack[DeliveryPartnerFacts]) -> DeliveryPartner:
        return self._read(DeliveryPartner, "POST", "/delivery-partners", facts)

    def change_delivery_partner(self, id: str, **facts: Unpack[DeliveryPartnerFacts]) -> DeliveryPartner:
        return self._read(DeliveryPartner, "PUT", f"/delivery-partners/{segment(id)}", facts)

    def partnerships(self) -> tuple[Partnership, ...]:
        return self._read(Partnerships, "GET", "/partnerships").partnerships

    def partnership(self, **partnership: Unpack[NewPartnership]) -> Partnership:
        """The department makes a partnership, without the checks that a provider must pass."""
        return self._read(Partnership, "POST", "/partnerships", partnership)

    def statements(self) -> tuple[Statement, ...]:
        """The statements of every provider, including those for service fees."""
        return self._read(Statements, "GET", "/statements").statements

    def add_statement(self, **statement: Unpack[NewStatement]) -> Statement:
        return self._read(Statement, "POST", "/statements", statement)

    def change_statement(self, id: str, **change: Unpack[StatementChange]) -> Statement:
        """Change its days, or set `payable` or `paid` by hand."""
        return self._read(Statement, "PUT", f"/statements/{segment(id)}", change)

    def delete_statement(self, id: str) -> None:
        self._connection.send("DELETE", f"{self._path}/statements/{segment(id)}")

    # -- people ----------------------------------------------------------------------------------

    def participants(self) -> tuple[Participant, ...]:
        """Every person, in the order in which they were added."""
        return self._read(Participants, "GET", "/participants").participants

    def participant(self, id: str) -> Participant:
        return self._read(Participant, "GET", f"/participants/{segment(id)}")

    def register(self, **registration: Unpack[Registration]) -> Participant:
        """A school registers an ECT or a mentor."""
        return self._read(Participant, "POST", "/registrations", registration)

    def add_people(self, **people: Unpack[People]) -> tuple[str, ...]:
        """Schools register many people at once, in shares that you choose. Returns their ids."""
        return self._read(NewPeople, "POST", "/people", people).ids

    def undo_registration(self, id: str, role: Role, school_urn: str | None = None) -> Participant | None:
        """The department undoes the latest registration in the role. None if nothing is left of the person."""
        path = f"{self._path}/participants/{segment(id)}/registrations/{role}"
        query = None if school_urn is None else {"school_urn": school_urn}
        answer = self._connection.send("DELETE", path, query=query)
        return read(Participant, answer.json()) if answer.content else None

    def change_details(self, id: str, **change: Unpack[DetailsChange]) -> Participant:
        """Change name, TRN, address or working pattern."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/details", change)

    def change_induction(self, id: str, **change: Unpack[InductionChange]) -> Participant:
        """The appropriate body opens or closes an induction period."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/induction", change)

    def change_funding(self, id: str, **change: Unpack[FundingChange]) -> Participant:
        """The department records who has funding."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/funding", change)

    def change_training(self, id: str, **change: Unpack[TrainingChange]) -> Participant:
        """The school changes provider or programme. If you name a cohort, the department moves the person."""
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/training", change)

    def change_mentor(self, id: str, mentor_id: str | None, starts_on: date | str | None = None) -> Participant:
        """Give the ECT another mentor, or None to end the mentorship yesterday."""
        change: dict[str, object] = {"mentor_id": mentor_id}
        if starts_on is not None:
            change["from"] = starts_on
        return self._read(Participant, "PUT", f"/participants/{segment(id)}/mentor", change)

    def depart(self, id: str, **departure: Unpack[Departure]) -> Participant:
        """The school reports that the person leaves."""
        return self._read(Participant, "POST", f"/participants/{segment(id)}/departures", departure)

    def merge(self, id: str, into: str) -> Participant:
        """Merge the duplicate `id` into the person `into`, who takes everything over. Returns `into`."""
        return self._read(Participant, "POST", f"/participants/{segment(id)}/merge", {"into": into})

    # -- declarations ----------------------------------------------------------------------------

    def declarations(self) -> tuple[Declaration, ...]:
        """Every declaration of every provider, in the order in which they were made."""
        return self._read(Declarations, "GET", "/declarations").declarations

    def declaration(self, id: str) -> Declaration:
        return self._read(Declaration, "GET", f"/declarations/{segment(id)}")

    def set_declaration_state(self, id: str, state: str) -> Declaration:
        """Move a declaration along one of the arrows between states."""
        return self._read(Declaration, "PUT", f"/declarations/{segment(id)}/state", {"state": state})
