"""The whole application with a state file: what was answered is there after a restart, and nothing else is."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil
import pytest

from mock_server.app import Application, build_app
from mock_server.control.records import sandbox_record
from mock_server.sandbox import sandboxes
from mock_server.sandbox.state import StateLost, StateRefused, keeper
from mock_server.sandbox.state.file import StateFile, Write
from mock_server.settings import ClockSetting, Rate, Settings
from mock_server.v1.control.records import declaration_record, participant_record
from mock_server.v1.service import V1
from tests.sandbox.state.test_file import as_killed, hold
from tests.v1.app.conftest import DECLARATIONS, PARTICIPANTS, Mock

STILL = {"now": "2021-10-01T09:00:00Z", "running": False}


def open_app(path: Path, **settings: Any) -> Application:
    still = ClockSetting(datetime(2021, 10, 1, 9, tzinfo=UTC), running=False)
    return build_app(Settings(seed="empty", rate_limit=None, state=path, clock=still, **settings))


def close(application: Application) -> None:
    assert application.keeper is not None
    application.keeper.close()


@asynccontextmanager
async def http(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def application(path: Path) -> Iterator[Application]:
    made = open_app(path)
    yield made
    close(made)


@pytest.fixture
async def mock(application: Application) -> AsyncIterator[Mock]:
    async with http(application) as client:
        created = await client.post("/_mock/sandboxes", json={"id": "kept", "seed": "empty", "clock": STILL})
        assert created.status_code == 201
        yield Mock("kept", client)


def everything(application: Application) -> Any:
    """All that the control API shows of every sandbox, but for the number of requests, which isn't kept."""
    shown = []
    for sandbox in application.registry:
        record = replace(sandbox_record(sandbox), counts={})
        shown.append(
            (
                record,
                [participant_record(participant) for participant in sandbox.world(V1).participants.values()],
                [declaration_record(declaration) for declaration in sandbox.world(V1).declarations.values()],
                [
                    participant.history and len(participant.history)
                    for participant in sandbox.world(V1).participants.values()
                ],
            )
        )
    return shown


def after_a_kill(path: Path, folder: Path) -> Any:
    """What a server shows that is started on the file as it lies there now."""
    again = open_app(as_killed(path, folder))
    try:
        return everything(again)
    finally:
        close(again)


def writes(application: Application) -> int:
    assert application.keeper is not None
    return application.keeper.file.last


async def test_whatever_was_answered_is_there_after_a_kill(
    application: Application, mock: Mock, path: Path, tmp_path: Path
) -> None:
    copies = iter(range(1000))

    def check() -> None:
        assert after_a_kill(path, tmp_path / f"copy {next(copies)}") == everything(application)

    check()
    ect = await mock.add()
    mentor = await mock.add("mentor", teacher_reference_number="1234567", teacher_reference_number_validated=True)
    check()
    assert (await mock.act("defer", ect, reason="career-break", course_identifier="ecf-induction")).status_code == 200
    check()
    declared = (await mock.declare(ect)).json()["data"]["id"]
    check()
    assert (await mock.call("PUT", f"{DECLARATIONS}/{declared}/void")).status_code == 200
    check()
    await mock.control("PUT", f"/v1/participants/{ect}/registration", {"eligible_for_funding": False})
    await mock.control("PUT", f"/v1/participants/{mentor}/status", {"status": "withdrawn"})
    check()
    await mock.control("POST", f"/v1/participants/{ect}/transfers", {"provider": "birch"}, expect=201)
    check()
    snapshot = (await mock.control("POST", "/snapshots", expect=201))["id"]
    await mock.declare(ect, provider="birch")
    await mock.control("PATCH", "", {"replay": "refuse", "rate_limit": {"requests": 50, "seconds": 9}})
    await mock.control("POST", "/clock/advance", {"by": "P90D"})
    check()
    await mock.control("POST", f"/snapshots/{snapshot}/restore")
    check()
    await mock.control("POST", "/reset")
    check()
    assert (await mock.http.post("/_mock/sandboxes", json={"seed": "guide", "random_seed": 5})).status_code == 201
    check()
    await mock.control("DELETE", "", expect=204)
    check()


