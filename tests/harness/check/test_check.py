"""The whole check, against the mock, against a server without a control API, and against broken ones."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.harness.check.doorstep import CannotRun
from mock_server.harness.check.outcome import OperationCoverage
from mock_server.harness.check.pace import OutOfTime
from mock_server.harness.check.page import as_html
from mock_server.harness.check.progress import stage_line
from mock_server.harness.check.report import as_json, as_junit
from mock_server.harness.check.run import Plan, check
from mock_server.harness.check.stage_names import STAGES
from mock_server.harness.check.stages.coverage import check_coverage, coverage_of
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.exchange import Request, Response
from mock_server.harness.v1.check import KIT
from mock_server.own_server import own_server
from mock_server.services import SERVICES
from mock_server.v1.service import V1
from tests.harness.check.conftest import Listener
from tests.mutation.__main__ import report_on

COMMAND = str(Path(sys.executable).with_name("ecf-mock"))
TOKEN, PEER_TOKEN = "alder-token", "birch-token"
ROOT = Path(__file__).parent.parent.parent.parent
NOWHERE = "http://127.0.0.1:9"


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [COMMAND, "check", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | (environment or {}),
    )


def test_the_mock_keeps_the_contract_in_every_stage_but_the_one_that_takes_longest() -> None:
    """For the first service. CI runs `make contract`: each service, in every stage, and all of it has to be tried."""
    assert re.search(r"^make contract .*--require-coverage", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    stages = [name for name in STAGES if name != "behaviour"]
    listener = Listener()
    report = check(Plan(SERVICES[0], max_examples=1, stages=stages), listener, own_server)
    assert [found.what for found in report.findings] == []
    assert report.kept
    assert report.is_mock

    assert [stage.name for stage in report.stages] == stages
    # What only the other stage meets was tried by nobody. That isn't seen, and breaks nothing.
    assert [stage.outcome for stage in report.stages] == ["kept"] * (len(stages) - 1) + ["incomplete"]
    assert [stage.name for stage in report.stages if stage.cases == 0] == []

    for operation in report.coverage:
        assert operation.excused == {"500"}, operation.id
        assert operation.statuses["200"], operation.id
        assert operation.undocumented == {}
        assert all(operation.parameters.values()), operation.id
        assert all(operation.bodies.values()), operation.id
        # With so few cases the rules may have accepted none of an operation.
        assert 0 <= operation.accepted <= operation.valid > 0, operation.id
    assert sum(operation.accepted for operation in report.coverage) > 100

    assert listener.begun == [f"{n}/{len(stages)} {name}" for n, name in enumerate(stages, start=1)]
    assert listener.ended == stages
    assert listener.steps > 100
    # Of every stage that sends something, also of those that Schemathesis drives.
    assert listener.exchanges > sum(stage.cases for stage in report.stages) / 2


def tried_once(operation: OperationCoverage) -> OperationCoverage:
    return replace(
        operation,
        statuses=dict.fromkeys(operation.statuses, 1),
        parameters=dict.fromkeys(operation.parameters, 1),
        bodies=dict.fromkeys(operation.bodies, 1),
        links=dict.fromkeys(operation.links, 1),
    )


def judged(
    coverage: list[OperationCoverage], chains: Iterable[tuple[str, ...]] = KIT.chains, *, is_mock: bool = True
) -> list[str]:
    """What the coverage lacks."""
    traffic = TrafficLog("http://mock", V1, is_mock=is_mock)
    traffic.chains.update(dict.fromkeys(chains, 1))
    check_coverage(KIT, coverage, traffic)
    return [gap.what for gap in traffic.stage.gaps]


EVERYTHING = [tried_once(operation) for operation in coverage_of(TrafficLog("http://mock", V1, is_mock=True))]
LIST = EVERYTHING[0]


def test_without_a_place_for_temporary_files_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's file system may be read-only. Then nothing begins, and there is no traceback."""
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: ["/proc/nowhere"])
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 2
    assert "TMPDIR" in done.output
    assert "--tmpfs /tmp" in done.output


