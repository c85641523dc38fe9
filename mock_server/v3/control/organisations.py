"""The control API's operations on providers, cohorts, schools, delivery partners, partnerships and statements."""

from typing import Any, Final

from mock_server.control.problems import ControlCall, invalid, json_answer, not_found
from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v3.control import finding, models
from mock_server.v3.control.records import (
    cohort_record,
    delivery_partner_record,
    partnership_record,
    provider_record,
    school_record,
    statement_record,
)
from mock_server.v3.domain import organisations, partnerships, statements
from mock_server.v3.domain.organisations import CohortFacts, SchoolFacts
from mock_server.v3.domain.records import Uplift
from mock_server.v3.domain.vocabulary import FEE_TYPES
from mock_server.v3.domain.world import World

NO_CONTENT: Final = Answer(204)

# -- providers and cohorts -------------------------------------------------------------------------


def list_providers(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(models.Providers(tuple(provider_record(each) for each in world.providers.values())))


def update_provider(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    provider = world.providers.get(call.path_params["slug"])
    if provider is None:
        raise not_found("provider", call.path_params["slug"])
    cohorts = call.body.get("cohorts")
    for place, year in enumerate(cohorts or ()):
        _check_cohort(world, year, f"/cohorts/{place}")
    organisations.change_provider(world, provider, sandbox.clock.now(), name=call.body.get("name"), cohorts=cohorts)
    return json_answer(provider_record(provider))


def _check_cohort(world: World, year: str, pointer: str) -> None:
    if year not in world.cohorts:
        raise invalid(pointer, f"there is no cohort {year!r} here; PUT it first")


def list_cohorts(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(models.Cohorts(tuple(cohort_record(world.cohorts[year]) for year in sorted(world.cohorts))))


def update_cohort(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    year, body = call.path_params["year"], call.body
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        raise not_found("cohort", year)
    facts: CohortFacts = {}
    if "started_on" in body:
        facts["started_on"] = finding.day(body["started_on"], "/started_on")
    if "finished_on" in body:
        facts["finished_on"] = finding.day(body["finished_on"], "/finished_on")
    if "payments_frozen_at" in body:
        facts["payments_frozen_at"] = finding.given_moment(body, "payments_frozen_at")
    for flag in ("enabled", "mentor_funding", "detailed_evidence", "uplift_fees"):
        if flag in body:
            facts[flag] = body[flag]
    return json_answer(cohort_record(organisations.change_cohort(world, year, sandbox.clock.now(), **facts)))


# -- schools and delivery partners -----------------------------------------------------------------


def list_schools(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(models.Schools(tuple(school_record(each) for each in world.schools.values())))


def get_school(_sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    return json_answer(school_record(finding.school(world, call)))


def _school_facts(world: World, body: dict[str, Any]) -> SchoolFacts:
    facts: SchoolFacts = {}
    for name in ("urn", "name", "eligible", "induction_tutor_name", "induction_tutor_email", "contact_email"):
        if name in body:
            facts[name] = body[name]
    if "uplifts" in body:
        for year in body["uplifts"]:
            _check_cohort(world, year, f"/uplifts/{year}")
        facts["uplifts"] = {year: None if row is None else Uplift(**row) for year, row in body["uplifts"].items()}
    return facts


def add_school(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    facts = _school_facts(world, call.body)
    return json_answer(school_record(organisations.create_school(world, sandbox.clock.now(), **facts)), 201)


def update_school(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    school = finding.school(world, call)
    organisations.change_school(world, school, sandbox.clock.now(), **_school_facts(world, call.body))
    return json_answer(school_record(school))


def list_delivery_partners(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(
        models.DeliveryPartners(tuple(delivery_partner_record(d) for d in world.delivery_partners.values()))
    )


def _works_with(world: World, body: dict[str, Any]) -> dict[str, list[str]] | None:
    works_with: dict[str, list[str]] | None = body.get("works_with")
    for slug, cohorts in (works_with or {}).items():
        if slug not in world.providers:
            raise invalid(f"/works_with/{slug}", f"there is no provider {slug!r} here")
        for place, year in enumerate(cohorts):
            _check_cohort(world, year, f"/works_with/{slug}/{place}")
    return works_with


def add_delivery_partner(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    works_with = _works_with(world, call.body)
    partner = organisations.create_delivery_partner(
        world, sandbox.clock.now(), name=call.body.get("name"), works_with=works_with
    )
    return json_answer(delivery_partner_record(partner), 201)


def update_delivery_partner(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    partner, works_with = finding.delivery_partner(world, call), _works_with(world, call.body)
    organisations.change_delivery_partner(
        world, partner, sandbox.clock.now(), name=call.body.get("name"), works_with=works_with
    )
    return json_answer(delivery_partner_record(partner))


# -- partnerships and statements -------------------------------------------------------------------


def list_partnerships(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(models.Partnerships(tuple(partnership_record(each) for each in world.partnerships.values())))


def add_partnership(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    provider, cohort = finding.given_provider(world, call.body), finding.given_cohort(world, call.body)
    school, partner = finding.given_school(world, call.body), finding.given_delivery_partner(world, call.body)
    # The contract requires all four in the body.
    assert provider is not None and cohort is not None and school is not None and partner is not None  # noqa: S101, PT018
    made = partnerships.create_by_department(world, provider, school, cohort, partner, sandbox.clock.now())
    return json_answer(partnership_record(made), 201)


def list_statements(_sandbox: Sandbox, world: World, _call: ControlCall) -> Answer:
    return json_answer(models.Statements(tuple(statement_record(each) for each in world.statements.values())))


def add_statement(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    body = call.body
    provider, cohort = finding.given_provider(world, body), finding.given_cohort(world, body)
    assert provider is not None and cohort is not None  # noqa: S101, PT018
    output, service = FEE_TYPES
    made = statements.create(
        world,
        provider,
        cohort,
        body["month"],
        body["year"],
        sandbox.clock.now(),
        fee_type=service if body.get("fee_type") == service else output,
        deadline_date=finding.given_day(body, "deadline_date"),
        payment_date=finding.given_day(body, "payment_date"),
    )
    return json_answer(statement_record(made), 201)


def update_statement(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    statement = finding.statement(world, call)
    statements.change(
        world,
        statement,
        sandbox.clock.now(),
        deadline_date=finding.given_day(call.body, "deadline_date"),
        payment_date=finding.given_day(call.body, "payment_date"),
        status=call.body.get("status"),
    )
    return json_answer(statement_record(statement))


def delete_statement(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    statements.delete(world, finding.statement(world, call), sandbox.clock.now())
    return NO_CONTENT
