"""Changes `mock_server/domain` bit by bit, with mutmut, and counts how many changes its tests don't notice.

    python -m tests.mutation.domain [--show]

It works on a copy in `build/mutation-domain`, which is rewritten first so that mutmut reaches all of the code (it
passes over decorated functions, and so over every rule), and leaves the sentences alone that are for people. Exits
with 1 when more than 5 % survive. `--show` prints each survivor as a diff.
"""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPY = ROOT / "build" / "mutation-domain"
DOMAIN = Path("mock_server") / "domain"

MOST_SURVIVORS = 0.05
_CHILDREN = 2

_CACHE, _NO_CACHE = "from functools import cache\n", "cache = lambda function: function\n"

# What runs while the modules are imported, before a change is in force: its changes can't be judged.
_AT_IMPORT = {"rule"}
# mutmut passes over a function that is decorated, by anything.
_LEFT_ALONE = ast.parse("lambda function: function", mode="eval").body


class _Rewritten(ast.NodeTransformer):
    """The same code, without decorated functions, and with sentences for people kept out of functions."""

    def __init__(self) -> None:
        self.sentences: list[ast.stmt] = []
        self._inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        if node.name in _AT_IMPORT:
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
        # What is remembered from the sound code would hide what is wrong with the changed one.
        wrappers = [each for each in decorators if not (isinstance(each, ast.Name) and each.id == "cache")]
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
    """`source` as mutmut can reach it."""
    tree = ast.parse(source)
    rewriter = _Rewritten()
    tree = rewriter.visit(tree)
    # After the imports, before the first definition.
    places = [place for place, each in enumerate(tree.body) if isinstance(each, (ast.FunctionDef, ast.ClassDef))]
    first = places[0] if places else len(tree.body)
    tree.body[first:first] = rewriter.sentences
    return ast.unparse(ast.fix_missing_locations(tree))


def make_copy() -> None:
    """Lays out what mutmut works on."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mock_server", COPY / "mock_server", ignore=ignore)
    shutil.copytree(ROOT / "tests" / "domain", COPY / "tests" / "domain", ignore=ignore)
    shutil.copy(ROOT / "tests" / "__init__.py", COPY / "tests" / "__init__.py")
    shutil.copy(ROOT / "pyproject.toml", COPY / "pyproject.toml")
    for file in (COPY / DOMAIN).glob("*.py"):
        file.write_text(rewritten(file.read_text("utf-8")), "utf-8")
    for file in (COPY / "tests" / "domain").glob("*.py"):
        # Changes are tried in forks of a process that has run every test: a world kept from then would be sound.
        file.write_text(file.read_text("utf-8").replace(_CACHE, _NO_CACHE), "utf-8")


def _mutmut(*arguments: str) -> str:
    """What mutmut says; its own display of progress is for terminals only."""
    command = [sys.executable, "-W", "ignore", "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=COPY, text=True, stdout=subprocess.PIPE, check=False).stdout


def main(arguments: list[str]) -> int:
    make_copy()
    sys.stdout.write("Changing the domain bit by bit; this takes a quarter of an hour.\n")
    sys.stdout.flush()
    _mutmut("run", "--max-children", str(_CHILDREN))
    _mutmut("export-cicd-stats")
    counts = json.loads((COPY / "mutants" / "mutmut-cicd-stats.json").read_text("utf-8"))
    survived = counts["survived"] + counts["no_tests"] + counts["suspicious"]
    share = survived / counts["total"]
    listed = [line.strip() for line in _mutmut("results").splitlines() if line.strip()]
    for line in listed:
        sys.stdout.write(f"{line}\n")
        if "--show" in arguments:
            sys.stdout.write(_mutmut("show", line.partition(":")[0]))
    sys.stdout.write(f"\n{survived} of {counts['total']} changes to the domain survive its tests: {share:.1%}\n")
    return int(share > MOST_SURVIVORS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
