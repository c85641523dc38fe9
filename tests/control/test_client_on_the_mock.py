"""The client and the mock together, over real HTTP: what one says the other does.

Whatever passes between them is held against `openapi/control.yaml` as well.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mock_server import __version__
from mock_server.app import build_app
from mock_server.client import ControlClient, SandboxClient
from mock_server.control.connection import ControlError
from mock_server.control.models import Clock, RateLimit
from mock_server.sandbox.faults import MAX_FAULTS
from mock_server.sandbox.sandboxes import MAX_SNAPSHOT_BYTES, MAX_SNAPSHOTS
from mock_server.settings import Settings
from tests.live import listening
from tests.specifications import Document

from .calls import CALLS, Ids, calls_by_example

CONTROL = Document("control")
NOVEMBER = datetime(2021, 11, 20, 9, tzinfo=UTC)


@dataclass
class Watched:
    """The ASGI application `inner`, with what is wrong with its answers under `/_mock`, by the contract."""

    inner: Any
    problems: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sent: list[Any] = []

        async def send_on(message: Any) -> None:
            sent.append(message)
            # Before the client has the last of it, so that its test finds the problem.
            if scope["path"].startswith("/_mock") and "body" in message and not message.get("more_body"):
                self._look_at(scope, sent)
            await send(message)

        await self.inner(scope, receive, send_on)

    def _look_at(self, scope: Any, sent: list[Any]) -> None:
        status, headers = sent[0]["status"], dict(sent[0]["headers"])
        content = b"".join(message["body"] for message in sent[1:])
        place = f"{scope['method']} {scope['path']} -> {status}"
        found = _complaints(scope["method"].lower(), scope["path"], status, headers, content)
        self.problems += [f"{place}: {problem}" for problem in found]


def _complaints(method: str, path: str, status: int, headers: dict[bytes, bytes], content: bytes) -> list[str]:
    for operation in CONTROL.operations.values():
        if operation.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path):
            break
    else:
        return ["no such operation"]
    if str(status) not in operation.responses:
        return ["no such status"]
    documented = operation.responses[str(status)].get("content", {})
    kind = headers.get(b"content-type", b"").decode()
    if not documented:
        return [] if not content and not kind else ["a body where none is documented"]
    media_type = kind.partition(";")[0]
    if media_type not in documented:
        return [f"content type {kind!r}"]
    body = content.decode() if media_type == "text/plain" else json.loads(content)
    return CONTROL.complaints(documented[media_type]["schema"], body)


@pytest.fixture(scope="module")
def mock() -> Iterator[tuple[Watched, str]]:
    watched = Watched(build_app(Settings()))
    with listening(watched) as base_url:
        yield watched, base_url


@pytest.fixture
def client(mock: tuple[Watched, str]) -> Iterator[ControlClient]:
    watched, base_url = mock
    watched.problems.clear()
    with ControlClient(base_url) as client:
        yield client
        for sandbox in client.sandboxes():
            if sandbox.id != "default":
                client.sandbox(sandbox.id).delete()
    assert watched.problems == []


@pytest.fixture
def sandbox(client: ControlClient) -> SandboxClient:
    """A world without participants, standing still on 20 November 2021."""
    return client.sandbox(client.create_sandbox(seed="empty", clock={"now": NOVEMBER, "running": False}).id)


@dataclass
class Provider:
    """A lead provider at work: the lead provider API with its token."""

    http: httpx.Client

    def declare(self, participant_id: str) -> httpx.Response:
        attributes = {
            "participant_id": participant_id,
            "declaration_type": "started",
            "declaration_date": "2021-11-15T10:00:00Z",
            "course_identifier": "ecf-induction",
        }
        body = {"data": {"type": "participant-declaration", "attributes": attributes}}
        return self.http.post("/api/v1/participant-declarations", json=body)

    def participants(self) -> httpx.Response:
        return self.http.get("/api/v1/participants/ecf")


@pytest.fixture
def alder(client: ControlClient, sandbox: SandboxClient) -> Iterator[Provider]:
    token = sandbox.get().tokens["alder"]
    with httpx.Client(base_url=client.base_url, headers={"Authorization": f"Bearer {token}"}) as http:
        yield Provider(http)


# Those of v3 need a world that fits them; its own tests make one.
EXAMPLES = [example for example in calls_by_example() if not str(example.id).startswith("v3.")]


@pytest.mark.parametrize(("operation_id", "body"), EXAMPLES)
def test_every_example_of_the_contract_is_accepted(
    client: ControlClient, sandbox: SandboxClient, alder: Provider, operation_id: str, body: Any
) -> None:
    participant = sandbox.v1.add_participant(
        provider="alder", participant_type="ect", school_urn="123456", eligible_for_funding=True
    )
    declaration = alder.declare(participant.id).json()["data"]["id"]
    fault = sandbox.add_fault(match={"method": "PATCH"}, delay_ms=1)
    mentor = sandbox.v1.add_participant(provider="alder", participant_type="mentor", school_urn="123456")
    ids = Ids(sandbox.id, participant.id, declaration, fault.id, sandbox.snapshot(), mentor=mentor.id)
    CALLS[operation_id](client, ids, body)
    if operation_id == "deleteSandbox":
        assert sandbox.id not in {kept.id for kept in client.sandboxes()}


def test_the_mock_tells_its_version(client: ControlClient) -> None:
    assert client.health().version == __version__


def test_a_sandbox_is_made_changed_reset_and_deleted(client: ControlClient) -> None:
    made = client.create_sandbox(id="retries", replay="refuse", rate_limit=RateLimit(3, 60))
    assert (made.id, made.replay, made.rate_limit) == ("retries", "refuse", RateLimit(3, 60))
    assert made.counts["v1"] is None
    retries = client.sandbox("retries")

    changed = retries.settings(rate_limit=None)
    assert (changed.replay, changed.rate_limit) == ("refuse", None)
    assert retries.reset() == retries.get()
    assert retries.get().rate_limit == RateLimit(3, 60)

    retries.delete()
    with pytest.raises(ControlError, match="404 Not Found"):
        retries.get()


def test_the_clock_is_set_stopped_advanced_and_let_go(sandbox: SandboxClient) -> None:
    assert sandbox.clock() == Clock(NOVEMBER, running=False)
    assert sandbox.advance("P1M") == Clock(datetime(2021, 12, 20, 9, tzinfo=UTC), running=False)
    assert sandbox.advance(timedelta(days=2, minutes=5)).now == datetime(2021, 12, 22, 9, 5, tzinfo=UTC)
    assert sandbox.set_clock(now="2022-02-01T01:00:00+01:00").now == datetime(2022, 2, 1, tzinfo=UTC)
    assert sandbox.set_clock(running=True).running
    assert abs(sandbox.follow_machine().now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_participant_is_added_registered_removed_and_moved(sandbox: SandboxClient) -> None:
    mentor = sandbox.v1.add_participant(provider="alder", participant_type="mentor")
    added = sandbox.v1.add_participant(provider="alder", participant_type="ect", mentor_id=mentor.id)
    assert (added.cohort, added.status, added.eligible_for_funding) == ("2021", "active", None)
    assert (added.mentor_id, added.created_at) == (mentor.id, NOVEMBER)

    registered = sandbox.v1.register(
        added.id, teacher_reference_number="7654321", teacher_reference_number_validated=True, eligible_for_funding=True
    )
    assert (registered.teacher_reference_number, registered.eligible_for_funding) == ("7654321", True)
    assert sandbox.v1.set_status(added.id, "withdrawn").status == "withdrawn"

    sandbox.advance("P1D")
    moved = sandbox.v1.transfer(added.id, provider="birch")
    assert (moved.provider, moved.mentor_id) == ("birch", None)
    assert moved.school_urn != added.school_urn
    assert [(e.provider, e.current, e.left_at) for e in moved.enrolments] == [
        ("alder", False, NOVEMBER + timedelta(days=1)),
        ("birch", True, None),
    ]
    assert sandbox.v1.participant(added.id) == moved
    assert sandbox.v1.participants() == (mentor, moved)


def test_a_school_corrects_and_reassigns_and_the_department_amends(sandbox: SandboxClient) -> None:
    """Rules 5.5."""
    mentor = sandbox.v1.add_participant(provider="alder", participant_type="mentor", school_urn="123456")
    ect = sandbox.v1.add_participant(provider="alder", participant_type="ect", school_urn="123456")
    sandbox.advance("P1D")
    corrected = sandbox.v1.update_details(ect.id, full_name="Ada Newname", email=None, sparsity_uplift=True)
    assert (corrected.full_name, corrected.email) == ("Ada Newname", None)
    assert (corrected.pupil_premium_uplift, corrected.sparsity_uplift) == (False, True)
    assert corrected.updated_at == NOVEMBER + timedelta(days=1)

    assert sandbox.v1.set_mentor(ect.id, mentor.id.upper()).mentor_id == mentor.id
    assert sandbox.v1.set_mentor(ect.id, None).mentor_id is None

    amended = sandbox.v1.amend_cohort(ect.id, "2022")
    assert (amended.cohort, amended.schedule_identifier) == ("2022", "ecf-standard-september")
    amended = sandbox.v1.amend_cohort(ect.id, "2021", "ecf-extended-april")
    assert (amended.cohort, amended.schedule_identifier) == ("2021", "ecf-extended-april")


def test_an_ect_is_nobodys_mentor(sandbox: SandboxClient) -> None:
    ect = sandbox.v1.add_participant(provider="alder", participant_type="ect")
    with pytest.raises(ControlError, match=f"/mentor_id: the participant {ect.id} is no mentor"):
        sandbox.v1.add_participant(provider="alder", participant_type="ect", mentor_id=ect.id)
    with pytest.raises(ControlError, match=f"/mentor_id: the participant {ect.id} is no mentor"):
        sandbox.v1.transfer(ect.id, provider="birch", mentor_id=ect.id.upper())
    assert [(each.id, each.provider) for each in sandbox.v1.participants()] == [(ect.id, "alder")]


def test_a_mentor_must_be_a_mentor_at_the_same_school(sandbox: SandboxClient) -> None:
    ect = sandbox.v1.add_participant(provider="alder", participant_type="ect", school_urn="123456")
    elsewhere = sandbox.v1.add_participant(provider="alder", participant_type="mentor", school_urn="654321")
    removed = sandbox.v1.add_participant(
        provider="alder", participant_type="mentor", school_urn="123456", status="withdrawn"
    )
    for mentor in (elsewhere, removed):
        with pytest.raises(ControlError, match="409 Conflict"):
            sandbox.v1.set_mentor(ect.id, mentor.id)
    for id in (ect.id, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(ControlError, match="422"):
            sandbox.v1.set_mentor(ect.id, id)
    with pytest.raises(ControlError, match="422"):
        sandbox.v1.set_mentor(elsewhere.id, removed.id)
    assert sandbox.v1.participant(ect.id) == ect


def test_a_mentor_who_is_removed_or_moved_leaves_the_ects_without_one(sandbox: SandboxClient) -> None:
    """Rules 5.5."""
    for leave in ("removed", "moved"):
        mentor = sandbox.v1.add_participant(provider="alder", participant_type="mentor", school_urn="123456")
        ect = sandbox.v1.add_participant(
            provider="alder", participant_type="ect", school_urn="123456", mentor_id=mentor.id
        )
        if leave == "removed":
            sandbox.v1.set_status(mentor.id, "withdrawn")
        else:
            sandbox.v1.transfer(mentor.id, provider="birch")
        assert sandbox.v1.participant(ect.id).mentor_id is None


def test_a_declaration_is_paid_as_the_clock_moves_or_by_hand(sandbox: SandboxClient, alder: Provider) -> None:
    ect = sandbox.v1.add_participant(provider="alder", participant_type="ect", eligible_for_funding=True)
    id = alder.declare(ect.id).json()["data"]["id"]
    [made] = sandbox.v1.declarations()
    assert sandbox.v1.declaration(id) == made
    assert (made.id, made.provider, made.participant_id, made.state) == (id, "alder", ect.id, "eligible")
    assert made.statement is not None
    assert made.statement.payment.isoformat() == "2021-11-30"

    assert sandbox.v1.set_declaration_state(id, "payable").state == "payable"
    with pytest.raises(ControlError, match="409 Conflict"):
        sandbox.v1.set_declaration_state(id, "eligible")
    sandbox.advance("P30D")
    assert sandbox.v1.declarations()[0].state == "paid"


def test_a_lost_answer_leaves_its_declaration_behind(sandbox: SandboxClient, alder: Provider) -> None:
    ect = sandbox.v1.add_participant(provider="alder", participant_type="ect")
    sandbox.replace_faults(
        [
            {
                "match": {"operation_id": "createParticipantDeclaration"},
                "respond": {"status": 504, "headers": {"Retry-After": "2"}, "body": {"error": "lost"}},
                "times": 1,
                "apply": "after",
            }
        ]
    )
    lost = alder.declare(ect.id)
    assert (lost.status_code, lost.headers["retry-after"], lost.json()) == (504, "2", {"error": "lost"})
    assert len(sandbox.v1.declarations()) == 1
    assert alder.declare(ect.id).status_code == 200

    [fault] = sandbox.faults()
    assert fault.struck == 1
    assert [entry.fault for entry in sandbox.all_requests()] == [fault.id, None]
    sandbox.clear_faults()
    assert sandbox.faults() == ()


def test_a_fault_is_added_and_removed_while_others_go_on(sandbox: SandboxClient, alder: Provider) -> None:
    first = sandbox.add_fault(match={}, respond={"status": 503}, times=2)
    assert alder.participants().status_code == 503
    second = sandbox.add_fault(match={}, respond={"status": 500})
    assert [(fault.id, fault.struck) for fault in sandbox.faults()] == [(first.id, 1), (second.id, 0)]
    assert [alder.participants().status_code for _ in range(2)] == [503, 500]
    sandbox.remove_fault(second.id)
    assert alder.participants().status_code == 200
    assert [fault.id for fault in sandbox.faults()] == [first.id]
    for id in (second.id, "none"):
        with pytest.raises(ControlError, match="404 Not Found"):
            sandbox.remove_fault(id)
    with pytest.raises(ControlError, match="/match/operation_id"):
        sandbox.add_fault(match={"operation_id": "none"}, delay_ms=1)
    with pytest.raises(ControlError, match="/respond/body"):
        sandbox.add_fault(match={}, respond={"status": 204, "body": "x"})


def test_there_are_only_so_many_faults(sandbox: SandboxClient) -> None:
    sandbox.replace_faults([{"match": {}, "delay_ms": 1}] * MAX_FAULTS)
    with pytest.raises(ControlError, match="409 Conflict"):
        sandbox.add_fault(match={}, delay_ms=1)
    schema = CONTROL.content["components"]["schemas"]["FaultReplacement"]
    assert schema["properties"]["faults"]["maxItems"] == MAX_FAULTS


def test_the_journal_is_read_filtered_and_cleared(sandbox: SandboxClient, alder: Provider) -> None:
    for _ in range(5):
        alder.participants()
    refused = alder.declare("nobody")

    page = sandbox.requests(limit=2)
    assert (len(page.requests), page.next) == (2, page.requests[-1].id)
    entries = list(sandbox.all_requests(limit=2))
    assert [entry.id for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert {entry.provider for entry in entries} == {"alder"}
    assert all("alder-token" not in str(entry) for entry in entries)
    [declared] = sandbox.requests(method="POST", status=422, path="*declarations").requests
    assert declared.operation_id == "createParticipantDeclaration"
    assert declared.server_date == NOVEMBER
    assert declared.rules == tuple(refused.headers["x-mock-rule"].split(", "))
    assert declared.request.body == refused.request.content.decode()
    assert declared.response.body == refused.text
    assert sandbox.requests(provider="birch").requests == ()
    assert len(sandbox.requests(provider="alder").requests) == 6

    sandbox.clear_requests()
    assert sandbox.requests().requests == ()
    alder.participants()
    assert [entry.id for entry in sandbox.all_requests()] == [7]


def test_a_snapshot_brings_the_world_back(sandbox: SandboxClient) -> None:
    kept = sandbox.v1.add_participant(provider="alder", participant_type="ect")
    snapshot = sandbox.snapshot()
    sandbox.v1.set_status(kept.id, "withdrawn")
    sandbox.v1.add_participant(provider="birch", participant_type="mentor")
    sandbox.advance("P1Y")

    restored = sandbox.restore(snapshot)
    assert (restored.counts["v1"], restored.clock.now) == ({"participants": 1, "declarations": 0}, NOVEMBER)
    assert sandbox.v1.participants() == (kept,)
    sandbox.drop_snapshot(snapshot)
    with pytest.raises(ControlError, match="404 Not Found"):
        sandbox.restore(snapshot)


def test_a_sandbox_keeps_so_many_snapshots_and_says_how_to_make_room(sandbox: SandboxClient) -> None:
    kept = [sandbox.snapshot() for _ in range(MAX_SNAPSHOTS)]
    with pytest.raises(ControlError, match=r"409 Conflict.*100 at most.*Delete one"):
        sandbox.snapshot()
    sandbox.drop_snapshot(kept[50])
    assert sandbox.snapshot() not in kept
    with pytest.raises(ControlError, match="409"):
        sandbox.snapshot()
    assert sandbox.restore(kept[0]).id == sandbox.id
    sandbox.reset()
    sandbox.snapshot()


def test_the_contract_says_how_many_snapshots_there_can_be() -> None:
    create = CONTROL.operations["createSnapshot"].definition
    bytes_allowed = f"{MAX_SNAPSHOT_BYTES // 1024**2} MiB"
    for text in (create["description"], str(create["responses"]["409"])):
        assert f"{MAX_SNAPSHOTS} " in text
        assert bytes_allowed in text


def test_what_is_wrong_with_a_call_is_said_at_its_place(client: ControlClient, sandbox: SandboxClient) -> None:
    def pointers(error: ControlError) -> list[str | None]:
        assert (error.status, error.title) == (422, "Unprocessable Content")
        return [complaint.pointer for complaint in error.errors]

    with pytest.raises(ControlError) as caught:
        client.create_sandbox(id="No", seed="full", clock={"now": "soon"})  # type: ignore[arg-type]  # on purpose
    assert sorted(map(str, pointers(caught.value))) == ["/clock/now", "/id", "/seed"]
    with pytest.raises(ControlError) as caught:
        client.create_sandbox(clok=1)  # type: ignore[call-arg]  # on purpose
    assert pointers(caught.value) == ["/clok"]
    with pytest.raises(ControlError) as caught:
        sandbox.v1.add_participant(provider="dogwood", participant_type="ect")
    assert pointers(caught.value) == ["/provider"]
    with pytest.raises(ControlError) as caught:
        sandbox.replace_faults([{"match": {"operation_id": "listParticipant"}, "delay_ms": 1}])
    assert pointers(caught.value) == ["/faults/0/match/operation_id"]
    with pytest.raises(ControlError) as caught:
        sandbox.requests(limit=1001)
    assert [complaint.parameter for complaint in caught.value.errors] == ["limit"]


@pytest.mark.parametrize("slug", ["default\n", "retries\n"])
def test_a_line_feed_at_the_end_is_no_part_of_an_id(client: ControlClient, slug: str) -> None:
    with pytest.raises(ControlError) as caught:
        client.create_sandbox(id=slug)
    assert [complaint.pointer for complaint in caught.value.errors] == ["/id"]


def test_what_is_not_there_is_said_to_be_missing(client: ControlClient, sandbox: SandboxClient) -> None:
    nowhere = client.sandbox("nowhere")
    unknown = "00000000-0000-4000-8000-000000000000"
    for call in (
        nowhere.get,
        nowhere.clock,
        lambda: sandbox.v1.participant(unknown),
        lambda: sandbox.v1.participant("x"),
        lambda: sandbox.v1.set_declaration_state(unknown, "paid"),
        lambda: sandbox.drop_snapshot("snapshot-9"),
    ):
        with pytest.raises(ControlError, match="404 Not Found"):
            call()


def test_what_is_there_already_is_in_conflict(client: ControlClient, sandbox: SandboxClient) -> None:
    with pytest.raises(ControlError, match="409 Conflict"):
        client.create_sandbox(id=sandbox.id)
    with pytest.raises(ControlError, match="409 Conflict"):
        client.sandbox("default").delete()


def test_a_mock_with_a_control_token_wants_it_for_all_but_its_health() -> None:
    watched = Watched(build_app(Settings(seed="empty", control_token="secret")))  # noqa: S106 - of this test
    with listening(watched) as base_url:
        with ControlClient(base_url, token="secret") as client:  # noqa: S106
            assert [sandbox.id for sandbox in client.sandboxes()] == ["default"]
        for token in (None, "guess"):
            with ControlClient(base_url, token=token) as client:
                assert client.health().status == "ok"
                with pytest.raises(ControlError, match="401 Unauthorized"):
                    client.sandboxes()
    assert watched.problems == []


def test_a_mock_without_a_control_api_is_told_apart_from_one_that_is_down() -> None:
    with (
        listening(build_app(Settings(seed="empty", control=False))) as base_url,
        ControlClient(base_url) as client,
        pytest.raises(ControlError, match="started without --no-control"),
    ):
        client.health()
