"""Test data by the number: many people in one call, in the shares that were asked for."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.control.connection import ControlError
from mock_server.rules.mix import MOST_PEOPLE
from mock_server.testing import EcfMock, EcfSandbox, running_mock
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.population import Wanted, add_people
from mock_server.v3.domain.soundness import problems
from tests.specifications import Document
from tests.v3.domain.worlds import NOW, new_world

CLOCK = "2026-02-10T09:00:00Z"


@pytest.fixture(scope="module")
def mock() -> Iterator[EcfMock]:
    with running_mock() as running:
        yield running


@pytest.fixture
def sandbox(mock: EcfMock) -> EcfSandbox:
    return made(mock)


def made(mock: EcfMock) -> EcfSandbox:
    still: Any = {"now": CLOCK, "running": False}
    return mock.sandbox(seed="empty", clock=still, random_seed=5)


def test_the_people_of_v1_have_the_shares_that_were_asked_for(sandbox: EcfSandbox) -> None:
    mix: Any = {
        "cohorts": {"2021": 3, "2022": 1},
        "participant_types": {"ect": 4, "mentor": 1},
        "statuses": {"active": 9, "withdrawn": 1},
        "training_statuses": {"active": 8, "deferred": 1, "withdrawn": 1},
        "declarations": {"none": 5, "submitted": 1, "eligible": 2, "paid": 2},
    }
    ids = sandbox.v1.add_people(provider="birch", count=100, mix=mix)
    people = sandbox.v1.participants()
    assert [each.id for each in people] == list(ids)
    assert {each.provider for each in people} == {"birch"}
    assert Counter(each.cohort for each in people) == {"2021": 75, "2022": 25}
    assert Counter(each.participant_type for each in people) == {"ect": 80, "mentor": 20}
    assert Counter(each.status for each in people) == {"active": 90, "withdrawn": 10}
    assert Counter(each.training_status for each in people) == {"active": 80, "deferred": 10, "withdrawn": 10}
    assert Counter(each.state for each in sandbox.v1.declarations()) == {"submitted": 10, "eligible": 20, "paid": 20}
    assert any(each.mentor_id for each in people)
    # A client that polls sees them: they are new now.
    assert {each.updated_at.isoformat() for each in people} == {"2026-02-10T09:00:00+00:00"}


def test_the_people_of_v3_have_the_shares_that_were_asked_for(sandbox: EcfSandbox) -> None:
    mix: Any = {
        "cohorts": {"2024": 1, "2025": 3},
        "roles": {"ect": 3, "mentor": 1},
        "training_statuses": {"active": 8, "deferred": 1, "withdrawn": 1},
        "declarations": {"none": 5, "submitted": 1, "eligible": 2, "paid": 1, "voided": 1},
    }
    ids = sandbox.v3.add_people(provider="birch", count=60, mix=mix)
    people = sandbox.v3.participants()
    assert {each.id for each in people} == {*ids}
    stays = [stay for each in people for stay in each.stays]
    trainings = [stay.training[0] for stay in stays]
    assert Counter(stay.role for stay in stays) == {"ect": 45, "mentor": 15}
    assert Counter(training.cohort for training in trainings) == {"2024": 15, "2025": 45}
    assert sum(training.deferral is not None for training in trainings) == 6
    assert sum(training.withdrawal is not None for training in trainings) == 6
    declared = Counter(each.state for each in sandbox.v3.declarations())
    assert declared == {"submitted": 6, "eligible": 12, "paid": 6, "voided": 6}
    assert any(stay.mentorships for stay in stays)


def test_the_same_seed_and_request_make_the_same_people(mock: EcfMock) -> None:
    one, other = made(mock), made(mock)
    for sandbox in (one, other):
        sandbox.v1.add_people(provider="alder", count=30, mix={"declarations": {"none": 1, "eligible": 1}})
        sandbox.v3.add_people(provider="alder", count=30, mix={"declarations": {"none": 1, "eligible": 1}})
    assert one.v1.participants() == other.v1.participants()
    assert one.v3.participants() == other.v3.participants()
    # More of them are others.
    again = one.v1.add_people(provider="alder", count=30)
    assert not {*again} & {each.id for each in other.v1.participants()}


@pytest.mark.parametrize("api", ["v1", "v3"])
def test_too_many_people_are_refused_and_the_bound_is_named(sandbox: EcfSandbox, api: str) -> None:
    schema = Document("control").content["components"]["schemas"][f"{api}.PeopleCreation"]
    assert schema["properties"]["count"]["maximum"] == MOST_PEOPLE
    with pytest.raises(ControlError, match=str(MOST_PEOPLE)):
        getattr(sandbox, api).add_people(provider="alder", count=MOST_PEOPLE + 1)
    assert getattr(sandbox, api).participants() == ()


EARLY = {"cohorts": {"2026": 1}, "declarations": {"paid": 1}}


@pytest.mark.parametrize(
    ("api", "given", "status", "reason"),
    [
        ("v1", {"provider": "dogwood"}, 422, "/provider"),
        ("v1", {"mix": {"cohorts": {"1999": 1}}}, 422, "/mix/cohorts/1999"),
        ("v1", {"mix": {"cohorts": {"soon": 1}}}, 422, "/mix/cohorts/soon"),
        ("v1", {"mix": {"participant_types": {"ect": 0}}}, 422, "needs a weight above 0"),
        ("v1", {"mix": {"roles": {"ect": 1}}}, 422, "/mix"),
        ("v1", {"mix": EARLY}, 409, "nothing can be declared yet"),
        ("v3", {"provider": "elm"}, 422, "/provider"),
        ("v3", {"provider": "dogwood"}, 409, "no delivery partner"),
        ("v3", {"mix": {"cohorts": {"1999": 1}}}, 422, "/mix/cohorts/1999"),
        ("v3", {"mix": {"declarations": {"lost": 1}}}, 422, "/mix/declarations"),
        ("v3", {"mix": EARLY}, 409, "Nothing can be declared yet"),
        ("v3", {"mix": {"cohorts": {"2021": 1}, "declarations": {"eligible": 1}}}, 409, "no open statement"),
    ],
)
def test_what_can_t_be_is_refused_and_nobody_is_added(
    sandbox: EcfSandbox, api: str, given: Any, status: int, reason: str
) -> None:
    client = getattr(sandbox, api)
    with pytest.raises(ControlError, match=reason) as refused:
        client.add_people(**{"provider": "alder", "count": 4, **given})
    assert refused.value.status == status
    assert client.participants() == ()


@pytest.mark.parametrize("role", ["ect", "mentor"])
@pytest.mark.parametrize("cohort", ["2021", "2022", "2023", "2024", "2025", "2026"])
def test_every_state_is_reached_or_refused_as_a_whole(cohort: str, role: str) -> None:
    """Nobody is added before the refusal, whatever is asked for; and the world keeps its own rules."""
    for state in ("none", "submitted", "eligible", "payable", "paid", "voided", "awaiting-clawback", "clawed-back"):
        for training_status in ("active", "deferred", "withdrawn"):
            world = new_world()
            before = world.changes
            try:
                (added,) = add_people(world, "alder", [Wanted(cohort, role, training_status, state)], NOW)
            except Impossible:
                assert world.changes == before
                assert state != "none"
                continue
            assert [each.state for each in added.declarations] == ([] if state == "none" else [state])
            assert list(problems(world)) == []
