"""The many teachers that `--participants N` adds to the seed (control API "Sandbox")."""

import re
from datetime import UTC, date, datetime

from mock_server.v3.domain.records import Stay
from mock_server.v3.domain.seed_growth import grow
from mock_server.v3.domain.world import World
from tests.v3.domain.invariants import assert_sound
from tests.v3.domain.plain_world import plain
from tests.v3.domain.worlds import NOW, fresh_world, new_world, participants, view_of

COHORTS = ["2024", "2025"]
STARTS = {"2024": date(2024, 9, 1), "2025": date(2025, 9, 1)}
MORNINGS = {"2024": datetime(2024, 9, 1, 9, tzinfo=UTC), "2025": datetime(2025, 9, 1, 9, tzinfo=UTC)}


def grown(clock: datetime = NOW) -> World:
    """Two schools of forty teachers, and one of ten."""
    world = new_world(clock)
    grow(world, "birch", 90, COHORTS, clock)
    return world


def stays(world: World) -> list[Stay]:
    return [stay for teacher in world.teachers.values() for stay in teacher.stays]


def test_each_school_of_forty_takes_the_next_cohort() -> None:
    world = grown()
    by_school = [(len(school.stays), school.partnerships[0].cohort) for school in world.schools.values()]
    assert by_school == [(40, "2024"), (40, "2025"), (10, "2024")]
    assert len(participants(world, "birch")) == 90
    for partnership in world.partnerships.values():
        assert partnership.provider == "birch"
        assert world.works_with("birch", partnership.cohort, partnership.delivery_partner)
        assert len(partnership.trainings) == len(partnership.school.stays)


def test_everybody_has_trained_since_september_with_funding() -> None:
    for stay in stays(grown()):
        (training,) = stay.trainings
        cohort = training.cohort
        assert cohort is not None
        start, morning = STARTS[cohort], MORNINGS[cohort]
        assert (stay.started_on, training.started_on, stay.finished_on, training.finished_on) == (
            start,
            start,
            None,
            None,
        )
        assert training.schedule_identifier == "ecf-standard-september"
        assert [each.started_on for each in stay.teacher.inductions] == ([start] if stay.role == "ect" else [])
        funded = {role: stay.teacher.role(role).eligible_from for role in ("ect", "mentor")}
        assert funded == {"ect": None, "mentor": None} | {stay.role: morning}
        moments = {stay.created_at, training.created_at, training.transfer_updated_at}
        moments |= {stay.teacher.created_at, stay.teacher.updated_at, stay.teacher.unfunded_updated_at}
        assert moments == {morning}


def test_one_teacher_in_four_mentors_three_ects_of_the_school() -> None:
    world = grown()
    for stay in stays(world):
        if stay.role == "mentor":
            continue
        (mentorship,) = stay.mentorships
        assert mentorship.mentor_stay.school is stay.school
        assert (mentorship.started_on, mentorship.finished_on) == (stay.started_on, None)
        assert view_of(stay.teacher, "birch").mentorship is mentorship
    # The last mentor of the last school has one ECT.
    mentored = [len(stay.mentorships) for stay in stays(world) if stay.role == "mentor"]
    assert mentored == [3] * 22 + [1]


def test_ects_work_full_time_or_part_time_and_mentors_have_no_pattern() -> None:
    patterns = {
        role: [stay.working_pattern for stay in stays(grown()) if stay.role == role] for role in ("ect", "mentor")
    }
    assert set(patterns["mentor"]) == {None}
    assert set(patterns["ect"]) == {"full_time", "part_time"}
    assert patterns["ect"].count("full_time") > patterns["ect"].count("part_time")


def test_each_teacher_has_an_address_an_id_and_a_trn_of_their_own() -> None:
    world = grown()
    for stay in stays(world):
        first, last = stay.teacher.full_name.lower().split(" ")
        assert stay.email == f"{first}.{last}.{stay.teacher.sequence}@example.org"
        ids = {stay.teacher.id, stay.teacher.ect.training_record_id, stay.teacher.mentor.training_record_id}
        assert len(ids) == 3
        assert None not in ids
        trn = stay.teacher.teacher_reference_number
        assert trn is not None
        assert re.fullmatch(r"\d{7}", trn)
        assert world.teacher_by_trn(trn) is stay.teacher


def test_nothing_is_dated_after_the_clock() -> None:
    """A clock at six o'clock of a first of September."""
    clock = datetime(2025, 9, 1, 6, tzinfo=UTC)
    assert max(stay.created_at for stay in stays(grown(clock))) == clock


def test_the_same_seed_adds_the_same_teachers_beside_those_who_were_there() -> None:
    one, other = fresh_world(), fresh_world()
    for world in (one, other):
        grow(world, "birch", 10, COHORTS, NOW)
        before = [view_of(each, "birch").mentorship for each in participants(world, "birch")]
        grow(world, "birch", 10, COHORTS, NOW)
        assert [view_of(each, "birch").mentorship for each in participants(world, "birch")][:10] == before
    assert plain(one) == plain(other)
    assert_sound(one)
