"""The law of imports: every module has its layer, nothing imports a layer above its own, and nothing goes in a circle.

The core knows services only as `Service`: besides a few modules that are listed here, none names one.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import grimp
import pytest

import mock_server
from mock_server.http.contract import METHODS
from mock_server.services import SERVICES

PACKAGE = Path(mock_server.__file__).parent

# From the top: each may import those below it, and nothing else. Those of one layer don't know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli", "pytest_plugin"),
    ("commands", "testing"),
    ("own_server",),
    ("serve",),
    ("app",),
    ("web",),
    ("harness",),
    ("client", "services"),
    ("v1", "v3"),
    ("control", "gateway", "logs"),
    ("sandbox",),
    ("service",),
    ("settings",),
    ("http",),
    ("rules",),
    ("choices", "docs_command", "resources"),
)

# In the harness: the engines, from the top, and below all of them what they share.
HARNESS: tuple[tuple[str, ...], ...] = (
    ("v1", "v3"),
    ("check", "readiness", "diff"),
    ("scenarios",),
    ("exchange", "expiry", "junit", "kits"),
)

# Who may name a service: the table of services, the services themselves, what stands in a folder of their name, and
# the accessors of the Python client.
NAMES_SERVICES = ("services", "v1", "v3", "harness.v1", "harness.v3", "web.v1", "web.v3", "client")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("mock_server", cache_dir=None)


def imports(graph: grimp.ImportGraph, package: str) -> set[str]:
    """The modules outside `package` that it imports directly."""
    modules = {module for module in graph.modules if module == package or module.startswith(f"{package}.")}
    found = {imported for module in modules for imported in graph.find_modules_directly_imported_by(module)}
    return found - modules


def below(package: str, module: str) -> str | None:
    """The child of `package` that `module` is or belongs to."""
    rest = module.removeprefix(f"{package}.")
    return rest.partition(".")[0] if rest != module else None


def imports_between_children(graph: grimp.ImportGraph, package: str) -> Mapping[str, set[str]]:
    """Which child of `package` imports which others, taken as a whole."""
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        importer = below(package, module)
        if importer is not None:
            others = {below(package, each) for each in graph.find_modules_directly_imported_by(module)}
            found.setdefault(importer, set()).update({each for each in others if each} - {importer})
    return found


def circles(imported: Mapping[str, Iterable[str]]) -> set[frozenset[str]]:
    """The sets of names that can all be reached from each other."""
    reached = {name: _reached(name, imported) for name in imported}
    return {
        frozenset({name, *(other for other in reached[name] if name in reached.get(other, ()))})
        for name in imported
        if name in reached[name]
    }


def _reached(name: str, imported: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(imported[name])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += imported.get(other, ())
    return found


def against(layers: tuple[tuple[str, ...], ...], imported: Mapping[str, Iterable[str]]) -> list[str]:
    """The imports that the layers don't allow."""
    place = {name: number for number, layer in enumerate(layers) for name in layer}
    return sorted(
        f"{name} imports {other}"
        for name, others in imported.items()
        for other in others
        if place[name] >= place[other]
    )


@pytest.mark.parametrize(("package", "layers"), [("mock_server", LAYERS), ("mock_server.harness", HARNESS)])
def test_every_module_has_its_layer_and_imports_only_what_is_below_it(
    graph: grimp.ImportGraph, package: str, layers: tuple[tuple[str, ...], ...]
) -> None:
    imported = imports_between_children(graph, package)
    assert set(imported) <= {name for layer in layers for name in layer}, "each has a layer"
    assert against(layers, imported) == []


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    imported = {
        module.removeprefix("mock_server."): [
            each.removeprefix("mock_server.") for each in graph.find_modules_directly_imported_by(module)
        ]
        for module in graph.modules
    }
    assert circles(imported) == set()


def test_no_packages_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    for package in graph.modules:
        assert circles(imports_between_children(graph, package)) == set(), package