def test_when_everything_was_tried_nothing_is_missing() -> None:
    assert judged(EVERYTHING) == []


@pytest.mark.parametrize(
    ("wanting", "what"),
    [
        (replace(LIST, statuses={"429": 0}), "429 was never met"),
        (replace(LIST, parameters={"query page[page]": 0}), "the parameter query page[page] was never sent"),
        (replace(LIST, links={"200 getParticipant": 0}), "the link 200 getParticipant was never followed"),
        (replace(LIST, bodies={"X": 0}), "no valid body X was sent"),
    ],
)
def test_what_was_not_tried_is_a_gap(wanting: OperationCoverage, what: str) -> None:
    assert judged([wanting]) == [what]


def test_a_status_that_only_a_fault_causes_is_excused() -> None:
    assert judged([replace(LIST, statuses={"500": 0})]) == []


def test_of_another_server_statuses_are_listed_but_not_asked_for() -> None:
    assert judged([replace(LIST, statuses={"200": 1, "429": 0})], is_mock=False) == []
    assert judged([replace(LIST, statuses={"200": 0})], is_mock=False) == ["200 was never met"]


def test_a_chain_that_was_not_walked_is_a_gap() -> None:
    older = ("listParticipants", "deferParticipant", "resumeParticipant")
    assert judged(EVERYTHING, [older]) == [f"{' → '.join(KIT.chains[0])} wasn't walked"]
    assert judged(EVERYTHING, [older[:2], KIT.chains[0]]) == [f"{' → '.join(KIT.chains[1])} wasn't walked"]


def test_the_same_seed_makes_up_the_same_cases() -> None:
    def tried(seed: int) -> object:
        plan = Plan(stages=["stateful"], max_examples=1, seed=seed)
        report = check(plan, Listener(), own_server)
        return [(operation.id, operation.statuses, operation.links, operation.valid) for operation in report.coverage]

    assert tried(7) == tried(7) != tried(8)


@pytest.mark.parametrize(
    ("stages", "command"),
    [
        (["contract", "coverage"], "ecf-mock check --api v1 --stage contract --stage coverage"),
        (
            ["coverage", "fuzzing"],
            "ecf-mock check --api v1 --stage fuzzing --stage coverage --seed 7 --max-examples 1",
        ),
    ],
)
def test_what_the_coverage_lacks_is_repeated_with_the_stages_that_it_judged(stages: list[str], command: str) -> None:
    report = check(Plan(stages=stages, max_examples=1, seed=7), Listener(), own_server)
    assert {gap.repeat for gap in report.stages[-1].gaps} == {command}


def test_a_server_without_a_control_api_is_checked_with_tokens(deployment: str) -> None:
    plan = Plan(
        base_url=deployment,
        token=TOKEN,
        peer_token=PEER_TOKEN,
        stages=["contract", "scenarios", "behaviour", "isolation", "examples", "coverage"],
    )
    report = check(plan, Listener(), own_server)
    stages = {stage.name: stage for stage in report.stages}
    assert not report.is_mock
    assert [
        found.what for name in ("scenarios", "behaviour", "isolation", "examples") for found in stages[name].findings
    ] == []
    # What needs a control API is named, and nowhere counted as tried.
    assert any("rate limit" in note.what for note in stages["behaviour"].notes)
    assert stages["scenarios"].facts["skipped"] > 0
    assert stages["isolation"].facts["probes"] > 5
    # Nobody followed links there. That isn't seen, and breaks nothing.
    assert stages["coverage"].outcome == "incomplete"
    assert report.kept
    met, of = report.seen
    assert 100 < met < of


def test_without_a_peer_token_isolation_is_not_run_and_says_why(deployment: str) -> None:
    report = check(Plan(base_url=deployment, token=TOKEN, stages=["isolation"]), Listener(), own_server)
    assert report.stages[0].skipped == "it needs another provider's token: give it with --peer-token"


