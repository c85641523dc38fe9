"""The facts for the rules of section 5: one provider's request against the world at a moment.

They change nothing. They read attributes of the body as text, and ids in any form that the service tolerates.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from mock_server.rules.attributes import as_text
from mock_server.rules.facts import fact
from mock_server.v3.domain.calendar import is_ongoing, is_over, london_day
from mock_server.v3.domain.declaration_dates import parse_declaration_date
from mock_server.v3.domain.derived import induction_with_outcome, participant_status, training_status
from mock_server.v3.domain.evidence import evidence_allowed
from mock_server.v3.domain.identifiers import canonical_id
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Partnership,
    Statement,
    Teacher,
    Training,
    View,
)
from mock_server.v3.domain.schedules import Milestone, Schedule
from mock_server.v3.domain.vocabulary import ROLE_OF_COURSE, Role
from mock_server.v3.domain.world import World

Attributes = Mapping[str, Any]
Fact = TypeVar("Fact")


def known(fact: Fact | None) -> Fact:
    """The fact, which the guards of a table have made sure of."""
    assert fact is not None  # noqa: S101
    return fact


class RequestFacts:
    """`now` is the moment of the request, and `today` is London's day at that moment."""

    def __init__(self, world: World, provider: str, attributes: Attributes, now: datetime) -> None:
        self.world = world
        self.provider = provider
        self.now = now
        self.today: date = london_day(now)
        self._attributes = attributes

    def text(self, attribute: str) -> str:
        """The attribute as text. Empty if it is missing, null, blank, false, an object or a list (rules 2.3)."""
        value = self._attributes.get(attribute)
        # Nearly every value is plain text, and every rule asks for some: the call costs more than the two questions.
        return value if type(value) is str and not value.isspace() else as_text(value)

    def id(self, attribute: str) -> str:
        """The attribute as the id of a record. Empty if it isn't an id."""
        return canonical_id(self.text(attribute))


class DeliveryPartnerFacts(RequestFacts):
    """The delivery partner that a body names. `cohort_year` is the partnership's, as text."""

    cohort_year: str

    @fact
    def delivery_partner(self) -> DeliveryPartner | None:
        return self.world.delivery_partners.get(self.id("delivery_partner_id"))

    @property
    def delivery_partnership(self) -> bool:
        """The delivery partner works with this provider in the cohort. False if any of the three is unknown."""
        partner = self.delivery_partner
        return (
            partner is not None
            and self.world.has_contract(self.provider, self.cohort_year)
            and self.world.works_with(self.provider, self.cohort_year, partner)
        )


class PartnershipFacts(DeliveryPartnerFacts):
    """Facts for a new partnership (rules 5.1)."""

    def __init__(self, world: World, provider: str, attributes: Attributes, now: datetime) -> None:
        super().__init__(world, provider, attributes, now)
        self.cohort_year = self.text("cohort")
        self.cohort: Cohort | None = world.cohorts.get(self.cohort_year)
        self.school = world.schools.get(self.id("school_id"))

    @property
    def provider_active(self) -> bool:
        """The provider has a contract in the cohort, so the cohort exists."""
        return self.cohort is not None and self.world.has_contract(self.provider, self.cohort.year)

    @property
    def own_partnership_exists(self) -> bool:
        """The provider has a partnership with the known school in the cohort, with any delivery partner."""
        return bool(self.world.partnerships_of(self.provider, known(self.school), self.cohort_year))

    @property
    def school_led(self) -> bool:
        """In the cohort, the known school has only school-led training."""
        record = known(self.school).cohorts.get(self.cohort_year)
        return record is not None and record.induction_programme_choice == "school_led"


class PartnershipUpdateFacts(DeliveryPartnerFacts):
    """Facts for giving the provider's own partnership another delivery partner (rules 5.2)."""

    def __init__(self, world: World, partnership: Partnership, attributes: Attributes, now: datetime) -> None:
        super().__init__(world, partnership.provider, attributes, now)
        self.partnership = partnership
        self.cohort_year = partnership.cohort

    @property
    def same_partnership_exists(self) -> bool:
        """The partnership itself counts too. So the rule refuses its present delivery partner."""
        existing = self.world.partnerships_of(self.provider, self.partnership.school, self.cohort_year)
        return any(each.delivery_partner is self.delivery_partner for each in existing)


