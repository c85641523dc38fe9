"""Checks of an answer: the exact value, or operators that must all hold (`schema.yaml` lists them)."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mock_server.harness.scenarios.model import Failure
from mock_server.harness.scenarios.references import filled_in, literally_filled_in
from mock_server.http.json_pointer import NOTHING, at


def failures(where: str, check: Any, found: Any, kept: Mapping[str, Any] | None = None) -> Iterator[Failure]:
    """How `found`, which reports call `where`, differs from what `check` asks for. `check` may refer to `kept`."""
    # Do this before the references are filled in, because a kept object is a value, too.
    for operator, asked in parts_of(check):
        if operator in ("each", "some"):
            asked = {pointer: operators_of(inner) for pointer, inner in asked.items()}
        wanted = literally_filled_in(asked, kept or {}) if operator == "matches" else filled_in(asked, kept or {})
        said, holds = _OPERATORS[operator]
        if not holds(found, wanted):
            yield Failure(f"{where} {said.format(written(wanted))}", written(wanted), written(found))


def expressions_in(check: Any, *place: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every regular expression in `check` or in a check inside it, and its place in `check`."""
    for operator, asked in parts_of(check):
        if operator == "matches":
            yield (*place, operator), asked
        elif operator in ("each", "some"):
            for pointer, inner in asked.items():
                yield from expressions_in(inner, *place, operator, pointer)


def operators_of(check: Any) -> Mapping[str, Any]:
    """The check as a mapping of operators. A bare value becomes `equals`."""
    return check if isinstance(check, Mapping) else {"equals": check}


def parts_of(check: Any) -> Iterator[tuple[str, Any]]:
    """The operators of the check, one by one. A list below `some` is several operators: one for each of its items."""
    for operator, asked in operators_of(check).items():
        for one in asked if operator == "some" and isinstance(asked, list) else (asked,):
            yield operator, one


def written(value: Any) -> str:
    """The value as a report shows it: JSON on one line."""
    return repr(value) if value is NOTHING else json.dumps(value, ensure_ascii=False)


def _equal(found: Any, wanted: Any) -> bool:
    # In Python True equals 1; in JSON it doesn't.
    return found is not NOTHING and written(_sorted(found)) == written(_sorted(wanted))


def _sorted(value: Any) -> Any:
    """The value with the members of its objects sorted, because JSON gives their order no meaning."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return str(wanted) in found
    return isinstance(found, list) and any(_equal(item, wanted) for item in found)


def _size(found: Any) -> int:
    return len(found) if isinstance(found, (str, list)) else -1


def _passes(item: Any, checks: Mapping[str, Any]) -> bool:
    return not any(True for pointer, check in checks.items() for _ in failures("", check, at(pointer, item)))


_OPERATORS: Final[Mapping[str, tuple[str, Callable[[Any, Any], bool]]]] = {
    "equals": ("is {}", _equal),
    "not": ("is anything but {}", lambda found, wanted: found is not NOTHING and not _equal(found, wanted)),
    "contains": ("contains {}", _contains),
    "matches": ("matches {}", lambda found, wanted: isinstance(found, str) and bool(re.search(wanted, found))),
    "length": ("has the length {}", lambda found, wanted: _size(found) == wanted),
    "at_least": ("has a length of at least {}", lambda found, wanted: _size(found) >= wanted),
    "at_most": ("has a length of at most {}", lambda found, wanted: 0 <= _size(found) <= wanted),
    "absent": ("is absent", lambda found, _: found is NOTHING),
    "each": (
        "has {} in each item",
        lambda found, wanted: isinstance(found, list) and all(_passes(item, wanted) for item in found),
    ),
    "some": (
        "has {} in at least one item",
        lambda found, wanted: isinstance(found, list) and any(_passes(item, wanted) for item in found),
    ),
}

OPERATORS: Final = frozenset(_OPERATORS)