@pytest.mark.parametrize(
    ("token", "peer_token", "why"),
    [
        (None, None, "give a bearer token for it with --token"),
        ("wrong-token", None, "doesn't know the token given with --token"),
        (TOKEN, "wrong-token", "given with --peer-token"),
    ],
)
def test_a_wrong_token_is_said_at_once(deployment: str, token: str | None, peer_token: str | None, why: str) -> None:
    with pytest.raises(CannotRun, match=why):
        check(Plan(base_url=deployment, token=token, peer_token=peer_token), Listener(), own_server)


def test_a_time_limit_ends_what_is_made_up_and_says_so() -> None:
    report = check(Plan(stages=["contract", "fuzzing", "stateful"], time_limit=0.01), Listener(), own_server)
    assert report.cut_short == ["fuzzing", "stateful"]
    assert [stage.outcome for stage in report.stages] == ["kept", "not tried", "not tried"]


def test_a_stage_that_the_time_limit_ends_before_its_first_case_is_not_tried_and_never_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the stage had begun."""

    def out_of_time(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr("mock_server.harness.check.run.run_probes", out_of_time)
    report = check(Plan(stages=["isolation"]), Listener(), own_server)
    assert report.stages[0].outcome == "not tried"
    why = "the time limit was reached before its first case"
    assert "not tried" in stage_line(report.stages[0], "isolation")
    assert f'message="not tried: {why}"' in as_junit(report)
    assert json.loads(as_json(report))["stages"][0]["outcome"] == "not tried"
    html = as_html(report)
    assert '<td class="not-tried-word">not tried</td>' in html
    assert why in html
    assert ">kept</td>" not in html


# -- noticing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "stage", "operation"),
    [
        # The whole table is `make mutation`.
        ("foreign-declaration", "isolation", "getParticipantDeclaration"),
        ("undocumented-accepted", "examples", "withdrawParticipant"),
    ],
)
def test_a_planted_fault_is_noticed(fault: str, stage: str, operation: str) -> None:
    report = report_on(fault, stages=[stage])
    assert report.stages[0].outcome == "broken"
    found = next(found for found in report.findings if found.operation == operation)
    assert found.curl is not None
    assert "$TOKEN" in found.curl
    assert "alder-token" not in json.dumps([str(each) for each in report.findings])
    assert found.repeat is not None
    assert f"--stage {stage}" in found.repeat


def test_traffic_counts_and_hides() -> None:
    traffic = TrafficLog("http://mock", V1, is_mock=True)
    traffic.names["birch-token"] = "$PEER_TOKEN"
    headers = {"authorization": "Bearer birch-token", "x-with-server-date": "2021-11-20T09:00:00Z", "host": "mock"}
    request = Request("GET", "/api/v1/participants/ecf", (("page[page]", "1"), ("filter[cohort]", "")), headers, None)
    response = Response(200, {"content-type": "application/json"}, '{"data": []}')
    assert traffic.note(request, response) == "listEcfParticipants"
    assert traffic.note(request, response) == "listEcfParticipants"
    tried = traffic.tried["listEcfParticipants"]
    assert tried.statuses == {"200": 2}
    # A blank value counts as not given.
    assert tried.parameters == {"query page[page]": 2, "header X-With-Server-Date": 2}
    [found] = traffic.stage.findings
    assert found.count == 2
    assert found.what == "answers 200 as application/json"
    assert found.curl is not None
    assert 'Bearer $PEER_TOKEN"' in found.curl
    assert "birch-token" not in found.curl
    assert "Host" not in found.curl


# -- the command ---------------------------------------------------------------------------------


def test_the_command_says_kept_with_0_and_writes_every_report(tmp_path: Path) -> None:
    files = {kind: tmp_path / "reports" / f"check.{kind}" for kind in ("html", "json", "junit")}
    done = run(
        "--api",
        "v1",
        "--stage",
        "contract",
        *(word for kind, file in files.items() for word in (f"--{kind}", str(file))),
    )
    assert done.returncode == 0, done.stderr
    assert "kept:" in done.stdout
    # No terminal: plain lines.
    assert "\x1b" not in done.stdout + done.stderr
    assert re.search(r"^1/1 contract +kept +\d+\.\d s", done.stderr, re.MULTILINE)
    assert json.loads(files["json"].read_text())["kept"] is True
    assert files["html"].read_text().lstrip().startswith("<!doctype html>")
    assert "<testsuites" in files["junit"].read_text()


def test_what_was_not_seen_is_no_fault_unless_it_is_required(deployment: str) -> None:
    arguments = ("--base-url", deployment, "--token", TOKEN, "--stage", "scenarios", "--stage", "coverage")
    done = run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deferEcfParticipant: 200 was never met" in done.stdout
    required = run(*arguments, "--require-coverage")
    assert required.returncode == 2
    assert "parts of the contract weren't seen" in required.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--stage", "isolation"), "the stage isolation: it needs another provider's token: give it with --peer-token"),
        # The time ends while the check asks whether anybody is there.
        (("--time-limit", "0.001"), "the stage behaviour: the time limit was reached before it"),
        # It judges what others sent, and nobody sent anything.
        (("--stage", "coverage"), "not seen:"),
    ],
    ids=["no token", "no time", "no request"],
)
def test_a_check_that_could_try_nothing_says_2_and_never_kept(
    deployment: str, arguments: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    files = {kind: tmp_path / f"check.{kind}" for kind in ("html", "json")}
    given = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    done = CliRunner().invoke(main, ["check", "--base-url", deployment, "--token", TOKEN, *arguments, *given])
    assert done.exit_code == 2, done.output
    assert done.stderr.splitlines()[-1].startswith("Error: the check couldn't try anything")
    assert why in done.stdout
    assert done.stdout.splitlines()[-1].startswith(
        f"not tried: nothing of the contract of v1 was tried on {deployment}"
    )
    assert "kept:" not in done.stdout
    written = json.loads(files["json"].read_text())
    assert (written["kept"], written["verdict"]) == (False, "not tried")
    html = files["html"].read_text()
    assert "<title>not tried: contract check of v1" in html
    assert "Nothing of the contract of v1 was tried</h1>" in html


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--base-url", NOWHERE), "Nothing answers at http://127.0.0.1:9"),
        (("--base-url", "nowhere"), "is no HTTP address"),
        (("--stage", "nothing"), "'nothing' is not one of"),
        (("--no-such-option",), "No such option '--no-such-option'. See ecf-mock check --help."),
        (("--max-examples", "0"), "0 is not in the range"),
        (("--deviations", "no-such-file"), "does not exist"),
    ],
)
def test_the_command_says_in_one_line_why_it_could_not_run(arguments: tuple[str, ...], why: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert why in line


def test_the_command_says_2_for_a_wrong_token(deployment: str) -> None:
    done = run("--base-url", deployment, "--token", "nobody-has-this")
    assert done.returncode == 2
    assert done.stderr.strip() == f"Error: {deployment} doesn't know the token given with --token"


def test_the_environment_doesnt_reach_the_mock_that_the_check_starts(tmp_path: Path) -> None:
    """Every setting of `ecf-mock serve` is set to something that would break the check."""
    hostile = {
        "ECF_MOCK_MAX_SANDBOXES": "1",
        "ECF_MOCK_SEED": "empty",
        "ECF_MOCK_CLOCK": "2031-01-01",
        "ECF_MOCK_RATE_LIMIT": "1/300",
        "ECF_MOCK_REPLAY": "refuse",
        "ECF_MOCK_STATE": str(tmp_path / "kept.db"),
        "ECF_MOCK_MAX_BODY_BYTES": "1",
        "ECF_MOCK_CONTROL": "no",
        "ECF_MOCK_CONTROL_TOKEN": "secret",
    }
    checked = run("--api", "v1", "--stage", "scenarios", environment=hostile)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not (tmp_path / "kept.db").exists()
