"""Changes the domain of a service bit by bit, with mutmut, and counts the changes that its tests don't notice.

    python -m tests.mutation.domain [--service NAME] [MODULE…] [--show]

The service is the first one unless named. The program works on a copy in `build/mutation-domain`. First it rewrites the
copy so that mutmut reaches all of the code: mutmut skips decorated functions, and so every rule. mutmut doesn't change
sentences for people. The program exits with 1 when more than 5 % survive, of the named modules or of all. `--show`
prints each survivor as a diff. README.md beside this file says what survived last, and why some changes may survive.
"""

import ast
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from mock_server.services import SERVICES

ROOT = Path(__file__).parents[2]
COPY = ROOT / "build" / "mutation-domain"
# The service whose domain `[tool.mutmut]` of pyproject.toml names.
_CONFIGURED = SERVICES[0].name

MOST_SURVIVORS = 0.05
_CHILDREN = 2
# A change that makes a test hang or kills its process counts as noticed, like one that makes a test fail.
_NOTICED = {"killed", "timeout", "segfault"}

_CACHE, _NO_CACHE = "from functools import cache\n", "cache = lambda function: function\n"

# Functions that mutmut can't judge: `rule` runs during the import, before a change takes effect. `__del__` may run at
# any time, even inside mutmut's own bookkeeping.
_NOT_JUDGED = {"rule", "__del__"}
# mutmut skips a function that has any decorator.
_LEFT_ALONE = ast.parse("lambda function: function", mode="eval").body


class _Rewritten(ast.NodeTransformer):
    """The same code, without decorated functions, and with sentences for people outside the functions."""

    def __init__(self) -> None:
        self.sentences: list[ast.stmt] = []
        self._inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        if node.name in _NOT_JUDGED:
            node.decorator_list = [_LEFT_ALONE]
            return [node]
        decorators, node.decorator_list = node.decorator_list, []
        if any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators):
            node.decorator_list = decorators
            decorators = []
        inside, self._inside = self._inside, True
        body = node.body
        docstring = [body[0]] if ast.get_docstring(node) is not None else []
        node.body = docstring + [self.visit(statement) for statement in body[len(docstring) :]]
        self._inside = inside
        # Results cached from the sound code would hide faults of the changed code.
        wrappers = [each for each in decorators if "cache" not in ast.unparse(each).split("(")[0].split("_")]
        if not wrappers:
            return [node]
        name, node.name = node.name, f"_undecorated_{node.name}"
        value: ast.expr = ast.Name(node.name, ast.Load())
        for wrapper in reversed(wrappers):
            value = ast.Call(wrapper, [value], [])
        return [node, ast.Assign([ast.Name(name, ast.Store())], value)]

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not self._inside or not isinstance(node.value, str) or " " not in node.value:
            return node
        name = f"_SENTENCE_{len(self.sentences)}"
        self.sentences.append(ast.Assign([ast.Name(name, ast.Store())], node))
        return ast.Name(name, ast.Load())

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return node


def rewritten(source: str) -> str:
    """`source` in a form that mutmut can reach."""
    tree = ast.parse(source)
    rewriter = _Rewritten()
    tree = rewriter.visit(tree)
    # Put them after the imports, before the first definition.
    places = [place for place, each in enumerate(tree.body) if isinstance(each, (ast.FunctionDef, ast.ClassDef))]
    first = places[0] if places else len(tree.body)
    tree.body[first:first] = rewriter.sentences
    return ast.unparse(ast.fix_missing_locations(tree))


def domain_of(service: str) -> Path:
    return Path("mock_server") / service / "domain"


def make_copy(service: str) -> None:
    """Makes the folder that mutmut works on."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mock_server", COPY / "mock_server", ignore=ignore)
    shutil.copytree(ROOT / "tests" / service, COPY / "tests" / service, ignore=ignore)
    shutil.copy(ROOT / "tests" / "__init__.py", COPY / "tests" / "__init__.py")
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    for folder in ("mock_server/{}/domain", "tests/{}/domain"):
        settings = settings.replace(folder.format(_CONFIGURED), folder.format(service))
    (COPY / "pyproject.toml").write_text(settings, "utf-8")
    for file in (COPY / domain_of(service)).glob("*.py"):
        file.write_text(rewritten(file.read_text("utf-8")), "utf-8")
    for file in (COPY / "tests" / service / "domain").glob("*.py"):
        # mutmut tries changes in forks of a process that has already run every test. A cached world there would be
        # sound.
        file.write_text(file.read_text("utf-8").replace(_CACHE, _NO_CACHE), "utf-8")


def _mutmut(*arguments: str) -> str:
    """The output of mutmut, without its progress display. Ends the program when mutmut fails."""
    command = [sys.executable, "-W", "ignore", "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=COPY, text=True, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout[-2000:]}\nmutmut {arguments[0]} failed")
    return done.stdout


def judged(service: str, modules: list[str]) -> dict[str, str]:
    """The result of each change to these modules, by the name of the change."""
    lines = (line.strip().partition(": ") for line in _mutmut("results", "--all", "true").splitlines())
    package = ".".join(domain_of(service).parts)
    return {
        name: outcome
        for name, _, outcome in lines
        if name.startswith(tuple(f"{package}.{module}." for module in modules))
    }


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("python -m tests.mutation.domain", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--service", choices=[service.name for service in SERVICES], default=_CONFIGURED)
    parser.add_argument("--show", action="store_true", help="print each survivor as a diff")
    options = parser.parse_args(arguments)
    make_copy(options.service)
    domain = domain_of(options.service)
    known = sorted(file.stem for file in (COPY / domain).glob("*.py") if file.stem != "__init__")
    named: list[str] = options.modules
    unknown = set(named) - set(known)
    if unknown:
        sys.stderr.write(f"no module of the domain: {', '.join(sorted(unknown))}; there are {', '.join(known)}\n")
        return 2
    sys.stdout.write("Changing the domain bit by bit; all of it takes half an hour.\n")
    sys.stdout.flush()
    _mutmut("run", "--max-children", str(_CHILDREN), *(f"{'.'.join(domain.parts)}.{name}.*" for name in named))
    changes = 0
    survivors = []
    for module in named or known:
        outcomes = judged(options.service, [module])
        lived = [name for name, outcome in outcomes.items() if outcome not in _NOTICED]
        if outcomes:
            sys.stdout.write(f"{module:<20} {len(lived):>3} of {len(outcomes):>3} survive\n")
        changes += len(outcomes)
        survivors += lived
    for name in survivors:
        sys.stdout.write(_mutmut("show", name) if options.show else f"{name}\n")
    share = len(survivors) / changes
    sys.stdout.write(f"\n{len(survivors)} of {changes} changes to the domain survive its tests: {share:.1%}\n")
    return int(share > MOST_SURVIVORS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
