"""CONTRIBUTING.md says which files a change touches. Here each change is made in a copy, and the suite asks for them.

After each step the suite must complain as the step says, and after the last one about nothing. Tests that take long are
left out: those that stay ask for a file as soon as it is missing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contributing import edits
from tests.contributing.copies import ROOT, Copy


@dataclass(frozen=True)
class Step:
    """What somebody does, and the tests that then fail, each with the row of the document that it asks for."""

    touches: tuple[str, ...]
    make: Callable[[Copy], None]
    then_asks: dict[str, str]


@dataclass(frozen=True)
class Change:
    heading: str
    tests: tuple[str, ...]
    steps: tuple[Step, ...]


SCHEMAS = "tests/contract/test_schemas.py"
ARCHITECTURE = "tests/test_architecture.py"

RULE = Change(
    "Add a rule",
    (
        *("-k", "catalogue or defer-name-known"),
        "tests/v3/domain/test_catalogue.py",
        "tests/harness/scenarios/test_refusals.py",
    ),
    (
        Step(
            ("mock_server/vN/domain/…_rules.py",),
            edits.a_rule_in_its_table,
            {
                "test_catalogue.py::test_every_rule_is_named_by_a_test": "tests/vN/domain/test_…_rules.py",
                "test_refusals.py::test_every_rule_leads_to_a_step_that_it_refuses": "scenarios/vN/*.yaml",
                "test_refusals.py::test_the_address_is_that_of_the_sections_page": "scenarios/vN/*.yaml",
            },
        ),
        Step(("tests/vN/domain/test_…_rules.py", "scenarios/vN/*.yaml"), edits.the_rules_test_and_story, {}),
    ),
)

ATTRIBUTE = Change(
    "Add an attribute",
    (
        SCHEMAS,
        "tests/v3/app/test_records.py::test_every_record_keeps_the_contract",
        "tests/v3/domain/test_restoring.py::test_a_world_read_from_its_rows_is_the_same[0]",
        "tests/control/test_models.py",
    ),
    (
        Step(
            ("openapi/vN.yaml",),
            edits.an_attribute_of_the_contract,
            {
                "test_schemas.py::test_a_record_has_exactly_its_attributes_in_their_order": SCHEMAS,
                "test_schemas.py::test_only_what_the_rules_let_be_null_may_be": SCHEMAS,
                "test_records.py::test_every_record_keeps_the_contract": "mock_server/vN/records.py",
            },
        ),
        Step(
            (
                *(SCHEMAS, "mock_server/vN/domain/records.py", "mock_server/vN/records.py"),
                *("mock_server/vN/domain/seed*.py", "openapi/control-vN.yaml"),
            ),
            edits.the_attribute_kept_and_shown,
            {
                "test_restoring.py::test_a_world_read_from_its_rows_is_the_same": "mock_server/vN/domain/rows.py",
                "test_models.py::test_a_type_has_the_members_of_its_schema": "mock_server/vN/control/",
            },
        ),
        Step(("mock_server/vN/domain/rows.py", "mock_server/vN/control/"), edits.the_attribute_saved_and_set, {}),
    ),
)

OPERATION = Change(
    "Add an operation",
    (
        "tests/contract/test_operations.py",
        "tests/contract/test_links.py::test_every_operation_on_a_record_can_be_reached_from_a_list",
        "tests/harness/readiness/v3/test_v3.py::test_every_operation_has_a_purpose",
        "tests/harness/scenarios/test_stories.py::test_each_operation_is_a_step_of_a_story[v3]",
        "tests/v3/app/test_records.py::test_a_delivery_partner_lists_the_cohorts_of_the_provider_who_asks",
    ),
    (
        Step(
            ("openapi/vN.yaml",),
            edits.an_operation_of_the_contract,
            {
                "test_operations.py::test_the_operations_are_those_of_the_api_in_the_order_that_routes_them_right": (
                    "tests/contract/contracts.py"
                ),
                "test_records.py::test_a_delivery_partner_lists_the_cohorts_of_the_provider_who_asks": (
                    "mock_server/vN/operations.py"
                ),
                "test_stories.py::test_each_operation_is_a_step_of_a_story": "scenarios/vN/*.yaml",
                "test_v3.py::test_every_operation_has_a_purpose": "mock_server/harness/vN/readiness/traffic.py",
            },
        ),
        Step(
            (
                *("tests/contract/contracts.py", "mock_server/vN/operations.py", "scenarios/vN/*.yaml"),
                "mock_server/harness/vN/readiness/traffic.py",
            ),
            edits.the_operation_itself,
            {},
        ),
    ),
)

SERVICE = Change(
    "Add a service",
    (
        f"{ARCHITECTURE}::test_every_module_has_its_layer_and_imports_only_what_is_below_it[mock_server-layers0]",
        "tests/harness/scenarios/test_stories.py::test_each_operation_is_a_step_of_a_story[v9]",
    ),
    (
        Step(
            ("mock_server/vN/", "mock_server/services.py", "openapi/vN.yaml", "openapi/control-vN.yaml"),
            edits.a_service,
            {
                "test_architecture.py::test_every_module_has_its_layer_and_imports_only_what_is_below_it": (
                    ARCHITECTURE
                ),
                "test_stories.py::test_each_operation_is_a_step_of_a_story": "scenarios/vN/*.yaml",
            },
        ),
        Step((ARCHITECTURE, "scenarios/vN/*.yaml"), edits.its_layer_and_story, {}),
    ),
)

CHANGES = (RULE, ATTRIBUTE, OPERATION, SERVICE)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """One copy for all changes: each puts back what it changed."""
    return Copy(tmp_path_factory.mktemp("copy") / "project")


def rows_of(heading: str) -> list[str]:
    """The files of a section's table."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    _, _, section = text.partition(f"\n## {heading}\n")
    return re.findall(r"^\| `([^`]+)` \|", section.partition("\n## ")[0], re.MULTILINE)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.heading)
def test_the_document_lists_what_the_change_touches_and_each_file_but_the_first_is_asked_for(change: Change) -> None:
    touched = [path for step in change.steps for path in step.touches]
    assert sorted(rows_of(change.heading)) == sorted(touched)
    asked = {row for step in change.steps for row in step.then_asks.values()}
    assert asked <= set(touched)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.heading)
def test_the_suite_asks_for_each_file_and_is_content_at_the_end(original: Copy, change: Change) -> None:
    with original.put_back():
        for step in change.steps:
            step.make(original)
            failing, printed = original.failures(*change.tests)
            assert failing == set(step.then_asks), printed


def test_a_text_that_is_no_longer_there_is_said(tmp_path: Path) -> None:
    copy = Copy.__new__(Copy)
    copy.folder, copy.before = tmp_path, {}
    (tmp_path / "file").write_text("new")
    with pytest.raises(AssertionError, match="no longer has the text"):
        copy.edit("file", "old", "newer")
