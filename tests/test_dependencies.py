"""What the package imports is what it declares, and what it uses the inside of has an upper bound."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# The plugin is read by the pytest that it is for, and by nobody else.
HOST_OF_THE_PLUGIN = "pytest"


def declared(*lists: list[str]) -> dict[str, Requirement]:
    requirements = [Requirement(line) for lines in lists for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


SERVING = declared(PROJECT["dependencies"])
CHECKING = declared(PROJECT["dependencies"], PROJECT["optional-dependencies"]["check"])
DOCS = declared(PROJECT["optional-dependencies"]["docs"])


def imported(file: Path) -> set[str]:
    """The modules of others that a file imports, by their first name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"mock_server"}


@cache
def owners() -> Mapping[str, list[str]]:
    """The distributions that each module comes with."""
    return importlib.metadata.packages_distributions()


def distributions(file: Path) -> set[str]:
    return {canonicalize_name(owners()[name][0]) for name in imported(file)}


@pytest.mark.parametrize("part", sorted(path.name for path in (ROOT / "mock_server").iterdir()))
def test_every_package_that_is_imported_is_declared(part: str) -> None:
    path = ROOT / "mock_server" / part
    known = CHECKING if part == "harness" else SERVING
    for file in [path] if path.suffix == ".py" else path.rglob("*.py"):
        assert distributions(file) - {HOST_OF_THE_PLUGIN} <= known.keys(), file


def test_each_runtime_dependency_has_its_reason() -> None:
    """The table says what each costs and what needs it. One that has no row has no reason."""
    decision = (ROOT / "docs" / "decisions" / "11-dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| [0-9.]+ \|", decision, re.MULTILINE)
    assert rows == list(declared(PROJECT["dependencies"]))


def test_the_environment_that_serves_has_the_fast_loop() -> None:
    assert re.search(r"^uvloop==", (ROOT / "requirements-serve.lock").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", ["uvicorn", "connexion", "schemathesis"])
def test_a_package_whose_inside_is_used_has_an_upper_bound_below_its_next_minor_version(name: str) -> None:
    installed = Version(importlib.metadata.version(name))
    assert installed in CHECKING[name].specifier
    assert f"{installed.major}.{installed.minor + 1}" not in CHECKING[name].specifier


def test_the_search_of_the_documentation_has_no_known_fault() -> None:
    """Before 9.8 a suggestion of mkdocs-material's search could run a page's script."""
    assert "9.7.9" not in DOCS["mkdocs-material"].specifier
    assert importlib.metadata.version("mkdocs-material") in DOCS["mkdocs-material"].specifier
