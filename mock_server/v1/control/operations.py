"""The operations of `openapi/control-v1.yaml`, one function each; `CONTROL` is their table."""

from collections.abc import Callable, Sequence
from random import Random
from time import time
from typing import Any, Final

from mock_server.control.models import NewPeople
from mock_server.control.problems import ControlCall, Problem, invalid, json_answer, not_found, shares_of
from mock_server.http.exchange import Answer
from mock_server.rules.mix import shared_out
from mock_server.sandbox.journal import SchoolChange
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v1.control.models import Declarations, Participants
from mock_server.v1.control.records import declaration_record, participant_record
from mock_server.v1.domain import population
from mock_server.v1.domain.population import NO_DECLARATION, Wanted, too_early
from mock_server.v1.domain.records import Declaration, Participant, Person
from mock_server.v1.domain.schedules import COHORTS, DEFAULT_SCHEDULE, FIRST_COHORT, LAST_COHORT, academic_year
from mock_server.v1.domain.seeds import invented_person, invented_urn
from mock_server.v1.domain.states import ForbiddenMove
from mock_server.v1.domain.world import World

# The journal's name for this service.
API: Final = "v1"


def list_participants(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(Participants(tuple(participant_record(p) for p in world.participants.values())))


def _participant(world: World, call: ControlCall) -> Participant:
    id = call.path_params["participant_id"]
    participant = world.participants.get(id.lower())
    if participant is None:
        raise not_found("participant", id)
    return participant


def get_participant(_sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    return json_answer(participant_record(_participant(world, call)))


def _provider(world: World, slug: str) -> str:
    """The provider that will train a participant. It must have an ECF contract."""
    with_contract = [p.slug for p in world.providers.values() if p.ecf]
    if slug not in with_contract:
        raise invalid("/provider", f"no provider with an ECF contract is called {slug!r}; there are {with_contract}")
    return slug


def _check_trn(person: Person) -> None:
    if person.has_validity_without_trn:
        raise invalid("/teacher_reference_number_validated", "must be null while there is no TRN")


def _mentor(world: World, participant_type: str, body: dict[str, Any]) -> str | None:
    """The id of the mentor. The sandbox needn't have them: a mentor without training is no participant."""
    mentor_id: str | None = body.get("mentor_id")
    if mentor_id is None:
        return None
    if participant_type == "mentor":
        raise invalid("/mentor_id", "must be null for a mentor: only an ECT has one")
    known = world.participants.get(mentor_id.lower())
    if known is not None and known.participant_type != "mentor":
        raise invalid("/mentor_id", f"the participant {known.id} is no mentor")
    return mentor_id.lower()


def _mentor_at_school(world: World, ect: Participant, mentor_id: str) -> None:
    mentor = world.participants.get(mentor_id)
    if mentor is None:
        raise invalid("/mentor_id", f"no mentor here has the id {mentor_id!r}")
    theirs, school = mentor.current.school_urn, ect.current.school_urn
    if theirs != school:
        detail = f"the mentor is at school {theirs} and the ECT at school {school}; move one of them first"
        raise Problem(409, "Conflict", detail)
    if mentor.removed:
        raise Problem(409, "Conflict", "the school has removed this mentor; it must take them back first")


def _changed_by_school(
    sandbox: Sandbox, participant: Participant, status: int = 200, others: Sequence[Participant] = ()
) -> Answer:
    """The participant as they are now.

    The journal notes the change, of `others` too: readiness compares its time with the client's requests.
    """
    for changed in (participant, *others):
        providers = tuple(enrolment.provider for enrolment in changed.enrolments)
        sandbox.journal.note_change(SchoolChange(time(), API, changed.id, providers))
    return json_answer(participant_record(participant), status)


def _without_mentor(before: Sequence[Participant]) -> list[Participant]:
    """The ECTs who no longer have a mentor (rules 5.5)."""
    return [ect for ect in before if ect.current.mentor_id is None]


def add_participant(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    body, now = call.body, sandbox.clock.now()
    provider = _provider(world, body["provider"])
    mentor_id = _mentor(world, body["participant_type"], body)
    inventions = sandbox.inventions(world)
    (invented, email), urn = invented_person(inventions, body.get("full_name")), invented_urn(inventions)
    person = invented._replace(**{name: body[name] for name in Person._fields if name in body})
    _check_trn(person)
    this_year = min(max(academic_year(now), FIRST_COHORT), LAST_COHORT)
    participant = world.add_participant(
        provider=provider,
        participant_type=body["participant_type"],
        cohort=body.get("cohort", str(this_year)),
        person=person,
        email=body.get("email", email),
        school_urn=body.get("school_urn", urn),
        schedule_identifier=body.get("schedule_identifier", DEFAULT_SCHEDULE),
        mentor_id=mentor_id,
        status=body.get("status", "active"),
        training_status=body.get("training_status", "active"),
        now=now,
    )
    return _changed_by_school(sandbox, participant, 201)


def add_people(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    body, now = call.body, sandbox.clock.now()
    provider, inventions = _provider(world, body["provider"]), sandbox.inventions(world)
    this_year = min(max(academic_year(now), FIRST_COHORT), LAST_COHORT)
    usual = {
        "cohorts": {str(this_year): 1},
        "participant_types": {"ect": 3, "mentor": 1},
        "statuses": {"active": 1},
        "training_statuses": {"active": 1},
        "declarations": {NO_DECLARATION: 1},
    }
    shares = shares_of(usual, body)
    for cohort in shares["cohorts"]:
        if cohort not in COHORTS:
            raise invalid(f"/mix/cohorts/{cohort}", f"there are the cohorts {FIRST_COHORT} to {LAST_COHORT}")
    members = [shared_out(weights, body["count"], inventions) for weights in shares.values()]
    people = [Wanted(*facts) for facts in zip(*members, strict=True)]
    if early := next((each for each in people if too_early(each, now)), None):
        detail = f"nothing can be declared yet for the cohort {early.cohort}, so its people have no declarations"
        raise Problem(409, "Conflict", detail)
    added = population.add_people(world, inventions, now, provider, people)
    for participant in added:
        sandbox.journal.note_change(SchoolChange(time(), API, participant.id, (provider,)))
    return json_answer(NewPeople(tuple(each.id for each in added)), 201)


def register_participant(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    participant = _participant(world, call)
    _check_trn(participant.person._replace(**{name: call.body[name] for name in Person._fields if name in call.body}))
    facts = {name: call.body[name] for name in ("email", *Person._fields) if name in call.body}
    world.register(participant, facts, sandbox.clock.now())
    return _changed_by_school(sandbox, participant)


def update_participant_details(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    participant = _participant(world, call)
    world.register(participant, call.body, sandbox.clock.now())
    return _changed_by_school(sandbox, participant)


def set_participant_mentor(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    participant = _participant(world, call)
    mentor_id = _mentor(world, participant.participant_type, call.body)
    if mentor_id is not None:
        _mentor_at_school(world, participant, mentor_id)
    world.set_mentor(participant, mentor_id, sandbox.clock.now())
    return _changed_by_school(sandbox, participant)


def amend_participant_cohort(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    participant, body = _participant(world, call), call.body
    world.amend_cohort(participant, body["cohort"], body.get("schedule_identifier"), sandbox.clock.now())
    return _changed_by_school(sandbox, participant)


def set_participant_status(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    participant = _participant(world, call)
    ects = world.ects_of(participant)
    world.set_school_status(participant, call.body["status"], sandbox.clock.now())
    return _changed_by_school(sandbox, participant, others=_without_mentor(ects))


def transfer_participant(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    participant, body = _participant(world, call), call.body
    current = participant.current
    provider = _provider(world, body["provider"])
    urn = body.get("school_urn") or _another_urn(sandbox.inventions(world), current.school_urn)
    if provider == current.provider and urn == current.school_urn:
        raise invalid("/provider", f"the participant is with {provider} at school {urn} already: nothing would move")
    mentor_id, now = _mentor(world, participant.participant_type, body), sandbox.clock.now()
    ects = world.ects_of(participant)
    world.transfer(participant, provider, urn, mentor_id, now)
    if "mentor_id" in body and participant.current.mentor_id != mentor_id:
        world.set_mentor(participant, mentor_id, now)
    return _changed_by_school(sandbox, participant, 201, _without_mentor(ects))


def _another_urn(inventions: Random, school_urn: str) -> str:
    while (urn := invented_urn(inventions)) == school_urn:
        pass
    return urn


def list_declarations(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(Declarations(tuple(declaration_record(d) for d in world.declarations.values())))


def _declaration(world: World, call: ControlCall) -> Declaration:
    id = call.path_params["declaration_id"]
    declaration = world.declarations.get(id.lower())
    if declaration is None:
        raise not_found("declaration", id)
    return declaration


def get_declaration(_sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    return json_answer(declaration_record(_declaration(world, call)))


def set_declaration_state(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    declaration = _declaration(world, call)
    try:
        world.move_declaration(declaration, call.body["state"], sandbox.clock.now())
    except ForbiddenMove as refused:
        raise Problem(409, "Conflict", str(refused)) from refused
    listing = tuple(slug for slug in world.providers if declaration in _listed_declarations(world, slug, declaration))
    sandbox.journal.note_change(SchoolChange(time(), API, declaration.id, listing, "declaration"))
    return json_answer(declaration_record(declaration))


def _listed_declarations(world: World, provider: str, like: Declaration) -> Sequence[Declaration]:
    """The declarations in the provider's list for the same participant as `like`."""
    return world.list_declarations(provider, like.participant.id).all()


CONTROL: Final[dict[str, Callable[[Sandbox, World, ControlCall], Answer]]] = {
    "listSandboxParticipants": list_participants,
    "getSandboxParticipant": get_participant,
    "addParticipant": add_participant,
    "addPeople": add_people,
    "registerParticipant": register_participant,
    "updateParticipantDetails": update_participant_details,
    "setParticipantMentor": set_participant_mentor,
    "amendParticipantCohort": amend_participant_cohort,
    "setParticipantStatus": set_participant_status,
    "transferParticipant": transfer_participant,
    "listSandboxDeclarations": list_declarations,
    "getSandboxDeclaration": get_declaration,
    "setDeclarationState": set_declaration_state,
}
