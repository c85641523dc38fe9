"""Imports run one way: command line and application, then the APIs around the worlds, then the domain."""

import ast
import sys
from pathlib import Path

import grimp
import pytest

import mock_server

PACKAGE = Path(mock_server.__file__).parent


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("mock_server", cache_dir=None)


def imports(graph: grimp.ImportGraph, package: str) -> set[str]:
    """The modules outside `package` that it imports directly."""
    modules = {module for module in graph.modules if module == package or module.startswith(f"{package}.")}
    found = {imported for module in modules for imported in graph.find_modules_directly_imported_by(module)}
    return found - modules


DOMAIN = PACKAGE / "v1" / "domain"


def test_the_domain_imports_nothing_but_the_rules_tools_and_the_standard_library(graph: grimp.ImportGraph) -> None:
    assert {module for module in imports(graph, "mock_server.v1.domain") if "mock_server.rules" not in module} == set()
    assert imports(graph, "mock_server.rules") == set()
    for path in DOMAIN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("mock_server."), f"{path.name}: {name}"


def test_the_domain_has_no_clock_of_its_own() -> None:
    for path in DOMAIN.glob("*.py"):
        text = path.read_text()
        for forbidden in (".now(", ".today(", "time()", "secrets", "uuid4", "SystemRandom"):
            assert forbidden not in text, f"{path.name} uses {forbidden}"


def test_importing_the_package_starts_nothing() -> None:
    """No module does anything at import but define: the only calls at module level make constants."""
    for path in PACKAGE.rglob("*.py"):
        if path.name == "__main__.py":
            continue
        for statement in ast.parse(path.read_text()).body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            assert not isinstance(call, ast.Call) or ast.unparse(call).startswith(("main.", "main(")), (
                f"{path.name}: {ast.unparse(statement)}"
            )
