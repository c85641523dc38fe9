"""The seed `guide` is the same in every version: people's tests name its records.

Where a change of it is meant, `python -m tests.v1.domain.test_guide_seed` writes down what it is now.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mock_server.rules.moments import format_moment
from mock_server.rules.providers import PROVIDERS
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.seeds import populate
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import at

FILE = Path(__file__).with_suffix(".txt")
# While declarations are being made and paid, and long after.
CLOCKS = [at("2022-12-10T12:30:00Z"), at("2026-11-23T12:00:00Z")]


def written(value: object) -> str:
    return format_moment(value) if isinstance(value, datetime) else "-" if value is None else str(value)


def participant_line(enrolment: Enrolment) -> str:
    participant = enrolment.participant
    values: list[object] = [participant.id, participant.participant_type, participant.cohort]
    values += [participant.schedule_identifier, enrolment.status, enrolment.training_status]
    values += [enrolment.school_urn, enrolment.mentor_id]
    values += [participant.created_at, participant.updated_at, enrolment.withdrawn_at]
    values += [enrolment.email, *participant.person]
    return " ".join(map(written, values))


def declaration_line(declaration: Declaration) -> str:
    values = [declaration.id, declaration.declaration_type, declaration.state, declaration.evidence_held]
    return " ".join(
        map(written, [*values, declaration.declaration_date, declaration.created_at, declaration.updated_at])
    )


def told() -> Iterator[str]:
    """The first provider's records, a line each, at each of the clocks."""
    for clock in CLOCKS:
        world = World(PROVIDERS, 2021, clock)
        populate(world, 2021, clock, 0)
        yield f"At {format_moment(clock)}"
        for enrolment in world.list_participants(PROVIDERS[0].slug).all():
            yield participant_line(enrolment)
            yield from (f"  {declaration_line(declaration)}" for declaration in enrolment.participant.declarations)


def test_the_seed_is_what_it_was() -> None:
    assert list(told()) == FILE.read_text("utf-8").splitlines()


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in told()), "utf-8")
