"""The file of expected failures: what it excuses, and that it must be true."""

from datetime import date
from pathlib import Path

import pytest

from mock_server.control.models import RequirementResult, Verdict
from mock_server.harness.readiness.expected import ExpectedFailure, UnusableExpectations, read_expected, with_expected
from mock_server.harness.readiness.report import Line

TODAY = date(2027, 1, 1)
ENTRY = ExpectedFailure("sync.no-gap", "PAY-123", date(2027, 1, 1))


def line(verdict: Verdict, requirement: str = "sync.no-gap", *, needed: bool = True) -> Line:
    result = RequirementResult(requirement, "sync", "must", verdict, (), None)
    return Line(result, "A sentence.", "Why.", "guide/", required=True, needed=needed)


@pytest.mark.parametrize("verdict", ["failed", "not_seen"])
def test_what_is_expected_holds_nobody_up_until_its_last_day(verdict: Verdict) -> None:
    [excused] = with_expected([line(verdict)], [ENTRY], TODAY)
    assert not excused.missing
    assert excused.notes == ["expected until 2027-01-01: PAY-123"]


def test_after_its_last_day_it_does(tmp_path: Path) -> None:
    [over] = with_expected([line("failed")], [ENTRY], date(2027, 1, 2))
    assert over.missing
    assert over.notes == ["It was expected until 2027-01-01 only (PAY-123)."]


def test_an_entry_that_is_passed_is_an_error() -> None:
    [stale] = with_expected([line("passed")], [ENTRY], TODAY)
    assert stale.missing
    assert "take the entry out" in stale.notes[0]


def test_other_requirements_are_as_they_were() -> None:
    others = [line("failed", "sync.polls"), line("passed", "sync.full-pull")]
    assert with_expected(others, [ENTRY], TODAY) == others


@pytest.mark.parametrize(("verdict", "missing"), [("failed", True), ("not_seen", False), ("passed", False)])
def test_what_can_only_be_broken_holds_nobody_up_unseen(verdict: Verdict, missing: bool) -> None:
    assert line(verdict, needed=False).missing is missing
    assert line("not_seen").missing


def test_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text("expected-failures:\n  - {requirement: sync.no-gap, why: PAY-123, until: 2027-01-01}\n")
    assert read_expected(file, {"sync.no-gap"}) == [ENTRY]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write a list under `expected-failures`"),
        ("expected-failures: [x]", "entry 1: write requirement, why, until, and nothing else"),
        ("expected-failures: [{requirement: sync.no-gap, why: x}]", "entry 1: write requirement, why, until"),
        ("expected-failures: [{requirement: sync.x, why: x, until: 2027-01-01}]", "there is no requirement sync.x"),
        ("expected-failures: [{requirement: sync.no-gap, why: '', until: 2027-01-01}]", "`why` must be a text"),
        ("expected-failures: [{requirement: sync.no-gap, why: x, until: soon}]", "`until` must be a day"),
        (
            "expected-failures:\n"
            "  - {requirement: sync.no-gap, why: x, until: 2027-01-01}\n"
            "  - {requirement: sync.no-gap, why: y, until: 2027-01-02}\n",
            "entry 2: sync.no-gap is listed twice",
        ),
        ("expected-failures: [", "expected.yaml"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_write(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text(text)
    with pytest.raises(UnusableExpectations, match=why):
        read_expected(file, {"sync.no-gap"})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableExpectations, match="nowhere"):
        read_expected(tmp_path / "nowhere.yaml", set())