async def test_reading_touches_no_file(application: Application, mock: Mock) -> None:
    participant = await mock.add()
    declaration = (await mock.declare(participant)).json()["data"]["id"]
    before = writes(application)
    assert application.keeper is not None
    file, touched = application.keeper.file, list[str]()
    # Nothing else is open: what was read at the start was closed then.
    file._connection.set_trace_callback(touched.append)
    opened = [each.path for each in psutil.Process().open_files() if each.path.endswith("/state")]
    assert len(opened) == 1
    for reading in (
        PARTICIPANTS,
        f"{PARTICIPANTS}/{participant}",
        f"{PARTICIPANTS}.csv",
        DECLARATIONS,
        f"{DECLARATIONS}/{declaration}",
    ):
        assert (await mock.get(reading)).status_code == 200
    for reading in ("", "/clock", "/v1/participants", "/v1/declarations", "/requests", "/faults"):
        await mock.control("GET", reading)
    # A copy of what was declared is answered with it, and changes nothing.
    assert (await mock.declare(participant)).status_code == 200
    assert writes(application) == before
    assert touched == []
    # That would have been seen.
    assert (await mock.act("defer", participant, reason="other", course_identifier="ecf-induction")).status_code == 200
    assert touched


async def test_what_is_refused_leaves_nothing(application: Application, mock: Mock, path: Path, tmp_path: Path) -> None:
    participant = await mock.add()
    before, shown = writes(application), everything(application)
    assert (await mock.declare(participant, "retained-1", "2031-01-01T00:00:00Z")).status_code == 422
    assert (await mock.act("resume", participant, course_identifier="ecf-induction")).status_code == 422
    assert (await mock.call("PUT", f"{DECLARATIONS}/{participant}/void")).status_code == 404
    await mock.control("POST", "/v1/participants", {"provider": "nobody", "participant_type": "ect"}, expect=422)
    await mock.control("POST", "/clock/advance", {"by": "soon"}, expect=422)
    assert writes(application) == before
    assert after_a_kill(path, tmp_path / "copy") == shown


async def test_a_payment_run_that_a_read_makes_is_kept(
    application: Application, mock: Mock, path: Path, tmp_path: Path
) -> None:
    await mock.declare(await mock.add())
    sandbox = application.registry.get("kept")
    assert sandbox is not None
    # As time does it, between two requests.
    sandbox.clock.set(datetime(2022, 3, 1, tzinfo=UTC), running=False)
    (shown,) = (await mock.get(DECLARATIONS)).json()["data"]
    assert shown["attributes"]["state"] == "paid"
    assert after_a_kill(path, tmp_path / "copy") == everything(application)


async def test_ids_and_invented_values_go_on_as_if_there_had_been_no_restart(path: Path, tmp_path: Path) -> None:
    async def three_more(application: Application) -> list[Any]:
        async with http(application) as client:
            mock = Mock("default", client)
            ids = [await mock.add(full_name="Ada Example") for _ in range(2)]
            return [await mock.control("GET", f"/v1/participants/{id}") for id in [*ids, await mock.add()]]

    clock = ClockSetting(datetime(2021, 10, 1, 9, tzinfo=UTC), running=False)
    uninterrupted = build_app(Settings(rate_limit=None, clock=clock))
    expected = [await three_more(uninterrupted), await three_more(uninterrupted)]
    interrupted = []
    for _ in range(2):
        application = build_app(Settings(rate_limit=None, clock=clock, state=path))
        interrupted.append(await three_more(application))
        close(application)
    assert interrupted == expected


def test_a_running_clock_goes_on_as_if_it_had_never_stopped(path: Path) -> None:
    machine = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    settings = Settings(seed="empty", state=path, clock=ClockSetting(datetime(2021, 11, 20, 9, tzinfo=UTC)))
    for _ in range(3):
        application = build_app(settings, lambda: machine[0])
        elapsed = machine[0] - datetime(2026, 11, 23, 12, tzinfo=UTC)
        assert application.registry.default.clock.now() == datetime(2021, 11, 20, 9, tzinfo=UTC) + elapsed
        close(application)
        machine[0] += timedelta(hours=7)


def test_a_rate_limit_reads_the_same_after_a_restart(path: Path) -> None:
    """As JSON: a client may have a whole number for it."""
    first = open_app(path)
    first.registry.default.change_settings(replace(first.registry.default.settings, rate_limit=Rate(5, 30)))
    before = orjson.dumps(sandbox_record(first.registry.default).rate_limit)
    assert first.keeper is not None
    first.keeper.keep_all_now()
    close(first)
    again = open_app(path)
    assert orjson.dumps(sandbox_record(again.registry.default).rate_limit) == before
    close(again)


