"""The board over a real journal: what is read of it, how often, and what the control API says of it."""

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from mock_server.app import Application, build_app
from mock_server.control.models import Readiness, read
from mock_server.harness.readiness import evaluation
from mock_server.harness.readiness.evaluation import judge
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.v1.readiness import KIT, traffic
from mock_server.harness.v1.readiness.catalogue import CATALOGUE
from mock_server.harness.v1.readiness.traffic import Observation, Traffic
from mock_server.sandbox.journal import RESTART, Entry, Journal, SchoolChange
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.settings import Settings
from mock_server.v1.service import V1
from tests.harness.readiness.builders import PARTICIPANT, Story, seconds
from tests.specifications import Document

PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"
READINESS = Document("control").content["components"]["schemas"]["Readiness"]


@pytest.fixture
def app() -> Application:
    return build_app(Settings(rate_limit=None))


def client(app: Application) -> httpx.AsyncClient:
    headers = {"Authorization": "Bearer alder-token"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=headers)


async def verdicts(sandbox: Sandbox) -> dict[str, str]:
    return {result.id: result.verdict for result in await evaluation.readiness(sandbox, V1)}


async def test_the_control_api_answers_with_every_requirement_in_order(app: Application) -> None:
    async with client(app) as http:
        await http.get(PARTICIPANTS)
        answer = await http.get("/_mock/sandboxes/default/readiness")
    record = answer.json()
    assert answer.status_code == 200
    assert Document("control").complaints(READINESS, record) == []
    assert [(each["id"], each["group"], each["level"]) for each in record["requirements"]] == [
        (each.id, each.group, each.level) for each in CATALOGUE if not each.restarts
    ]
    assert sum(record["summary"].values()) == len(record["requirements"])
    assert read(Readiness, record).sandbox == "default"