class TrainingFacts(RequestFacts):
    """Facts for an action on a participant whom the provider sees (rules 5.3 to 5.6).

    `role` is the role of the course, or None for an unknown course. `latest` is the provider's latest training period
    in that role, "L" in the rules.
    """

    def __init__(self, world: World, view: View, attributes: Attributes, now: datetime) -> None:
        super().__init__(world, view.provider, attributes, now)
        self.teacher = view.teacher
        self.role: Role | None = ROLE_OF_COURSE.get(self.text("course_identifier"))
        self.latest: Training | None = None if self.role is None else view.latest(self.role)

    @property
    def training_status(self) -> str | None:
        return None if self.latest is None else training_status(self.latest)

    @property
    def participant_status(self) -> str | None:
        return None if self.latest is None else participant_status(self.latest, self.today)

    # -- resume ------------------------------------------------------------------------------------

    @property
    def other_training_at_school_today(self) -> bool:
        """Another training period of the stay is ongoing, of any provider or school-led. Its last day counts."""
        return self.latest is not None and self.world.other_ongoing_training(self.latest, self.today) is not None

    @property
    def stay_is_over(self) -> bool:
        """On its last day the stay counts as over."""
        return self.latest is not None and is_over(self.latest.stay.finished_on, self.today)

    @property
    def resuming_would_overlap(self) -> bool:
        """Another training period of the role lies between today and the end of the stay."""
        if self.latest is None:
            return False
        end = self.latest.stay.finished_on
        return any(
            each is not self.latest
            and (each.finished_on is None or each.finished_on >= self.today)
            and (end is None or each.started_on <= end)
            for each in self.teacher.trainings_as(self.latest.role)
        )

    # -- change of schedule ------------------------------------------------------------------------

    @fact
    def target_cohort(self) -> Cohort | None:
        """The cohort that the request names, if it exists. Otherwise the cohort of the latest training period."""
        named = self.world.cohorts.get(self.text("cohort"))
        if named is not None or self.latest is None or self.latest.cohort is None:
            return named
        return self.world.cohorts[self.latest.cohort]

    @property
    def target_schedule(self) -> Schedule | None:
        if self.target_cohort is None:
            return None
        return self.target_cohort.schedules.get(self.text("schedule_identifier"))

    @property
    def on_target_schedule(self) -> bool:
        """The participant is already on the target schedule. A latest training period exists."""
        latest, schedule = known(self.latest), known(self.target_schedule)
        return (schedule.cohort, schedule.identifier) == (latest.cohort, latest.schedule_identifier)

    @property
    def cohort_changes(self) -> bool:
        """The target cohort differs from the latest training period's. That period exists."""
        return known(self.target_cohort).year != known(self.latest).cohort

    @property
    def partnership_in_target_cohort(self) -> bool:
        """The provider has a partnership with the participant's school in the target cohort."""
        school = known(self.latest).stay.school
        return bool(self.world.partnerships_of(self.provider, school, known(self.target_cohort).year))

    @property
    def frozen_year(self) -> str | None:
        """The frozen cohort from which the participant came in this role."""
        return None if self.role is None else self.teacher.role(self.role).frozen_year

    @property
    def finished(self) -> bool:
        """An ECT's induction has an outcome, or a mentor has a funding end date. The register doesn't count."""
        if self.role == "ect":
            return induction_with_outcome(self.teacher)
        return self.role == "mentor" and self.teacher.mentor.ineligible_from is not None

    @property
    def later_training_planned(self) -> bool:
        """A training period of the role, of any provider, starts after the latest one."""
        return self.latest is not None and self.world.training_after(self.latest) is not None

    def declaration_outside_target_schedule(self) -> Declaration | None:
        """The first declaration of the latest training period, in any state, that doesn't fit the new schedule."""
        if self.latest is None or (schedule := self.target_schedule) is None:
            return None
        for declaration in self.latest.declarations:
            milestone = schedule.milestones.get(declaration.declaration_type)
            if milestone is None or not milestone.accepts(declaration.declaration_date):
                return declaration
        return None


