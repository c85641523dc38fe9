"""Finds mistakes in a scenario file, and tells its author what to write instead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from mock_server.harness.scenarios.positions import Place


@dataclass(frozen=True, slots=True)
class Mistake:
    """`place` leads to the value in the document; `message` says what the value must be."""

    place: Place
    message: str


class ScenarioError(Exception):
    """The scenario files can't be used. The text has a line for each mistake, with file and line number."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def suggestion(word: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """`; did you mean …?` with the nearest of `known`. Without a near one: `otherwise`, or else all of them."""
    names = list(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; {otherwise or 'there are ' + ', '.join(names)}"


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a scenario file."""
    document = yaml.safe_load((Path(__file__).parent / "schema.yaml").read_text("utf-8"))
    assert isinstance(document, dict)  # noqa: S101
    return document


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def shape_complaints(document: Any) -> list[Mistake]:
    """The places where `document` breaks the schema."""
    return [complaint for error in _validator().iter_errors(document) for complaint in _complaints(error)]


def _complaints(error: ValidationError) -> Iterator[Mistake]:
    place: Place = tuple(error.absolute_path)
    name = repr(place[-1]) if place and isinstance(place[-1], str) else "this"
    part: Any = error.schema
    asked: Any = error.validator_value
    value: Any = error.instance
    wanted = _wanted(part)
    match error.validator:
        case "additionalProperties":
            known = part.get("properties", {})
            for key in value:
                if key not in known:
                    yield Mistake((*place, key), f"{key!r} isn't known here{suggestion(key, known)}")
        case "required":
            for key in asked:
                if key not in value:
                    yield Mistake(place, f"{key!r} is missing: {_wanted(part['properties'][key])}")
        case "enum":
            yield Mistake(place, f"{name} can't be {value!r}{suggestion(str(value), asked)}")
        case "pattern" if "propertyNames" in error.schema_path:
            yield Mistake(place, f"{value!r} can't be a name here: {wanted}")
        case "pattern":
            yield Mistake(place, f"{name} can't be {value!r}: {wanted}")
        case _:
            yield Mistake(place, f"{name} can't be {_short(value)}: {wanted}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wanted(part: Mapping[str, Any]) -> str:
    """What the schema says of a value: its description, and an example to copy."""
    if "$ref" in part:
        part = {**schema()["$defs"][part["$ref"].rpartition("/")[2]], **part}
    said = part.get("description") or f"a value of type {part.get('type', 'any')}"
    if "enum" in part:
        said += f" ({' or '.join(part['enum'])})"
    example = next((_flow(value) for value in part.get("examples", ())), None)
    return f"{said}, such as {example}" if example else said


def _flow(value: Any) -> str:
    """The value as one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()
