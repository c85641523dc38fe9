"""The deviations file: what it excuses, and that it must be true."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mock_server.harness.check.deviations import Deviation, DeviationList, UnusableDeviations, read_deviations
from mock_server.harness.check.outcome import Finding, Report, StageResult
from mock_server.harness.check.progress import stage_line
from mock_server.harness.check.run import Plan, check
from mock_server.own_server import own_server
from mock_server.v1.service import V1
from tests.harness.check.conftest import Listener

FOUND = Finding("behaviour", "getEcfParticipant", "answers 404 as text/html", "JSON", "HTML")


def entry(**changed: Any) -> Deviation:
    given: dict[str, Any] = {
        "operation": "getEcfParticipant",
        "differs": "answers 404 as *",
        "why": "the gateway answers",
    }
    return Deviation(**{**given, **changed})


def stage() -> StageResult:
    return StageResult("behaviour", [FOUND], cases=1)


def unmet(deviations: list[Deviation], checked: StageResult) -> list[Finding]:
    """What is wrong with the file after a check of that one stage."""
    listed = DeviationList(deviations)
    listed.mark(checked)
    return list(listed.unmet())


def test_a_listed_finding_is_kept_with_its_reason_and_breaks_nothing() -> None:
    checked = stage()
    assert unmet([entry()], checked) == []
    assert checked.findings[0].deviation == "the gateway answers"
    assert checked.outcome == "kept"
    report = Report("v1", "http://x", False, 1, "2026-01-01T00:00:00Z", [checked])
    assert report.kept
    assert report.deviations == checked.findings
    assert "kept[/], 1 listed deviation " in stage_line(checked, "1/1 behaviour")


@pytest.mark.parametrize(
    "other",
    [entry(operation="listEcfParticipants"), entry(differs="answers 404"), entry(differs="answers 403 as *")],
)
def test_an_entry_that_fits_nothing_is_an_error(other: Deviation) -> None:
    checked = stage()
    [unneeded] = unmet([other], checked)
    assert unneeded.what == f"a listed deviation no longer occurs: {other.differs}"
    assert checked.outcome == "broken"
    assert "broken[/], 1 finding " in stage_line(checked, "1/1 behaviour")


def test_unless_something_was_not_tried() -> None:
    report = check(Plan(stages=["contract"], deviations=[entry()]), Listener(), own_server)
    assert [each.name for each in report.stages] == ["contract"]
    assert report.kept


def test_a_star_stands_for_any_operation_and_for_none() -> None:
    whole = StageResult("contract", [Finding("contract", None, "answers 404 as text/html", "", "")])
    assert unmet([entry(operation="*")], whole) == []
    assert whole.outcome == "kept"


def test_two_entries_may_fit_one_finding() -> None:
    assert unmet([entry(), entry(operation="*")], stage()) == []


def test_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        "deviations:\n  - {operation: getEcfParticipant, differs: answers 404 as *, why: the gateway answers}\n"
    )
    assert read_deviations(file, V1) == [entry()]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write a list under `deviations`"),
        ("deviations: x", "write a list under `deviations`"),
        ("deviations: [x]", "entry 1: write operation, differs, why"),
        ("deviations: [{operation: '*', differs: x}]", "entry 1: write operation, differs, why"),
        ("deviations: [{operation: '*', differs: x, why: ''}]", "entry 1: `why` must be a text"),
        ("deviations: [{operation: deferParticipants, differs: x, why: y}]", "there is no operation deferParticipants"),
        ("deviations: [{operation: '*', differs: x, why: y, until: soon}]", "`until` must be a day"),
        ("deviations: [", "ours.yaml"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_write(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(text)
    with pytest.raises(UnusableDeviations, match=why):
        read_deviations(file, V1)


def test_an_entry_holds_until_its_last_day() -> None:
    dated = entry(until=date(2027, 1, 1))
    on_the_day, after = DeviationList([dated], date(2027, 1, 1)), DeviationList([dated], date(2027, 1, 2))
    checked = stage()
    on_the_day.mark(checked)
    assert checked.outcome == "kept"
    assert list(on_the_day.unmet()) == []
    checked = stage()
    after.mark(checked)
    assert checked.findings[0].deviation is None
    [over] = after.unmet()
    assert over.what == f"a listed deviation was to last until 2027-01-01 only: {dated.differs}"


@pytest.mark.parametrize(("written", "until"), [("2027-01-01", date(2027, 1, 1)), ("'2027-01-01'", date(2027, 1, 1))])
def test_the_last_day_is_read(tmp_path: Path, written: str, until: date) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        "deviations:\n  - {operation: getEcfParticipant, differs: answers 404 as *, "
        f"why: the gateway answers, until: {written}}}\n"
    )
    assert read_deviations(file, V1) == [entry(until=until)]
