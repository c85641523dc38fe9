"""How v3 is set beside the others, and what its rows at scale ask for."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as program
from benchmarks import compare, v3_scale
from benchmarks.__main__ import Options
from benchmarks.compare import Benchmark, Measured, declarations_held, reset
from benchmarks.exchange import Request, ask
from benchmarks.figures import Run
from benchmarks.load import Load
from benchmarks.peers import NAMES, PRISM, prism
from benchmarks.servers import BARE, FIRST_PAGES, OURS, V1, V3, V3_PARTICIPANTS, bare
from benchmarks.v3_scale import commonest_cohort, middle_moment, updated_since
from mock_server.own_server import own_server
from tests.programs import required


def record(updated_at: str, *cohorts: str) -> dict[str, Any]:
    return {"attributes": {"updated_at": updated_at, "ecf_enrolments": [{"cohort": each} for each in cohorts]}}


RECORDS = [
    record("2025-09-03T09:00:00Z", "2025"),
    record("2025-09-01T09:00:00Z", "2024", "2025"),
    record("2025-09-02T09:00:00Z", "2024"),
    record("2025-09-04T09:00:00Z", "2025"),
]


def test_the_cohort_and_the_moment_asked_for_show_many_records() -> None:
    assert commonest_cohort(RECORDS) == "2025"
    assert middle_moment(RECORDS) == datetime(2025, 9, 3, 9, tzinfo=UTC)
    assert updated_since(middle_moment(RECORDS)).endswith("filter%5Bupdated_since%5D=2025-09-03T09:00:00Z")


@pytest.mark.parametrize("api", [V1, V3])
def test_the_others_are_started_with_what_they_shall_answer_of_that_api(api: str, tmp_path: Path) -> None:
    assert prism(api).command(1)[-1].endswith(f"openapi/{api}.yaml")
    assert prism(api).first == bare(tmp_path, api).first == FIRST_PAGES[api]


@pytest.mark.parametrize("api", [V1, V3])
def test_a_reset_leaves_a_world_whose_declarations_can_be_counted(api: str) -> None:
    with own_server() as url:
        port = int(url.rpartition(":")[2])
        reset(port, api)
        held = declarations_held(port, api)
        assert held > 0
        assert ask(port, Request("GET", V3_PARTICIPANTS)).status == 200
        assert declarations_held(port, api) == held


@pytest.mark.parametrize(
    ("only", "peers"),
    [
        ({"list", "list-v3"}, set(NAMES)),
        ({"post-v3"}, {PRISM}),
        ({"scale-v3", "start-v3"}, set()),
    ],
)
def test_only_peers_that_are_measured_are_installed(only: set[str], peers: set[str]) -> None:
    options = Options(1, 1, 1, 1, 1, 100, 1000, frozenset(only), frozenset({BARE, *NAMES}), False, False)
    assert options.peers == peers


def asked_once(_: Benchmark, running: Measured, requests: Sequence[Request], seconds: int, **how: Any) -> Run:
    """Instead of a run of wrk: the first requests, each once. What `compare.create` measures still goes to wrk."""
    answers = [ask(running.port, request) for request in requests[:60]]
    errors = sum(answer.status >= 300 for answer in answers)
    return Run(Load(len(answers), seconds, 0, 1, 1, 1, errors), 0.1, running.memory_bytes())


def test_a_short_run_has_v3_first_in_every_table_and_v1_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    required("wrk")
    monkeypatch.setattr(program, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(program, "ROOT", tmp_path)
    measure = compare.measure
    monkeypatch.setattr(v3_scale, "measure", asked_once)
    monkeypatch.setattr(
        compare, "measure", lambda *what, **how: (measure if how.get("once") else asked_once)(*what, **how)
    )
    parts = "start-v3,list-v3,one-v3,post-v3,scale-v3"
    sizes = ["--participants", "5000", "--scale", "1000"]
    arguments = ["--seconds", "1", "--warm-up", "1", "--rounds", "1", "--starts", "1", *sizes]
    done = CliRunner().invoke(program.main, [*arguments, "--only", parts, "--servers", BARE])
    assert done.exit_code == 0, done.output
    (kept,) = (tmp_path / "results").glob("*.json")
    found = json.loads(kept.read_text("utf-8"))
    tables = {each["title"]: [series["name"] for series in each["series"]] for each in found["comparisons"]}
    compared = [OURS, f"{OURS}, v1", BARE]
    worlds = ["1,000 teachers", "100 teachers"]
    assert tables == {
        "v3: list of 100 records": compared,
        "v3: one record": compared,
        "v3: POST of a new declaration": compared,
        "v3: updated_since, 1,000 teachers": worlds,
        "v3: updated_since, ever new moments, 1,000 teachers": worlds,
        "v3: cohort, 1,000 teachers": worlds,
        "v3: sort=-updated_at, 1,000 teachers": worlds,
        "v3: pages of 100, 1,000 teachers": ["page 10", "page 1"],
    }
    assert [series["problem"] for each in found["comparisons"] for series in each["series"] if series["problem"]] == []
    assert all(run["load"]["errors"] == 0 for each in found["comparisons"] for s in each["series"] for run in s["runs"])
    assert len(found["findings"]) == 5
