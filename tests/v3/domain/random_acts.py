"""Anything that can happen to a world, at random; what is refused must change nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from mock_server.rules.table import RulesBroken
from mock_server.v3.domain import (
    commands,
    declarations,
    departures,
    mentoring,
    organisations,
    partnerships,
    people,
    programmes,
    registrations,
    statements,
)
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Register, School, Teacher, Uplift
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.states import DECLARATION_ARROWS
from mock_server.v3.domain.vocabulary import (
    COURSES,
    DECLARATION_TYPES,
    DEFER_REASONS,
    EVIDENCE_HELD,
    INELIGIBLE_REASONS,
    ROLES,
    SCHEDULE_IDENTIFIERS,
    WITHDRAW_REASONS,
)
from mock_server.v3.domain.world import World

PROVIDERS: Final = ("alder", "birch", "cedar")
YEARS: Final = ("2022", "2024", "2025", "2026")


def act_at_random(world: World, random: Random, now: datetime) -> str:
    """The name of what was tried."""
    act = random.choice(_ACTS)
    before = world.changes
    try:
        act(world, random, now)
    except (Impossible, RulesBroken):
        assert world.changes == before, f"{act.__name__} was refused and has changed something"
    except _NothingThere:
        pass
    return act.__name__


class _NothingThere(Exception):
    """The world has nobody for this act yet."""


def _one_of(random: Random, things: Any) -> Any:
    listed = list(things)
    if not listed:
        raise _NothingThere
    return random.choice(listed)


def _teacher(world: World, random: Random) -> Teacher:
    teacher: Teacher = _one_of(random, world.teachers.values())
    return teacher


def _school(world: World, random: Random) -> School:
    school: School = _one_of(random, world.schools.values())
    return school


def _day(random: Random, now: datetime) -> date:
    return london_day(now) + timedelta(days=random.choice((-500, -160, -40, -1, 0, 0, 1, 30)))


def register(world: World, random: Random, now: datetime) -> None:
    known = random.random() < 0.3
    registrations.register(
        world,
        Registration(
            random.choice(ROLES),
            _teacher(world, random) if known else None,
            school_urn=str(100_000 + random.randrange(4)),
            provider=random.choice((*PROVIDERS, "alder", None)),
            partnership=random.choice((None, None, "existing", "new", "rollover", "none")),
            cohort=random.choice((None, None, None, *YEARS)),
            started_on=random.choice((None, _day(random, now))),
            mentor=random.choice((None, _teacher(world, random))) if world.teachers else None,
        ),
        now,
    )


def mentor(world: World, random: Random, now: datetime) -> None:
    starts_on = random.choice((None, _day(random, now)))
    wanted = random.choice((_teacher(world, random), _teacher(world, random), None))
    mentoring.change_mentor(world, _teacher(world, random), wanted, now, starts_on=starts_on)


def depart(world: World, random: Random, now: datetime) -> None:
    on = random.choice((None, _day(random, now)))
    departures.depart(world, _teacher(world, random), random.choice(ROLES), now, on=on)


def undo(world: World, random: Random, now: datetime) -> None:
    departures.undo(world, _teacher(world, random), random.choice(ROLES), now)


def merge(world: World, random: Random, now: datetime) -> None:
    people.merge(world, _teacher(world, random), _teacher(world, random), now)


def change_provider(world: World, random: Random, now: datetime) -> None:
    programmes.change_provider(
        world,
        _teacher(world, random),
        random.choice(ROLES),
        random.choice(PROVIDERS),
        now,
        partnership=random.choice((None, None, "new", "none")),
        cohort=random.choice((None, None, *YEARS)),
    )


def change_to_school_led(world: World, random: Random, now: datetime) -> None:
    programmes.change_to_school_led(world, _teacher(world, random), now)


def move_cohort(world: World, random: Random, now: datetime) -> None:
    teacher, role = _teacher(world, random), random.choice(ROLES)
    programmes.change_cohort(world, teacher, role, now, cohort=random.choice(YEARS), partnership=None)


def induct(world: World, random: Random, now: datetime) -> None:
    facts: dict[str, Any] = {}
    if random.random() < 0.7:
        facts["started_on"] = _day(random, now)
    if random.random() < 0.3:
        facts["finished_on"] = random.choice((None, _day(random, now)))
    if random.random() < 0.3:
        facts["outcome"] = random.choice(("pass", "fail", None))
    if random.random() < 0.2:
        facts["register"] = Register(_day(random, now), None, random.random() < 0.5)
    people.change_induction(world, _teacher(world, random), now, **facts)


def fund(world: World, random: Random, now: datetime) -> None:
    role = random.choice(ROLES)
    facts: dict[str, Any] = {"eligible": random.random() < 0.7}
    if role == "mentor" and random.random() < 0.3:
        facts["mentor_funding_end_date"] = random.choice((None, _day(random, now)))
        facts["mentor_ineligible_for_funding_reason"] = random.choice((None, *INELIGIBLE_REASONS))
    people.change_funding(world, _teacher(world, random), role, now, **facts)


def details(world: World, random: Random, now: datetime) -> None:
    people.change_details(
        world,
        _teacher(world, random),
        now,
        full_name=random.choice((None, "Somebody Else")),
        teacher_reference_number=random.choice((None, str(random.randrange(1_000_000, 1_000_009)), people.AS_IT_IS)),
        email=random.choice((None, (random.choice(ROLES), f"{random.random()}@example.org"))),
        working_pattern=random.choice((None, "part_time", "full_time")),
    )


def partner(world: World, random: Random, now: datetime) -> None:
    school, partner = _school(world, random), _one_of(random, world.delivery_partners.values())
    provider = random.choice(PROVIDERS)
    partnerships.create_by_department(world, provider, school, random.choice(YEARS), partner, now)


def partner_by_provider(world: World, random: Random, now: datetime) -> None:
    school, partner = _school(world, random), _one_of(random, world.delivery_partners.values())
    attributes = {"cohort": random.choice(YEARS), "school_id": school.id, "delivery_partner_id": partner.id}
    commands.create_partnership(world, random.choice(PROVIDERS), attributes, now)


def update_partnership(world: World, random: Random, now: datetime) -> None:
    partnership = _one_of(random, world.partnerships.values())
    partner = _one_of(random, world.delivery_partners.values())
    commands.update_partnership(world, partnership, {"delivery_partner_id": partner.id}, now)


def change_school(world: World, random: Random, now: datetime) -> None:
    facts: dict[str, Any] = random.choice(
        (
            {"name": "Another School"},
            {"eligible": random.random() < 0.5},
            {"urn": str(100_000 + random.randrange(6))},
            {"induction_tutor_email": "tutor@example.org"},
            {"uplifts": {"2024": Uplift(True, False)}},
        )
    )
    organisations.change_school(world, _school(world, random), now, **facts)


def change_delivery_partner(world: World, random: Random, now: datetime) -> None:
    partner = _one_of(random, world.delivery_partners.values())
    works_with = {provider: YEARS for provider in PROVIDERS if random.random() < 0.8}
    organisations.change_delivery_partner(world, partner, now, name="Another Hub", works_with=works_with)


def change_flags(world: World, random: Random, now: datetime) -> None:
    frozen_at = random.choice((None, now))
    organisations.change_cohort(world, random.choice(YEARS), now, payments_frozen_at=frozen_at)


def _train(action: Callable[..., object], **values: tuple[str, ...]) -> Callable[[World, Random, datetime], None]:
    def act(world: World, random: Random, now: datetime) -> None:
        provider = random.choice(PROVIDERS)
        view = _one_of(random, world.list_participants(provider).select().all())
        attributes = {name: random.choice(choices) for name, choices in values.items()}
        attributes["course_identifier"] = random.choice(tuple(COURSES.values()))
        action(world, view, attributes, now)

    act.__name__ = getattr(action, "__name__", "act")
    return act


def declare(world: World, random: Random, now: datetime) -> None:
    provider = random.choice(PROVIDERS)
    view = _one_of(random, world.list_participants(provider).select().all())
    moment = now - timedelta(days=random.choice((0, 1, 30, 200, 400)))
    attributes = {
        "participant_id": view.teacher.id,
        "course_identifier": random.choice(tuple(COURSES.values())),
        "declaration_type": random.choice(("started", "started", *DECLARATION_TYPES)),
        "declaration_date": moment.isoformat()[:19] + "Z",
        "evidence_held": random.choice(EVIDENCE_HELD),
    }
    commands.declare(world, provider, attributes, now)


def complete_mentor(world: World, random: Random, now: datetime) -> None:
    for slug in PROVIDERS:
        for view in world.list_participants(slug).select().all():
            training = view.mentor
            if training is not None and not any(d.blocks for d in training.declarations):
                declarations.declare(world, training, "completed", now, "75-percent-engagement-met", now)
                return


def void(world: World, random: Random, now: datetime) -> None:
    commands.void(world, _one_of(random, world.declarations.values()), now)


def move_declaration(world: World, random: Random, now: datetime) -> None:
    declaration = _one_of(random, world.declarations.values())
    state = _one_of(random, DECLARATION_ARROWS[declaration.state])
    declarations.set_state(world, declaration, state, now)


def move_statement(world: World, random: Random, now: datetime) -> None:
    held = [each for each in world.statements.values() if each.declarations or each.clawbacks]
    statements.change(world, _one_of(random, held), now, status=random.choice(("payable", "paid")))


_ACTS: Final[tuple[Callable[[World, Random, datetime], None], ...]] = (
    register,
    register,
    register,
    register,
    register,
    mentor,
    mentor,
    mentor,
    depart,
    undo,
    merge,
    change_provider,
    change_provider,
    change_to_school_led,
    move_cohort,
    induct,
    induct,
    fund,
    details,
    partner,
    partner,
    partner_by_provider,
    update_partnership,
    change_school,
    change_delivery_partner,
    change_flags,
    _train(commands.defer, reason=DEFER_REASONS),
    _train(commands.withdraw, reason=WITHDRAW_REASONS),
    _train(commands.resume),
    _train(commands.resume),
    _train(commands.change_schedule, schedule_identifier=SCHEDULE_IDENTIFIERS, cohort=("", *YEARS)),
    declare,
    declare,
    declare,
    complete_mentor,
    void,
    move_declaration,
    move_statement,
)
