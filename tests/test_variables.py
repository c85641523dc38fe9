"""Every variable of the environment that the documentation names, in a server that was really started with it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from docs.generator.command_line import commands
from mock_server.app import build_app
from mock_server.settings import ENVIRONMENT_PREFIX, Settings
from mock_server.v1.service import V1

COMMAND = str(Path(sys.executable).with_name("ecf-mock"))
TOKEN = "control-s3cret"  # noqa: S105 - the test's own
DEFAULT = "/_mock/sandboxes/default"
PARTICIPANTS = "/api/v1/participants/ecf"
ALDER = {"Authorization": "Bearer alder-token"}
CONTROL = {"Authorization": f"Bearer {TOKEN}"}
# As long as anything here may take that has to happen.
PATIENCE = 20.0


@dataclass
class Started:
    """A mock that was started with variables alone. `output` is the file that has all it says."""

    process: "subprocess.Popen[bytes]"
    output: Path

    @property
    def url(self) -> str:
        found = re.search(r"answers at (\S+)", self.said)
        assert found, self.said
        return found[1]

    @property
    def said(self) -> str:
        return self.output.read_text()

    def says(self, text: str) -> bool:
        """Whether the mock says this before patience ends."""
        until = time.monotonic() + PATIENCE
        while text not in self.said and time.monotonic() < until and self.process.poll() is None:
            time.sleep(0.05)
        return text in self.said

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(self.url + path, headers={**ALDER, **headers})

    def controlled(self, path: str = "", method: str = "GET", **content: Any) -> Any:
        return httpx.request(method, f"{self.url}{DEFAULT}{path}", headers=CONTROL, **content).json()


@contextmanager
def started(variables: Mapping[str, str], output: Path) -> Iterator[Started]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    environment = {**others, "COLUMNS": "200", "PYTHONUNBUFFERED": "1", "ECF_MOCK_PORT": "0", **variables}
    with output.open("wb") as written:
        process = subprocess.Popen([COMMAND, "serve"], stdout=written, stderr=written, env=environment)
    try:
        mock = Started(process, output)
        assert mock.says("Documentation:"), mock.said
        yield mock
    finally:
        process.kill()
        process.wait()


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.2", 0))
        return str(listener.getsockname()[1])


# -- how each shows ------------------------------------------------------------------------------


def ids(mock: Started) -> list[str]:
    """The participants that Alder lists."""
    return [record["id"] for record in mock.get(f"{PARTICIPANTS}?page[per_page]=3000").json()["data"]]


def seeded_ids(**settings: Any) -> list[str]:
    """The participants that Alder would list of a mock with these settings."""
    world = build_app(Settings.model_construct(**settings)).registry.default.world(V1)
    return [enrolment.participant.id for enrolment in world.list_participants("alder").all()]


def new_sandbox(mock: Started) -> httpx.Response:
    return httpx.post(f"{mock.url}/_mock/sandboxes", headers=CONTROL, json={"seed": "empty"})


def goes_away(mock: Started) -> bool:
    """Whether a sandbox that nobody uses is deleted before patience ends."""
    made, until = new_sandbox(mock).json()["id"], time.monotonic() + PATIENCE
    while time.monotonic() < until:
        # Asking for the list is no use of a sandbox.
        listed = httpx.get(f"{mock.url}/_mock/sandboxes", headers=CONTROL).json()["sandboxes"]
        if made not in [sandbox["id"] for sandbox in listed]:
            return True
        time.sleep(0.05)
    return False


def answer_to_half_a_body(mock: Started) -> str:
    host, port = mock.url.removeprefix("http://").split(":")
    head = "POST /api/v1/participant-declarations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alder-token\r\n"
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as wire:
        wire.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{".encode())
        return wire.recv(12).decode()


def logged(mock: Started) -> bool:
    """Whether the mock logs a request."""
    mock.get("/api/v1/logged")
    return mock.says("GET /api/v1/logged")


def link_of_a_refusal(mock: Started) -> str:
    """Where the refusal of a declaration links to."""
    attributes = {
        "participant_id": "00000000-0000-4000-8000-000000000000",
        "declaration_type": "started",
        "declaration_date": "2021-11-20T08:00:00Z",
        "course_identifier": "ecf-induction",
    }
    body = {"data": {"type": "participant-declaration", "attributes": attributes}}
    return httpx.post(f"{mock.url}/api/v1/participant-declarations", headers=ALDER, json=body).headers["link"]


def kept_in_journal(mock: Started) -> int:
    for _ in range(2):
        mock.get("/api/v1/noted")
    return len(mock.controlled("/requests")["requests"])


PORT = free_port()


@dataclass(frozen=True)
class VariableRow:
    """`value` of the variable `name` makes `shows` answer `expected`; `server` says which rows share a mock."""

    server: str
    name: str
    value: str
    shows: Callable[[Started], Any]
    expected: Any


ROWS = [
    VariableRow("empty", "HOST", "127.0.0.2", lambda mock: mock.url.split(":")[1], "//127.0.0.2"),
    VariableRow("empty", "PORT", PORT, lambda mock: mock.url.split(":")[2], PORT),
    VariableRow("empty", "SEED", "empty", ids, []),
    VariableRow(
        "empty",
        "CLOCK",
        "2021-11-20T09:00:00Z,still",
        lambda mock: mock.controlled("/clock"),
        {"now": "2021-11-20T09:00:00Z", "running": False},
    ),
    VariableRow("empty", "REPLAY", "refuse", lambda mock: mock.controlled()["replay"], "refuse"),
    VariableRow(
        "empty", "RATE_LIMIT", "500/60", lambda mock: mock.controlled()["rate_limit"], {"requests": 500, "seconds": 60}
    ),
    VariableRow(
        "empty", "INSECURE", "true", lambda mock: mock.get("/_mock/health", Host="mock.example").status_code, 200
    ),
    VariableRow(
        "empty",
        "DOCS_URL",
        "https://docs.example/ecf",
        lambda mock: link_of_a_refusal(mock).startswith("<https://docs.example/ecf/"),
        True,
    ),
    VariableRow(
        "empty",
        "MAX_BODY_BYTES",
        "300",
        lambda mock: (
            httpx.post(
                f"{mock.url}/api/v1/participant-declarations", headers=ALDER, json={"data": "x" * 300}
            ).status_code
        ),
        413,
    ),
    VariableRow("empty", "BODY_TIMEOUT", "0.5", answer_to_half_a_body, "HTTP/1.1 408"),
    VariableRow("empty", "JOURNAL_ENTRIES", "1", kept_in_journal, 1),
    VariableRow("empty", "LOG_LEVEL", "info", logged, True),
    VariableRow("large", "PARTICIPANTS", "150", lambda mock: len(ids(mock)) >= 150, True),
    VariableRow(
        "large", "RANDOM_SEED", "7", lambda mock: ids(mock) == seeded_ids(random_seed=7, participants=150), True
    ),
    VariableRow("large", "CLOCK", "machine", lambda mock: mock.controlled("/clock")["running"], True),
    VariableRow("large", "RATE_LIMIT", "off", lambda mock: mock.controlled()["rate_limit"], None),
    VariableRow("large", "MAX_SANDBOXES", "1", lambda mock: new_sandbox(mock).status_code, 409),
    VariableRow("large", "CONTROL_TOKEN", TOKEN, lambda mock: mock.get("/_mock/sandboxes").status_code, 401),
    VariableRow("large", "JOURNAL_BYTES", "0", kept_in_journal, 0),
    VariableRow("brief", "SANDBOX_TTL", "0.5", goes_away, True),
    VariableRow("brief", "CLOCK", "2021-11-20", lambda mock: mock.controlled("/clock")["now"][:10], "2021-11-20"),
    VariableRow("brief", "STATE", "worlds.ecf", lambda mock: mock.output.with_name("worlds.ecf").exists(), True),
    VariableRow("closed", "CONTROL", "false", lambda mock: mock.get("/_mock/health").status_code, 404),
]


@pytest.fixture(scope="module")
def mocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Started]]:
    """Gives the mock that a row asks for; each is started when the first row wants it."""
    running: dict[str, Started] = {}
    with ExitStack() as stack:

        def mock(server: str) -> Started:
            if server not in running:
                folder = tmp_path_factory.mktemp(server)
                variables = {f"{ENVIRONMENT_PREFIX}{row.name}": row.value for row in ROWS if row.server == server}
                if "ECF_MOCK_STATE" in variables:
                    variables["ECF_MOCK_STATE"] = str(folder / variables["ECF_MOCK_STATE"])
                running[server] = stack.enter_context(started(variables, folder / "output"))
            return running[server]

        yield mock


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} in {row.server}")
def test_the_server_does_as_the_variable_says(row: VariableRow, mocks: Callable[[str], Started]) -> None:
    assert row.shows(mocks(row.server)) == row.expected


def test_a_mock_without_the_variables_shows_none_of_it(tmp_path: Path) -> None:
    """Otherwise a row could pass whatever its variable says."""
    slow = {"goes_away", "answer_to_half_a_body", "logged"}
    same = {("CLOCK", "machine")}
    with started({}, tmp_path / "output") as mock:
        for row in ROWS:
            if row.shows.__name__ not in slow and (row.name, row.value) not in same:
                assert row.shows(mock) != row.expected, row.name


def test_every_variable_of_the_server_has_its_row() -> None:
    assert {row.name.lower() for row in ROWS} == set(Settings.model_fields)


# -- the variables of other commands ---------------------------------------------------------------


def test_the_commands_that_ask_a_mock_take_its_control_token_from_the_environment(
    mocks: Callable[[str], Started],
) -> None:
    command = [COMMAND, "readiness", "--base-url", mocks("large").url, "--only", "access"]
    without = {name: value for name, value in os.environ.items() if name != "ECF_MOCK_CONTROL_TOKEN"}
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, env=without)
    assert refused.returncode == 2
    asked = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={**without, "ECF_MOCK_CONTROL_TOKEN": TOKEN}
    )
    assert (asked.returncode, asked.stderr) == (1, "")


def test_the_check_takes_both_providers_tokens_from_the_environment(mocks: Callable[[str], Started]) -> None:
    tokens = {"ECF_MOCK_TOKEN": "alder-token", "ECF_MOCK_PEER_TOKEN": "wrong-token"}
    command = [COMMAND, "check", "--base-url", mocks("closed").url, "--stage", "isolation"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **tokens})
    assert refused.returncode == 2
    assert "given with --peer-token" in refused.stderr
    tokens |= {"ECF_MOCK_TOKEN": "wrong-token"}
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **tokens})
    assert "given with --token" in refused.stderr


def test_every_variable_that_a_command_names_is_tried_here() -> None:
    tried = {f"{ENVIRONMENT_PREFIX}{row.name}" for row in ROWS}
    tried |= {"ECF_MOCK_CONTROL_TOKEN", "ECF_MOCK_TOKEN", "ECF_MOCK_PEER_TOKEN", "ECF_MOCK_BASE_URL"}
    named = {option.variable for command in commands() for option in command.options if option.variable}
    assert named == tried
