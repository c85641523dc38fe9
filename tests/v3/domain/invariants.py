"""What is true of every world, whatever has happened to it."""

from collections.abc import Sequence

from mock_server.v3.domain.calendar import is_ongoing
from mock_server.v3.domain.records import Mentorship, Stay, Training
from mock_server.v3.domain.restoring import world_of
from mock_server.v3.domain.rows import head_of, rows_of
from mock_server.v3.domain.vocabulary import ROLES
from mock_server.v3.domain.world import World
from tests.v3.domain.plain_world import derived


def assert_sound(world: World) -> None:
    """Rules 1: no overlaps, everything inside what it belongs to; what is derived is what a new derivation gives."""
    for teacher in world.teachers.values():
        for role in ROLES:
            _assert_apart(teacher.trainings_as(role))
        _assert_apart(teacher.stays_as("ect"))
        for stay in teacher.stays:
            assert stay.teacher is teacher
            for training in stay.trainings:
                _assert_fits(world, training)
            for mentorship in stay.mentorships:
                _assert_both_there(mentorship)
    _assert_statements(world)
    assert derived(world_of(head_of(world), rows_of(world))) == derived(world)


def _assert_apart(periods: Sequence[Training | Stay]) -> None:
    for place, one in enumerate(periods):
        assert one.finished_on is None or one.finished_on >= one.started_on
        for other in periods[place + 1 :]:
            day = max(one.started_on, other.started_on)
            assert not (
                is_ongoing(one.started_on, one.finished_on, day)
                and is_ongoing(other.started_on, other.finished_on, day)
            ), "periods of one person and role overlap"


def _assert_fits(world: World, training: Training) -> None:
    stay, partnership = training.stay, training.partnership
    assert training.started_on >= stay.started_on
    if stay.finished_on is not None and not training.declarations:
        assert training.finished_on is not None
        assert training.finished_on <= max(stay.finished_on, training.started_on)
    if training.provider is None:
        assert (training.cohort, partnership, training.schedule_identifier) == (None, None, None)
        assert stay.role == "ect"
    else:
        assert world.schedule(training.cohort, training.schedule_identifier) is not None
    if partnership is not None:
        assert (partnership.provider, partnership.cohort) == (training.provider, training.cohort)
        assert partnership.school is stay.school
        assert training in partnership.trainings


def _assert_both_there(mentorship: Mentorship) -> None:
    ends = mentorship.finished_on
    assert ends is None or ends >= mentorship.started_on
    assert mentorship.ect_stay.school is mentorship.mentor_stay.school
    for stay in (mentorship.ect_stay, mentorship.mentor_stay):
        assert stay.started_on <= mentorship.started_on
        assert mentorship in stay.mentorships
        if stay.finished_on is not None:
            assert ends is not None
            assert ends <= stay.finished_on


def _assert_statements(world: World) -> None:
    for declaration in world.declarations.values():
        attached = declaration.payment_status in ("eligible", "payable", "paid")
        assert (declaration.statement is not None) == attached
        assert (declaration.clawback_statement is not None) == (declaration.clawback_status is not None)
        if declaration.statement is not None:
            assert declaration in declaration.statement.declarations
            assert declaration.statement.provider == declaration.provider
