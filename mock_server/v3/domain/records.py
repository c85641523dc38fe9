"""The records of v3's world: the data model of rules 1.

Only the acts of this package change a record, each inside a `Change`, which keeps lists and renderings in step.
Moments are aware datetimes in UTC, in whole seconds. Days are London days. Stretches of days include both ends.
Relations are tuples, and acts replace them whole: most in a large world are empty or have one member.
`sequence` numbers the records of a world in the order of their creation. Records have no `repr` of their own: they
refer to each other, so it would print the whole world.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType

from mock_server.v3.domain.schedules import Schedule
from mock_server.v3.domain.states import LIVE_STATES


@dataclass(slots=True, eq=False)
class Progress:
    """The progress of a world: the latest moment of its clock, its latest record's number, and the ids drawn so far.

    Each change saves it like a record, under the number 0.
    """

    clock: datetime
    latest: int = 0
    ids_drawn: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Gone:
    """Takes the place of a deleted record."""

    sequence: int


@dataclass(slots=True, eq=False, repr=False)
class Provider:
    """A lead provider, with the cohorts in which it has a contract, and so is an active provider."""

    slug: str
    name: str
    cohorts: tuple[str, ...]
    sequence: int = 0


@dataclass(slots=True, eq=False, repr=False)
class Cohort:
    """A contract period. Its name is its first year."""

    year: str
    started_on: date
    finished_on: date
    enabled: bool
    payments_frozen_at: datetime | None
    mentor_funding: bool
    detailed_evidence: bool
    uplift_fees: bool
    schedules: MappingProxyType[str, Schedule]
    sequence: int = 0

    def contains(self, day: date) -> bool:
        return self.started_on <= day <= self.finished_on

    def is_frozen(self, now: datetime) -> bool:
        return self.payments_frozen_at is not None and self.payments_frozen_at <= now


@dataclass(frozen=True, slots=True)
class Uplift:
    """A school's row for one cohort. A school may have none."""

    pupil_premium: bool
    sparsity: bool


@dataclass(slots=True, eq=False, repr=False)
class SchoolCohort:
    """The stored record of a school in a cohort. `rendered` holds v3's record by expression of interest.

    `listed` says whether the cohort's list has it.
    """

    school: "School"
    cohort: str
    updated_at: datetime
    in_partnership: bool = False
    induction_programme_choice: str = "not_yet_known"
    rendered: dict[bool, bytes] | None = None
    listed: bool = False

    @property
    def id(self) -> str:
        return self.school.id

    @property
    def created_at(self) -> datetime:
        return self.school.created_at

    @property
    def sequence(self) -> int:
        return self.school.sequence


@dataclass(slots=True, eq=False, repr=False)
class School:
    """`interests` counts the training periods here by provider and cohort. One or more mean an interest.

    `choices` counts the stays here by cohort and by the programme that they count for (rules 3.5).
    """

    id: str
    urn: str
    name: str
    eligible: bool
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    contact_email: str | None
    created_at: datetime
    sequence: int
    uplifts: dict[str, Uplift] = field(default_factory=dict)
    cohorts: dict[str, SchoolCohort] = field(default_factory=dict)
    partnerships: "tuple[Partnership, ...]" = ()
    stays: "dict[Stay, None]" = field(default_factory=dict)
    interests: dict[tuple[str, str], int] = field(default_factory=dict)
    choices: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def shown_email(self) -> str | None:
        """The tutor's address. Without one, the school's general address (rules 3.4)."""
        return self.induction_tutor_email or self.contact_email


@dataclass(slots=True, eq=False, repr=False)
class DeliveryPartner:
    """`works_with` has the cohorts for each provider it works with. Each pair is a delivery partnership."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    sequence: int
    works_with: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def cohorts_with(self, provider: str) -> tuple[str, ...]:
        """The cohorts in order of year. Empty if it doesn't work with the provider."""
        return self.works_with.get(provider, ())


@dataclass(slots=True, eq=False, repr=False)
class Partnership:
    """A provider trains a school through a delivery partner in a cohort.

    `rendered` is v3's record, valid on the days from `rendered_from` until before `rendered_until`.
    """

    id: str
    provider: str
    school: School
    cohort: str
    delivery_partner: DeliveryPartner
    created_at: datetime
    updated_at: datetime
    sequence: int
    trainings: "dict[Training, None]" = field(default_factory=dict)
    rendered: bytes | None = None
    rendered_from: date = date.max
    rendered_until: date = date.min


