"""The seed `guide`: everything that the API can show, invented, repeatable, and true to the rules."""

import re
from datetime import datetime, timedelta
from functools import cache
from random import Random

import pytest

from mock_server.rules.providers import PROVIDERS
from mock_server.v1.domain.records import Declaration, Enrolment, Participant
from mock_server.v1.domain.seeds import PARTICIPANTS_A_PROVIDER, SEEDS, invented_person, populate
from mock_server.v1.domain.states import LIVE_STATES
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import at, dump
from tests.v1.domain.published import IDENTIFIERS, OPEN_STARTS, TYPES, WINDOWS

TODAY = at("2026-11-23T12:00:00Z")
# Before anything, in the middle of a morning of the first declarations, and at several later stages.
CLOCKS = [
    at("2020-01-01"),
    at("2021-09-11T09:00:00Z"),
    at("2021-11-20T09:00:00Z"),
    at("2022-06-11T08:59:59Z"),
    at("2023-03-15T10:30:00Z"),
    TODAY,
    at("2090-01-01"),
]
ECF = ("alder", "birch", "cedar")
every_clock = pytest.mark.parametrize("clock", CLOCKS, ids=str)
every_provider = pytest.mark.parametrize("provider", ECF)


def seeded(clock: datetime, random_seed: int = 2021, participants: int = 0) -> World:
    world = World(PROVIDERS, random_seed, clock)
    populate(world, random_seed, clock, participants)
    return world


# Nothing here changes a world, so each is made once.
world_at = cache(seeded)


def enrolments(world: World, provider: str) -> list[Enrolment]:
    return list(world.list_participants(provider).all())


def own_declarations(world: World, provider: str) -> list[Declaration]:
    return [d for d in world.declarations.values() if d.provider == provider]


def moments(record: Participant | Enrolment | Declaration) -> list[datetime]:
    """All that the record is dated with."""
    return [value for name in record.__slots__ if isinstance(value := getattr(record, name), datetime)]


# -- the providers, and what repeats -------------------------------------------------------------


def test_there_are_the_four_providers_and_two_seeds() -> None:
    assert [(provider.slug, provider.name, provider.ecf) for provider in PROVIDERS] == [
        ("alder", "Alder Teaching Network", True),
        ("birch", "Birch Learning Partnership", True),
        ("cedar", "Cedar Professional Development", True),
        ("dogwood", "Dogwood Qualifications", False),
    ]
    assert SEEDS == ("guide", "empty")


def test_the_same_random_seed_and_clock_give_the_same_world_to_the_last_detail() -> None:
    assert dump(seeded(TODAY, 5)) == dump(seeded(TODAY, 5))


def test_another_random_seed_gives_other_ids_and_people() -> None:
    one, other = seeded(TODAY, 5), seeded(TODAY, 6)
    assert set(one.participants).isdisjoint(other.participants)
    assert set(one.declarations).isdisjoint(other.declarations)
    names = [[e.participant.person.full_name for e in enrolments(world, "alder")] for world in (one, other)]
    assert names[0] != names[1]


@every_clock
def test_nothing_is_dated_after_the_clock(clock: datetime) -> None:
    world = world_at(clock)
    records: list[Participant | Enrolment | Declaration] = [*world.participants.values(), *world.declarations.values()]
    for participant in world.participants.values():
        records += participant.enrolments
    held = [moment for record in records for moment in moments(record)]
    assert len(held) >= 3 * len(world.participants)
    assert max(held) <= clock


# -- everything that the API can show ------------------------------------------------------------


