"""`ecf-mock serve` as a person runs it: a process of its own, on a real port."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.cli import main, unknown_variables
from mock_server.settings import ENVIRONMENT_PREFIX, OTHER_VARIABLES, Settings
from tests.programs import required

COMMAND = str(Path(sys.executable).with_name("ecf-mock"))
_URL = re.compile(r"http://127\.0\.0\.1:(\d+)")


@contextmanager
def serving(
    *options: str, command: tuple[str, ...] = (COMMAND,), **environment: str
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The process and what it printed at its start."""
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "120", **environment},
    )
    try:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if line.startswith("Documentation:"):
                break
        yield process, printed
    finally:
        process.kill()
        process.communicate()


def refusal(*options: str, **environment: str) -> str:
    """What `ecf-mock serve` says on standard error when it doesn't start; it exits with 2."""
    finished = subprocess.run(
        [COMMAND, "serve", *options], capture_output=True, text=True, env={**os.environ, **environment}, timeout=30
    )
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
    return finished.stderr.strip().splitlines()[-1]


def test_it_prints_url_tokens_documentation_and_a_curl_line_that_works_when_pasted() -> None:
    with serving() as (_, printed):
        url = _URL.search(printed)
        assert url
        for token in ("alder-token", "birch-token", "cedar-token", "dogwood-token"):
            assert token in printed
        pasted = next(line for line in printed.splitlines() if line.strip().startswith("curl"))
        answer = subprocess.run(
            [required("curl"), *shlex.split(pasted)[1:], "-sg"], capture_output=True, text=True, timeout=10
        ).stdout
        assert answer.startswith('{"data":[{"id":"')
        assert answer.count('"type":"participant"') == 2
        assert f"Documentation: {url[0]}/_mock/docs/" in printed


def test_python_m_mock_server_is_the_same_command() -> None:
    with serving(command=(sys.executable, "-m", "mock_server")) as (_, printed):
        assert _URL.search(printed)


def test_ctrl_c_stops_it_at_once_with_exit_0() -> None:
    with serving() as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_ctrl_c_is_heard_in_a_callback_of_the_garbage_collector() -> None:
    """Python ignores what such a callback raises. The server starts with one, since it collects after its start."""
    program = """
import signal, weakref
from mock_server import serve
from mock_server.settings import Settings

class Something: ...

def interrupted(*_):
    something = Something()
    watched = weakref.ref(something, lambda _: signal.raise_signal(signal.SIGINT))
    del something

serve.announce = interrupted
serve.run(Settings(port=0))
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (finished.returncode, "Traceback" in finished.stderr) == (0, False)


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"can't listen on 127.0.0.1 port {port}" in refusal("--port", port)


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--clock", "2021-02-30", "--clock '2021-02-30'"),
        ("--rate-limit", "many", "--rate-limit 'many'"),
        ("--rate-limit", "0/5", "--rate-limit '0/5'"),
        ("--port", "70000", "--port '70000'"),
        ("--participants", "-1", "--participants '-1'"),
        ("--replay", "maybe", "--replay"),
        ("--log-level", "loud", "--log-level"),
        ("--docs-url", "notaurl", "--docs-url 'notaurl': write an address such as http://127.0.0.1:8001"),
        ("--docs-url", "ftp://docs.example", "--docs-url"),
        ("--docs-url", "http://docs.example:port", "--docs-url"),
        ("--docs-url", "http://docs.example/a b", "--docs-url"),
        ("--docs-url", "http://docs.example/<script>", "--docs-url"),
    ],
)
def test_a_bad_value_is_named_in_one_line(option: str, value: str, named: str) -> None:
    assert named in refusal(option, value)


def test_a_bad_variable_of_the_environment_is_named_too() -> None:
    assert "ECF_MOCK_RATE_LIMIT" in refusal(ECF_MOCK_RATE_LIMIT="fast")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "https://docs.example/mock/?v=1#top", "http://[::1]:80/"])
def test_an_address_of_the_documentation_is_taken(url: str) -> None:
    assert Settings(docs_url=url).docs_url == url


def test_a_misspelt_variable_is_named_with_what_it_may_mean() -> None:
    environment = {"ECF_MOCK_CLOK": "machine", "ECF_MOCK_SOMETHING": "1"}
    done = CliRunner().invoke(main, ["drill", "--list"], env=environment)
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        "Warning: ECF_MOCK_CLOK isn't a variable of ecf-mock; did you mean ECF_MOCK_CLOCK?",
        "Warning: ECF_MOCK_SOMETHING isn't a variable of ecf-mock; `ecf-mock serve --help` names those that there are.",
    ]
    assert "ECF_MOCK_CLOK" not in done.stdout


def test_no_variable_that_something_reads_is_called_unknown() -> None:
    # Wherever the project's files name one.
    read = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES.keys()
    root = Path(__file__).parent.parent
    files = [
        root / "README.md",
        root / "action.yml",
        *root.glob("mock_server/**/*.py"),
        *root.glob("docs/pages/**/*.md"),
    ]
    named = {name for file in files for name in re.findall(r"ECF_MOCK_[A-Z]+(?:_[A-Z]+)*", file.read_text("utf-8"))}
    assert named - read == set()
    assert list(unknown_variables(read)) == []
    assert list(unknown_variables(["ecf_mock_port", "PATH", "ECF_MOCKS"])) == []


def test_a_command_that_is_nearly_right_is_named_and_punctuated() -> None:
    done = CliRunner().invoke(main, ["serv"], prog_name="ecf-mock")
    assert done.exit_code == 2
    assert done.stderr == "Error: No such command 'serv'. Did you mean 'serve'? See ecf-mock --help.\n"


def test_every_setting_is_an_option_and_help_names_its_variable() -> None:
    help_text = CliRunner().invoke(main, ["serve", "--help"], terminal_width=400).output
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')}" in help_text
        assert f"[{ENVIRONMENT_PREFIX}{name.upper()}]" in help_text
    assert "Examples:" in help_text


def test_an_option_wins_over_the_environment() -> None:
    with serving("--clock", "2021-11-20T09:00:00Z,still", ECF_MOCK_CLOCK="2022-01-01") as (_, printed):
        port = _URL.search(printed)
        assert port
        clock = subprocess.run(
            [required("curl"), "-s", f"{port[0]}/_mock/sandboxes/default/clock"],
            capture_output=True,
            text=True,
            timeout=10,
        ).stdout
        assert clock == '{"now":"2021-11-20T09:00:00Z","running":false}'
