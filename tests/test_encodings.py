"""Every command prints on a standard output that isn't UTF-8, such as a pipe on Windows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import click
import httpx
import pytest
import yaml
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.own_server import own_server
from mock_server.resources import resource, specification

COMMAND = str(Path(sys.executable).with_name("ecf-mock"))

# Each command with arguments, what it exits with, and a text that it prints in ASCII.
CALLS = {
    "--help": (0, "Usage: ecf-mock"),
    "--version": (0, "ecf-mock"),
    "serve --help": (0, "Run the mock until Ctrl-C"),
    # Refused before it serves, so that it ends.
    "serve --rate-limit ✓→…": (2, "--rate-limit '+->...': write REQUESTS/SECONDS"),
    "scenarios list": (0, "(refusal, runs anywhere)"),
    "scenarios run defer": (0, "1 passed"),
    "scenarios export --format arazzo {folder}/exported defer": (0, "To run them: npx"),
    "check --stage contract": (0, "keeps the contract"),
    "diff {contract} {folder}/new.yaml": (1, '"->'),
    "readiness --base-url {mock} --only errors": (1, "+ passed    errors.refusal-met"),
    "health --base-url {mock}": (0, "answers at http"),
    "sandbox export default {folder}/world.json --base-url {mock}": (0, "default is in"),
    "sandbox import {folder}/new.yaml --base-url {mock}": (2, "new.yaml: The body is no JSON"),
    "drill --list": (0, "lost-answer"),
    "drill --base-url {mock} --timeout 0.1 lost-answer": (1, "- not seen"),
}


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock whose journal has a refusal that the client didn't repeat."""
    with own_server() as base_url:
        headers = {"Authorization": "Bearer alder-token"}
        nobody = f"{base_url}/api/v1/participants/ecf/00000000-0000-4000-8000-000000000000"
        assert httpx.get(nobody, headers=headers).status_code == 404
        body = {"data": {"type": "participant-declaration", "attributes": {}}}
        refused = httpx.post(f"{base_url}/api/v1/participant-declarations", headers=headers, json=body)
        assert refused.status_code == 422
        yield base_url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("encodings")
    new = deepcopy(specification("v1"))
    new["paths"]["/api/v1/participants/ecf"]["get"]["x-note"] = "“→"
    (made / "new.yaml").write_text(yaml.safe_dump(new), "utf-8")
    return made


def words(call: str, mock: str, folder: Path) -> list[str]:
    return [word.format(mock=mock, folder=folder, contract=resource("openapi/v1.yaml")) for word in call.split()]


@pytest.mark.parametrize("call", CALLS)
def test_a_command_prints_on_an_output_of_ascii(call: str, mock: str, folder: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "COLUMNS": "120"}
    command = [COMMAND, *words(call, mock, folder)]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)
    printed = (done.stdout + done.stderr).decode("ascii")
    code, expected = CALLS[call]
    assert "Traceback" not in printed
    assert done.returncode == code, printed
    assert expected in printed


@pytest.mark.parametrize("call", CALLS)
def test_a_command_prints_on_an_output_of_windows(call: str, mock: str, folder: Path) -> None:
    done = CliRunner(charset="cp1252").invoke(main, words(call, mock, folder))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == CALLS[call][0]
    assert done.output_bytes.decode("cp1252")


def test_the_server_prints_its_welcome_on_an_output_of_ascii() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [COMMAND, "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        printed = b""
        for line in process.stdout:
            printed += line
            if line.startswith(b"Documentation:"):
                break
        assert b"alder-token" in printed
        assert printed.isascii()
    finally:
        process.kill()
        process.communicate()


def names(command: click.Command, *before: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from names(each, *before, name)
    else:
        yield " ".join(before)


def test_every_command_is_tried_here() -> None:
    assert [name for name in names(main) if not any(call.startswith(name) for call in CALLS)] == []