class DeclarationFacts(RequestFacts):
    """Facts for a new declaration (rules 5.7 and 5.8).

    `training` is "D" of the rules: the provider's latest training period in the role, whatever the date. An unknown
    course counts as the mentors' course.
    """

    def __init__(self, world: World, provider: str, attributes: Attributes, now: datetime) -> None:
        super().__init__(world, provider, attributes, now)
        # The attributes as text: several rules ask for some of them.
        self.participant_id = self.text("participant_id")
        self.course_identifier = self.text("course_identifier")
        self.declaration_type = self.text("declaration_type")
        self.date_text = self.text("declaration_date")
        self.evidence_held = self.text("evidence_held")
        self.teacher: Teacher | None = world.teachers.get(canonical_id(self.participant_id))
        self.role: Role = ROLE_OF_COURSE.get(self.course_identifier, "mentor")
        self.declaration_date = parse_declaration_date(self.date_text)
        view = None if self.teacher is None else self.teacher.view_of(provider)
        self.trains_in_some_role = view is not None
        self.training: Training | None = None if view is None else view.latest(self.role)
        self.cohort: Cohort | None = None
        self.milestone: Milestone | None = None
        if self.training is not None:
            # D has a partnership, so it has a cohort and a schedule of that cohort.
            cohort, identifier = self.training.cohort or "", self.training.schedule_identifier or ""
            self.cohort = world.cohorts[cohort]
            self.milestone = self.cohort.schedules[identifier].milestones.get(self.declaration_type)

    @fact
    def evidence_allowed(self) -> tuple[str, ...]:
        """The values of which the service requires one. Empty if it drops any evidence. D and the type are known."""
        detailed = known(self.cohort).detailed_evidence
        return evidence_allowed(detailed=detailed, role=self.role, declaration_type=self.declaration_type)

    @property
    def evidence_kept(self) -> str | None:
        return self.evidence_held if self.evidence_allowed else None

    @property
    def withdrawn_at(self) -> datetime | None:
        """The moment of the withdrawal, if the training status is `withdrawn`."""
        if self.training is None or training_status(self.training) != "withdrawn":
            return None
        return self.training.withdrawn_at

    @fact
    def blocking(self) -> list[Declaration]:
        """The live declarations of the person in the role, of any provider."""
        return [] if self.teacher is None else self.world.blocking_declarations(self.teacher, self.role)

    @property
    def frozen_cohort_now(self) -> str | None:
        """The frozen cohort in which the known person trains today, with any provider. The last day counts."""
        for training in known(self.teacher).trainings_as(self.role):
            if is_ongoing(training.started_on, training.finished_on, self.today) and self.world.is_frozen(
                training.cohort, self.now
            ):
                return training.cohort
        return None

    @property
    def role_eligible(self) -> bool:
        """The role became eligible for funding at some time."""
        return self.teacher is not None and self.teacher.role(self.role).eligible_from is not None

    @fact
    def statement(self) -> Statement | None:
        """The statement that would pay: this provider's next open output statement in the cohort, from today on."""
        if self.cohort is None:
            return None
        return self.world.open_statement(self.provider, self.cohort.year, self.today)


class VoidFacts:
    """Facts for voiding the provider's own declaration (rules 5.9)."""

    def __init__(self, world: World, declaration: Declaration, now: datetime) -> None:
        self.world = world
        self.declaration = declaration
        self.state = declaration.state
        self.today: date = london_day(now)

    @fact
    def clawback_statement(self) -> Statement | None:
        """The statement that would take the money back: the next output statement from today on, in any status."""
        return self.world.clawback_statement(self.declaration.provider, self.declaration.cohort, self.today)
