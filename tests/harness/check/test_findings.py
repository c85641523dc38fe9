"""A finding tells a person what is wrong, by which rule, what came before, and how to see it again."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server.harness.check.bench import noticed
from mock_server.harness.check.history import History
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.report import finding_lines
from mock_server.harness.check.run import Plan, check
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.check.writable import Writable
from mock_server.harness.exchange import Request, Response, curl
from mock_server.harness.v1.check.bench import Sender, body
from mock_server.own_server import own_server
from mock_server.settings import Rate
from mock_server.v1.service import V1
from tests.harness.check.conftest import Listener
from tests.programs import required

TOKENS = {"TOKEN": "alder-token", "PEER_TOKEN": "birch-token", "CONTROL_TOKEN": "unused"}
COURSE = {"course_identifier": "ecf-induction"}


def pasted(command: str) -> "subprocess.CompletedProcess[str]":
    """What a shell makes of the command, with the tokens as variables."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **TOKENS, "PATH": path}
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def accepted_against_a_rule(deployment: str) -> Finding:
    """The check took a deferred ECT for an active one, and so the server seems to accept what a rule forbids."""
    traffic = TrafficLog(deployment, V1, is_mock=False)
    traffic.names["alder-token"] = "$TOKEN"
    with httpx.Client(base_url=deployment) as http:
        traffic.watch(http)
        own = Sender(http, "alder-token", traffic)
        people = own.records("listEcfParticipants")
        who, other = [
            each["id"]
            for each in people
            if each["attributes"]["participant_type"] == "ect" and each["attributes"]["training_status"] == "active"
        ][-2:]
        with noticed(traffic, "resumeEcfParticipant", "A return is taken only from a break."):
            for id in (other, who):
                own.accepted("deferEcfParticipant", id, body=body("x", reason="other", **COURSE))
            own.refused(["resume-not-active"], "resumeEcfParticipant", who, body=body("x", **COURSE))
        own.accepted("resumeEcfParticipant", other, body=body("x", **COURSE))
    [found] = traffic.stage.findings
    return found


def test_a_refusal_that_did_not_come_names_the_rule_and_its_sentence(accepted_against_a_rule: Finding) -> None:
    found = accepted_against_a_rule
    assert found.says == "refused by resume-not-active (A participant who is active can't be resumed.): 422"
    assert found.came.startswith("the status is 200\n200, application/vnd.api+json")


def test_a_finding_tells_what_was_written_before_about_the_same_record(accepted_against_a_rule: Finding) -> None:
    [line] = accepted_against_a_rule.before
    method, path, *sent = line.split(" ", 2)
    assert (method, path.rpartition("/")[2]) == ("PUT", "defer")
    assert sent == ['{"reason": "other", "course_identifier": "ecf-induction"} → 200']
    assert f"  before:   {line}" in list(finding_lines(accepted_against_a_rule))


def test_what_was_sent_can_be_pasted_into_a_shell(accepted_against_a_rule: Finding) -> None:
    assert accepted_against_a_rule.curl is not None
    assert "alder-token" not in accepted_against_a_rule.curl
    done = pasted(f"{accepted_against_a_rule.curl} --silent --show-error --fail-with-body")
    # The record is active by now, so the honest server refuses this.
    assert "participant_profile" in done.stdout
    assert "422" in done.stderr


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Bearer birch-token", '"Authorization: Bearer $PEER_TOKEN"'),
        ("Token birch-token", '"Authorization: Token $PEER_TOKEN"'),
        ("Bearer birch-toke", '"Authorization: Bearer ${PEER_TOKEN:0:10}"'),
        ("Bearer irch-token", '"Authorization: Bearer ${PEER_TOKEN:1}"'),
        ("Bearer birch-tokenx", '"Authorization: Bearer ${PEER_TOKEN}x"'),
        ("Bearer xbirch-token", '"Authorization: Bearer x${PEER_TOKEN}"'),
        ("Bearer another", '"Authorization: Bearer $TOKEN"'),
        ("Digest another", "'Authorization: [hidden]'"),
    ],
)
def test_what_is_nearly_a_token_is_sent_again_as_it_was_and_no_token_is_shown(sent: str, shown: str) -> None:
    traffic = TrafficLog("http://mock", V1, is_mock=False)
    traffic.names["birch-token"] = "$PEER_TOKEN"
    request = traffic.masked(Request("GET", "/api/v1/participants", (), {"authorization": sent}, None))
    command = curl(request, "http://mock")
    assert shown in command
    assert "birch" not in command
    if "another" not in sent:
        script = f"PEER_TOKEN=birch-token; curl() {{ printf '%s\n' \"$@\"; }}; {command}"
        said = subprocess.run([required("bash"), "-c", script], capture_output=True, text=True, check=True).stdout
        assert f"Authorization: {sent}" in said.splitlines()


def test_the_history_keeps_what_schools_and_the_department_did() -> None:
    id, other = "0ad5b8c0-7308-4879-942a-c4a70ced400a", "db3a7848-7308-4879-942a-c4a70ced400a"
    json = {"content-type": "application/json"}
    history = History()

    def wrote(method: str, path: str, sent: str | None, status: int = 200, came: str = "{}") -> Request:
        request = Request(method, path, (), json, sent)
        history.add(request, Response(status, json, came))
        return request

    control = "/_mock/sandboxes/check-1"
    wrote("POST", f"{control}/v1/participants", '{"cohort": "2021"}', 201, f'{{"id": "{id}"}}')
    wrote("POST", f"{control}/v1/participants", '{"cohort": "2021"}', 201, f'{{"id": "{other}"}}')
    wrote("PUT", f"{control}/v1/participants/{id}/status", '{"status": "withdrawn"}')
    wrote("POST", f"{control}/clock/advance", '{"by": "P1D"}')
    wrote("GET", f"{control}/clock", None)
    blamed = wrote("PUT", f"/api/v1/participants/ecf/{id}/defer", '{"data": {"attributes": {"reason": "other"}}}')
    wrote("DELETE", control, None, 204)
    assert history.before(blamed) == (
        f'POST the control API\'s …/v1/participants {{"cohort": "2021"}} → 201, id {id}',
        f'PUT the control API\'s …/v1/participants/{id}/status {{"status": "withdrawn"}} → 200',
        'POST the control API\'s …/clock/advance {"by": "P1D"} → 200',
    )


@pytest.mark.parametrize(
    "given",
    [
        {"stages": ("contract", "coverage")},
        {"stages": ("examples", "coverage"), "token": "alder-token", "max_examples": 1, "may_write": Writable(())},
        {
            "stages": ("contract", "coverage"),
            "token": "alder-token",
            "peer_token": "birch-token",
            "control_token": "unused",
            "rate": Rate(1000, 300),
            "may_write": Writable(("0ad5*", "7")),
        },
    ],
    ids=["a mock of its own", "made-up requests", "every option"],
)
def test_the_command_that_repeats_a_finding_can_be_pasted_into_a_shell(
    given: dict[str, object], deployment: str
) -> None:
    plan = Plan(**({"base_url": deployment} if "token" in given else {}), **given)  # type: ignore[arg-type]
    # What the coverage lacks is no fault, but has a command as findings do.
    gap = check(plan, Listener(), own_server).gaps[0]
    assert gap.repeat is not None
    assert "alder-token" not in gap.repeat
    done = pasted(gap.repeat)
    # Nothing was sent, unless it was made up.
    assert done.returncode == (0 if "examples" in plan.stages else 2), gap.repeat + done.stdout + done.stderr
    # It sees as much as the first time.
    assert gap.what in done.stdout
