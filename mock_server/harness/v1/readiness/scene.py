"""The sandbox of a drill for clients of v1, and what its events do there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from mock_server.client import SandboxClient
from mock_server.control.models import JournalEntry, NewFault
from mock_server.harness.readiness.drills import Watched
from mock_server.harness.readiness.kit import Stage
from mock_server.rules.moments import format_moment
from mock_server.v1.control.models import Declaration, NewParticipant, Participant
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, schedule_of
from mock_server.v1.domain.states import way
from mock_server.v1.domain.vocabulary import COURSES, DECLARATION_TYPES

# The provider whose client does the drill, and the one from which participants come.
PROVIDER: Final = "alder"
ANOTHER: Final = "birch"
# More than one page holds, unless a client asks for longer pages.
PARTICIPANTS: Final = 120
# One participant of so many comes from the other provider, with all its declarations. So there is more than a page of
# declarations, too.
ONE_TAKEN_OVER_OF: Final = 6

# While clients poll, something changes every so many seconds, until so long after a poll.
BETWEEN_CHANGES: Final = 0.2
STREAM_AFTER_POLL: Final = 1.2
# Longer than that nobody waits for a poll.
STREAM_AT_MOST: Final = 12.0
# A payment follows when the client has declared nothing for so long, and another one when it has seen that payment for
# so long. Even without that it follows at last.
QUIET: Final = 1.5
NEXT_PAYMENT: Final = 2.0
AT_LAST: Final = 10.0

PARTICIPANT_LISTS: Final = (
    *("listEcfParticipants", "listEcfParticipantsCsv", "listParticipants", "listParticipantsCsv"),
)
DECLARATION_LISTS: Final = ("listParticipantDeclarations", "listParticipantDeclarationsCsv")


@dataclass(slots=True)
class Scene:
    """The sandbox of a drill, with those who are there at the start.

    `arriving` are still with the other provider. `taken_over` are the declarations that the other provider made for
    participants who are here now.
    """

    sandbox: SandboxClient
    participants: Sequence[Participant]
    arriving: Sequence[Participant]
    taken_over: list[Declaration]
    # How often something has changed in the stream of changes, and since when (Unix time).
    changed: int = 0
    stream_began: float | None = None
    stream_over: bool = False
    paid: dict[str, float] = field(default_factory=dict)
    # The fault that refuses a void, and the declaration that it is about.
    surprise: tuple[str, str] | None = None

    def new_declarations(self) -> list[Declaration]:
        """The client's declarations, oldest first."""
        return [each for each in self.sandbox.v1.declarations() if each.provider == PROVIDER]


