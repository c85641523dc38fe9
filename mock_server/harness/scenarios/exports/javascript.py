"""Checks as JavaScript, for tools that run a script after each answer."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.harness.scenarios.checks import parts_of, written
from mock_server.harness.scenarios.model import Step
from mock_server.harness.scenarios.references import names_in, pieces
from mock_server.http.json_pointer import names_in_pointer

# Every kept value is text: tools put them into requests, and some tools can keep nothing else.
PRELUDE = (
    "const text = (value) => typeof value === 'object' ? JSON.stringify(value) : String(value);",
    "const same = (a, b) => text(a) === text(b);",
    r"const literal = (value) => text(value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');",
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a tool writes its scripts: expressions with `{}` for a quoted name, `keep` for a name and a value."""

    status: str
    header: str
    kept: str
    keep: str


def checks(step: Step, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """A title and a boolean expression for each check of `step`. `body` is the parsed body, or its text."""
    expect = step.expect
    yield f"the status is {expect.status}", f"{dialect.status} === {expect.status}"
    headers = dict(expect.headers)
    if expect.rules is not None:
        headers["X-Mock-Rule"] = ", ".join(expect.rules)
    for name, check in headers.items():
        yield from _expressions(f"the header {name}", check, dialect.header.format(json.dumps(name)), dialect)
    for pointer, check in expect.body.items():
        yield from _expressions(pointer or "the body", check, _path("body", pointer), dialect)


def keeps(step: Step, dialect: Dialect) -> Iterator[str]:
    """A statement for each value that `step` keeps."""
    for name, pointer in step.keep.items():
        yield dialect.keep.format(json.dumps(name), f"text({_path('body', pointer)})")


def _expressions(where: str, check: Any, found: str, dialect: Dialect) -> Iterator[tuple[str, str]]:
    for operator, wanted in parts_of(check):
        title = f"{where}: {operator} {written(wanted)}" if operator != "equals" else f"{where} is {written(wanted)}"
        yield title, _expression(operator, wanted, found, dialect)


def _expression(operator: str, wanted: Any, found: str, dialect: Dialect) -> str:
    match operator:
        case "equals":
            return _equality(found, wanted, dialect)
        case "not":
            return f"{found} !== undefined && !({_equality(found, wanted, dialect)})"
        case "contains":
            return f"{found}?.includes({_value(wanted, dialect)})"
        case "matches":
            return f"new RegExp({_value(wanted, dialect, 'literal({})')}).test({found})"
        case "length":
            return f"{found}?.length === {wanted}"
        case "at_least":
            return f"{found}?.length >= {wanted}"
        case "at_most":
            return f"{found}?.length <= {wanted}"
        case "absent":
            return f"{found} === undefined"
        case "each" | "some":
            tests = [
                expression
                for pointer, check in wanted.items()
                for _, expression in _expressions("", check, _path("item", pointer), dialect)
            ]
            method = "every" if operator == "each" else "some"
            return f"{found}?.{method}((item) => {' && '.join(tests)})"
    raise ValueError(f"no operator is called {operator!r}")


def _equality(found: str, wanted: Any, dialect: Dialect) -> str:
    if isinstance(wanted, (Mapping, list)) or any(True for _ in names_in(wanted)):
        return f"same({found}, {_value(wanted, dialect)})"
    return f"{found} === {json.dumps(wanted, ensure_ascii=False)}"


def _value(value: Any, dialect: Dialect, written_as: str = "{}") -> str:
    """An expression for `value`. Kept values replace the references, each in the form `written_as`."""
    if isinstance(value, str):
        parts = [
            written_as.format(dialect.kept.format(json.dumps(part))) if name else _quoted(part)
            for part, name in pieces(value)
        ]
        return " + ".join(parts) or '""'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(key)}: {_value(item, dialect)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item, dialect) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _path(start: str, pointer: str) -> str:
    """`body?.data?.[0]?.id` for `/data/0/id`."""
    written_steps = [
        f"?.{step}" if re.fullmatch("[A-Za-z_]+", step) else f"?.[{step if step.isdecimal() else _quoted(step)}]"
        for step in names_in_pointer(pointer)
    ]
    return start + "".join(written_steps)
