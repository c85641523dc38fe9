"""The client says what the contract says, in both directions, over real HTTP."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mock_server.client import ControlClient
from mock_server.control.connection import ControlError, ControlFailure, ControlUnavailable
from mock_server.control.models import RateLimit, plain
from tests.live import listening
from tests.specifications import Document, examples

from .calls import CALLS, UNWRAPPED, Ids, calls_by_example
from .stand_in import Call, StandIn

CONTROL = Document("control")
IDS = Ids(
    sandbox="default",
    participant="4f6c2d0e-5f3b-4c59-9a53-0b8f5c7e1a21",
    declaration="c1a7be52-8e0d-4c3e-b6f9-5d2e7f90a143",
    fault="fault-1",
    snapshot="snapshot-1",
    drill="drill-1",
)


def answer_of(operation_id: str) -> Any:
    for status, response in CONTROL.operations[operation_id].responses.items():
        if status.startswith("2"):
            for content in response.get("content", {}).values():
                for _, value in examples(content):
                    return value
    return None


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[StandIn, str]]:
    stand_in = StandIn()
    with listening(stand_in) as base_url:
        yield stand_in, base_url


@pytest.fixture
def stand_in(server: tuple[StandIn, str]) -> StandIn:
    stand_in = server[0]
    stand_in.calls.clear()
    stand_in.answer = None
    stand_in.may_answer.set()
    return stand_in


@pytest.fixture
def client(server: tuple[StandIn, str], stand_in: StandIn) -> Iterator[ControlClient]:
    with ControlClient(server[1]) as client:
        yield client


def only_call(stand_in: StandIn) -> Call:
    [call] = stand_in.calls
    return call


def test_there_is_a_method_for_every_operation() -> None:
    assert set(CALLS) == set(CONTROL.operations)


@pytest.mark.parametrize(("operation_id", "body"), list(calls_by_example()))
def test_a_call_sends_what_the_contract_wants_and_reads_what_it_answers(
    client: ControlClient, stand_in: StandIn, operation_id: str, body: Any
) -> None:
    result = CALLS[operation_id](client, IDS, body)

    call = only_call(stand_in)
    assert (call.operation_id, call.body) == (operation_id, body)
    answer = answer_of(operation_id)
    assert plain(result) == (answer[UNWRAPPED[operation_id]] if operation_id in UNWRAPPED else answer)


def test_an_answer_is_typed(client: ControlClient) -> None:
    sandbox = client.sandbox().get()
    assert sandbox.clock.now == datetime(2021, 11, 20, 9, tzinfo=UTC)
    assert sandbox.tokens["alder"] == "alder-token.retries"
    assert sandbox.rate_limit is None


def test_a_limit_of_none_is_sent_and_a_limit_left_out_is_not(client: ControlClient, stand_in: StandIn) -> None:
    client.create_sandbox(rate_limit=None)
    client.create_sandbox()
    client.create_sandbox(rate_limit=RateLimit(requests=3, seconds=60))
    assert [call.body for call in stand_in.calls] == [
        {"rate_limit": None},
        {},
        {"rate_limit": {"requests": 3, "seconds": 60}},
    ]


def test_a_moment_may_be_a_datetime(client: ControlClient, stand_in: StandIn) -> None:
    client.sandbox().set_clock(now=datetime(2021, 11, 20, 9, tzinfo=UTC))
    assert only_call(stand_in).body == {"now": "2021-11-20T09:00:00Z"}


def test_a_duration_may_be_a_timedelta_and_its_days_stay_days(client: ControlClient, stand_in: StandIn) -> None:
    client.sandbox().advance(timedelta(days=400, hours=3))
    assert only_call(stand_in).body == {"by": "P400DT10800S"}


@pytest.mark.parametrize(
    "by", [timedelta(milliseconds=900), timedelta(days=1, microseconds=1), timedelta(seconds=-1), timedelta(days=-1)]
)
def test_a_timedelta_that_the_clock_cannot_follow_is_refused_and_nothing_is_sent(
    client: ControlClient, stand_in: StandIn, by: timedelta
) -> None:
    with pytest.raises(ValueError, match="it takes whole seconds, and none below 0"):
        client.sandbox().advance(by)
    assert stand_in.calls == []


def test_the_journal_can_be_filtered(client: ControlClient, stand_in: StandIn) -> None:
    client.sandbox().requests(method="POST", path="/api/*", status=422, operation_id="a", after=3, limit=2)
    expected = {"method": "POST", "path": "/api/*", "status": "422", "operation_id": "a", "after": "3"}
    assert only_call(stand_in).query == {**expected, "limit": "2"}


def test_the_whole_journal_is_read_page_by_page(client: ControlClient, stand_in: StandIn) -> None:
    entries = client.sandbox().all_requests(method="POST")
    assert [next(entries).id, next(entries).id] == [1, 2]
    assert len(stand_in.calls) == 1
    stand_in.answer = (200, "application/json", b'{"requests": [], "next": null}')
    assert list(entries) == []
    assert stand_in.calls[0].query == {"method": "POST"}


def test_the_next_page_starts_after_the_last(client: ControlClient, stand_in: StandIn) -> None:
    entries = client.sandbox().all_requests(limit=2)
    for _ in range(3):
        next(entries)
    assert [call.query for call in stand_in.calls] == [{"limit": "2"}, {"limit": "2", "after": "2"}]


def test_an_id_with_odd_characters_stays_one_segment(client: ControlClient, stand_in: StandIn) -> None:
    stand_in.answer = (404, "application/json", b"{}")
    with pytest.raises(ControlError, match="/_mock/sandboxes/a%2Fb%3Fc%20d:"):
        client.sandbox("a/b?c d").get()


def test_the_control_token_is_sent_as_a_bearer_token(server: tuple[StandIn, str], stand_in: StandIn) -> None:
    with ControlClient(server[1] + "/", token="secret") as client:  # noqa: S106 - a token of this test
        client.sandboxes()
    assert only_call(stand_in).headers["authorization"] == "Bearer secret"
    assert only_call(stand_in).path == "/_mock/sandboxes"


def test_a_refusal_says_what_was_refused_and_why(client: ControlClient, stand_in: StandIn) -> None:
    problem = CONTROL.operations["createSandbox"].responses["422"]["content"]["application/problem+json"]
    stand_in.answer = (422, "application/problem+json", json.dumps(problem["example"]).encode())
    with pytest.raises(ControlError) as caught:
        client.create_sandbox(id="retries")
    error = caught.value
    assert (error.status, error.title) == (422, "Unprocessable Content")
    assert error.errors[0].pointer == "/faults/0/times"
    assert str(error).startswith(
        "POST /_mock/sandboxes: 422 Unprocessable Content. The request has 2 problems. "
        "/faults/0/times: must be at least 1; /faults/0/aply: is no known member"
    )


def test_a_refused_parameter_and_a_refused_body_are_named(client: ControlClient, stand_in: StandIn) -> None:
    errors = [{"parameter": "limit", "detail": "too big"}, {"pointer": "", "detail": "is empty"}]
    problem = {"type": "about:blank", "title": "T", "status": 422, "detail": "D.", "errors": errors}
    stand_in.answer = (422, "application/problem+json", json.dumps(problem).encode())
    with pytest.raises(ControlError, match=r"422 T\. D\. limit: too big; the body: is empty$"):
        client.sandbox().requests(limit=5000)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (404, "application/json", b'{"error": "Resource not Found"}'),
        (502, "text/html", b"<h1>Bad gateway</h1>"),
        (500, "application/json", b"[1]"),
        (200, "application/json", b'{"status": "up"}'),
        (200, "text/html", b"<h1>Welcome</h1>"),
        (200, "application/json", b"\xff"),
        (204, "", b""),
        (302, "", b""),
    ],
)
def test_the_answer_of_some_other_server_is_called_that(
    client: ControlClient, stand_in: StandIn, status: int, kind: str, body: bytes
) -> None:
    stand_in.answer = (status, kind, body)
    with pytest.raises(ControlError, match="no answer of this version's control API") as caught:
        client.health()
    assert caught.value.status == status
    assert caught.value.__suppress_context__


def test_a_mock_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with ControlClient(base_url) as client, pytest.raises(ControlUnavailable) as caught:
            client.health()
    assert str(caught.value) == f"Nothing answers at {base_url} (Connection refused). Is the mock running?"
    assert caught.value.__suppress_context__
    assert isinstance(caught.value, ControlFailure)


def test_a_mock_that_takes_too_long_is_unavailable(server: tuple[StandIn, str], stand_in: StandIn) -> None:
    stand_in.may_answer.clear()
    with ControlClient(server[1], timeout=0.05) as client:
        with pytest.raises(ControlUnavailable, match=r"GET /_mock/health: .* no answer within 0\.05 s\."):
            client.health()
        stand_in.may_answer.set()


def test_a_mock_that_breaks_off_is_unavailable() -> None:
    def hang_up() -> None:
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hang_up)
        thread.start()
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            ControlClient(base_url) as client,
            pytest.raises(ControlUnavailable, match="connection to") as caught,
        ):
            client.health()
        assert str(caught.value).startswith(f"GET /_mock/health: the connection to {base_url} broke: ")
        thread.join()


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    server: tuple[StandIn, str], stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for base_url in (server[1], server[1].replace("127.0.0.1", "localhost")):
        with ControlClient(base_url) as client:
            assert client.health().status == "ok"
    with ControlClient("http://mock.example") as client, pytest.raises(ControlUnavailable):
        client.health()


@pytest.mark.parametrize("base_url", ["127.0.0.1:8080", "localhost:8080", "", "ftp://a", "http://", "http://a:b"])
def test_what_is_no_address_is_refused_before_anything_is_sent(base_url: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        ControlClient(base_url)


def test_a_token_that_no_header_can_carry_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="control token") as caught:
        ControlClient("http://127.0.0.1:8080", token="secret\n")  # noqa: S106 - a token of this test
    assert "secret" not in str(caught.value)


def test_the_values_can_be_had_without_loading_an_http_library() -> None:
    check = "import sys, mock_server.control.models; sys.exit('httpx' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)
