"""The values of `openapi/control-v1.yaml`. The server writes them, and the Python client reads them.

Moments are aware datetimes in UTC, ids are strings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NotRequired, Required, TypedDict


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A participant's time with one provider. `left_at` is None for the current one."""

    provider: str
    current: bool
    school_urn: str
    mentor_id: str | None
    status: str
    training_status: str
    schedule_identifier: str
    withdrawn_at: datetime | None
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant as the current provider sees them, with their whole history, earliest enrolment first."""

    id: str
    provider: str
    email: str | None
    full_name: str
    mentor_id: str | None
    school_urn: str
    participant_type: str
    cohort: str
    status: str
    teacher_reference_number: str | None
    teacher_reference_number_validated: bool | None
    eligible_for_funding: bool | None
    pupil_premium_uplift: bool
    sparsity_uplift: bool
    training_status: str
    schedule_identifier: str
    updated_at: datetime
    created_at: datetime
    enrolments: tuple[Enrolment, ...]


@dataclass(frozen=True, slots=True)
class Participants:
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A payment run. Its declarations become payable after the deadline day, and paid after the payment day."""

    deadline: date
    payment: date


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration, with the facts that v1 hides. `statement` is None while no payment run has it."""

    id: str
    provider: str
    participant_id: str
    declaration_type: str
    course_identifier: str
    declaration_date: datetime
    state: str
    created_at: datetime
    updated_at: datetime
    statement: Statement | None
    evidence_held: str | None


@dataclass(frozen=True, slots=True)
class Declarations:
    declarations: tuple[Declaration, ...]


class NewParticipant(TypedDict, total=False):
    """The facts of a new participant. For those left out, the mock takes what a participant just added has."""

    provider: Required[str]
    participant_type: Required[str]
    full_name: str
    email: str | None
    cohort: str
    school_urn: str
    schedule_identifier: str
    mentor_id: str | None
    status: str
    training_status: str
    teacher_reference_number: str | None
    teacher_reference_number_validated: bool | None
    eligible_for_funding: bool | None
    pupil_premium_uplift: bool
    sparsity_uplift: bool


class Registration(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    email: str
    teacher_reference_number: str | None
    teacher_reference_number_validated: bool | None
    eligible_for_funding: bool | None


class Details(TypedDict, total=False):
    """Facts that you leave out stay as they are."""

    full_name: str
    email: str | None
    pupil_premium_uplift: bool
    sparsity_uplift: bool


class Transfer(TypedDict):
    """Without a `school_urn` the participant moves to another school, and the mock invents its URN."""

    provider: str
    school_urn: NotRequired[str]
    mentor_id: NotRequired[str | None]


class PeopleMix(TypedDict, total=False):
    """Weights by word, such as {"ect": 3, "mentor": 1}. A kind that you leave out is as it usually is."""

    cohorts: dict[str, int]
    participant_types: dict[str, int]
    statuses: dict[str, int]
    training_statuses: dict[str, int]
    declarations: dict[str, int]


class People(TypedDict):
    """How many people, and in which shares."""

    provider: str
    count: int
    mix: NotRequired[PeopleMix]
