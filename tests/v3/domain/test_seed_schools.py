"""Who is at the schools of the seed `guide`: each story of rules 7, one at a time."""

from datetime import UTC, date, datetime

import pytest

from mock_server.v3.domain import seed_guide
from mock_server.v3.domain.seed_scene import NotYet, Scene
from mock_server.v3.domain.vocabulary import (
    DECLARATION_TYPES,
    EVIDENCE_HELD,
    MENTOR_ONLY_REASON,
    ROLES,
    SCHEDULE_IDENTIFIERS,
)
from tests.v3.domain.stories import Story, declared, people, told
from tests.v3.domain.worlds import NOW, SEPTEMBER, new_world


def at_schools(story: Story) -> list[list[tuple[str, str | None, str | None]]]:
    """Role, provider and cohort of the training of everybody at each school, by registration."""
    found = []
    for school in told(story).schools.values():
        people_here: list[tuple[str, str | None, str | None]] = []
        for stay in school.stays:
            training = stay.trainings[0] if stay.trainings else None
            facts = (training.provider, training.cohort) if training else (None, None)
            people_here.append((stay.role, *facts))
        found.append(people_here)
    return found


ALDER, BIRCH = ("alder", "2025"), ("birch", "2025")
ECT, MENTOR = ("ect", *ALDER), ("mentor", *ALDER)

SCHOOLS: list[tuple[Story, list[list[tuple[str, str | None, str | None]]]]] = [
    (
        seed_guide.participants_of_every_cohort,
        [[("mentor", "alder", year), ("ect", "alder", year)] for year in ("2021", "2022", "2023", "2024", "2025")],
    ),
    (seed_guide.school_with_interest_only, [[ECT]]),
    (seed_guide.school_rolled_over, [[("ect", "alder", "2024"), ECT]]),
    (seed_guide.school_without_participants, [[], [], []]),
    (seed_guide.school_with_interest_and_partnership, [[("ect", "alder", "2024")]]),
    (seed_guide.school_led_school, [[("ect", None, None)]]),
    (seed_guide.school_with_two_delivery_partners, [[ECT]]),
    (seed_guide.school_with_two_providers, [[ECT, ("ect", *BIRCH)]]),
    (seed_guide.school_training_both_roles, [[MENTOR, ECT]]),
    (seed_guide.mentor_at_two_schools, [[MENTOR, ECT, ECT], [("mentor", None, None), ECT]]),
    (seed_guide.tutor_who_became_mentor, [[MENTOR, ECT]]),
    (seed_guide.unfunded_mentors, [[("mentor", *BIRCH), ECT, ("mentor", None, None), ECT]]),
    (seed_guide.part_time, [[ECT]]),
    (seed_guide.joining, [[ECT]]),
    (seed_guide.mentored_by_an_earlier_cohort, [[("mentor", "alder", year), ECT] for year in ("2023", "2024")]),
    (seed_guide.ect_who_became_mentor, [[("ect", "alder", "2021"), ("mentor", "alder", "2023")]]),
]


@pytest.mark.parametrize(("story", "schools"), SCHOOLS, ids=lambda each: getattr(each, "__name__", ""))
def test_these_people_are_at_the_schools(story: Story, schools: list[list[tuple[str, str | None, str | None]]]) -> None:
    assert at_schools(story) == schools


@pytest.mark.parametrize(
    "story",
    [
        seed_guide.participants_of_every_cohort,
        seed_guide.school_training_both_roles,
        seed_guide.mentor_at_two_schools,
        seed_guide.tutor_who_became_mentor,
        seed_guide.unfunded_mentors,
        seed_guide.mentored_by_an_earlier_cohort,
    ],
)
def test_each_ect_has_the_mentor_who_came_before(story: Story) -> None:
    """And since September, under a partnership."""
    world = told(story)
    for ect in people(world):
        (stay,) = ect.stays
        (mentorship,) = stay.mentorships
        before = [each for each in stay.school.stays if each.role == "mentor" and each.sequence < stay.sequence]
        assert mentorship.mentor_stay is before[-1]
        assert mentorship.started_on == stay.started_on
        assert stay.trainings[0].partnership is not None
        assert ect.inductions[0].started_on == stay.started_on


def test_interest_and_school_led_training_are_under_no_partnership() -> None:
    for story in (seed_guide.school_with_interest_only, seed_guide.school_led_school):
        assert told(story).partnerships == {}


def test_two_mentors_are_unfunded() -> None:
    world = told(seed_guide.unfunded_mentors)
    elsewhere, barred = people(world, "mentor")
    early = "completed_during_early_roll_out"
    assert [each.teacher for each in world.list_unfunded_mentors("alder").select().all()] == [elsewhere, barred]
    assert (barred.mentor.ineligible_reason, barred.mentor.ineligible_from) == (early, SEPTEMBER)
    assert elsewhere.mentor.ineligible_reason is None
    assert barred.created_at == datetime(2025, 9, 1, 9, tzinfo=UTC)


def test_the_tutor_of_the_school_is_the_mentor() -> None:
    world = told(seed_guide.tutor_who_became_mentor)
    (school,), (mentor,) = world.schools.values(), people(world, "mentor")
    tutor = (school.induction_tutor_name, school.induction_tutor_email)
    assert tutor == (mentor.full_name, mentor.stays[0].email) == ("Tutor Mentor", "tutor.mentor@example.org")