async def test_requests_are_answered_while_a_client_is_being_graded(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, grading, answered, in_time = asyncio.get_running_loop(), asyncio.Event(), threading.Event(), []
    observe = traffic.observe

    def slow_observe(entry: Entry, journal: Journal) -> Observation:
        loop.call_soon_threadsafe(grading.set)
        in_time.append(answered.wait(timeout=10))
        return observe(entry, journal)

    monkeypatch.setattr(evaluation, "readiness_kit", lambda _: replace(KIT, observe=slow_observe))
    async with client(app) as http:
        await http.get(PARTICIPANTS)
        looking = asyncio.create_task(http.get("/_mock/sandboxes/default/readiness"))
        await grading.wait()
        meanwhile = await http.get(DECLARATIONS)
        answered.set()
        board = (await looking).json()
    assert (meanwhile.status_code, in_time) == (200, [True])
    verdicts = {each["id"]: each["verdict"] for each in board["requirements"]}
    assert verdicts["sync.full-pull"] == "passed"


async def test_judging_does_not_hold_the_server_up_either(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, judged_in = evaluation.judge, []

    def noted(catalogue: Sequence[Requirement], seen: Traffic) -> tuple[evaluation.Result, ...]:
        judged_in.append(threading.current_thread())
        return judge(catalogue, seen)

    monkeypatch.setattr(evaluation, "judge", noted)
    async with client(app) as http:
        await http.get(PARTICIPANTS)
        await http.get("/_mock/sandboxes/default/readiness")
    assert len(judged_in) == 1
    assert threading.main_thread() not in judged_in


async def test_those_who_look_at_the_same_time_share_one_grading(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged, judge = 0, evaluation.judge

    def counted(catalogue: Sequence[Requirement], seen: Traffic) -> tuple[evaluation.Result, ...]:
        nonlocal judged
        judged += 1
        return judge(catalogue, seen)

    monkeypatch.setattr(evaluation, "judge", counted)
    async with client(app) as http:
        await http.get(PARTICIPANTS)
        boards = await asyncio.gather(*(evaluation.readiness(app.registry.default, V1) for _ in range(5)))
    assert judged == 1
    assert all(board is boards[0] for board in boards)


async def test_a_board_that_followed_the_journal_is_the_one_that_a_first_look_gives(app: Application) -> None:
    sandbox = app.registry.default
    async with client(app) as http:
        for _ in range(3):
            await http.get(PARTICIPANTS, params={"page[per_page]": 1})
            followed = await evaluation.readiness(sandbox, V1)
    assert followed == evaluation.judge(
        CATALOGUE, Traffic(traffic.observe(e, sandbox.journal) for e in sandbox.journal)
    )


async def test_advice_is_there_for_whatever_has_not_passed(app: Application) -> None:
    async with client(app) as http:
        await http.get(PARTICIPANTS, params={"page[per_page]": 10})
    results = {result.id: result for result in await evaluation.readiness(app.registry.default, V1)}
    assert results["sync.pages-followed"].verdict == "failed"
    for result in results.values():
        has_advice = result.advice is not None
        assert has_advice is (result.verdict != "passed" or result.id == "contract.coverage"), result.id


async def test_the_board_sees_what_the_requests_were_about(app: Application) -> None:
    async with client(app) as http:
        everyone = (await http.get(PARTICIPANTS)).json()["data"]
        active = next(p for p in everyone if p["attributes"]["training_status"] == "active")
        attributes = {"reason": "other", "course_identifier": "ecf-induction"}
        body = {"data": {"type": "participant-defer", "attributes": attributes}}
        for _ in range(2):
            await http.put(f"{PARTICIPANTS}/{active['id'].upper()}/defer", json=body)
        since = {"filter[updated_since]": everyone[0]["attributes"]["updated_at"]}
        await http.get(PARTICIPANTS, params=since)
        await http.get(DECLARATIONS, params={"token": "alder-token"})
    found = await verdicts(app.registry.default)
    assert found["actions.defer"] == "passed"
    assert found["actions.not-repeated"] == "failed"
    assert found["sync.polls"] == found["sync.no-gap"] == "passed"
    assert found["access.token-not-in-url"] == "failed"
    # The other departure, an id in capitals, is none.
    assert found["contract.requests"] == "passed"


async def test_a_school_s_change_through_the_control_api_is_waited_for(app: Application) -> None:
    participant = next(iter(app.registry.default.world(V1).participants.values()))
    change = {"email": "new@example.org"}
    async with client(app) as http:
        await http.get(PARTICIPANTS)
        await http.put(f"/_mock/sandboxes/default/v1/participants/{participant.id}/registration", json=change)
        assert (await verdicts(app.registry.default))["sync.sees-changes"] == "not_seen"
        await http.get(PARTICIPANTS)
    assert (await verdicts(app.registry.default))["sync.sees-changes"] == "passed"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {"provider": "alder", "participant_type": "ect"}),
        ("PUT", "/{id}/registration", {"email": "new@example.org"}),
        ("PUT", "/{id}/status", {"status": "withdrawn"}),
        ("POST", "/{id}/transfers", {"provider": "birch"}),
    ],
)
async def test_whatever_a_school_does_is_noted(app: Application, method: str, path: str, body: dict[str, str]) -> None:
    sandbox = app.registry.default
    id = next(iter(sandbox.world(V1).participants))
    async with client(app) as http:
        before = time.time()
        answer = await http.request(method, f"/_mock/sandboxes/default/v1/participants{path.format(id=id)}", json=body)
    [change] = sandbox.journal.changes
    assert change.participant_id == answer.json()["id"]
    assert set(change.providers) == {"alder", body.get("provider", "alder")}
    assert before <= change.at <= time.time()


