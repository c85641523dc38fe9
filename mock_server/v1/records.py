"""Records as v1 shows them. Each record keeps its JSON until it changes; every request for CSV makes it anew."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from mock_server.http.documents import rendering
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.states import PAYABLE_STATES

# The attributes in the documented order. The CSV has its columns in the same order, after `id`.
PARTICIPANT_ATTRIBUTES: Final = (
    "email",
    "full_name",
    "mentor_id",
    "school_urn",
    "participant_type",
    "cohort",
    "status",
    "teacher_reference_number",
    "teacher_reference_number_validated",
    "eligible_for_funding",
    "pupil_premium_uplift",
    "sparsity_uplift",
    "training_status",
    "schedule_identifier",
    "updated_at",
)
DECLARATION_ATTRIBUTES: Final = (
    "participant_id",
    "declaration_type",
    "course_identifier",
    "eligible_for_payment",
    "declaration_date",
    "updated_at",
    "voided",
    "state",
    "has_passed",
)


def participant_values(enrolment: Enrolment) -> tuple[Any, ...]:
    """The values of PARTICIPANT_ATTRIBUTES, as this enrolment's provider sees them. Moments are still datetimes."""
    participant, person = enrolment.participant, enrolment.participant.person
    return (
        enrolment.email,
        person.full_name,
        enrolment.mentor_id,
        enrolment.school_urn,
        participant.participant_type,
        participant.cohort,
        enrolment.status,
        person.teacher_reference_number,
        person.teacher_reference_number_validated,
        person.eligible_for_funding,
        person.pupil_premium_uplift,
        person.sparsity_uplift,
        enrolment.training_status,
        participant.schedule_identifier,
        participant.updated_at,
    )


def declaration_values(declaration: Declaration) -> tuple[Any, ...]:
    """The values of DECLARATION_ATTRIBUTES. Moments are still datetimes."""
    return (
        declaration.participant.id,
        declaration.declaration_type,
        declaration.course_identifier,
        declaration.state in PAYABLE_STATES,
        declaration.declaration_date,
        declaration.updated_at,
        declaration.state == "voided",
        declaration.state,
        None,
    )


def _rendering(id: str, kind: str, names: tuple[str, ...], values: tuple[Any, ...]) -> bytes:
    return rendering(id, kind, dict(zip(names, values, strict=True)))


def participant_json(enrolment: Enrolment) -> bytes:
    if enrolment.rendered is None:
        enrolment.rendered = _rendering(
            enrolment.id, "participant", PARTICIPANT_ATTRIBUTES, participant_values(enrolment)
        )
    return enrolment.rendered


def declaration_json(declaration: Declaration) -> bytes:
    if declaration.rendered is None:
        declaration.rendered = _rendering(
            declaration.id, "participant-declaration", DECLARATION_ATTRIBUTES, declaration_values(declaration)
        )
    return declaration.rendered


def participants_csv(enrolments: Sequence[Enrolment]) -> bytes:
    return _csv(PARTICIPANT_ATTRIBUTES, ((e.id, *participant_values(e)) for e in enrolments))


def declarations_csv(declarations: Sequence[Declaration]) -> bytes:
    return _csv(DECLARATION_ATTRIBUTES, ((d.id, *declaration_values(d)) for d in declarations))


def _csv(names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> bytes:
    """A header, and a line for each record. Without records it is empty, like the service's."""
    lines = [",".join(map(_csv_field, row)) for row in rows]
    if not lines:
        return b""
    return "".join(f"{line}\n" for line in (",".join(("id", *names)), *lines)).encode()


def _csv_field(value: Any) -> str:
    # The standard library writes nothing for null. The service writes a pair of quotes.
    if value is None or value == "":
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    text = format_moment(value) if isinstance(value, datetime) else str(value)
    if any(c in text for c in ',"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
