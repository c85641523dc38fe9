"""The worlds that a sandbox can start from: `guide`, with everything that the API can show, and `empty`.

Everything is invented. The same random seed and clock give the same world. Nothing has a date after the
clock, so a world whose clock shows 2021 holds no declaration of 2022.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from mock_server.rules.names import invented_name
from mock_server.rules.providers import PROVIDERS
from mock_server.v1.domain.records import Participant, Person
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, SCHEDULE_IDENTIFIERS, Schedule
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD
from mock_server.v1.domain.world import World

SEEDS: Final = ("guide", "empty")


DEFAULT_RANDOM_SEED: Final = 2021
PARTICIPANTS_A_PROVIDER: Final = 48

# Nothing in the seed has a later date, so after it only the coming payment runs depend on the day.
SETTLED: Final = datetime(2025, 1, 1, tzinfo=UTC)

# One story on each line, for participants on the standard September schedule: the state of each declaration, in
# the order of DECLARATION_TYPES. After `/` comes the declaration that replaced a dead one.
_STORIES: Final = (
    "",
    "submitted",
    "eligible",
    "paid paid payable eligible",
    "paid paid paid paid paid paid",
    "voided/submitted",
    "paid awaiting-clawback",
    "clawed-back/eligible",
    "ineligible",
    "paid payable",
    "paid paid paid eligible eligible eligible",
    "",
)
# The stories of people whose funding isn't confirmed. Duplicates have funding, but only once.
_NOT_FUNDED: Final = ("", "submitted", "voided/submitted")


def invented_person(random: Random, full_name: str | None = None) -> tuple[Person, str]:
    """A person, with an invented name unless given, and an address at example.org, which is reserved for examples."""
    invented = invented_name(random)
    number = random.randrange(10_000)
    name = full_name or invented
    words = re.findall("[a-z]+", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower())
    local_part = ".".join([*words[:1], *words[1:][-1:]])[:50] or "participant"
    return Person(name), f"{local_part}.{number:04}@example.org"


def invented_urn(random: Random) -> str:
    """A six-digit school URN."""
    return str(random.randrange(100_000, 150_000))


def populate(world: World, random_seed: int, now: datetime, participants: int) -> None:
    """Fill `world` with the seed `guide`. The first provider has at least `participants`."""
    for provider in world.providers.values():
        if provider.ecf:
            random = Random(f"{random_seed} {provider.slug}")  # noqa: S311 - meant to repeat
            first = provider.slug == PROVIDERS[0].slug
            count = max(PARTICIPANTS_A_PROVIDER, participants) if first else PARTICIPANTS_A_PROVIDER
            _populate_provider(world, provider.slug, random, now, count)


def _populate_provider(world: World, provider: str, random: Random, now: datetime, count: int) -> None:
    mentor: Participant | None = None
    # Sorted by the moment when the school adds them, so that the lists grow at their end.
    for index in sorted(range(count), key=_cohort):
        # The last of every four is a mentor. Mentors go through all twelve schedules, and
        # only the first mentor has a declaration. The other three go through the stories.
        turn, place = divmod(index, 4)
        is_mentor = place == 3
        story = _STORIES[(turn * 3 + place) % len(_STORIES)] if not is_mentor else "" if turn else "paid"
        identifier = SCHEDULE_IDENTIFIERS[turn % len(SCHEDULE_IDENTIFIERS)] if is_mentor else DEFAULT_SCHEDULE
        has_mentor = not is_mentor and index % 2 == 1
        participant = _enrol(world, provider, random, now, index, identifier, story, mentor if has_mentor else None)
        if is_mentor and not participant.removed:
            mentor = participant
        if index < PARTICIPANTS_A_PROVIDER:
            declare(world, participant, story, random, now)


def _cohort(index: int) -> int:
    """A dozen of one cohort, then a dozen of the other, and so on."""
    return 2021 + (index // len(_STORIES)) % 2


def _enrol(
    world: World,
    provider: str,
    random: Random,
    now: datetime,
    index: int,
    schedule_identifier: str,
    story: str,
    mentor: Participant | None,
) -> Participant:
    cohort = _cohort(index)
    person, email = invented_person(random)
    if story or index % 12 >= 10:
        eligible = True if story not in _NOT_FUNDED else False if index % 12 == 11 else None
        # Without a valid number, the department hasn't decided on funding (rules 5.2).
        person = registered(random, person, index, eligible, validated=eligible is not None or index % 8 != 1)
    school_urn = invented_urn(random)
    added = datetime(cohort, 6, 1, 9, tzinfo=UTC) + timedelta(minutes=index)
    participant = world.add_participant(
        provider=provider,
        participant_type="mentor" if index % 4 == 3 else "ect",
        cohort=str(cohort),
        person=person,
        email=email if index % 24 != 12 else None,
        # An ECT's mentor is at the same school.
        school_urn=mentor.current.school_urn if mentor else school_urn,
        schedule_identifier=schedule_identifier,
        mentor_id=mentor.id if mentor else None,
        status="withdrawn" if index % 24 == 23 else "active",
        now=min(added, now),
    )
    if index % 12 == 7:
        _later(world, participant, "deferred", now)
    elif index % 16 == 11:
        _later(world, participant, "withdrawn", now)
    return participant


def registered(random: Random, person: Person, index: int, eligible: bool | None, *, validated: bool) -> Person:
    """The person with a teacher reference number and a decision about funding. Some schools have uplifts."""
    return person._replace(
        teacher_reference_number=str(random.randrange(1_000_000, 10_000_000)),
        teacher_reference_number_validated=validated,
        eligible_for_funding=eligible,
        pupil_premium_uplift=index % 6 == 2,
        sparsity_uplift=index % 10 == 4,
    )


def _later(world: World, participant: Participant, training_status: str, now: datetime) -> None:
    """A year after the enrolment, or as soon as the clock allows."""
    moment = participant.created_at + timedelta(days=365)
    world.set_training_status(participant.current, training_status, min(moment, now))


def declared_at(schedule: Schedule, declaration_type: str) -> datetime:
    """The moment that a declaration of the seed names."""
    return schedule.milestones[declaration_type].opens + timedelta(days=10, hours=9)


def declare(
    world: World, participant: Participant, story: str, random: Random, now: datetime, *, at_once: bool = False
) -> None:
    """The declarations of the story, as far as the clock allows. Providers send each a day later, or all `at_once`."""
    on = participant.schedule
    assert on is not None  # noqa: S101 - the seed uses the twelve schedules and known cohorts
    for declaration_type, states in zip(DECLARATION_TYPES, story.split(), strict=False):
        moment = declared_at(on, declaration_type)
        if moment > now:
            return
        if states == "ineligible":
            _share_trn(world, participant, declaration_type)
        for state in states.split("/"):
            world.add_declaration(
                provider=participant.current.provider,
                participant=participant,
                declaration_type=declaration_type,
                declaration_date=moment,
                evidence_held=None if declaration_type == "started" else random.choice(EVIDENCE_HELD),
                state=state,
                now=now if at_once else min(moment + timedelta(days=1), now),
            )


def _share_trn(world: World, participant: Participant, declaration_type: str) -> None:
    """Make a duplicate person: give them the validated number of another who already has a live declaration."""
    provider = participant.current.provider
    for other in world.participants.values():
        person = other.person
        if (
            other.current.provider == provider
            and person.validated_trn
            and any(d.live and d.declaration_type == declaration_type for d in other.declarations)
        ):
            # The department found both numbers valid, and so confirmed their funding.
            trn = person.teacher_reference_number
            world.register(participant, {"teacher_reference_number": trn}, participant.updated_at)
            return
