"""What is true of every world, whatever has happened to it."""

from mock_server.v3.domain.restoring import world_of
from mock_server.v3.domain.rows import head_of, rows_of
from mock_server.v3.domain.soundness import problems
from mock_server.v3.domain.world import World
from tests.v3.domain.plain_world import derived


def assert_sound(world: World) -> None:
    """Rules 1, and relations that both sides know; what is derived is what a new derivation gives."""
    assert list(problems(world)) == []
    for teacher in world.teachers.values():
        for stay in teacher.stays:
            assert stay.teacher is teacher
            for training in stay.trainings:
                assert training.partnership is None or training in training.partnership.trainings
            for mentorship in stay.mentorships:
                for each in (mentorship.ect_stay, mentorship.mentor_stay):
                    assert mentorship in each.mentorships
    for declaration in world.declarations.values():
        assert declaration.statement is None or declaration in declaration.statement.declarations
    assert derived(world_of(head_of(world), rows_of(world))) == derived(world)
