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


def test_the_domain_imports_nothing_but_itself_and_the_standard_library(graph: grimp.ImportGraph) -> None:
    assert imports(graph, "mock_server.domain") == set()
    for path in (PACKAGE / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("mock_server.domain"), f"{path.name}: {name}"


def test_the_domain_has_no_clock_of_its_own() -> None:
    for path in (PACKAGE / "domain").glob("*.py"):
        text = path.read_text()
        for forbidden in (".now(", ".today(", "time()", "secrets", "uuid4", "SystemRandom"):
            assert forbidden not in text, f"{path.name} uses {forbidden}"


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("mock_server.api", ("control", "harness", "web", "app", "serve", "cli", "gateway", "pytest_plugin")),
        ("mock_server.sandboxes", ("control", "harness", "web", "app", "serve", "cli", "gateway", "pytest_plugin")),
        ("mock_server.control", ("app", "serve", "cli", "pytest_plugin")),
        ("mock_server.web", ("app", "serve", "cli", "pytest_plugin")),
        ("mock_server.harness", ("cli",)),
    ],
)
def test_inner_packages_dont_import_outer_ones(
    graph: grimp.ImportGraph, package: str, forbidden: tuple[str, ...]
) -> None:
    for imported in imports(graph, package):
        outer = imported.partition(".")[2].partition(".")[0]
        assert outer not in forbidden, f"{package} imports {imported}"


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
