"""The changes that the department and schools make to providers, cohorts, schools and delivery partners."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypedDict, Unpack

from mock_server.rules.names import invented_name
from mock_server.v3.domain import inventions, statements
from mock_server.v3.domain.calendar import year_later
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Cohort, DeliveryPartner, Provider, School, SchoolCohort, Uplift
from mock_server.v3.domain.schedules import schedules_a_year_later
from mock_server.v3.domain.world import World

# -- providers -------------------------------------------------------------------------------------


def change_provider(
    world: World, provider: Provider, now: datetime, *, name: str | None = None, cohorts: Iterable[str] | None = None
) -> None:
    """Change the provider's name, and the cohorts of its contracts. Each new contract adds its statements.

    Raises Impossible for an unknown cohort, and if a contract that would end is in use.
    """
    wanted = provider.cohorts if cohorts is None else tuple(sorted(set(cohorts)))
    gone = [cohort for cohort in provider.cohorts if cohort not in wanted]
    for cohort in wanted:
        if cohort not in world.cohorts:
            raise Impossible(f"There is no cohort {cohort}.")
    for cohort in gone:
        if _is_used(world, provider.slug, cohort):
            raise Impossible(f"{provider.slug} has partnerships, training or declarations in {cohort}.")
    with Change(world, now) as change:
        if name is not None and name != provider.name:
            provider.name = name
            _show_name(change, provider.slug)
        for cohort in gone:
            for statement in list(world.statements_by_contract.get((provider.slug, cohort), ())):
                world.forget_statement(statement)
            for partner in world.delivery_partners.values():
                if world.works_with(provider.slug, cohort, partner):
                    _set_works_with(partner, provider.slug, set(partner.works_with[provider.slug]) - {cohort})
                    change.delivery_partner(partner)
        for cohort in wanted:
            if cohort not in provider.cohorts:
                statements.add_all(change, provider.slug, cohort)
        provider.cohorts = wanted
        world.mark(provider)


def _is_used(world: World, provider: str, cohort: str) -> bool:
    held = world.statements_by_contract.get((provider, cohort), ())
    return (
        any(statement.declarations or statement.clawbacks for statement in held)
        or any(each.provider == provider and each.cohort == cohort for each in world.partnerships.values())
        or any((provider, cohort) in school.interests for school in world.schools.values())
    )


def _show_name(change: Change, provider: str) -> None:
    """Transfers and declarations show the name. Its change moves transfers (rules 3.9)."""
    for partnership in change.world.partnerships.values():
        if partnership.provider == provider:
            for training in partnership.trainings:
                training.transfer_updated_at = change.now
                change.review(training.teacher)
    for declaration in change.world.declarations.values():
        if declaration.provider == provider:
            declaration.rendered = None


# -- cohorts ---------------------------------------------------------------------------------------


class CohortFacts(TypedDict, total=False):
    started_on: date
    finished_on: date
    enabled: bool
    payments_frozen_at: datetime | None
    mentor_funding: bool
    detailed_evidence: bool
    uplift_fees: bool


def change_cohort(world: World, year: str, now: datetime, **facts: Unpack[CohortFacts]) -> Cohort:
    """Change days and flags. For an unknown year, it copies the year before, with all days a year later (schedules 1).

    Raises Impossible if there is no year before, and for an end before the start.
    """
    cohort = world.cohorts.get(year) or _a_year_later(world, year)
    if facts.get("finished_on", cohort.finished_on) < facts.get("started_on", cohort.started_on):
        raise Impossible("A cohort can't finish before it starts.")
    with Change(world, now) as change:
        is_new = year not in world.cohorts
        if is_new:
            cohort.sequence = world.next_sequence()
            world.add_cohort(cohort)
            for school in world.schools.values():
                school.cohorts[year] = SchoolCohort(school, year, change.now)
                change.review_school(school)
        changed = {name for name, value in facts.items() if getattr(cohort, name) != value}
        for name in changed:
            setattr(cohort, name, facts[name])  # type: ignore[literal-required]
        world.mark(cohort)
        if is_new or not changed.isdisjoint(("started_on", "finished_on")):
            _count_school_led(change)
        if "uplift_fees" in changed:
            for partnership in world.partnerships.values():
                if partnership.cohort == year:
                    for training in partnership.trainings:
                        change.review(training.teacher)
    return cohort


def _count_school_led(change: Change) -> None:
    """School-led training counts for the cohort whose days include its start (rules 3.5)."""
    for school in change.world.schools.values():
        for stay in school.stays:
            if any(not training.is_provider_led for training in stay.trainings):
                change.stays[stay] = None


def _a_year_later(world: World, year: str) -> Cohort:
    before = world.cohorts.get(str(int(year) - 1))
    if before is None:
        raise Impossible(f"There is no cohort {int(year) - 1} to make {year} from: make that one first.")
    return Cohort(
        year,
        year_later(before.started_on),
        year_later(before.finished_on),
        True,
        None,
        before.mentor_funding,
        before.detailed_evidence,
        before.uplift_fees,
        schedules_a_year_later(before.schedules, year),
    )


# -- schools ---------------------------------------------------------------------------------------


class SchoolFacts(TypedDict, total=False):
    urn: str
    name: str
    eligible: bool
    induction_tutor_name: str | None
    induction_tutor_email: str | None
    contact_email: str | None
    uplifts: Mapping[str, Uplift | None]


# A change of one of these moves the records of all cohorts. The first three also move partnerships (rules 3.9).
_MOVES_PARTNERSHIPS = ("urn", "induction_tutor_name", "induction_tutor_email", "contact_email")
_MOVES_SCHOOL = (*_MOVES_PARTNERSHIPS, "name")


def create_school(world: World, now: datetime, **facts: Unpack[SchoolFacts]) -> School:
    """Add a school. By default it has an invented name and URN, is eligible, and has no uplifts, tutor or address.

    Raises Impossible for a known URN.
    """
    _check_urn(world, facts.get("urn"), None)
    with Change(world, now) as change:
        return add_school(change, **facts)


def add_school(change: Change, **facts: Unpack[SchoolFacts]) -> School:
    world = change.world
    random = world.inventions()
    name, urn = inventions.school_name(random), inventions.urn(random)
    while urn in world.schools_by_urn:
        urn = inventions.urn(random)
    school = School(
        world.new_id(),
        facts.get("urn", urn),
        facts.get("name", name),
        facts.get("eligible", True),
        facts.get("induction_tutor_name"),
        facts.get("induction_tutor_email"),
        facts.get("contact_email"),
        change.now,
        world.next_sequence(),
        {cohort: row for cohort, row in facts.get("uplifts", {}).items() if row is not None},
    )
    school.cohorts = {year: SchoolCohort(school, year, change.now) for year in world.cohorts}
    world.schools[school.id] = school
    world.schools_by_urn[school.urn] = school
    change.review_school(school)
    return school


def invent_school(change: Change, urn: str | None = None) -> School:
    """Add an eligible school with a tutor, for a registration that names no school or an unknown one."""
    random = change.world.inventions()
    name, tutor = inventions.school_name(random), invented_name(random)
    facts = SchoolFacts(
        name=name,
        induction_tutor_name=tutor,
        induction_tutor_email=inventions.email(random, tutor),
        contact_email=f"office@{inventions.school_domain(name)}",
    )
    if urn is not None:
        facts["urn"] = urn
    return add_school(change, **facts)


def change_school(world: World, school: School, now: datetime, **facts: Unpack[SchoolFacts]) -> None:
    """Change the school. In `uplifts`, None removes a cohort's row. Raises Impossible for another school's URN."""
    _check_urn(world, facts.get("urn"), school)
    with Change(world, now) as change:
        rows = facts.get("uplifts", {})
        for cohort, row in rows.items():
            if row is None:
                school.uplifts.pop(cohort, None)
            else:
                school.uplifts[cohort] = row
        changed = {name for name, value in facts.items() if name != "uplifts" and getattr(school, name) != value}
        if "urn" in changed:
            del world.schools_by_urn[school.urn]
            world.schools_by_urn[facts["urn"]] = school
        for name in changed:
            setattr(school, name, facts[name])  # type: ignore[literal-required]
        if not changed.isdisjoint(_MOVES_SCHOOL):
            change.school(school)
        if not changed.isdisjoint(_MOVES_PARTNERSHIPS):
            for partnership in school.partnerships:
                change.partnership(partnership)
        change.review_school(school)
        for stay in school.stays:
            if "urn" in changed:
                change.participant(stay.teacher)
                for training in stay.trainings:
                    training.transfer_updated_at = change.now
            elif rows:
                change.review(stay.teacher)


def _check_urn(world: World, urn: str | None, school: School | None) -> None:
    known = None if urn is None else world.school_by_urn(urn)
    if known is not None and known is not school:
        raise Impossible(f"There is a school with the URN {urn} already.")


# -- delivery partners -----------------------------------------------------------------------------

WorksWith = Mapping[str, Iterable[str]]


def create_delivery_partner(
    world: World, now: datetime, *, name: str | None = None, works_with: WorksWith | None = None
) -> DeliveryPartner:
    """Raises Impossible for a cohort in which the provider has no contract."""
    _check_contracts(world, works_with or {})
    with Change(world, now) as change:
        return add_delivery_partner(change, name, works_with or {})


def add_delivery_partner(change: Change, name: str | None, works_with: WorksWith) -> DeliveryPartner:
    world = change.world
    invented = inventions.delivery_partner_name(world.inventions())
    partner = DeliveryPartner(
        world.new_id(), invented if name is None else name, change.now, change.now, world.next_sequence()
    )
    for provider, cohorts in works_with.items():
        _set_works_with(partner, provider, cohorts)
    world.delivery_partners[partner.id] = partner
    change.delivery_partner(partner)
    return partner


def change_delivery_partner(
    world: World,
    partner: DeliveryPartner,
    now: datetime,
    *,
    name: str | None = None,
    works_with: WorksWith | None = None,
) -> None:
    """Change the delivery partner. `works_with` replaces all earlier pairs.

    Raises Impossible for a cohort without a contract, and for removing a pair that has partnerships.
    """
    if works_with is not None:
        _check_contracts(world, works_with)
        for partnership in world.partnerships.values():
            provider, cohort = partnership.provider, partnership.cohort
            if partnership.delivery_partner is partner and cohort not in works_with.get(provider, ()):
                raise Impossible(f"{partner.name} has partnerships with {provider} in {cohort}.")
    with Change(world, now) as change:
        if name is not None and name != partner.name:
            partner.name = name
            change.delivery_partner(partner)
            for partnership in world.partnerships.values():
                if partnership.delivery_partner is partner:
                    change.partnership(partnership)
        if works_with is not None:
            before = partner.works_with
            partner.works_with = {}
            for provider, cohorts in works_with.items():
                _set_works_with(partner, provider, cohorts)
            if partner.works_with != before:
                change.delivery_partner(partner)


def _check_contracts(world: World, works_with: WorksWith) -> None:
    for provider, cohorts in works_with.items():
        for cohort in cohorts:
            if not world.has_contract(provider, cohort):
                raise Impossible(f"{provider} has no contract in {cohort}: add the cohort to the provider first.")


def _set_works_with(partner: DeliveryPartner, provider: str, cohorts: Iterable[str]) -> None:
    kept = tuple(sorted(set(cohorts)))
    if kept:
        partner.works_with[provider] = kept
    else:
        partner.works_with.pop(provider, None)
