"""The planted faults of `make mutation`: enough of them, and of every kind."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mock_server.harness.check import run
from mock_server.harness.v3.check import KIT as V3_KIT
from mock_server.harness.v3.check.behaviour import reach
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v3.domain.commands import CATALOGUE as V3_CATALOGUE
from mock_server.v3.service import V3
from tests.mutation import __main__ as main_module
from tests.mutation import results
from tests.mutation.__main__ import main, noticing_probe
from tests.mutation.noticing import only_probes
from tests.mutation.plants.v1 import PLANTS
from tests.mutation.plants.v3 import PLANTS as V3_PLANTS
from tests.mutation.results import Result

KINDS = {
    "a rule dropped",
    "a bound off by a second",
    "an attribute missing, renamed or of the wrong type",
    "wrong status",
    "wrong content type",
    "undocumented status",
    "another provider's record shown",
    "state not saved",
    "state saved though refused",
    "paging that repeats or loses a record",
    "filter ignored",
    "filter inclusive instead of exclusive",
    "token not checked",
    "CSV column swapped",
    "crash on odd input",
    "filters and pages combined wrongly",
    "wrong in a large or old world",
    "wrong for several requests at once",
    "a record that isn't what it should be",
    "the other half of a rule",
    "a way in that shouldn't be",
    "small print",
    "a change that reaches too far",
    "a move that a list doesn't notice",
}
OF_V3 = {"dates and flags of one cohort"}


def test_there_are_faults_of_every_kind() -> None:
    assert {plant.kind for plant in PLANTS.values()} >= KINDS
    assert len(PLANTS) >= 300


def test_every_rule_is_dropped_once_but_the_one_that_a_table_of_states_asks() -> None:
    dropped = {name.removeprefix("dropped-") for name in PLANTS if name.startswith("dropped-")}
    assert set(CATALOGUE) - dropped == {"declaration-voidable"}


def test_there_are_faults_of_every_kind_of_v3() -> None:
    """v3 has no CSV, and its filters by moment include the moment."""
    kinds = KINDS - {"CSV column swapped", "filter inclusive instead of exclusive"} | OF_V3
    assert {plant.kind for plant in V3_PLANTS.values()} >= kinds
    assert len(V3_PLANTS) >= 380


def test_every_rule_of_v3_is_dropped_once() -> None:
    dropped = [name.removeprefix("dropped-") for name in V3_PLANTS if name.startswith("dropped-")]
    assert dropped == list(V3_CATALOGUE)


# Each in a process of its own, because the others mustn't meet what one plants. A process without threads may fork.
PLANT_ALL = """
import os
from mock_server.services import SERVICES
from tests.mutation.plants import plants_of
for service in SERVICES:
    for name, plant in plants_of(service).items():
        child = os.fork()
        if child == 0:
            plant.plant()
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            print(service.name, name)
"""


def test_every_fault_can_be_planted() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", PLANT_ALL], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_run_is_resumed_only_with_the_same_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real run of the four faults of one kind; the second run has nothing left to do until the code changes."""
    monkeypatch.setattr(results, "FILE", tmp_path / "build" / "mutation.jsonl")
    asked = ["--service", "v1", "--kind", "column swapped", "--stage", "scenarios"]
    assert main(asked) == 0
    assert "4 of 4 planted faults were noticed." in capsys.readouterr().out
    assert main([*asked, "--resume"]) == 0
    again = capsys.readouterr().out
    assert "csv-null" not in again
    assert "4 of 4 planted faults were noticed." in again
    monkeypatch.setattr(main_module, "digest_of_code", lambda: "other code")
    assert main([*asked, "--resume", "csv-null"]) == 0
    assert "csv-null" in capsys.readouterr().out


def test_a_fault_can_be_tried_with_the_probes_that_look_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[str] = []
    monkeypatch.setattr(run, "run_probes", lambda some, *_: came.extend(probe.run.__name__ for probe in some))
    nothing: Any = None
    with only_probes(["reach", "payments.voids"]):
        vars(run)["run_probes"](V3_KIT.behaviour, nothing, nothing)
    assert came == ["voids", *(probe.run.__name__ for probe in reach.PROBES)]


def test_faults_that_few_probes_look_for_are_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`school-rollover` makes the control API refuse what a probe needs. The check goes on, and says so."""
    monkeypatch.setattr(results, "FILE", tmp_path / "mutation.jsonl")
    asked = ["schools.rolled_over", "participants.no_way_back", "participants.courses"]
    options = [word for name in asked for word in ("--probe", name)]
    faults = ("school-rollover", "dropped-resume-nothing-planned", "dropped-schedule-in-cohort")
    assert main(["--service", "v3", *options, *faults]) == 0
    assert "3 of 3 planted faults were noticed." in capsys.readouterr().out


def test_the_probe_that_noticed_such_a_fault_before_is_asked_first() -> None:
    name, probe = "dropped-resume-nothing-planned", "participants.no_way_back"
    kin = [Result("v3", each, "a rule dropped", (), 1.0, "", "", probe) for each in ("dropped-a", "dropped-b")]
    other = Result("v3", "dropped-c", "a rule dropped", (), 1.0, "", "", "schedules.choices")
    likely = results.likely([other, *kin], "v3", V3_PLANTS[name])
    assert likely == [probe, "schedules.choices", "participants", "schedules"]
    stages, _, came = noticing_probe(V3, name, likely)
    assert (stages, came) == (("behaviour",), probe)


def test_a_probe_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a probe nothing would be noticed."""
    with pytest.raises(SystemExit):
        main(["--probe", "reech"])
    said = capsys.readouterr().err
    assert "no probe is called reech" in said
    assert "reach.reports" in said


def test_a_table_counts_by_kind_and_first_stage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "FILE", tmp_path / "mutation.jsonl")
    for name, stages in (("undocumented-page", ("scenarios",)), ("undocumented-accepted", ())):
        results.remember(results.Result("v1", name, "undocumented status", stages, 1.0, "", "code"))
    assert main(["--table", "undocumented"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "| kind of fault | planted | scenarios | nobody |",
        "| --- | ---: | ---: | ---: |",
        "| undocumented status | 2 | 1 | 1 |",
    ]
