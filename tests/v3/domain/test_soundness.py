"""What an import of a world refuses: each breach of rules 1 has a sentence, and what is close to one has none."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from mock_server.v3.domain import declarations
from mock_server.v3.domain.records import Declaration, Mentorship, Stay, Teacher, Training
from mock_server.v3.domain.soundness import problems
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import NOW, SEPTEMBER, TODAY, new_world, register, stay_of, trained, training_of

LATER = SEPTEMBER + timedelta(days=100)


class Scene(NamedTuple):
    """An ECT with a mentor and a declaration, all of it sound, to break."""

    world: World
    ect: Teacher
    stay: Stay
    training: Training
    mentorship: Mentorship
    declaration: Declaration


def scene() -> Scene:
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, mentor=mentor)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    (mentorship,) = stay_of(ect).mentorships
    return Scene(world, ect, stay_of(ect), training_of(ect), mentorship, declaration)


def another_training(it: Scene, start: date, number: int = 7_000_001) -> None:
    old = it.training
    more = Training(it.stay, start, None, old.provider, old.cohort, None, old.schedule_identifier, NOW, NOW, number)
    it.stay.trainings = (*it.stay.trainings, more)
    it.world.progress.latest = max(it.world.progress.latest, number)


def another_stay(it: Scene, start: date) -> None:
    stay = Stay(it.ect, it.stay.school, "ect", start, None, "a@example.org", "full_time", NOW, 7_000_002)
    it.ect.stays = (*it.ect.stays, stay)
    it.world.progress.latest = 7_000_002


def end(it: Scene, day: date, *, mentorship: date | None = date.min) -> None:
    """End everything on the day, the mentorship perhaps on another."""
    it.training.finished_on = it.stay.finished_on = day
    it.mentorship.finished_on = day if mentorship == date.min else mentorship


def _set(what: str, **facts: object) -> Callable[[Scene], None]:
    def act(it: Scene) -> None:
        for name, value in facts.items():
            setattr(getattr(it, what), name, value)

    return act


BREACHES: list[tuple[str, Callable[[Scene], None]]] = [
    ("the participant {ect}: training periods as ect overlap on 2025-12-10", lambda it: another_training(it, LATER)),
    ("the participant {ect}: stays as ect overlap on 2025-12-10", lambda it: another_stay(it, LATER)),
    (
        "the participant {ect}: training periods as ect: one ends on 2025-08-31, before it starts",
        _set("training", finished_on=SEPTEMBER - timedelta(days=1)),
    ),
    (
        "the participant {ect}: the training period {training} starts before its stay",
        _set("training", started_on=SEPTEMBER - timedelta(days=1)),
    ),
    (
        "the participant {ect}: the training period {training} has no provider: only an ECT's may, "
        "and then it has no cohort, schedule or partnership",
        _set("training", provider=None, partnership=None),
    ),
    (
        "the participant {ect}: the training period {training} names the unknown provider 'elm'",
        _set("training", provider="elm", partnership=None),
    ),
    (
        "the participant {ect}: the training period {training} has no schedule 'none' in the cohort '2025'",
        _set("training", schedule_identifier="none"),
    ),
    (
        "the participant {ect}: the training period {training} has no schedule 'ecf-standard-september' "
        "in the cohort '2019'",
        _set("training", cohort="2019", partnership=None),
    ),
    (
        "the participant {ect}: the training period {training} has another provider or cohort than its partnership",
        _set("training", cohort="2024"),
    ),
    (
        "the participant {ect}: the mentorship {mentorship} ends before it starts",
        _set("mentorship", finished_on=SEPTEMBER - timedelta(days=1)),
    ),
    (
        "the participant {ect}: the mentorship {mentorship} starts before a stay",
        _set("stay", started_on=SEPTEMBER + timedelta(days=1)),
    ),
    (
        "the participant {ect}: the mentorship {mentorship} outlasts a stay",
        lambda it: end(it, TODAY, mentorship=None),
    ),
    (
        "the participant {ect}: the mentorship {mentorship} outlasts a stay",
        lambda it: end(it, TODAY, mentorship=TODAY + timedelta(days=1)),
    ),
    (
        "the declaration {declaration} names the unknown provider 'elm'",
        _set("declaration", provider="elm"),
    ),
    (
        "the declaration {declaration} is eligible, and lacks its statement",
        _set("declaration", payment_status="eligible"),
    ),
    (
        "the declaration {declaration} has a clawback status without a statement for it, or the other way round",
        _set("declaration", clawback_status="awaiting-clawback"),
    ),
]


@pytest.mark.parametrize(("told", "spoil"), BREACHES)
def test_a_breach_is_named(told: str, spoil: Callable[[Scene], None]) -> None:
    it = scene()
    assert list(problems(it.world)) == []
    spoil(it)
    names = {"ect": it.ect.id, "declaration": it.declaration.id}
    numbers = {"training": it.training.sequence, "mentorship": it.mentorship.sequence}
    assert told.format(**names, **numbers) in list(problems(it.world))


def test_a_statement_of_a_submitted_declaration_or_of_another_provider_is_named() -> None:
    it = scene()
    name = f"the declaration {it.declaration.id}"
    it.declaration.statement = it.world.list_statements("birch")[0]
    assert list(problems(it.world)) == [
        f"{name} is submitted, and has a statement",
        f"{name} is in the statement of another provider",
    ]


def test_a_mentorship_joins_an_ect_and_a_mentor_at_one_school() -> None:
    it = scene()
    elsewhere = stay_of(register(it.world, school_urn="100002"))
    it.mentorship.mentor_stay = elsewhere
    found = [each.partition(": ")[2] for each in problems(it.world)]
    name = f"the mentorship {it.mentorship.sequence}"
    assert {f"{name} joins two schools", f"{name} isn't between an ECT and a mentor"} <= set(found)


def test_school_led_training_is_an_ects() -> None:
    world = new_world()
    ect = register(world, provider=None)
    training = training_of(ect)
    assert list(problems(world)) == []
    training.cohort = "2025"
    assert len(list(problems(world))) == 1
    training.cohort, training.stay.role = None, "mentor"
    assert any("has no provider" in each for each in problems(world))


def test_periods_that_only_touch_are_sound() -> None:
    """Rules 1: days are inclusive, so the next period begins the day after; a period may be one day long."""
    it = scene()
    end(it, LATER)
    another_training(it, LATER)
    assert [each for each in problems(it.world) if "overlap" in each] == [
        f"the participant {it.ect.id}: training periods as ect overlap on {LATER}"
    ]
    it.training.finished_on = it.mentorship.finished_on = LATER - timedelta(days=1)
    assert [each for each in problems(it.world) if "overlap" in each or "mentorship" in each] == []
    end(it, SEPTEMBER)
    assert [each for each in problems(it.world) if "ends" in each or "mentorship" in each] == []


def test_only_training_with_a_declaration_may_outlast_its_stay() -> None:
    """Rules 4: a provider keeps what it has declared for."""
    it = scene()
    it.mentorship.finished_on = it.stay.finished_on = LATER
    assert list(problems(it.world)) == []
    it.training.declarations = ()
    outlasts = f"the participant {it.ect.id}: the training period {it.training.sequence} outlasts its stay"
    assert list(problems(it.world)) == [outlasts]
    it.training.finished_on = LATER + timedelta(days=1)
    assert list(problems(it.world)) == [outlasts]
    it.training.finished_on = LATER
    assert list(problems(it.world)) == []


@pytest.mark.parametrize("of", ["ect", "stay", "training", "mentorship"])
def test_each_record_and_period_has_a_number_of_its_own(of: str) -> None:
    it = scene()
    getattr(it, of).sequence = it.declaration.sequence
    assert list(problems(it.world)) == [f"the sequence {it.declaration.sequence} is there twice"]


def test_no_number_is_later_than_the_latest() -> None:
    it = scene()
    it.training.sequence = latest = it.world.progress.latest + 1
    assert list(problems(it.world)) == [
        f"the progress says that {latest - 1} is the latest sequence, and there is {latest}"
    ]


def test_an_empty_world_is_sound() -> None:
    assert list(problems(World((), 1, NOW))) == []
