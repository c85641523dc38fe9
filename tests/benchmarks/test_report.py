"""The tables: what they say, and what they refuse to say."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.figures import Comparison, Figure, Results, Run, Series, Started
from benchmarks.load import Load
from benchmarks.report import keep, markdown, of_comparison

ONE_RUN = Run(Load(4000, 2.0, 80_000, 1.5, 4.25, 9.0, errors=0), cpu_seconds=1.0, memory_bytes=90_000_000)


def run(requests: int, errors: int = 0) -> Run:
    return replace(ONE_RUN, load=replace(ONE_RUN.load, requests=requests, errors=errors))


def series(name: str, *runs: Run, problem: str = "") -> Series:
    return Series(name, "GET /participants", 1234, problem, list(runs))


def comparison(*rows: Series) -> Comparison:
    return Comparison("list", "A list", {"prism": 7.0}, list(rows))


def rows(found: Comparison) -> dict[str, dict[str, str]]:
    table = of_comparison(found)
    return {row[0]: dict(zip(table.headings, row, strict=True)) for row in table.rows}


def test_a_row_has_the_median_of_its_rounds_and_their_range() -> None:
    row = rows(comparison(series("ours", run(4000), run(8000), run(4400))))["ours"]
    assert row["requests/s"] == "2,200"
    assert row["min–max"] == "2,000–4,000"


def test_processor_time_is_shared_out_over_all_requests() -> None:
    row = rows(comparison(series("ours", run(4000), run(6000))))["ours"]
    assert row["CPU µs"] == "200"
    assert row["cores"] == "0.50"


def test_the_first_row_is_judged_by_the_others() -> None:
    found = rows(comparison(series("ours", run(8000)), series("prism", run(1000)), series("bare", run(16000))))
    assert (found["prism"]["ratio"], found["prism"]["reach"]) == ("8.00", "7")
    assert (found["bare"]["ratio"], found["bare"]["reach"]) == ("0.50", "")
    assert (found["prism"]["CPU ratio"], found["bare"]["CPU ratio"]) == ("8.00", "0.50")
    assert found["ours"]["ratio"] == found["ours"]["CPU ratio"] == ""


@pytest.mark.parametrize(
    ("failed", "errors"),
    [
        (series("prism", run(10_000), run(10_000, errors=11)), "11"),
        (series("prism", problem="POST /x: 422"), "0"),
        (series("prism"), "0"),
    ],
)
def test_no_figure_is_made_of_failed_answers(failed: Series, errors: str) -> None:
    row = rows(comparison(series("ours", run(8000)), failed))["prism"]
    assert row["requests/s"] == "no figure"
    assert row["ratio"] == row["p50 ms"] == row["CPU µs"] == ""
    assert row["errors"] == errors


def test_the_reason_for_no_figure_stands_below_the_table() -> None:
    found = of_comparison(comparison(series("ours", run(8000)), series("prism", problem="POST /x: 422")))
    assert found.notes == ("`GET /participants`", "prism: POST /x: 422")


def test_one_failed_answer_in_a_thousand_is_let_pass_and_shown() -> None:
    row = rows(comparison(series("ours", run(9_990, errors=10))))["ours"]
    assert row["requests/s"] == "4,995"
    assert row["errors"] == "10"


def test_nothing_is_judged_when_the_first_row_failed() -> None:
    found = rows(comparison(series("ours", run(10, errors=10)), series("prism", run(1000))))
    assert found["prism"]["requests/s"] == "500"
    assert found["prism"]["ratio"] == ""


def results() -> Results:
    return Results(
        date="2026-01-31",
        command_line="make bench",
        machine={"processor": "A quick one", "cores": "2"},
        versions={"uvicorn": "1.2"},
        method=["Quietly."],
        started=[Started("ours", "one", [0.4, 0.5, 0.9], 80_000_000)],
        comparisons=[comparison(series("ours", run(8000)), series("prism", run(1000)))],
        findings=[Figure("memory, empty", 80.123, "MB", "under 90")],
    )


def test_the_page_has_the_machine_and_every_table() -> None:
    page = markdown(results())
    for line in (
        "# Benchmark of 2026-01-31",
        "- processor: A quick one",
        "- uvicorn 1.2",
        "- Quietly.",
        "| ours | 0.50 | 0.40–0.90 | 80 | one |",
        "## A list",
        "`GET /participants`",
        "| memory, empty | 80.12 MB | under 90 |  |",
    ):
        assert line in page.splitlines()


def test_every_row_of_the_page_has_a_cell_a_heading() -> None:
    tables = [part.splitlines() for part in markdown(results()).split("\n\n") if part.startswith("|")]
    assert len(tables) == 3
    for lines in tables:
        assert len({line.count("|") for line in lines}) == 1


def test_an_earlier_page_of_the_day_is_kept(tmp_path: Path) -> None:
    first, second = keep(results(), tmp_path), keep(results(), tmp_path)
    assert (first.name, second.name) == ("2026-01-31.md", "2026-01-31-2.md")
    kept = json.loads(second.with_suffix(".json").read_text("utf-8"))
    assert kept["comparisons"][0]["series"][1]["runs"][0]["load"]["requests"] == 1000
