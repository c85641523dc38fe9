"""One sandbox's world of v3: its records, the ways to find them, and the lists that each provider sees.

Where to look:

- `records`: the data; `derived`: the values that v3 shows (rules 3); `states`: the arrows (rules 6).
- Reading: this class. Only `settle` and `follow_clock` change what a client sees.
- Acts of a provider (rules 5.1 to 5.9), after the check of the rules:
  `partnerships.create`, `partnerships.change_delivery_partner`,
  `training.withdraw`, `training.defer`, `training.resume`, `training.change_schedule`,
  `declarations.declare`, `declarations.void`.
- Acts of schools, the department and the appropriate body (rules 5.10): `registrations`, `departures`, `programmes`,
  `people`, `organisations`, `partnerships`, `statements`, `declarations.set_state`. They raise Impossible first.
- The calendar: `clockwork.follow_clock`. Seeds: `seeds`. Keeping and copying: `rows`.

An act makes one whole change inside a `Change`. Then `settle` updates everything derived.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from random import Random
from typing import Final

from mock_server.rules import providers
from mock_server.rules.identifiers import Identifiers
from mock_server.v3.domain.calendar import is_ongoing
from mock_server.v3.domain.deriving import Deriving
from mock_server.v3.domain.lists import Listing
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Partnership,
    Provider,
    School,
    SchoolCohort,
    Statement,
    Teacher,
    Training,
    UnfundedMentor,
    View,
)
from mock_server.v3.domain.schedules import FLAGS, Schedule, first_day, last_day, payments_frozen_at, schedules_of
from mock_server.v3.domain.settling import is_visible
from mock_server.v3.domain.stores import new_school_list

STATEMENTS_BY_DATE: Final = "by_date"
STATEMENTS_BY_HAND: Final = "by_hand"

_deadline_date = attrgetter("deadline_date")


class World(Deriving):
    """`clock` is the latest moment that the sandbox's clock showed.

    With `statements` "by_date" the world authorises a payable statement on its payment date. With "by_hand" only
    `statements.change` does. A new world has only the providers and cohorts. `seeds` fills it.
    """

    def __init__(
        self,
        lead_providers: Iterable[providers.Provider],
        random_seed: int,
        clock: datetime,
        statements: str = STATEMENTS_BY_DATE,
    ) -> None:
        super().__init__(clock)
        self.random_seed = random_seed
        self.pays_by_date = statements == STATEMENTS_BY_DATE
        self._new_id = Identifiers(random_seed)
        for year in FLAGS:
            self.add_cohort(_published_cohort(year, self.next_sequence()))
        for provider in lead_providers:
            cohorts = tuple(FLAGS) if provider.ecf else ()
            self.add_provider(Provider(provider.slug, provider.name, cohorts, self.next_sequence()))

    def __del__(self) -> None:
        # Records refer to each other in circles. We break the circles here, so that Python frees the records at once.
        # Otherwise they wait for a full garbage collection, which is slow and rare in a large server.
        for teacher in self.teachers.values():
            for stay in teacher.stays:
                stay.trainings, stay.mentorships = (), ()
            teacher.stays, teacher.views = (), ()
        for school in self.schools.values():
            school.stays.clear()
            school.cohorts.clear()
            school.partnerships = ()
        for partnership in self.partnerships.values():
            partnership.trainings.clear()
        for declaration in self.declarations.values():
            declaration.training.declarations = ()
            declaration.statement = declaration.clawback_statement = None

    def add_provider(self, provider: Provider) -> None:
        self.providers[provider.slug] = provider
        self.make_lists(provider.slug)

    def add_cohort(self, cohort: Cohort) -> None:
        self.cohorts[cohort.year] = cohort
        self.make_school_list(cohort.year)

    # -- counting and inventing ------------------------------------------------------------------

    def new_id(self) -> str:
        self.progress.ids_drawn += 1
        return self._new_id()

    def resume(self, changes: int) -> None:
        """Go on as the saved world, which had made this many changes. This one has already read its progress."""
        self._changes = changes
        self._new_id = Identifiers(self.random_seed)
        self._new_id.skip(self.progress.ids_drawn)

    def inventions(self) -> Random:
        """The source of an act's invented values. The same changes to the same seed give the same values."""
        return Random(f"{self.random_seed} {self.changes}")  # noqa: S311 - meant to repeat

    # -- finding ---------------------------------------------------------------------------------

    def school_by_urn(self, urn: str) -> School | None:
        return self.schools_by_urn.get(urn)

    def teacher_by_trn(self, trn: str) -> Teacher | None:
        return self.teachers_by_trn.get(trn)

    def cohort_containing(self, day: date) -> Cohort | None:
        return next((cohort for cohort in self.cohorts.values() if cohort.contains(day)), None)

    def schedule(self, cohort: str | None, identifier: str | None) -> Schedule | None:
        """The schedule of that name in that cohort, or None."""
        known = None if cohort is None else self.cohorts.get(cohort)
        return None if known is None or identifier is None else known.schedules.get(identifier)

    def has_contract(self, provider: str, cohort: str) -> bool:
        """Whether the provider is active in the cohort."""
        return cohort in self.providers[provider].cohorts

    def works_with(self, provider: str, cohort: str, partner: DeliveryPartner) -> bool:
        """Whether there is a delivery partnership."""
        return cohort in partner.cohorts_with(provider)

    def partnerships_of(self, provider: str, school: School, cohort: str) -> list[Partnership]:
        """The provider's partnerships with the school in the cohort, oldest first."""
        return [each for each in school.partnerships if each.provider == provider and each.cohort == cohort]

    # -- what a provider finds (rules 4) ---------------------------------------------------------

    def view(self, provider: str, participant_id: str) -> View | None:
        """The participant as the provider sees it. None if it has never trained the teacher."""
        teacher = self.teachers.get(participant_id)
        return None if teacher is None else teacher.view_of(provider)

    def own_partnership(self, provider: str, partnership_id: str) -> Partnership | None:
        partnership = self.partnerships.get(partnership_id)
        return partnership if partnership and partnership.provider == provider else None

    def own_statement(self, provider: str, statement_id: str) -> Statement | None:
        """The statement, if it is one of the provider's output statements. V3 shows no others."""
        statement = self.statements.get(statement_id)
        own = statement and statement.provider == provider and statement.fee_type == "output"
        return statement if own else None

    def own_declaration(self, provider: str, declaration_id: str) -> Declaration | None:
        declaration = self.declarations.get(declaration_id)
        return declaration if declaration and declaration.provider == provider else None

    def visible_declaration(self, provider: str, declaration_id: str) -> Declaration | None:
        """The declaration, if it is the provider's own, or another's that it may see."""
        declaration = self.declarations.get(declaration_id)
        return declaration if declaration and declaration in self.declaration_lists[provider] else None

    def visible_school(self, cohort: str, school_id: str) -> SchoolCohort | None:
        """The school's record in the cohort, if v3 shows the school."""
        school = self.schools.get(school_id)
        record = school.cohorts.get(cohort) if school else None
        return record if record and is_visible(record) else None

    def visible_delivery_partner(self, provider: str, partner_id: str) -> DeliveryPartner | None:
        partner = self.delivery_partners.get(partner_id)
        return partner if partner and partner.cohorts_with(provider) else None

    def unfunded_mentor(self, provider: str, participant_id: str) -> UnfundedMentor | None:
        teacher = self.teachers.get(participant_id)
        return None if teacher is None else self.unfunded_mentors[provider].get(teacher)

    def has_expression_of_interest(self, provider: str, record: SchoolCohort) -> bool:
        """Whether this provider has a training period at the school in this cohort (rules 3.5)."""
        return (provider, record.cohort) in record.school.interests

    # -- lists (rules 2.1 and 4): `select` with a filter, `updated_since` and a sort ---------------

    def list_participants(self, provider: str) -> Listing[View]:
        return self.view_lists[provider]

    def list_transfers(self, provider: str) -> Listing[View]:
        """Views with transfers. `updated_since` compares the transfers' moment, `sort=updated_at` the participant's."""
        return self.transfer_lists[provider]

    def list_declarations(self, provider: str) -> Listing[Declaration]:
        return self.declaration_lists[provider]

    def declarations_of(self, provider: str, participant_ids: Iterable[str]) -> list[Declaration]:
        """The declarations of the list for these participants, by creation."""
        listed = self.declaration_lists[provider]
        teachers = {teacher for each in participant_ids if (teacher := self.teachers.get(each))}
        found = [declaration for teacher in teachers for declaration in teacher.declarations if declaration in listed]
        found.sort(key=lambda declaration: (declaration.created_at, declaration.sequence))
        return found

    def list_partnerships(self, provider: str) -> Listing[Partnership]:
        return self.partnership_lists[provider]

    def list_schools(self, cohort: str) -> Listing[SchoolCohort]:
        """The schools of the cohort, the same for every provider. Empty for an unknown cohort."""
        return self.school_lists[cohort] if cohort in self.school_lists else new_school_list()

    def list_delivery_partners(self, provider: str) -> Listing[DeliveryPartner]:
        return self.delivery_partner_lists[provider]

    def list_statements(self, provider: str) -> list[Statement]:
        """The output statements, by payment date."""
        return self.statement_lists[provider]

    def list_unfunded_mentors(self, provider: str) -> Listing[UnfundedMentor]:
        return self.unfunded_lists[provider]

    # -- what the rules of declarations and training ask (rules 5) ---------------------------------

    def latest_training(self, provider: str, teacher: Teacher, role: str) -> Training | None:
        """L, and D of rules 5.7."""
        view = teacher.view_of(provider)
        return None if view is None else view.latest(role)

    def other_ongoing_training(self, training: Training, today: date) -> Training | None:
        """Another period of the stay that is ongoing today. Its last day counts (rules 5.5, row 2)."""
        for other in training.stay.trainings:
            if other is not training and is_ongoing(other.started_on, other.finished_on, today):
                return other
        return None

    def training_after(self, training: Training) -> Training | None:
        """A period of the person and role that starts after this one, with any provider (rules 5.6, row 14)."""
        for other in training.teacher.trainings_as(training.role):
            if other.started_on > training.started_on:
                return other
        return None

    def blocking_declarations(self, teacher: Teacher, role: str) -> list[Declaration]:
        """The live declarations that nobody took back, of any provider (rules 5.8)."""
        declared = teacher.declarations_as(role)
        return [each for each in declared if each.blocks] if declared else declared

    def is_frozen(self, cohort: str | None, now: datetime) -> bool:
        """Whether the payments of the cohort are frozen at that moment."""
        known = None if cohort is None else self.cohorts.get(cohort)
        return known is not None and known.is_frozen(now)

    def open_statement(self, provider: str, cohort: str, today: date) -> Statement | None:
        """The next *open* output statement with a deadline today or later (rules 5.8, row 16)."""
        return self._next_statement(provider, cohort, today, ("open",))

    def clawback_statement(self, provider: str, cohort: str, today: date) -> Statement | None:
        """The next output statement with a deadline today or later, whatever its status (rules 5.9)."""
        return self._next_statement(provider, cohort, today, ("open", "payable", "paid"))

    def _next_statement(self, provider: str, cohort: str, today: date, statuses: tuple[str, ...]) -> Statement | None:
        in_order = self.statements_by_contract.get((provider, cohort), ())
        for place in range(bisect_left(in_order, today, key=_deadline_date), len(in_order)):
            statement = in_order[place]
            if statement.status in statuses and statement.fee_type == "output":
                return statement
        return None


def _published_cohort(year: str, sequence: int) -> Cohort:
    flags = FLAGS[year]
    return Cohort(
        year,
        first_day(year),
        last_day(year),
        flags.enabled,
        payments_frozen_at(year),
        flags.mentor_funding,
        flags.detailed_evidence,
        flags.uplift_fees,
        schedules_of(year),
        sequence,
    )
