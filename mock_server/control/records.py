"""What the control API shows of a sandbox, including what v1 hides."""

from datetime import datetime
from typing import Any

from mock_server.rules.moments import format_moment
from mock_server.sandbox.clock import Clock
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v1.domain.records import Declaration, Enrolment, Participant
from mock_server.v1.records import PARTICIPANT_ATTRIBUTES, participant_values

Record = dict[str, Any]


def _moment(moment: datetime | None) -> str | None:
    return format_moment(moment) if moment else None


def clock_record(clock: Clock) -> Record:
    return {"now": format_moment(clock.now()), "running": clock.running}


def sandbox_record(sandbox: Sandbox) -> Record:
    settings, world = sandbox.settings, sandbox.world
    rate = settings.rate_limit
    return {
        "id": sandbox.id,
        "seed": settings.seed,
        "clock": clock_record(sandbox.clock),
        "replay": settings.replay,
        "rate_limit": {"requests": rate.requests, "seconds": rate.seconds} if rate else None,
        "providers": [
            {
                "name": access.provider.name,
                "slug": access.provider.slug,
                "token": access.token,
                "ecf": access.provider.ecf,
            }
            for access in sandbox.accesses
        ],
        "counts": {
            "participants": len(world.participants),
            "declarations": len(world.declarations),
            "requests": len(sandbox.journal),
        },
    }


def participant_record(participant: Participant) -> Record:
    current = participant.current
    return {
        "id": participant.id,
        "provider": current.provider,
        **dict(zip(PARTICIPANT_ATTRIBUTES, participant_values(current), strict=True)),
        "created_at": format_moment(participant.created_at),
        "updated_at": format_moment(participant.updated_at),
        "enrolments": [_enrolment_record(enrolment) for enrolment in participant.enrolments],
    }


def _enrolment_record(enrolment: Enrolment) -> Record:
    return {
        "provider": enrolment.provider,
        "current": enrolment is enrolment.participant.current,
        "school_urn": enrolment.school_urn,
        "mentor_id": enrolment.mentor_id,
        "status": enrolment.status,
        "training_status": enrolment.training_status,
        "schedule_identifier": enrolment.schedule_identifier,
        "withdrawn_at": _moment(enrolment.withdrawn_at),
        "joined_at": _moment(enrolment.joined_at),
        "left_at": _moment(enrolment.left_at),
    }


def declaration_record(declaration: Declaration) -> Record:
    statement = declaration.statement
    return {
        "id": declaration.id,
        "provider": declaration.provider,
        "participant_id": declaration.participant.id,
        "declaration_type": declaration.declaration_type,
        "course_identifier": declaration.course_identifier,
        "declaration_date": format_moment(declaration.declaration_date),
        "state": declaration.state,
        "created_at": format_moment(declaration.created_at),
        "updated_at": format_moment(declaration.updated_at),
        "statement": {"deadline": str(statement.deadline), "payment": str(statement.payment)} if statement else None,
        "evidence_held": declaration.evidence_held,
    }