@dataclass(slots=True, eq=False, repr=False)
class RoleRecord:
    """The service's facts about a teacher in one role.

    `eligible_from` is the moment at which the role first became eligible. `ineligible_from` is the day on which it
    became ineligible; a mentor also has a reason. `frozen_year` is the frozen cohort from which the teacher came.
    """

    training_record_id: str
    eligible_from: datetime | None = None
    ineligible_from: date | None = None
    ineligible_reason: str | None = None
    frozen_year: str | None = None


@dataclass(frozen=True, slots=True)
class Induction:
    """The appropriate body's record of induction. Acts replace it whole. `outcome` is pass, fail or None."""

    started_on: date
    finished_on: date | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class IdChange:
    from_id: str
    to_id: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Register:
    """The facts about an ECT's induction in the register of qualified teachers."""

    started_on: date | None = None
    completed_on: date | None = None
    exempt: bool = False


NOTHING_REGISTERED = Register()


@dataclass(slots=True, eq=False, repr=False)
class Teacher:
    """A person, v3's participant. `unfunded_updated_at` is the `updated_at` of the unfunded mentor (rules 3.9)."""

    id: str
    full_name: str
    teacher_reference_number: str | None
    ect: RoleRecord
    mentor: RoleRecord
    created_at: datetime
    updated_at: datetime
    unfunded_updated_at: datetime
    sequence: int
    register: Register = NOTHING_REGISTERED
    # By start.
    stays: "tuple[Stay, ...]" = ()
    inductions: tuple[Induction, ...] = ()
    # Oldest first.
    id_changes: tuple[IdChange, ...] = ()
    views: "tuple[View, ...]" = ()

    def role(self, role: str) -> RoleRecord:
        return self.ect if role == "ect" else self.mentor

    def stays_as(self, role: str) -> "list[Stay]":
        """By start."""
        return [stay for stay in self.stays if stay.role == role]

    def trainings_as(self, role: str) -> "list[Training]":
        """The training periods in the role by start, of any provider or school-led."""
        trainings = [training for stay in self.stays if stay.role == role for training in stay.trainings]
        return sorted(trainings, key=by_start) if len(trainings) > 1 else trainings

    @property
    def declarations(self) -> "list[Declaration]":
        """All declarations, of any provider and in any state, in order of creation."""
        return sorted((d for stay in self.stays for each in stay.trainings for d in each.declarations), key=_sequence)

    def declarations_as(self, role: str) -> "list[Declaration]":
        """The declarations in the role, of any provider and in any state, in order of creation."""
        found = [d for stay in self.stays if stay.role == role for each in stay.trainings for d in each.declarations]
        return sorted(found, key=_sequence) if len(found) > 1 else found

    def view_of(self, provider: str) -> "View | None":
        """The provider's view. None if it sees nothing, because it has never trained the teacher."""
        for view in self.views:
            if view.provider == provider:
                return view
        return None


@dataclass(slots=True, eq=False, repr=False)
class Stay:
    """An at-school period. `working_pattern` is None for mentors.

    `mentorships` are in order of start. In an ECT's stay the ECT has them, in a mentor's stay the mentor.
    `counted` is what the stay adds to its school's counts: the interests, and the choices.
    """

    teacher: Teacher
    school: School
    role: str
    started_on: date
    finished_on: date | None
    email: str | None
    working_pattern: str | None
    created_at: datetime
    sequence: int
    # By start.
    trainings: "tuple[Training, ...]" = ()
    mentorships: "tuple[Mentorship, ...]" = ()
    counted: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = ((), ())


@dataclass(slots=True, eq=False, repr=False)
class Training:
    """A training period, one of three kinds.

    Under a `partnership`: `provider` and `cohort` are the partnership's. An expression of interest has a `provider`
    and a `cohort`, but no partnership. A school-led one has no provider, cohort or schedule.
    `transfer_updated_at` moves with its dates (rules 3.9). `withdrawn_at` and `deferred_at` may both be set.
    """

    stay: Stay
    started_on: date
    finished_on: date | None
    provider: str | None
    cohort: str | None
    partnership: Partnership | None
    schedule_identifier: str | None
    created_at: datetime
    transfer_updated_at: datetime
    sequence: int
    deferred_at: datetime | None = None
    deferral_reason: str | None = None
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = None
    # In order of creation.
    declarations: "tuple[Declaration, ...]" = ()

    @property
    def is_provider_led(self) -> bool:
        return self.provider is not None

    @property
    def is_expression_of_interest(self) -> bool:
        return self.provider is not None and self.partnership is None

    @property
    def teacher(self) -> Teacher:
        return self.stay.teacher

    @property
    def role(self) -> str:
        return self.stay.role


@dataclass(slots=True, eq=False, repr=False)
class Mentorship:
    """A mentor's time with an ECT, both at one school."""

    ect_stay: Stay
    mentor_stay: Stay
    started_on: date
    finished_on: date | None
    sequence: int

    @property
    def mentor(self) -> Teacher:
        return self.mentor_stay.teacher


