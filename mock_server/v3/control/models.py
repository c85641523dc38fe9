"""The values of `openapi/control-v3.yaml`. The server writes them, and the Python client reads them.

Moments are aware datetimes in UTC, dates are London days, ids are strings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NotRequired, Required, TypedDict

# --- answers of the control API -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Provider:
    """A lead provider. `cohorts` are those in which it has a contract."""

    slug: str
    name: str
    cohorts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Providers:
    providers: tuple[Provider, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """The first and the last day of a declaration type. The last is None if the window stays open."""

    start: date
    milestone_date: date | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """A contract period. `schedules` has the milestones of each schedule, by declaration type."""

    cohort: str
    started_on: date
    finished_on: date
    enabled: bool
    payments_frozen_at: datetime | None
    mentor_funding: bool
    detailed_evidence: bool
    uplift_fees: bool
    schedules: dict[str, dict[str, Milestone]]


@dataclass(frozen=True, slots=True)
class Cohorts:
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True, slots=True)
class Uplift:
    pupil_premium: bool
    sparsity: bool


@dataclass(frozen=True, slots=True)
class School:
    """`uplifts` is by cohort. `partnerships` has the ids of every provider's partnerships."""

    id: str
    urn: str
    name: str
    eligible: bool
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    contact_email: str | None
    uplifts: dict[str, Uplift]
    created_at: datetime
    partnerships: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schools:
    schools: tuple[School, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPartner:
    """`works_with` has the cohorts in which it works with each provider."""

    id: str
    name: str
    works_with: dict[str, tuple[str, ...]]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryPartners:
    delivery_partners: tuple[DeliveryPartner, ...]


@dataclass(frozen=True, slots=True)
class Partnership:
    id: str
    provider: str
    school_urn: str
    cohort: str
    delivery_partner_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Partnerships:
    partnerships: tuple[Partnership, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A payment run. `declarations` has the ids that it pays, `clawbacks` the ids that it takes back."""

    id: str
    provider: str
    cohort: str
    month: int
    year: int
    fee_type: str
    deadline_date: date
    payment_date: date
    status: str
    declarations: tuple[str, ...]
    clawbacks: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Statements:
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """A deferral or a withdrawal."""

    reason: str
    date: datetime


@dataclass(frozen=True, slots=True)
class Training:
    """School-led training has no `provider`. An expression of interest has a provider but no partnership."""

    provider: str | None
    partnership_id: str | None
    expression_of_interest: bool
    delivery_partner_id: str | None
    cohort: str | None
    schedule_identifier: str | None
    started_on: date
    finished_on: date | None
    deferral: Pause | None
    withdrawal: Pause | None


@dataclass(frozen=True, slots=True)
class Mentorship:
    mentor_id: str
    started_on: date
    finished_on: date | None


@dataclass(frozen=True, slots=True)
class Mentoring:
    ect_id: str
    started_on: date
    finished_on: date | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A time at a school in a role. ECTs have `mentorships`, mentors have `mentoring`."""

    role: str
    school_urn: str
    started_on: date
    finished_on: date | None
    email: str | None
    working_pattern: str | None
    created_at: datetime
    training: tuple[Training, ...]
    mentorships: tuple[Mentorship, ...]
    mentoring: tuple[Mentoring, ...]


@dataclass(frozen=True, slots=True)
class Induction:
    started_on: date
    finished_on: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Register:
    """What the register of teachers says of the induction."""

    started_on: date | None
    completed_on: date | None
    exempt: bool


@dataclass(frozen=True, slots=True)
class EctEligibility:
    eligible_from: datetime | None
    ineligible_from: date | None
    frozen_year: str | None


@dataclass(frozen=True, slots=True)
class MentorEligibility:
    eligible_from: datetime | None
    ineligible_from: date | None
    ineligible_reason: str | None
    frozen_year: str | None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`frozen_year` of a role is the frozen cohort from which the person came."""

    ect: EctEligibility
    mentor: MentorEligibility


@dataclass(frozen=True, slots=True)
class TrainingRecordIds:
    ect: str
    mentor: str


@dataclass(frozen=True, slots=True)
class IdChange:
    from_participant_id: str
    to_participant_id: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Participant:
    """A person with their whole history. Stays and inductions are in order of start."""

    id: str
    full_name: str
    teacher_reference_number: str | None
    stays: tuple[Stay, ...]
    inductions: tuple[Induction, ...]
    register: Register
    eligibility: Eligibility
    training_record_ids: TrainingRecordIds
    id_changes: tuple[IdChange, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Participants:
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration as v3 shows it, with the provider who made it."""

    id: str
    provider: str
    participant_id: str
    declaration_type: str
    course_identifier: str
    declaration_date: datetime
    mentor_id: str | None
    state: str
    updated_at: datetime
    created_at: datetime
    delivery_partner_id: str
    statement_id: str | None
    clawback_statement_id: str | None
    ineligible_for_funding_reason: str | None
    uplift_paid: bool
    evidence_held: str | None
    lead_provider_name: str


@dataclass(frozen=True, slots=True)
class Declarations:
    declarations: tuple[Declaration, ...]


# --- requests to the control API ------------------------------------------------------------------


class ProviderChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    name: str
    cohorts: list[str]


class CohortChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    started_on: date | str
    finished_on: date | str
    enabled: bool
    payments_frozen_at: datetime | str | None
    mentor_funding: bool
    detailed_evidence: bool
    uplift_fees: bool


class UpliftFacts(TypedDict):
    pupil_premium: bool
    sparsity: bool


class SchoolFacts(TypedDict, total=False):
    """`uplifts` changes only the rows of the given cohorts. None removes a row."""

    urn: str
    name: str
    eligible: bool
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    contact_email: str | None
    uplifts: dict[str, UpliftFacts | None]


class DeliveryPartnerFacts(TypedDict, total=False):
    """`works_with` replaces all earlier pairs."""

    name: str
    works_with: dict[str, list[str]]


class NewPartnership(TypedDict):
    provider: str
    school_urn: str
    delivery_partner_id: str
    cohort: str


class NewStatement(TypedDict, total=False):
    """For days that you leave out, the mock takes the usual ones."""

    provider: Required[str]
    cohort: Required[str]
    month: Required[int]
    year: Required[int]
    fee_type: Literal["output", "service"]
    deadline_date: date | str
    payment_date: date | str


class StatementChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    deadline_date: date | str
    payment_date: date | str
    status: Literal["payable", "paid"]


PartnershipChoice = Literal["existing", "new", "rollover", "none"]
Role = Literal["ect", "mentor"]


class Registration(TypedDict, total=False):
    """For facts that you leave out, the mock takes a new person who starts today at a new school."""

    role: Required[Role]
    participant_id: str
    full_name: str
    teacher_reference_number: str | None
    school_urn: str
    provider: str | None
    partnership: PartnershipChoice
    delivery_partner_id: str
    cohort: str
    schedule_identifier: str
    started_on: date | str
    email: str | None
    working_pattern: Literal["full_time", "part_time"]
    mentor_id: str


class EmailChange(TypedDict):
    role: Role
    value: str | None


class DetailsChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    full_name: str
    teacher_reference_number: str | None
    email: EmailChange
    working_pattern: Literal["full_time", "part_time"]


class RegisterChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    started_on: date | str | None
    completed_on: date | str | None
    exempt: bool


class InductionChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    started_on: date | str
    finished_on: date | str | None
    outcome: Literal["pass", "fail"] | None
    register: RegisterChange


class FundingChange(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    role: Required[Role]
    eligible: Literal[True]
    mentor_funding_end_date: date | str | None
    mentor_ineligible_for_funding_reason: str | None
    frozen_year: str | None


class TrainingChange(TypedDict, total=False):
    """A `provider` of None makes an ECT's training school-led."""

    role: Required[Role]
    provider: str | None
    partnership: PartnershipChoice
    delivery_partner_id: str
    cohort: str
    schedule_identifier: str


class Departure(TypedDict, total=False):
    """The day is today, unless `on` names another."""

    role: Required[Role]
    on: date | str
    school_urn: str


class PeopleMix(TypedDict, total=False):
    """Weights by word, such as {"ect": 3, "mentor": 1}. A kind that you leave out is as it usually is."""

    cohorts: dict[str, int]
    roles: dict[str, int]
    training_statuses: dict[str, int]
    declarations: dict[str, int]


class People(TypedDict):
    """How many people, and in which shares."""

    provider: str
    count: int
    mix: NotRequired[PeopleMix]