def test_services_do_not_know_each_other(graph: grimp.ImportGraph) -> None:
    for service, other in product(SERVICES, SERVICES):
        if service is not other:
            for place in ("", "harness.", "web."):
                assert not any(
                    module.startswith(f"mock_server.{other.name}.")
                    for module in imports(graph, f"mock_server.{place}{service.name}")
                    if f"mock_server.{place}{service.name}" in graph.modules
                )


def _texts(node: ast.AST) -> Iterator[str]:
    """The names and texts of one node of a module."""
    match node:
        case ast.Constant(value=str(text)) | ast.Name(id=text) | ast.Attribute(attr=text):
            yield text
        case ast.FunctionDef(name=text) | ast.AsyncFunctionDef(name=text) | ast.ClassDef(name=text) | ast.arg(arg=text):
            yield text
        case ast.keyword(arg=str(text)):
            yield text
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.name for alias in aliases)
            if isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def names_of_services(source: str) -> list[str]:
    """What of a module's source names a service, or an operation of one."""
    names = "|".join(service.name for service in SERVICES)
    named = re.compile(rf"(?<![a-z0-9])({names})(?![a-z0-9])", re.IGNORECASE)
    ids = {
        item[method]["operationId"]
        for service in SERVICES
        for document in (service.contract, service.control_contract)
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    }
    found = []
    for node in ast.walk(ast.parse(source)):
        for text in _texts(node):
            words = set(re.findall(r"[A-Za-z0-9]+", text)) if isinstance(node, ast.Constant) else set()
            # An operation's id that is a plain word is a word elsewhere.
            if named.search(text) or any(word in ids for word in words if word != word.lower()):
                found.append(f"line {getattr(node, 'lineno', 0)}: {text[:60]}")
    return found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def _is_in(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_nothing_but_the_modules_listed_here_names_a_service() -> None:
    named = {_module(path): names_of_services(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    others = {module: found for module, found in named.items() if found and not _is_in(module, NAMES_SERVICES)}
    assert others == {}


@pytest.mark.parametrize(
    "source",
    [
        "from mock_server.v1.service import V1",
        "service = SERVICES.V3",
        'path = "/api/v1/participants"',
        'operation = "createParticipantDeclaration"',
        'control = "v3.addSchool"',
        "def read(v1): ...",
        "client(v3=1)",
    ],
)
def test_a_name_of_a_service_is_noticed_wherever_it_stands(source: str) -> None:
    assert names_of_services(source) != []


DOMAINS = [PACKAGE / service.name / "domain" for service in SERVICES]


def test_the_domain_imports_nothing_but_the_rules_tools_and_the_standard_library(graph: grimp.ImportGraph) -> None:
    for domain in DOMAINS:
        imported = imports(graph, f"mock_server.{domain.parent.name}.domain")
        assert {module for module in imported if not module.startswith("mock_server.rules")} == set()
    assert imports(graph, "mock_server.rules") == set()
    for path in (path for domain in DOMAINS for path in domain.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("mock_server."), f"{path.name}: {name}"


def test_the_domain_has_no_clock_of_its_own() -> None:
    for path in (path for domain in DOMAINS for path in domain.glob("*.py")):
        text = path.read_text()
        for forbidden in (".now(", ".today(", "time()", "secrets", "uuid4", "SystemRandom"):
            assert forbidden not in text, f"{path.name} uses {forbidden}"


def test_importing_the_package_starts_nothing() -> None:
    """No module does anything at import but define: calls at module level make constants, or say how to pickle."""
    for path in PACKAGE.rglob("*.py"):
        if path.name == "__main__.py":
            continue
        for statement in ast.parse(path.read_text()).body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            assert not isinstance(call, ast.Call) or ast.unparse(call).startswith(("main.", "main(", "copyreg.")), (
                f"{path.name}: {ast.unparse(statement)}"
            )
