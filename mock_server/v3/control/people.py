"""The control API's operations on people and on their declarations."""

from dataclasses import replace
from datetime import timedelta
from time import time
from typing import Any, Final

from mock_server.control.models import Complaint, NewPeople
from mock_server.control.problems import ControlCall, Problem, invalid, json_answer, not_found, shares_of
from mock_server.http.exchange import Answer
from mock_server.http.json_schema import listed
from mock_server.rules.mix import shared_out
from mock_server.sandbox.journal import SchoolChange
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v3.control import finding, models
from mock_server.v3.control.records import declaration_record, participant_record
from mock_server.v3.domain import declarations, departures, mentoring, people, population, programmes, registrations
from mock_server.v3.domain.people import AS_IT_IS
from mock_server.v3.domain.placing import EXISTING, NEW, ROLLOVER
from mock_server.v3.domain.records import Register, School, Teacher
from mock_server.v3.domain.registrations import INVENTED, Registration
from mock_server.v3.domain.vocabulary import ROLES
from mock_server.v3.domain.world import World

# The journal's name for this service.
API: Final = "v3"

Body = dict[str, Any]


def list_participants(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(models.Participants(tuple(participant_record(each) for each in world.teachers.values())))


def get_participant(_sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    return json_answer(participant_record(finding.teacher(world, call)))


def _changed(sandbox: Sandbox, teacher: Teacher, status: int = 200) -> Answer:
    """The person as they are now. The journal notes the change: readiness compares its time with requests."""
    providers = tuple(view.provider for view in teacher.views)
    sandbox.journal.note_change(SchoolChange(time(), API, teacher.id, providers))
    return json_answer(participant_record(teacher), status)


def _moved(sandbox: Sandbox, teacher: Teacher, status: int = 200) -> Answer:
    """The person after a change that may be a transfer. If it is, the journal notes that, too."""
    just_now = sandbox.clock.now() - timedelta(seconds=2)
    seeing = [view for view in teacher.views if view.transfers_updated_at and view.transfers_updated_at > just_now]
    if seeing:
        providers = tuple(view.provider for view in seeing)
        sandbox.journal.note_change(SchoolChange(time(), API, teacher.id, providers, "transfer"))
    return _changed(sandbox, teacher, status)


# -- registrations ---------------------------------------------------------------------------------


def register(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    body = call.body
    provider = finding.given_provider(world, body)
    _check_ect_only(body, "working_pattern", "mentor_id")
    _check_delivery_partner(body)
    if provider is None and body.get("partnership") in (EXISTING, NEW, ROLLOVER):
        raise invalid("/partnership", "needs a provider: name it in /provider")
    registration = Registration(
        role=body["role"],
        teacher=finding.given_teacher(world, body, "participant_id"),
        full_name=body.get("full_name"),
        teacher_reference_number=body.get("teacher_reference_number", INVENTED),
        school_urn=body.get("school_urn"),
        provider=provider,
        partnership=body.get("partnership"),
        delivery_partner=finding.given_delivery_partner(world, body),
        cohort=finding.given_cohort(world, body),
        schedule_identifier=body.get("schedule_identifier"),
        started_on=finding.given_day(body, "started_on"),
        email=body.get("email", INVENTED),
        working_pattern=body.get("working_pattern"),
        mentor=finding.given_teacher(world, body, "mentor_id"),
    )
    return _moved(sandbox, registrations.register(world, registration, sandbox.clock.now()), 201)


def add_people(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    body, now = call.body, sandbox.clock.now()
    provider = finding.given_provider(world, body)
    assert provider is not None  # noqa: S101 - the contract makes the body name it
    begun = [year for year, cohort in world.cohorts.items() if cohort.started_on <= now.date()]
    usual = {
        "cohorts": {begun[-1] if begun else next(iter(world.cohorts)): 1},
        "roles": {"ect": 3, "mentor": 1},
        "training_statuses": {"active": 1},
        "declarations": {population.NO_DECLARATION: 1},
    }
    shares, random = shares_of(usual, body), world.inventions()
    for cohort in shares["cohorts"]:
        if cohort not in world.cohorts:
            known = listed(list(world.cohorts), "and")
            raise invalid(f"/mix/cohorts/{cohort}", f"there is no such cohort here, only {known}")
    members = [shared_out(weights, body["count"], random) for weights in shares.values()]
    wanted = [population.Wanted(*facts) for facts in zip(*members, strict=True)]
    added = population.add_people(world, provider, wanted, now)
    for teacher in added:
        sandbox.journal.note_change(SchoolChange(time(), API, teacher.id, (provider,)))
    return json_answer(NewPeople(tuple(each.id for each in added)), 201)


def _check_ect_only(body: Body, *names: str) -> None:
    for name in names:
        if body["role"] != "ect" and name in body:
            raise invalid(f"/{name}", "is for an ECT only, and the role is mentor")


def _check_delivery_partner(body: Body) -> None:
    if "delivery_partner_id" in body and body.get("partnership") != NEW:
        raise invalid("/delivery_partner_id", f'is for a new partnership: send "partnership": "{NEW}" with it')


def undo_registration(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    teacher, role = finding.teacher(world, call), call.path_params["role"]
    if role not in ROLES:
        raise not_found("role", role)
    departures.undo(world, teacher, role, sandbox.clock.now(), _school_in_query(world, call))
    return _changed(sandbox, teacher) if teacher.id in world.teachers else Answer(204)


def _school_in_query(world: World, call: ControlCall) -> School | None:
    urn = call.query.get("school_urn")
    school = None if urn is None else world.school_by_urn(urn)
    if urn is not None and school is None:
        detail = f"there is no school {urn!r} here"
        raise Problem(422, "Unprocessable Content", detail, [Complaint(parameter="school_urn", detail=detail)])
    return school


# -- changes of a person ---------------------------------------------------------------------------


def update_details(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    teacher, body = finding.teacher(world, call), call.body
    email = body.get("email")
    people.change_details(
        world,
        teacher,
        sandbox.clock.now(),
        full_name=body.get("full_name"),
        teacher_reference_number=body.get("teacher_reference_number", AS_IT_IS),
        email=None if email is None else (email["role"], email["value"]),
        working_pattern=body.get("working_pattern"),
    )
    return _changed(sandbox, teacher)


def update_induction(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    teacher, body = finding.teacher(world, call), call.body
    people.change_induction(
        world,
        teacher,
        sandbox.clock.now(),
        started_on=finding.given_day(body, "started_on"),
        finished_on=finding.given_day(body, "finished_on") if "finished_on" in body else AS_IT_IS,
        outcome=body.get("outcome", AS_IT_IS),
        register=_register(teacher.register, body["register"]) if "register" in body else None,
    )
    return _changed(sandbox, teacher)


def _register(before: Register, given: Body) -> Register:
    days = {
        name: finding.given_day(given, name, "/register") for name in ("started_on", "completed_on") if name in given
    }
    return replace(before, **days, exempt=given.get("exempt", before.exempt))


def update_funding(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    teacher, body = finding.teacher(world, call), call.body
    role, end = body["role"], "mentor_funding_end_date"
    for name in (end, "mentor_ineligible_for_funding_reason"):
        if role != "mentor" and name in body:
            raise invalid(f"/{name}", "is for a mentor only, and the role is ect")
    people.change_funding(
        world,
        teacher,
        role,
        sandbox.clock.now(),
        eligible=body.get("eligible", False),
        mentor_funding_end_date=finding.given_day(body, end) if end in body else AS_IT_IS,
        mentor_ineligible_for_funding_reason=body.get("mentor_ineligible_for_funding_reason", AS_IT_IS),
        frozen_year=finding.given_cohort(world, body, "frozen_year") if "frozen_year" in body else AS_IT_IS,
    )
    return _changed(sandbox, teacher)


def update_training(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    """Change the provider or the programme, or move to another cohort or schedule with the present provider."""
    teacher, body, now = finding.teacher(world, call), call.body, sandbox.clock.now()
    role, cohort = body["role"], finding.given_cohort(world, body)
    provider, partner = finding.given_provider(world, body), finding.given_delivery_partner(world, body)
    if "provider" in body and provider is None:
        _check_school_led(body)
        programmes.change_to_school_led(world, teacher, now)
        return _moved(sandbox, teacher)
    _check_delivery_partner(body)
    partnership, schedule_identifier = body.get("partnership"), body.get("schedule_identifier")
    if provider is None:
        programmes.change_cohort(
            world,
            teacher,
            role,
            now,
            cohort=cohort,
            schedule_identifier=schedule_identifier,
            partnership=partnership,
            delivery_partner=partner,
        )
    else:
        programmes.change_provider(
            world,
            teacher,
            role,
            provider,
            now,
            partnership=partnership,
            delivery_partner=partner,
            cohort=cohort,
            schedule_identifier=schedule_identifier,
        )
    return _moved(sandbox, teacher)


def _check_school_led(body: Body) -> None:
    if body["role"] != "ect":
        raise invalid("/provider", "must name a provider: only an ECT can be trained by the school itself")
    for name in ("partnership", "delivery_partner_id", "cohort", "schedule_identifier"):
        if name in body:
            raise invalid(f"/{name}", "means nothing for training by the school itself: /provider is null")


def update_mentor(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    teacher, body = finding.teacher(world, call), call.body
    mentor = finding.given_teacher(world, body, "mentor_id")
    mentoring.change_mentor(world, teacher, mentor, sandbox.clock.now(), starts_on=finding.given_day(body, "from"))
    return _changed(sandbox, teacher)


def add_departure(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    teacher, body = finding.teacher(world, call), call.body
    departures.depart(
        world,
        teacher,
        body["role"],
        sandbox.clock.now(),
        on=finding.given_day(body, "on"),
        school=finding.given_school(world, body),
    )
    return _moved(sandbox, teacher, 201)


def merge_participants(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    gone, into = finding.teacher(world, call), finding.given_teacher(world, call.body, "into")
    assert into is not None  # noqa: S101 - the contract makes the body name it
    people.merge(world, gone, into, sandbox.clock.now())
    return _changed(sandbox, into)


# -- declarations ----------------------------------------------------------------------------------


def list_declarations(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(
        models.Declarations(tuple(declaration_record(world, each) for each in world.declarations.values()))
    )


def get_declaration(_sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    return json_answer(declaration_record(world, finding.declaration(world, call)))


def set_declaration_state(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    declaration = finding.declaration(world, call)
    declarations.set_state(world, declaration, call.body["state"], sandbox.clock.now())
    listing = tuple(slug for slug in world.providers if declaration in world.declaration_lists[slug])
    sandbox.journal.note_change(SchoolChange(time(), API, declaration.id, listing, "declaration"))
    return json_answer(declaration_record(world, declaration))
