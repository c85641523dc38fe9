"""What is true of every world, whatever has happened to it. Worlds that people wrote may break it."""

from collections import Counter
from collections.abc import Iterator

from mock_server.v1.domain.records import Participant
from mock_server.v1.domain.states import NEXT_RUN
from mock_server.v1.domain.world import World


def problems(world: World) -> Iterator[str]:
    """A sentence for each breach of rules 5.5, 6 and 8."""
    ids = Counter([*world.participants, *world.declarations])
    yield from (f"{id} is a participant and a declaration" for id, times in ids.items() if times > 1)
    for record in world.every_record():
        if not record.sequence <= record.changed <= world.changes:
            yield f"{record.id} was made by change {record.sequence}, changed by {record.changed}, of {world.changes}"
    for participant in world.participants.values():
        yield from _of_participant(world, participant)
    for declaration in world.declarations.values():
        if declaration.provider not in world.providers:
            yield f"the declaration {declaration.id} names the unknown provider {declaration.provider!r}"
        elif declaration.participant.enrolment_with(declaration.provider) is None:
            yield f"the declaration {declaration.id} is of {declaration.provider}, which never had its participant"
        if declaration.state in NEXT_RUN and declaration.statement is None:
            yield f"the declaration {declaration.id} is {declaration.state}, and waits for no statement"


def _of_participant(world: World, participant: Participant) -> Iterator[str]:
    who, mentor_id = f"the participant {participant.id}", participant.current.mentor_id
    if participant.current.challenged:
        yield f"{who} is with {participant.current.provider} now, so that enrolment can't be challenged"
    if participant.person.has_validity_without_trn:
        yield f"{who} has no TRN, so null is the only teacher_reference_number_validated"
    for slug, times in Counter(enrolment.provider for enrolment in participant.enrolments).items():
        if slug not in world.providers:
            yield f"{who} is enrolled with the unknown provider {slug!r}"
        if times > 1:
            yield f"{who} has {times} enrolments with {slug}"
    if participant.created_at.microsecond or participant.updated_at.microsecond:
        yield f"{who} was made or changed within a second: participants have whole seconds"
    if mentor_id is not None:
        mentor = world.participants.get(mentor_id)
        if mentor is not None and mentor.participant_type != "mentor":
            yield f"{who} has the mentor {mentor_id}, who is no mentor"
        if participant.participant_type != "ect":
            yield f"{who} has a mentor, and is no ECT"
    live = Counter(declaration.declaration_type for declaration in participant.declarations if declaration.live)
    for kind, times in live.items():
        if times > 1:
            yield f"{who} has {times} live declarations of the type {kind}"
