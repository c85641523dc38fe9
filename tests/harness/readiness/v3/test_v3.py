"""The catalogue of v3: what it holds, how it is explained, and that clients fail what they break."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples import reference_client_v3
from mock_server.harness.readiness.evaluation import judge
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.v3.readiness import KIT
from mock_server.harness.v3.readiness.catalogue import CATALOGUE
from mock_server.harness.v3.readiness.checklist import CHECKLIST
from mock_server.harness.v3.readiness.traffic import KINDS, LISTS, Traffic
from mock_server.v3.service import V3
from tests.harness.readiness.clients.drilling import Boards, drills
from tests.harness.readiness.v3.acting import ACTING
from tests.harness.readiness.v3.base import Client
from tests.harness.readiness.v3.correct import CORRECT
from tests.harness.readiness.v3.drilling import drilled
from tests.harness.readiness.v3.polling import POLLING

# A sample: `make clients` runs every client.
NAMES = (
    *("declares_nothing_that_is_refused", "DeclaresAnewAfterALostAnswer"),
    *("resumes_who_has_moved", "resumes_only_who_has_not_moved"),
)
SAMPLE = tuple(each for each in (*CORRECT, *POLLING, *ACTING) if each.name in NAMES)


@pytest.fixture(scope="module")
def boards() -> Iterator[Boards]:
    with drills(SAMPLE, drilled) as found:
        yield found


@pytest.mark.parametrize("client", SAMPLE, ids=lambda client: f"{client.breaks or 'correct'}-{client.name}")
def test_a_client_fails_what_it_breaks_and_nothing_else(boards: Boards, client: Client) -> None:
    assert client.complaints(boards[client].result()) == []


def test_the_sample_has_every_client_that_it_names() -> None:
    assert {client.name for client in SAMPLE} == set(NAMES)


def test_enough_mistakes_are_made() -> None:
    faulty = (*POLLING, *ACTING)
    assert len({client.breaks for client in faulty if client.verdict == "failed"}) >= 25
    assert (len(faulty) >= 75, len(CORRECT) >= 35) == (True, True)


def test_each_requirement_stands_there_once() -> None:
    assert len(KIT.by_id) == len(CATALOGUE)
    assert KIT.groups == ("access", "sync", "partnerships", "actions", "declarations", "errors", "cost", "contract")


@pytest.mark.parametrize("requirement", CATALOGUE, ids=lambda requirement: requirement.id)
def test_each_requirement_is_explained_in_sentences(requirement: Requirement) -> None:
    for text in (requirement.sentence, requirement.why, requirement.how):
        assert re.fullmatch(r"[A-Z].+\.", text), text


def test_each_requirement_leads_to_a_paragraph_that_there_is() -> None:
    pages = {f"v3/usage/{scenario.section.anchor}/#{scenario.id}" for scenario in load_scenarios(V3)}
    for requirement in CATALOGUE:
        assert requirement.guide in {*pages, "api-reference/reference-v3/"}, requirement.id


def test_an_empty_journal_shows_nothing() -> None:
    assert {result.verdict for result in judge(CATALOGUE, Traffic([]))} == {"not_seen"}


def test_every_operation_has_a_purpose() -> None:
    known = {operation["operationId"] for path in V3.contract["paths"].values() for operation in path.values()
             if isinstance(operation, dict) and "operationId" in operation}  # fmt: skip
    assert known == KINDS.keys()
    assert set(LISTS) <= set(KINDS.values())


def test_the_checklist_answers_each_item_and_uses_each_requirement() -> None:
    for item in CHECKLIST:
        assert item.requirements or item.elsewhere, item.text
        assert set(item.requirements) <= KIT.by_id.keys()
    assert {id for item in CHECKLIST for id in item.requirements} == KIT.by_id.keys()


def test_the_reference_client_can_be_read_in_one_go_and_needs_httpx_only() -> None:
    text = Path(reference_client_v3.__file__).read_text()
    assert text.count("\n") < 350
    imported = {
        (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - sys.stdlib_module_names == {"httpx"}


def test_the_reference_client_passes_everything_in_one_command_and_the_evidence_answers_the_checklist(
    tmp_path: Path,
) -> None:
    command = f'"{sys.executable}" "{Path(reference_client_v3.__file__)}" {{base_url}} {{token}}'
    ecf_mock = str(Path(sys.executable).with_name("ecf-mock"))
    done = subprocess.run(
        [ecf_mock, "drill", "--api", "v3", "--run", command, "--require", "all", "--evidence", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "checklist.md").read_text()
    for item in CHECKLIST:
        assert f"## {item.text}\n" in text
    # A request, its answer and the time, for instance of the refusal.
    assert re.search(r"--- journal entry \d+, at 20\d\d-\d\d-\d\dT", text)
    assert "POST /api/v3/participant-declarations" in text
    assert "alder-token" not in text
