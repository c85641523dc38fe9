"""The test suites that the page on CI shows: they pass against a mock, and fail where there is none."""

import os
import socket
import subprocess
from collections.abc import Iterator

import pytest
import tree_sitter
import tree_sitter_c_sharp

from docs.generator.guide import results, sending_of
from docs.generator.site import DOCS
from docs.generator.snippets import csharp
from mock_server.harness.own_server import own_server
from tests.commands import required

SUITES = {"node.test.mjs": ["node", "--test"], "ruby_test.rb": ["ruby"]}


@pytest.fixture
def mock() -> Iterator[str]:
    with own_server() as base_url:
        yield base_url


def _run(suite: str, base_url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LEAD_PROVIDER_API_URL": base_url}
    program, *options = SUITES[suite]
    command = [required(program), *options, str(DOCS / "suites" / suite)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_passes_against_a_mock(suite: str, mock: str) -> None:
    done = _run(suite, mock)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_fails_where_no_mock_answers(suite: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert _run(suite, f"http://127.0.0.1:{port}").returncode != 0


def _csharp_is_well_formed(code: str) -> bool:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
    return not parser.parse(code.encode()).root_node.has_error


def test_the_csharp_of_the_documentation_is_well_formed() -> None:
    assert _csharp_is_well_formed((DOCS / "suites" / "ParticipantTests.cs").read_text())
    for result in results().values():
        for step in result.steps:
            assert _csharp_is_well_formed(csharp(sending_of(step))), result.scenario.id
    assert not _csharp_is_well_formed("var answer = ;")
