"""The rule table: which rows are asked, in which order, and what becomes of their complaints."""

import pytest

from mock_server.rules.table import (
    Action,
    Fine,
    Row,
    Rule,
    RulesBroken,
    Table,
    Violation,
    grouped_by_title,
    joined_by_title,
    rule,
)

# The facts of these tests: the numbers of the rows whose rules are broken, and words that conditions look for.
Facts = set[int | str]


def breakable(number: int, title: str = "title") -> Rule[Facts]:
    return Rule(f"rule-{number}", title, lambda facts: f"{number} is broken" if number in facts else None, "", "")


def mentor(facts: Facts) -> bool:
    return "mentor" in facts


def asked(table: Table[Facts], *facts: int | str) -> list[str]:
    return [violation.rule.id for violation in table.violations(set(facts))]


def test_a_decorated_check_is_a_rule() -> None:
    @rule("always-broken", "reason", means="what it means", remedy="what to do", standing="assumed")
    def always_broken(_facts: Facts) -> str | None:
        return "it is broken"

    assert (always_broken.id, always_broken.title, always_broken.standing) == ("always-broken", "reason", "assumed")
    assert (always_broken.means, always_broken.remedy) == ("what it means", "what to do")
    assert always_broken.check(set()) == "it is broken"


def test_complaints_add_up_in_the_order_of_the_rows() -> None:
    table = Table(Row(1, breakable(1)), Row(2, breakable(2)), Row(3, breakable(3)))
    assert asked(table, 3, 1) == ["rule-1", "rule-3"]


def test_a_row_with_a_condition_is_asked_only_where_the_condition_holds() -> None:
    table = Table(Row(1, breakable(1), when=(mentor,)))
    assert asked(table, 1) == []
    assert asked(table, 1, "mentor") == ["rule-1"]


def test_a_row_with_two_conditions_needs_both() -> None:
    table = Table(Row(1, breakable(1), when=(mentor, lambda facts: "funded" in facts)))
    assert asked(table, 1, "mentor") == []
    assert asked(table, 1, "mentor", "funded") == ["rule-1"]


def test_a_row_that_complains_stops_the_rows_that_it_names() -> None:
    table = Table(Row(1, breakable(1), stops=(3,)), Row(2, breakable(2)), Row(3, breakable(3)))
    assert asked(table, 1, 2, 3) == ["rule-1", "rule-2"]
    assert asked(table, 2, 3) == ["rule-2", "rule-3"]


def test_a_row_that_is_stopped_stops_nothing_itself() -> None:
    table = Table(Row(1, breakable(1), stops=(2,)), Row(2, breakable(2), stops=(3,)), Row(3, breakable(3)))
    assert asked(table, 1, 2, 3) == ["rule-1", "rule-3"]


def test_a_row_is_not_asked_after_a_complaint_of_a_row_that_it_names() -> None:
    table = Table(Row("a", breakable(1)), Row("b", breakable(2)), Row("c", breakable(3), not_after=("a",)))
    assert asked(table, 1, 2, 3) == ["rule-1", "rule-2"]
    assert asked(table, 2, 3) == ["rule-2", "rule-3"]


def test_a_row_is_not_asked_after_a_complaint_about_a_title_that_it_names() -> None:
    table = Table(
        Row(1, breakable(1, "cohort")),
        Row(2, breakable(2, "reason")),
        Row(3, breakable(3), no_complaint_about=("reason",)),
    )
    assert asked(table, 1, 2, 3) == ["rule-1", "rule-2"]
    assert asked(table, 1, 3) == ["rule-1", "rule-3"]


def test_a_row_that_wants_it_clean_is_asked_only_before_the_first_complaint() -> None:
    table = Table(Row(1, breakable(1)), Row(2, breakable(2), if_clean=True))
    assert asked(table, 1, 2) == ["rule-1"]
    assert asked(table, 2) == ["rule-2"]


def test_a_fine_row_skips_the_rows_that_it_stops_and_no_others() -> None:
    table = Table(Row(1, breakable(1)), Fine(2, when=(mentor,), stops=(3,)), Row(3, breakable(3)), Row(4, breakable(4)))
    assert asked(table, 1, 3, 4, "mentor") == ["rule-1", "rule-4"]
    assert asked(table, 3) == ["rule-3"]


def test_a_fine_row_that_is_stopped_skips_nothing() -> None:
    table = Table(Row(1, breakable(1), stops=(2,)), Fine(2, when=(mentor,), stops=(3,)), Row(3, breakable(3)))
    assert asked(table, 1, 3, "mentor") == ["rule-1", "rule-3"]


def test_a_table_lists_its_rules() -> None:
    table = Table(Row(1, breakable(1)), Fine(2, when=(mentor,), stops=(3,)), Row(3, breakable(3)))
    assert [each.id for each in table.rules] == ["rule-1", "rule-3"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((Row(1, breakable(1)), Row(1, breakable(2))), "two rows have the number 1"),
        ((Row(1, breakable(1)), Row(2, breakable(2), stops=(1,))), "row 2 can only stop rows below it"),
        ((Row(1, breakable(1), stops=(7,)),), "row 1 can only stop rows below it"),
        ((Fine(1, when=(mentor,), stops=(7,)),), "row 1 can only stop rows below it"),
        ((Row(1, breakable(1), not_after=(2,)), Row(2, breakable(2))), "row 1 can only come after rows above it"),
    ],
)
def test_a_table_whose_guards_cannot_work_is_refused(rows: tuple[Row[Facts], ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Table(*rows)


def test_an_action_raises_what_its_table_complains_about() -> None:
    action = Action("defer", "notifying-of-deferral", Table(Row(1, breakable(1)), Row(2, breakable(2))))
    action.check(set())
    with pytest.raises(RulesBroken) as refusal:
        action.check({1, 2})
    assert [violation.rule.id for violation in refusal.value.violations] == ["rule-1", "rule-2"]
    assert refusal.value.guide == "notifying-of-deferral"


COMPLAINTS = [
    Violation(breakable(1, "reason"), "a"),
    Violation(breakable(2, "cohort"), "b"),
    Violation(breakable(3, "reason"), "c"),
    Violation(breakable(4, "reason"), "a"),
]


def test_grouped_complaints_stand_together_by_title_and_equal_ones_once() -> None:
    assert grouped_by_title(COMPLAINTS) == [("reason", "a"), ("reason", "c"), ("cohort", "b")]


def test_joined_complaints_make_one_entry_for_each_title() -> None:
    assert joined_by_title(COMPLAINTS) == [("reason", "a, c, a"), ("cohort", "b")]