async def test_each_request_is_read_once_however_often_somebody_looks(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_ids: list[int] = []

    def observe(entry, journal):  # type: ignore[no-untyped-def]
        read_ids.append(entry.id)
        return traffic.observe(entry, journal)

    monkeypatch.setattr(evaluation, "readiness_kit", lambda _: replace(KIT, observe=observe))
    sandbox = app.registry.default
    async with client(app) as http:
        for _ in range(3):
            await http.get(PARTICIPANTS)
            first = await evaluation.readiness(sandbox, V1)
            assert await evaluation.readiness(sandbox, V1) is first
    assert read_ids == [1, 2, 3]


async def test_what_the_journal_has_dropped_counts_no_more() -> None:
    app = build_app(Settings(journal_entries=2))
    sandbox = app.registry.default
    async with client(app) as http:
        for path in (DECLARATIONS, PARTICIPANTS, PARTICIPANTS):
            await http.get(path)
            found = await verdicts(sandbox)
    assert found["sync.declarations"] == "not_seen"
    assert found["sync.full-pull"] == "passed"
    sandbox.journal.clear()
    assert set((await verdicts(sandbox)).values()) == {"not_seen"}


async def test_a_board_goes_with_its_sandbox(app: Application) -> None:
    async with client(app) as http:
        created = (await http.post("/_mock/sandboxes", json={"seed": "empty"})).json()
        await http.get(f"/_mock/sandboxes/{created['id']}/readiness")
        gc.collect()
        boards = len(evaluation._boards)
        await http.delete(f"/_mock/sandboxes/{created['id']}")
        gc.collect()
    assert len(evaluation._boards) == boards - 1


async def test_requests_that_cannot_be_read_break_nothing(app: Application) -> None:
    async with client(app) as http:
        for body in (b"", b"[", b"[]", b'{"data": 1}', b'{"data": {"attributes": []}}', b"\xff"):
            await http.post(DECLARATIONS, content=body, headers={"content-type": "application/json"})
        await http.get(f"{PARTICIPANTS}?page[page]=x&%ff")
        await http.request("DELETE", "/nowhere/%ff")
    assert (await verdicts(app.registry.default))["errors.refusal-met"] == "passed"


async def test_a_request_to_another_service_says_nothing_about_clients_of_this_one(app: Application) -> None:
    async with client(app) as http:
        declared = {"data": {"type": "participant-declaration", "attributes": {"declaration_type": "started"}}}
        await http.get("/api/v3/participants")
        await http.post("/api/v3/participant-declarations", json=declared)
    assert set((await verdicts(app.registry.default)).values()) == {"not_seen"}


async def test_a_request_to_no_service_counts_for_the_first_one(app: Application) -> None:
    async with client(app) as http:
        await http.get("/api/v2/participants")
    assert (await verdicts(app.registry.default))["contract.requests"] == "failed"


async def test_an_unknown_service_is_refused_with_the_names_of_those_that_there_are(app: Application) -> None:
    async with client(app) as http:
        answer = await http.get("/_mock/sandboxes/default/readiness", params={"api": "v9"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"parameter": "api", "detail": "there is no API 'v9': write one of v1, v3"}]


def test_what_a_client_does_again_after_a_restart_is_judged_by_the_requirements_about_restarts_only() -> None:
    story = Story()
    story.page(1, listed=[PARTICIPANT])
    story.request("deferEcfParticipant", attributes={"reason": "other"})
    story.changes.append(SchoolChange(story.now, "v1", "", (), RESTART))
    story.wait(2)
    story.school_changes()
    story.request("deferEcfParticipant", attributes={"reason": "other"})

    def verdicts() -> dict[str, str]:
        return {each.id: each.verdict for each in judge(CATALOGUE, Traffic(story.observations, story.changes))}

    assert (verdicts()["actions.not-repeated"], verdicts()["sync.after-restart"]) == ("passed", "not_seen")
    story.changes, kept = [], story.changes
    assert "sync.after-restart" not in verdicts()
    story.changes = kept
    story.page(0, updated_since=seconds(0))
    assert verdicts()["sync.after-restart"] == "failed"
    story.page(1, updated_since=seconds(0), listed=[PARTICIPANT])
    assert verdicts()["sync.after-restart"] == "passed"


async def test_only_while_it_grades_the_interpreter_changes_threads_often(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, during = sys.getswitchinterval(), list[float]()

    def judged(*arguments: Any) -> Any:
        during.append(sys.getswitchinterval())
        # Another sandbox is graded, too, and is done first.
        with evaluation._answers_first:
            pass
        during.append(sys.getswitchinterval())
        return judge(*arguments)

    monkeypatch.setattr(evaluation, "judge", judged)
    await verdicts(app.registry.default)
    assert during == [pytest.approx(0.0001)] * 2
    assert sys.getswitchinterval() == usual
