"""Lies that a token alone must show, and what the check leaves of its own changes. The whole table is a command."""

import pytest

from mock_server.harness.check.run import Plan, check
from mock_server.harness.check.stage_names import STAGES
from mock_server.harness.check.writable import Writable
from mock_server.own_server import own_server
from mock_server.services import SERVICES
from tests.harness.check.conftest import Listener
from tests.harness.check.lies.__main__ import OWN_TOKEN, noticed
from tests.harness.check.lies.table import lies_of
from tests.harness.check.test_honest_servers import application
from tests.live import listening

LIES = {service.name: lies_of(service) for service in SERVICES}
BY_NAME = {service.name: service for service in SERVICES}


def test_there_are_lies_of_every_class_about_each_service() -> None:
    kinds = [{lie.kind for lie in lies.values()} for lies in LIES.values()]
    assert all(each == kinds[0] for each in kinds)
    assert min(len(lies) for lies in LIES.values()) >= 80


@pytest.mark.parametrize(
    ("api", "name", "came"),
    [
        ("v1", "cohort-first-page", "don't fit"),
        ("v1", "order-later-pages", "comes before"),
        ("v1", "csv-both", "don't fit"),
        ("v1", "stale-list", "has training_status 'active' here, and 'deferred' in the whole list"),
        ("v1", "evidence-mentors", "the status is 200"),
        ("v1", "made-twice", "they make"),
        ("v1", "offset-ignored", "don't fit"),
        ("v3", "both-partner", "don't fit"),
        ("v3", "stale-schedule", "in the whole list"),
    ],
)
def test_a_lie_is_noticed_and_told_so_that_it_can_be_found(api: str, name: str, came: str) -> None:
    found = noticed(BY_NAME[api], LIES[api][name], ["consistency"])
    assert found is not None
    assert came in found.came
    assert found.curl


def test_a_refusal_that_did_not_come_names_its_rule_and_what_had_happened_before() -> None:
    found = noticed(BY_NAME["v1"], LIES["v1"]["void-twice"], ["consistency"])
    assert found is not None
    assert "declaration-voidable" in found.says
    assert [line.split()[0] for line in found.before][-1] == "PUT"
    assert "/void → 200" in found.before[-1]


# -- what it may change --------------------------------------------------------------------------


def written(may_write: Writable, *stages: str) -> set[str]:
    """The participants about whom a request to change something was accepted."""
    accepted: set[str] = set()

    class Watching:
        def __init__(self, inner: object) -> None:
            self.inner = inner

        async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
            async def noting(message):  # type: ignore[no-untyped-def]
                done = message["type"] == "http.response.start" and message["status"] == 200
                if done and scope["method"] == "PUT" and "/participants/" in scope["path"]:
                    accepted.add(scope["path"].split("/")[-2].lower())
                await send(message)

            await self.inner(scope, receive, noting)  # type: ignore[operator]

    with listening(Watching(application())) as base_url:
        plan = Plan(base_url=base_url, token=OWN_TOKEN, stages=stages, may_write=may_write, max_examples=2)
        report = check(plan, Listener(), own_server)
    assert report.kept, [found.what for found in report.findings]
    if not may_write.words:
        assert any("no record that it may change" in note.why for stage in report.stages for note in stage.notes)
    return accepted


def test_it_changes_nobody_when_it_may_change_nobody() -> None:
    stages = [name for name in STAGES if name not in ("behaviour", "coverage", "boundaries")]
    assert written(Writable(()), *stages) == set()


def test_it_changes_those_only_whom_it_may_change() -> None:
    everybody = written(Writable(), "consistency")
    one = sorted(everybody)[0]
    assert len(everybody) > 1
    assert written(Writable((f"{one[:8]}*",)), "consistency") == {one}


@pytest.mark.parametrize(
    ("words", "id", "allowed"),
    [
        (("*",), "0ad5", True),
        (("0ad5",), "0ad5", True),
        (("0ad5",), "0ad5b", False),
        (("0ad*", "7"), "0ad5b", True),
        (("0ad*", "7"), "7", True),
        ((), "7", False),
    ],
)
def test_a_word_is_an_id_or_the_beginning_of_ids(words: tuple[str, ...], id: str, allowed: bool) -> None:
    assert Writable(words).allows(id) is allowed