def test_sandboxes_of_a_file_keep_their_settings_whatever_the_server_is_started_with(path: Path) -> None:
    close(open_app(path, replay="refuse", random_seed=9))
    again = open_app(path, replay="return", random_seed=10)
    kept = again.registry.default
    assert (kept.settings.replay, kept.initial.random_seed) == ("refuse", 9)
    assert again.registry.create("new", again.registry.defaults).settings.replay == "return"
    close(again)


async def test_nobody_is_told_of_a_change_before_it_is_on_the_disk(
    application: Application, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    participant, bystander = await mock.add(), await mock.add()
    keeper = application.keeper
    assert keeper is not None
    held = hold(keeper.file, monkeypatch)
    sent = asyncio.ensure_future(mock.declare(participant))
    await asyncio.to_thread(held.reached.wait)
    # Another client of the same sandbox, who would see it; a copy of the request; a refusal because of it.
    others = [
        asyncio.ensure_future(mock.get(DECLARATIONS)),
        asyncio.ensure_future(mock.declare(participant)),
        asyncio.ensure_future(mock.declare(participant, declaration_date="2021-09-21T09:00:00Z")),
        asyncio.ensure_future(mock.get(f"{PARTICIPANTS}/{bystander}")),
        asyncio.ensure_future(mock.control("GET", "/v1/declarations")),
    ]
    # The default sandbox has nothing to wait for.
    elsewhere = await mock.http.get(PARTICIPANTS, headers={"Authorization": "Bearer alder-token"})
    assert elsewhere.status_code == 200
    await asyncio.sleep(0.05)
    assert not any(each.done() for each in (sent, *others))
    held.go_on.set()
    assert (await sent).status_code == 200
    answers = await asyncio.gather(*others)
    assert [answer.status_code for answer in answers[:4]] == [200, 200, 422, 200]


async def test_a_file_that_can_not_be_written_gets_500_and_no_word_of_the_change(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = open_app(path)
    keeper = application.keeper
    assert keeper is not None
    stopped = threading.Event()
    keeper.file.on_failure = stopped.set

    def fail(change: Write) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(keeper.file, "_apply", fail)
    async with http(application) as client:
        body = {"provider": "alder", "participant_type": "ect"}
        problem = await client.post("/_mock/sandboxes/default/v1/participants", json=body)
        assert problem.status_code == 500
        assert "No space left on device" in problem.json()["detail"]
        listed = await client.get(PARTICIPANTS, headers={"Authorization": "Bearer alder-token"})
        assert (listed.status_code, listed.json()) == (500, {"error": "Internal server error"})
    # The server is told to stop, and what it held is gone with it.
    assert await asyncio.to_thread(stopped.wait, 5)
    with pytest.raises(StateLost):
        close(application)
    again = open_app(path)
    assert not again.registry.default.world(V1).participants
    close(again)


class Machine:
    """The machine's time, for sandboxes and for the file: it passes when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._seconds = 1000.0
        self._since_start = 0.0
        monkeypatch.setattr(sandboxes, "monotonic", lambda: self._seconds - self._since_start)
        monkeypatch.setattr(keeper, "machine_clock", lambda: datetime.fromtimestamp(1e9 + self._seconds, UTC))

    def wait(self, seconds: float) -> None:
        self._seconds += seconds

    def restart(self) -> None:
        """The machine counts from zero again, as it does when it is switched on."""
        self._since_start = self._seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


TTL = 100.0


async def status(application: Application, id: str = "kept") -> int:
    """What a provider's request in that sandbox gets."""
    async with http(application) as client:
        return (await Mock(id, client).get(PARTICIPANTS)).status_code


async def create_and_use(application: Application) -> None:
    async with http(application) as client:
        assert (await client.post("/_mock/sandboxes", json={"id": "kept"})).status_code == 201
    assert await status(application) == 200


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_sandbox_that_was_dropped_stays_gone(
    killed: bool, machine: Machine, path: Path, tmp_path: Path
) -> None:
    application = open_app(path, sandbox_ttl=TTL)
    await create_and_use(application)
    machine.wait(TTL + 1)
    assert await status(application) == 401
    left = as_killed(path, tmp_path / "copy") if killed else path
    close(application)
    again = open_app(left, sandbox_ttl=TTL)
    assert [sandbox.id for sandbox in again.registry] == ["default"]
    assert await status(again) == 401
    close(again)


@pytest.mark.parametrize(("stopped", "left"), [(TTL + 1, ["default"]), (TTL - 1, ["default", "kept"])])
async def test_the_time_while_the_mock_is_stopped_counts_as_time_without_use(
    stopped: float, left: list[str], machine: Machine, path: Path
) -> None:
    application = open_app(path, sandbox_ttl=TTL)
    await create_and_use(application)
    close(application)
    machine.wait(stopped)
    machine.restart()
    again = open_app(path, sandbox_ttl=TTL)
    assert [sandbox.id for sandbox in again.registry] == left
    machine.wait(TTL / 10 + 1)
    assert await status(again) == 401
    close(again)


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_sandbox_that_is_only_read_is_in_use_after_a_restart_too(
    killed: bool, machine: Machine, path: Path, tmp_path: Path
) -> None:
    application = open_app(path, sandbox_ttl=TTL)
    await create_and_use(application)
    for _ in range(4):
        machine.wait(TTL / 2)
        assert await status(application) == 200
    left = as_killed(path, tmp_path / "copy") if killed else path
    close(application)
    again = open_app(left, sandbox_ttl=TTL)
    assert await status(again) == 200
    close(again)


async def test_without_a_time_to_live_no_sandbox_is_dropped_however_long_the_mock_was_stopped(
    machine: Machine, path: Path
) -> None:
    application = open_app(path)
    await create_and_use(application)
    close(application)
    machine.wait(1e6)
    again = open_app(path)
    assert await status(again) == 200
    close(again)


async def test_a_sandbox_deleted_while_a_request_is_under_way_stays_deleted(
    application: Application, mock: Mock, path: Path, tmp_path: Path
) -> None:
    participant = await mock.add()
    slow = {"match": {}, "delay_ms": 150}
    await mock.control("PUT", "/faults", {"faults": [slow]})
    under_way = asyncio.ensure_future(mock.declare(participant))
    await asyncio.sleep(0.03)
    await mock.control("DELETE", "", expect=204)
    assert (await under_way).status_code == 200
    assert [record.id for record, *_ in after_a_kill(path, tmp_path / "copy")] == ["default"]


@pytest.mark.parametrize(
    "data",
    [b"{", b"[]", b"{}", b'{"id":"x","initial":null}', b"null"],
)
def test_a_row_that_no_mock_wrote_is_refused(data: bytes, path: Path) -> None:
    close(open_app(path))
    file = StateFile(path)
    file.start()
    file.write(Write(7, data))
    file.close()
    before = path.read_bytes()
    with pytest.raises(StateRefused, match="is damaged") as refused:
        open_app(path)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "record",
    [b"", b"{}", b"[]", b'["x"]', b'["p", 1]', b'["d", "a", "b", "c"]', b"7"],
)
def test_a_record_that_no_mock_wrote_is_refused(record: bytes, path: Path) -> None:
    application = open_app(path)
    close(application)
    file = StateFile(path)
    (head,) = [data for _, data in file.sandboxes()]
    file.start()
    file.write(Write(1, head.replace(b'"records":0', b'"records":1'), [(0, 1, record)]))
    file.close()
    with pytest.raises(StateRefused, match="is damaged"):
        open_app(path)


def test_a_record_that_is_missing_is_noticed(path: Path) -> None:
    close(build_app(Settings(state=path)))
    file = StateFile(path)
    (head,) = [data for _, data in file.sandboxes()]
    records = list(file.records(1, 0))
    file.start()
    file.write(Write(1, head, [(0, number, row) for number, row in enumerate(records[:-1])], [0]))
    file.close()
    with pytest.raises(StateRefused, match=f"{len(records) - 1} records of {len(records)} are there"):
        build_app(Settings(state=path))


FORMATS = Path(__file__).with_name("formats")


def test_a_file_of_format_1_is_refused_with_what_to_do_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes((FORMATS / "1.state").read_bytes())
    with pytest.raises(StateRefused, match=r"older ecf-mock \(format 1; this one keeps format 2\): start with another"):
        open_app(path)
    assert path.read_bytes() == (FORMATS / "1.state").read_bytes()


def test_a_file_of_format_2_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes((FORMATS / "2.state").read_bytes())
    application = open_app(path)
    [participant] = application.registry.default.world(V1).participants.values()
    assert (participant.id, participant.current.school_urn) == ("a137fd0f-dbb9-44cc-a77a-0668d61a36ff", "123456")
    close(application)
