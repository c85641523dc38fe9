"""The page with version 3's schedules: every date of the tables is on it, in the pictures too."""

import re
from xml.etree import ElementTree

import pytest

from docs.generator.timeline import written
from docs.generator.v3 import schedules as shown
from mock_server.v3.domain.schedules import COHORTS, FLAGS, Schedule, schedules_of, statements_of
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, SCHEDULE_IDENTIFIERS
from tests.docs.sections import section

STANDARD = [each for cohort in shown.cohorts() for each in cohort.standard]


@pytest.fixture(scope="module")
def page(site: dict[str, str]) -> str:
    return site["v3/schedules.md"]


def test_every_cohort_shows_its_twelve_schedules(page: str) -> None:
    assert [str(cohort.year) for cohort in shown.cohorts()] == list(COHORTS)
    for cohort in shown.cohorts():
        listed = [each.identifier for each in cohort.standard]
        listed += [each.identifier for _, each_start in cohort.open for each in each_start]
        assert sorted(listed) == sorted(SCHEDULE_IDENTIFIERS)
        part = section(page, f"cohort-{cohort.year}", 2)
        assert [each for each in SCHEDULE_IDENTIFIERS if f"`{each}`" not in part and f"### {each}," not in part] == []


def test_every_milestone_is_in_its_schedules_table(page: str) -> None:
    for year in COHORTS:
        for each in schedules_of(year).values():
            for milestone in each.milestones.values():
                if milestone.milestone_date:
                    part = section(page, f"{each.identifier}-{year}", 3)
                    days = f"{written(milestone.start)} | {written(milestone.milestone_date)}"
                    assert f"| `{milestone.declaration_type}` | {days} |" in part
                else:
                    part = section(page, f"without-milestone-dates-{year}", 3)
                    number = {6: "six", 9: "nine"}[len(each.milestones)]
                    row = rf"^\| [^|]*`{each.identifier}`[^|]* \| {number} \| {written(milestone.start)} \|$"
                    assert re.search(row, part, re.MULTILINE), (year, each.identifier)


@pytest.mark.parametrize("each", STANDARD, ids=lambda each: f"{each.cohort} {each.identifier}")
def test_a_timeline_tells_every_date_in_words(each: Schedule) -> None:
    described = ElementTree.fromstring(shown.picture(each)).findtext("desc") or ""  # noqa: S314 - our own text
    for milestone in each.milestones.values():
        assert milestone.milestone_date is not None
        days = f"from {written(milestone.start)} to {written(milestone.milestone_date)}"
        assert f"{milestone.declaration_type}: {days}" in described
    assert "paid" not in described


def test_the_timelines_are_on_the_page(page: str) -> None:
    pictures = [shown.picture(each) for each in STANDARD] + [cohort.open_picture for cohort in shown.cohorts()]
    assert [picture for picture in pictures if picture not in page] == []
    assert page.count("<svg") == len(pictures) == 4 * 3 + 6


def test_every_statement_that_version_3_shows_is_listed(page: str) -> None:
    for year in COHORTS:
        part = section(page, f"statements-{year}", 3)
        rows = [line for line in part.splitlines() if re.match(r"\| \w+ 20", line)]
        output = [each for each in statements_of(year) if each.fee_type == "output"]
        assert len(rows) == len(output) == 12
        for row, statement in zip(rows, output, strict=True):
            assert row.endswith(f"| {written(statement.deadline_date)} | {written(statement.payment_date)} |")
    assert shown.statement_months() == ["January", "April", "August", "November"]


def test_the_facts_of_each_cohort_are_on_the_page(page: str) -> None:
    rows = re.findall(r"^\| \[(20\d\d)\]\(#cohort-\1\) \| (.+) \|$", page, re.MULTILINE)
    assert [year for year, _ in rows] == list(FLAGS)
    facts = {year: row.split(" | ") for year, row in rows}
    assert facts["2022"] == ["1 Jun 2022", "no", "16 Jun 2025", "no", "no", "yes"]
    assert facts["2025"] == ["1 Jun 2025", "yes", "never", "yes", "yes", "no"]


def test_the_terms_are_those_of_the_months(page: str) -> None:
    assert "| June | October | `ecf-standard-september` |" in page
    assert "| November | February | `ecf-standard-january` |" in page
    assert "| March | May | `ecf-standard-april` |" in page


def test_the_order_of_the_types_is_told(page: str) -> None:
    assert ", ".join(f"`{kind}`" for kind in DECLARATION_TYPES) in page


def test_the_milestones_that_differ_from_version_1_are_those_of_the_sheet(page: str) -> None:
    differing = [(each.cohort, each.schedule, each.declaration_type) for each in shown.differences()]
    april = [kind for kind in DECLARATION_TYPES[:6] if kind != "retained-2"]
    assert ("2021", "ecf-standard-january", "completed") in differing
    assert {kind for cohort, name, kind in differing if (cohort, name) == ("2021", "ecf-standard-april")} >= set(april)
    assert {(cohort, name) for cohort, name, _ in differing} == {
        ("2021", "ecf-standard-january"),
        ("2021", "ecf-standard-april"),
    }
    for each in shown.differences():
        row = f"| {each.cohort} | `{each.schedule}` | `{each.declaration_type}` | {each.v1} | {each.v3} |"
        assert row in section(page, "different", 2)
