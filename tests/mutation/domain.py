"""Changes the domain of a service bit by bit, with mutmut, and counts the changes that its tests don't notice.

    python -m tests.mutation.domain [--service NAME] [MODULE…] [--show] [--again | --sample N]

The service is the first one unless named. The program works on a copy in `build/mutation-domain`. First it rewrites the
copy so that mutmut reaches all of the code: mutmut skips decorated functions, and so every rule. mutmut doesn't change
sentences for people. `judging` then runs the tests. The program exits with 1 when more than 5 % survive, of the named
modules or of all. `--show` prints each survivor as a diff. After new tests, `--again` only judges what survived before.
`--sample N` judges N changes that have no result yet, drawn at random, and reports these alone. Both keep the earlier
results. Those of a function whose code has changed since then tell nothing any more.
README.md beside this file says what survived last, and why some changes may survive.
"""

import ast
import json
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from difflib import unified_diff
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents

from mock_server.services import SERVICES
from tests.mutation.judging import LIVED

ROOT = Path(__file__).parents[2]
COPY = ROOT / "build" / "mutation-domain"

MOST_SURVIVORS = 0.05
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


def results_of(service: str) -> Path:
    return COPY.with_name(f"mutation-domain-{service}.json")


def make_copy(service: str, modules: list[str]) -> None:
    """Makes the folder in which the tests run: these modules hold every change beside the sound code."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mock_server", COPY / "mock_server", ignore=ignore)
    shutil.copytree(ROOT / "tests" / service, COPY / "tests" / service, ignore=ignore)
    (COPY / "tests" / "mutation").mkdir()
    for file in ("tests/__init__.py", "tests/mutation/__init__.py", "tests/mutation/judging.py", "pyproject.toml"):
        shutil.copy(ROOT / file, COPY / file)
    for module in modules:
        code = COPY / domain_of(service) / f"{module}.py"
        code.write_text(mutate_file_contents(str(code), rewritten(code.read_text("utf-8"))).code, "utf-8")


def outcomes_of(service: str) -> dict[str, str]:
    results = results_of(service)
    known: dict[str, str] = json.loads(results.read_text("utf-8")) if results.exists() else {}
    return known


def judge(service: str, modules: list[str], which: list[str]) -> dict[str, str]:
    """What became of each change to these modules, by its name. Ends the program if the sound code fails a test.

    `which` are options of `judging`.
    """
    results = results_of(service)
    package = ".".join(domain_of(service).parts)
    prefixes = [f"{package}.{module}." for module in modules]
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutation.judging", *which]
    command += [str(results), f"tests/{service}/domain", *prefixes]
    if subprocess.run(command, cwd=COPY, check=False).returncode != 0:
        sys.exit("judging failed")
    return {name: outcome for name, outcome in outcomes_of(service).items() if name.startswith(tuple(prefixes))}


def difference(change: str) -> str:
    """The change as a diff of its function."""
    module, _, name = change.rpartition(".")
    file = COPY / Path(*module.split(".")).with_suffix(".py")
    source = file.read_text("utf-8")
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    sound = f"{name.partition('__mutmut_')[0]}__mutmut_orig"
    before, after = (ast.unparse(functions[each]).replace(each, "").splitlines() for each in (sound, name))
    return "\n".join(unified_diff(before, after, change, change, n=1, lineterm="")) + "\n"


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("python -m tests.mutation.domain", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--service", choices=[service.name for service in SERVICES], default=SERVICES[0].name)
    parser.add_argument("--show", action="store_true", help="print each survivor as a diff")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--again", action="store_true", help="only judge what survived last time")
    parts.add_argument("--sample", type=int, metavar="N", help="judge N changes without a result, drawn at random")
    options = parser.parse_args(arguments)
    domain = domain_of(options.service)
    known = sorted(file.stem for file in (ROOT / domain).glob("*.py") if file.stem != "__init__")
    named: list[str] = options.modules
    unknown = set(named) - set(known)
    if unknown:
        sys.stderr.write(f"no module of the domain: {', '.join(sorted(unknown))}; there are {', '.join(known)}\n")
        return 2
    which = (
        ["--survivors"] if options.again else ["--sample", str(options.sample)] if options.sample is not None else []
    )
    if not which:
        results_of(options.service).unlink(missing_ok=True)
    before = outcomes_of(options.service) if options.sample is not None else {}
    make_copy(options.service, named or known)
    judged = judge(options.service, named or known, which)
    found = {name: outcome for name, outcome in judged.items() if name not in before}
    changes = 0
    survivors = []
    for module in named or known:
        start = f"{'.'.join(domain.parts)}.{module}."
        outcomes = {name: outcome for name, outcome in found.items() if name.startswith(start)}
        lived = [name for name, outcome in outcomes.items() if outcome in LIVED]
        if outcomes:
            sys.stdout.write(f"{module:<20} {len(lived):>3} of {len(outcomes):>3} survive\n")
        changes += len(outcomes)
        survivors += lived
    for name in survivors:
        sys.stdout.write(difference(name) if options.show else f"{name}\n")
    if not changes:
        sys.stderr.write("no change was left to judge\n")
        return 2
    share = len(survivors) / changes
    what = "changes to the domain, drawn at random," if options.sample is not None else "changes to the domain"
    sys.stdout.write(f"\n{len(survivors)} of {changes} {what} survive its tests: {share:.1%}\n")
    return int(share > MOST_SURVIVORS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