@dataclass(frozen=True, slots=True)
class Transfer:
    """The end of one stay, and the beginning of the next at another school, if there is one (rules 3.2)."""

    role: str
    leaving: Training
    leaving_school: School
    joining: Training | None
    joining_school: School | None


@dataclass(slots=True, eq=False, repr=False)
class View:
    """One provider's view of one teacher: the stored record of rules 1. Each change derives it anew.

    `ect` and `mentor` are this provider's latest training periods, L in rules 3.1. The ECT entry shows the mentor of
    `mentorship`. `transfers` are the ones that this provider may see.
    `rendered` is v3's participant, valid on the days from `rendered_from` until before `rendered_until`.
    `rendered_transfers` is v3's transfer record, with days of its own.
    """

    teacher: Teacher
    provider: str
    ect: Training | None = None
    mentor: Training | None = None
    mentorship: Mentorship | None = None
    transfers: tuple[Transfer, ...] = ()
    # The latest transfer moment of the training periods in `transfers`. None while there are none.
    transfers_updated_at: datetime | None = None
    rendered_transfers: bytes | None = None
    transfers_from: date = date.max
    transfers_until: date = date.min
    rendered: bytes | None = None
    rendered_from: date = date.max
    rendered_until: date = date.min

    @property
    def id(self) -> str:
        return self.teacher.id

    def latest(self, role: str) -> Training | None:
        """L: this provider's latest training period in the role."""
        return self.ect if role == "ect" else self.mentor


@dataclass(slots=True, eq=False, repr=False)
class UnfundedMentor:
    """A mentor of one of the provider's ECTs, shown in `mentor_id`, whom the provider has never trained."""

    teacher: Teacher
    provider: str
    # The mentorships that make the person an unfunded mentor.
    mentorships: tuple[Mentorship, ...]
    rendered: bytes | None = None

    @property
    def id(self) -> str:
        return self.teacher.id

    @property
    def email(self) -> str | None:
        """The address of the latest stay among these mentorships (rules 3.8)."""
        return max((each.mentor_stay for each in self.mentorships), key=by_start).email


@dataclass(slots=True, eq=False, repr=False)
class Statement:
    """A payment run of a provider in a cohort and a month. `status` is open, payable or paid."""

    id: str
    provider: str
    cohort: str
    month: int
    year: int
    fee_type: str
    deadline_date: date
    payment_date: date
    status: str
    created_at: datetime
    updated_at: datetime
    sequence: int
    # The declarations that it pays, and the ones that it takes back.
    declarations: "dict[Declaration, None]" = field(default_factory=dict)
    clawbacks: "dict[Declaration, None]" = field(default_factory=dict)
    rendered: bytes | None = None


@dataclass(slots=True, eq=False, repr=False)
class Declaration:
    """`payment_status` and `clawback_status` are states of rules 6.1. From them, v3 shows `state`.

    `declaration_date` goes to the microsecond. `delivery_partner` and `mentorship` stay as they were at its creation.
    `mentorship` is None for mentors, and for ECTs without one.
    """

    id: str
    training: Training
    provider: str
    declaration_type: str
    declaration_date: datetime
    evidence_held: str | None
    payment_status: str
    clawback_status: str | None
    pupil_premium_uplift: bool
    sparsity_uplift: bool
    delivery_partner: DeliveryPartner
    mentorship: Mentorship | None
    created_at: datetime
    updated_at: datetime
    sequence: int
    statement: Statement | None = None
    clawback_statement: Statement | None = None
    rendered: bytes | None = None

    @property
    def state(self) -> str:
        return self.clawback_status or self.payment_status

    @property
    def blocks(self) -> bool:
        """Whether it prevents another of its type for the person (rules 5.8)."""
        return (self.clawback_status or self.payment_status) in LIVE_STATES

    @property
    def teacher(self) -> Teacher:
        return self.training.stay.teacher

    @property
    def role(self) -> str:
        return self.training.stay.role

    @property
    def cohort(self) -> str:
        """The cohort of its training period."""
        cohort = self.training.cohort
        assert cohort is not None  # noqa: S101 - only provider-led training is declared
        return cohort

    @property
    def uplift_paid(self) -> bool:
        """Stays true after a clawback (rules 3.3)."""
        return self.payment_status == "paid" and (self.pupil_premium_uplift or self.sparsity_uplift)


_sequence = attrgetter("sequence")


def by_start(period: Stay | Training | Mentorship) -> tuple[date, int]:
    """The order of the periods of one teacher."""
    return period.started_on, period.sequence