def test_there_is_somebody_on_every_schedule() -> None:
    """Mentors on the replacement schedules, ECTs on the others, each at a school with a partnership."""
    world = told(seed_guide.participants_on_every_schedule)
    stays = [teacher.stays[0] for teacher in world.teachers.values()]
    shown = [(each.trainings[0].schedule_identifier, each.role) for each in stays]
    assert shown == [(each, "mentor" if "replacement" in each else "ect") for each in SCHEDULE_IDENTIFIERS]
    assert all(each.trainings[0].partnership is not None for each in stays)
    assert {(each.started_on, each.trainings[0].cohort) for each in stays} == {(SEPTEMBER, "2025")}


def test_one_works_part_time_and_one_school_shows_no_tutor() -> None:
    (ect,) = people(told(seed_guide.part_time))
    assert ect.stays[0].working_pattern == "part_time"
    (school,) = told(seed_guide.school_with_two_providers).schools.values()
    assert school.induction_tutor_email is None
    assert school.induction_tutor_name is not None


@pytest.mark.parametrize("story", [seed_guide.school_rolled_over, seed_guide.partnership_in_another_cohort])
def test_stories_of_two_cohorts_wait_for_the_second(story: Story) -> None:
    with pytest.raises(NotYet):
        told(story, datetime(2022, 1, 10, 9, tzinfo=UTC))
    assert len(told(story, datetime(2023, 1, 10, 9, tzinfo=UTC)).teachers) in (1, 2)


def test_the_declarations_of_detailed_evidence_are_of_2025() -> None:
    found = declared(told(seed_guide.detailed_evidence, datetime(2027, 1, 10, 9, tzinfo=UTC)))
    assert {each.training.cohort for each in found} == {"2025"}
    assert {each.evidence_held for each in found} == set(EVIDENCE_HELD)


def test_a_story_that_could_not_have_happened_is_left_out() -> None:
    """The others are told, for every provider."""
    world = new_world()
    asked: list[str] = []

    def scene_of(provider: str) -> Scene:
        asked.append(provider)
        return Scene(world, provider, "cedar", NOW)

    seed_guide.populate(["alder", "birch"], scene_of)
    assert asked == ["alder"] * len(seed_guide.STORIES) + ["birch"] * len(seed_guide.STORIES)


# -- what all stories have in common ---------------------------------------------------------------------


@pytest.mark.parametrize("clock", [NOW, datetime(2025, 3, 1, 9, tzinfo=UTC)], ids=str)
def test_each_declaration_could_have_been_made(clock: datetime) -> None:
    """Rules 5.8: a known type, and evidence of `started` only where the cohort keeps it."""
    for story in seed_guide.STORIES:
        try:
            world = told(story, clock)
        except NotYet:
            continue
        for declaration in declared(world):
            assert declaration.declaration_type in DECLARATION_TYPES
            cohort = world.cohorts[declaration.training.cohort or ""]
            if declaration.declaration_type == "started":
                assert (declaration.evidence_held is not None) is cohort.detailed_evidence
            assert declaration.evidence_held in (None, *EVIDENCE_HELD)


def test_only_ects_have_induction_and_only_mentors_stop_mentoring() -> None:
    for story in seed_guide.STORIES:
        world = told(story)
        for mentor in people(world, "mentor"):
            assert mentor.stays_as("ect") or mentor.inductions == ()
        for teacher in world.teachers.values():
            for role in ROLES:
                reasons = {each.withdrawal_reason for each in teacher.trainings_as(role)} - {None}
                assert (MENTOR_ONLY_REASON in reasons) is (reasons != set() and role == "mentor")


def test_an_ect_passed_before_becoming_a_mentor() -> None:
    (both,) = people(told(seed_guide.ect_who_became_mentor), "mentor")
    (induction,) = both.inductions
    assert (induction.finished_on, induction.outcome) == (date(2023, 9, 1), "pass")
    assert both.trainings_as("mentor")[0].partnership is not None


def test_a_school_moves_as_a_whole() -> None:
    """To a partnership with the other provider in each cohort."""
    world = told(seed_guide.school_moved_to_another_provider)
    (school,) = world.schools.values()
    found = sorted((each.provider, each.cohort) for each in school.partnerships)
    assert found == [(provider, year) for provider in ("alder", "birch") for year in ("2024", "2025")]


def test_the_first_of_two_mentors_had_declared() -> None:
    """So the second is on a replacement schedule."""
    (started,) = declared(told(seed_guide.replacement_mentor))
    assert (started.declaration_type, started.declaration_date) == ("started", datetime(2025, 9, 21, 9, tzinfo=UTC))
    assert started.role == "mentor"


@pytest.mark.parametrize(("clock", "cohort"), [(2022, "2021"), (2023, "2021"), (2024, "2022")])
def test_every_state_is_two_cohorts_back_as_soon_as_there_are_two(clock: int, cohort: str) -> None:
    world = told(seed_guide.every_state, datetime(clock, 1, 10, 9, tzinfo=UTC))
    assert {each.training.cohort for each in declared(world)} == {cohort}


def test_all_types_are_of_the_first_cohort() -> None:
    assert {each.training.cohort for each in declared(told(seed_guide.every_type))} == {"2021"}


def test_who_moves_goes_under_a_partnership_that_was_there() -> None:
    world = told(seed_guide.moved_schools)
    for teacher in people(world):
        old, new = teacher.trainings_as("ect")
        assert old.partnership is not None
        assert new.partnership is not None
        assert (new.provider, new.cohort) == (new.partnership.provider, "2025")
