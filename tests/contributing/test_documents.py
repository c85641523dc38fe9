"""What the documents for contributors promise: the tests, files and folders that they name are there."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROMISES = re.findall(r"^\| (.+?) \| `(tests/\S+?)::(\w+)` \|$", (ROOT / "INVARIANTS.md").read_text(), re.MULTILINE)


def test_every_row_of_the_promises_is_read() -> None:
    rows = [line for line in (ROOT / "INVARIANTS.md").read_text().splitlines() if line.startswith("| ")]
    assert len(PROMISES) == len(rows) - 2 > 20


@pytest.mark.parametrize(("promise", "file", "name"), PROMISES, ids=[name for _, _, name in PROMISES])
def test_every_promise_has_its_test(promise: str, file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    tests = [each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert name in tests, f"no test keeps the promise: {promise}"


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_path_that_a_document_names_is_there(document: str) -> None:
    named = re.findall(r"`([\w.*…][\w./*…]*/[\w./*…]*)`", (ROOT / document).read_text())
    assert named
    for path in named:
        # `vN` stands for each service, and `…` for a part of a name. Some paths begin within the package.
        patterns = [path.replace("vN", version).replace("…", "*").rstrip("/") for version in ("v1", "v3")]
        roots = (ROOT, ROOT / "mock_server", ROOT / "mock_server" / "v1")
        assert any(list(root.glob(pattern)) for root in roots for pattern in patterns), path


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_the_hooks_run_the_linters_of_make_lint_with_the_same_options() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    lines = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert lines
    # The files come from pre-commit. It formats where `make lint` only looks, and excludes what nobody names there.
    ran = [line.strip().replace("$(BIN)", ".venv/bin").replace(" --check", "") for line in lines[1].splitlines()]
    entries = [hook["entry"].replace(" --force-exclude", "") for hook in hooks]
    for entry in entries:
        assert [line for line in ran if line.startswith(entry)], entry
    for line in ran:
        assert [entry for entry in entries if line.startswith(entry)], line