@every_provider
@pytest.mark.parametrize("clock", CLOCKS[-2:], ids=str)
def test_each_provider_has_every_value_of_every_attribute(provider: str, clock: datetime) -> None:
    world = world_at(clock)
    mine, declarations = enrolments(world, provider), own_declarations(world, provider)
    assert len(mine) == PARTICIPANTS_A_PROVIDER
    assert 40 <= len(mine) <= 60
    assert {e.participant.participant_type for e in mine} == {"ect", "mentor"}
    assert {e.participant.cohort for e in mine} >= {"2021", "2022"}
    assert {e.status for e in mine} == {"active", "withdrawn"}
    assert {e.training_status for e in mine} == {"active", "deferred", "withdrawn"}
    assert {e.participant.schedule_identifier for e in mine} == set(IDENTIFIERS)
    assert {e.participant.person.eligible_for_funding for e in mine} == {True, False, None}
    assert {e.participant.person.teacher_reference_number_validated for e in mine} == {True, False, None}
    assert {e.participant.person.pupil_premium_uplift for e in mine} == {True, False}
    assert {e.participant.person.sparsity_uplift for e in mine} == {True, False}
    for values in (
        {e.mentor_id is None for e in mine if e.participant.participant_type == "ect"},
        {e.email is None for e in mine},
        {e.participant.person.teacher_reference_number is None for e in mine},
    ):
        assert values == {True, False}
    assert {d.declaration_type for d in declarations} == set(TYPES)
    assert {d.course_identifier for d in declarations} == {"ecf-induction", "ecf-mentor"}
    assert {d.state for d in declarations} == set(
        "submitted eligible ineligible payable paid voided awaiting-clawback clawed-back".split()
    )
    assert {d.evidence_held for d in declarations} >= {
        "training-event-attended",
        "self-study-material-completed",
        "other",
    }


def test_a_declaration_is_there_as_soon_as_the_clock_shows_its_date() -> None:
    moment = at("2021-09-11T09:00:00Z")
    declared = [d.declaration_date for d in world_at(moment).declarations.values()]
    assert set(declared) == {moment}
    assert not world_at(moment - timedelta(seconds=1)).declarations


def test_the_provider_without_ecf_has_nobody() -> None:
    world = world_at(TODAY)
    assert enrolments(world, "dogwood") == []
    assert {p.current.provider for p in world.participants.values()} == set(ECF)


# -- true to the rules ---------------------------------------------------------------------------


@every_clock
def test_every_participant_is_a_possible_one(clock: datetime) -> None:
    world = world_at(clock)
    for participant in world.participants.values():
        enrolment, person = participant.current, participant.person
        assert re.fullmatch(r"[0-9]{6}", enrolment.school_urn)
        assert person.full_name.count(" ") == 1
        assert enrolment.email is None or re.fullmatch(r"[a-z]+\.[a-z]+\.[0-9]{4}@example\.org", enrolment.email)
        if person.teacher_reference_number is None:
            assert person.teacher_reference_number_validated is None
        else:
            assert re.fullmatch(r"[0-9]{7}", person.teacher_reference_number)
            assert person.teacher_reference_number_validated is not None
        # Funding is decided on only for somebody whose number is valid.
        if not person.teacher_reference_number_validated:
            assert person.eligible_for_funding is None
        assert participant.removed == (enrolment.status == "withdrawn")
        assert (enrolment.withdrawn_at is None) == (enrolment.training_status != "withdrawn")
        if participant.schedule_identifier.startswith("ecf-replacement"):
            assert participant.participant_type == "mentor"


@every_clock
def test_every_mentor_is_a_mentor_with_the_same_provider(clock: datetime) -> None:
    world = world_at(clock)
    for participant in world.participants.values():
        mentor_id = participant.current.mentor_id
        if mentor_id is not None:
            mentor = world.participants[mentor_id]
            assert participant.participant_type == "ect"
            assert mentor.participant_type == "mentor"
            assert mentor.current.provider == participant.current.provider


@every_clock
def test_every_declaration_is_one_that_the_rules_would_have_let_in(clock: datetime) -> None:
    standard = {(w.cohort, w.schedule, w.declaration_type): w for w in WINDOWS}
    world = world_at(clock)
    for declaration in world.declarations.values():
        participant, kind = declaration.participant, declaration.declaration_type
        cohort, schedule = int(participant.cohort), participant.schedule_identifier
        moment = declaration.declaration_date
        if window := standard.get((cohort, schedule, kind)):
            assert at(str(window.start)) < moment < at(str(window.milestone_date)) + timedelta(days=1)
        else:
            month, day, later = OPEN_STARTS[schedule.rsplit("-", 1)[1]]
            assert at(f"{cohort + later}-{month:02}-{day:02}") < moment
        assert moment <= declaration.created_at <= clock
        assert (declaration.evidence_held is None) == (kind == "started")
        assert participant.current.status == "active"
        assert participant.current.withdrawn_at is None or moment < participant.current.withdrawn_at