def set_scene(stage: Stage) -> Scene:
    """Fills the sandbox of a drill."""
    sandbox, number = stage.sandbox, stage.participants
    elsewhere = max(1, number // ONE_TAKEN_OVER_OF)
    here = [sandbox.v1.add_participant(**_somebody(place, number - elsewhere)) for place in range(number - elsewhere)]
    there = [sandbox.v1.add_participant(**_funded(ANOTHER, place)) for place in range(elsewhere + 1)]
    with httpx.Client(
        base_url=stage.base_url, headers={"Authorization": f"Bearer {stage.tokens[ANOTHER]}"}, trust_env=False
    ) as http:
        for participant in there:
            for declaration_type in DECLARATION_TYPES:
                _declare(http, participant, declaration_type)
    *taken_over, arriving = there
    for participant in taken_over:
        sandbox.v1.transfer(participant.id, provider=PROVIDER)
    of = {participant.id for participant in taken_over}
    declarations = [each for each in sandbox.v1.declarations() if each.participant_id in of]
    return Scene(sandbox, here, [arriving], declarations)


def _declare(http: httpx.Client, participant: Participant, declaration_type: str) -> None:
    schedule = schedule_of(participant.cohort, DEFAULT_SCHEDULE)
    assert schedule is not None  # noqa: S101 - the drill's own cohort
    attributes = {
        "participant_id": participant.id,
        "declaration_type": declaration_type,
        "declaration_date": format_moment(schedule.milestones[declaration_type].opens),
        "course_identifier": COURSES["ect"],
        "evidence_held": "other",
    }
    body = {"data": {"type": "participant-declaration", "attributes": attributes}}
    http.post("/api/v1/participant-declarations", json=body).raise_for_status()


def _funded(provider: str, place: int) -> NewParticipant:
    return {
        "provider": provider,
        "participant_type": "ect",
        "cohort": "2021",
        "teacher_reference_number": str(2_000_000 + place),
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }


def _somebody(place: int, number: int) -> NewParticipant:
    """The participant at `place`. They come from two cohorts; most are teachers, and most are registered and funded.

    In the middle of the list there are some for whom nothing can be reported any more.
    """
    person: NewParticipant = {
        "provider": PROVIDER,
        "participant_type": "mentor" if place % 8 == 7 else "ect",
        "cohort": "2021" if place % 2 == 0 else "2022",
    }
    if place % 10 == 9:
        return person
    middle = number // 2 - number // 2 % 2
    if place == middle:
        person["status"] = "withdrawn"
    if place == middle + 2:
        person["training_status"] = "withdrawn"
    return {
        **person,
        "teacher_reference_number": str(1_000_000 + place),
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }


# -- what schools and the department do ----------------------------------------------------------


def schools_change(scene: Scene, _watched: Watched) -> str:
    v1, (moving, registering, leaving) = scene.sandbox.v1, scene.participants[-3:]
    v1.register(
        registering.id,
        email="registered@example.org",
        teacher_reference_number="7654321",
        teacher_reference_number_validated=True,
        eligible_for_funding=True,
    )
    v1.set_status(leaving.id, "withdrawn")
    added = v1.add_participant(provider=PROVIDER, participant_type="ect", cohort="2022")
    v1.transfer(moving.id, provider=ANOTHER)
    names = ", ".join(arriving.full_name for arriving in scene.arriving)
    for arriving in scene.arriving:
        v1.transfer(arriving.id, provider=PROVIDER)
    return (
        f"{registering.full_name} registered, a school removed {leaving.full_name} and added {added.full_name}, "
        f"{moving.full_name} moved to another provider and {names} came from one"
    )


def changes_stream(scene: Scene, watched: Watched) -> str | None:
    """Changes records in quick succession while the client polls.

    So something changes in the very second of a poll, before it and after its answer.
    """
    polls = [entry for entry in watched.successes(*PARTICIPANT_LISTS, *DECLARATION_LISTS) if _is_poll(entry)]
    if not polls:
        return None
    if scene.stream_began is None:
        scene.stream_began = watched.at
    running = watched.at - scene.stream_began
    while scene.changed < 1 + running / BETWEEN_CHANGES and scene.changed < STREAM_AT_MOST / BETWEEN_CHANGES:
        _change_something(scene)
    polled = {entry.operation_id: entry.at.timestamp() for entry in reversed(polls) if _within(scene, entry)}
    each_polled = {entry.operation_id for entry in polls} <= polled.keys()
    long_enough = each_polled and watched.at - max(polled.values()) >= STREAM_AFTER_POLL
    if not long_enough and running < STREAM_AT_MOST:
        return None
    scene.stream_over = True
    return f"schools and the department changed {scene.changed} records while the client polled"


def _is_poll(entry: JournalEntry) -> bool:
    return "updated_since" in entry.query


def _within(scene: Scene, entry: JournalEntry) -> bool:
    return scene.stream_began is not None and entry.at.timestamp() > scene.stream_began


def _change_something(scene: Scene) -> None:
    """Changes a participant, and every other time a declaration: those that the client is least likely to work with."""
    v1, turn = scene.sandbox.v1, scene.changed
    scene.changed += 1
    # Not the last three: other events are about them.
    others = scene.participants[len(scene.participants) // 2 : -3]
    v1.update_details(others[turn % len(others)].id, pupil_premium_uplift=turn // len(others) % 2 == 0)
    if turn % 2 == 0 and scene.taken_over:
        declared = scene.taken_over.pop(0)
        v1.set_declaration_state(declared.id, "payable")


def department_pays(scene: Scene, watched: Watched) -> str | None:
    """Pays the client's declarations one after another, until one was voided after it was paid.

    A client that sends several declarations at a time can't know which of them comes first. So whichever it waits for
    is paid in the end.
    """
    if said := _surprise(scene, watched):
        return said
    if watched.passed >= {"declarations.void", "declarations.clawback"}:
        return None
    declared = scene.new_declarations()
    if not declared:
        return None
    writes = [entry for entry in watched.entries if entry.method in ("POST", "PUT")]
    quiet = bool(writes) and watched.seconds_since(writes[-1]) >= QUIET
    started = min(each.created_at.timestamp() for each in declared)
    # A client that polls without `filter[updated_since]` gets no stream of changes.
    waiting_long = scene.stream_began is None and watched.at - started >= STREAM_AT_MOST and quiet
    if not (scene.stream_over or waiting_long) or not (quiet or "declarations.void" in watched.passed):
        return None
    if scene.paid and not _was_seen(scene, watched):
        return None
    declared.sort(key=lambda each: (DECLARATION_TYPES.index(each.declaration_type), each.created_at))
    for each in declared:
        # Skip a declaration from whose state no way leads to `paid`, such as one that is already paid.
        if states := way(each.state, "paid"):
            if "errors.refusal-met" not in watched.passed and scene.surprise is None:
                _prepare_surprise(scene, each.id)
            for state in states:
                scene.sandbox.v1.set_declaration_state(each.id, state)
            scene.paid[each.id] = watched.at
            return f"the declaration {each.declaration_type} of participant {each.participant_id} was paid"
    return None


def _was_seen(scene: Scene, watched: Watched) -> bool:
    """Whether the client has had time to void the latest payment."""
    id, at = list(scene.paid.items())[-1]
    if watched.at - at >= AT_LAST:
        return True
    for entry in watched.successes(*DECLARATION_LISTS, "getParticipantDeclaration"):
        shown = id in (entry.record_ids or ()) or entry.path.endswith(id)
        if shown and entry.at.timestamp() > at and watched.seconds_since(entry) >= NEXT_PAYMENT:
            return True
    return False


# -- a refusal that nobody can foresee ------------------------------------------------------------

# For so long the answer to the request is under way, while the world changes, in milliseconds.
SURPRISE_TAKES: Final = 700


def _prepare_surprise(scene: Scene, declaration_id: str) -> None:
    """The client's request to void this declaration will be refused: the department is quicker.

    A client that looks at its records before it writes may never have met a refusal. It can't foresee this one.
    """
    fault: NewFault = {
        "match": {"method": "PUT", "path": f"/api/v1/participant-declarations/{declaration_id}/void"},
        "respond": {
            "status": 422,
            "headers": {"Content-Type": "application/vnd.api+json"},
            "body": {"errors": [{"title": "Invalid action", "detail": "This can't be done any more."}]},
        },
        "delay_ms": SURPRISE_TAKES,
        "times": 1,
    }
    scene.surprise = scene.sandbox.add_fault(**fault).id, declaration_id


def _surprise(scene: Scene, watched: Watched) -> str | None:
    """Changes the world as soon as the request has come."""
    if scene.surprise is None:
        return None
    fault_id, declaration_id = scene.surprise
    struck = any(fault.id == fault_id and fault.struck for fault in scene.sandbox.faults())
    if not struck and "errors.refusal-met" not in watched.passed:
        return None
    scene.surprise = None
    if not struck:
        scene.sandbox.remove_fault(fault_id)
        return None
    scene.sandbox.v1.set_declaration_state(declaration_id, "awaiting-clawback")
    return f"the department took back the declaration {declaration_id} just before the client voided it"


# -- answers that get lost -----------------------------------------------------------------------

LOSES_AN_ANSWER: Final[NewFault] = {
    "match": {"operation_id": "createParticipantDeclaration"},
    "respond": {"status": 504, "body": "Gateway Timeout\n"},
    "times": 1,
    "apply": "after",
}


def lose_another_answer(scene: Scene, _watched: Watched) -> str:
    """Loses one more answer, because the service refused the declaration that the fault struck."""
    sent = scene.sandbox.all_requests(operation_id=LOSES_AN_ANSWER["match"]["operation_id"])
    if any(entry.unheard == 200 for entry in sent):
        return ""
    scene.sandbox.add_fault(**LOSES_AN_ANSWER)
    return "the declaration whose answer got lost was refused: the next answer gets lost instead"