@every_clock
def test_the_state_of_every_declaration_agrees_with_the_person(clock: datetime) -> None:
    world = world_at(clock)
    for declaration in world.declarations.values():
        person = declaration.participant.person
        if declaration.state == "submitted":
            assert person.eligible_for_funding is not True
        elif declaration.state in ("eligible", "payable", "paid", "awaiting-clawback", "clawed-back"):
            assert person.eligible_for_funding is True
        elif declaration.state == "ineligible":
            twins = world.others_with_trn_of(declaration.participant)
            assert any(
                other.state in LIVE_STATES
                and other.declaration_type == declaration.declaration_type
                and other.course_identifier == declaration.course_identifier
                and other.created_at <= declaration.created_at
                for twin in twins
                for other in twin.declarations
            )


@every_clock
def test_there_is_at_most_one_live_declaration_a_slot_and_one_person_a_number(clock: datetime) -> None:
    world = world_at(clock)
    live = sorted((d.participant.id, d.declaration_type) for d in world.declarations.values() if d.state in LIVE_STATES)
    assert live == sorted(set(live))
    for participant in world.participants.values():
        if world.others_with_trn_of(participant):
            mine = {d.state for d in participant.declarations}
            theirs = {d.state for twin in world.others_with_trn_of(participant) for d in twin.declarations}
            assert "ineligible" in mine | theirs


@pytest.mark.parametrize("clock", CLOCKS[2:-1], ids=str)
def test_the_seeded_world_lives_on_with_the_clock(clock: datetime) -> None:
    world = seeded(clock)
    waiting = [d for d in world.declarations.values() if d.state in ("eligible", "payable", "awaiting-clawback")]
    assert waiting
    world.follow_clock(clock)
    assert all(d.state in ("eligible", "payable", "awaiting-clawback") for d in waiting)
    world.follow_clock(clock + timedelta(days=365))
    assert all(d.state in ("paid", "clawed-back") for d in waiting)


# -- many ----------------------------------------------------------------------------------------


def test_the_first_provider_can_have_a_hundred_thousand_participants() -> None:
    many = 100_000
    world = seeded(TODAY, participants=many)
    listed = world.list_participants("alder")
    assert len(listed) == many
    assert len(world.participants) == many + 2 * PARTICIPANTS_A_PROVIDER
    since = world.list_participants("alder", None, at("0001-01-01"))
    for selected in (listed, since):
        pages = [selected.page(number, 3000) for number in range(1, 36)]
        assert [len(page) for page in pages[-3:]] == [3000, 1000, 0]
        assert len({enrolment.id for page in pages for enrolment in page}) == many


def test_only_the_first_provider_has_more_participants_than_the_guide_needs() -> None:
    more = PARTICIPANTS_A_PROVIDER + 3
    world = seeded(TODAY, participants=more)
    guide = PARTICIPANTS_A_PROVIDER
    assert [len(enrolments(world, provider)) for provider in ECF] == [more, guide, guide]
    # Who comes on top has declared nothing.
    as_always = world_at(TODAY)
    assert len(own_declarations(world, "alder")) == len(own_declarations(as_always, "alder"))


def test_fewer_participants_than_the_guide_needs_are_not_to_be_had() -> None:
    assert len(seeded(TODAY, participants=1).participants) == 3 * PARTICIPANTS_A_PROVIDER


@pytest.mark.parametrize(
    ("full_name", "address"),
    [
        ("Rosa Lindqvist", "rosa.lindqvist"),
        ("María José Núñez de la Peña", "maria.pena"),
        ("Cher", "cher"),
        ("<script>alert(1)</script>", "script.script"),
        ("王秀英", "participant"),
        ("a" * 500, "a" * 50),
    ],
)
def test_an_invented_address_follows_the_name(full_name: str, address: str) -> None:
    person, email = invented_person(Random(1), full_name)  # noqa: S311 - meant to repeat
    assert person.full_name == full_name
    assert re.fullmatch(re.escape(address) + r"\.[0-9]{4}@example\.org", email)
