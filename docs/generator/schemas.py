"""Schemas for readers: one row for each property, with nested objects in place and types as HTML with links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from docs.generator.contract import Contract, Schema
from docs.generator.markup import breakable


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """`path` is the property's, such as `data.attributes`. `description` and `limits` are Markdown on one line.

    `values` are the allowed values, where only some are allowed and the description doesn't explain each.
    """

    path: str
    type: Markup
    required: bool
    description: str
    values: tuple[str, ...]
    limits: str


def rows(contract: Contract, schema: Schema, prefix: str = "", *, unfold: bool = False) -> Iterator[PropertyRow]:
    """The properties of an object, in order, including those of nested objects. Other schemas have no rows.

    With `unfold`, the rows also include objects that have their own description, to show a whole body.
    """
    if unfold and "oneOf" in schema:
        schema = _merged(contract, schema["oneOf"])
    required = schema.get("required", ())
    for name, node in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield row(contract, path, node, required=name in required)
        inner, mark = _described_in_place(contract.follow(node)[1] if unfold else node)
        if unfold:
            inner = contract.follow(inner)[1]
        yield from rows(contract, inner, f"{path}{mark}.", unfold=unfold)


def _merged(contract: Contract, alternatives: Sequence[Schema]) -> Schema:
    """One object with the properties of all alternatives. It requires a property if all alternatives require it."""
    objects = [contract.follow(each)[1] for each in alternatives]
    nodes: dict[str, list[Schema]] = {}
    for each in objects:
        for name, node in each.get("properties", {}).items():
            if node not in nodes.setdefault(name, []):
                nodes[name].append(node)
    return {
        "required": [name for name in nodes if all(name in each.get("required", ()) for each in objects)],
        "properties": {name: found[0] if len(found) == 1 else {"oneOf": found} for name, found in nodes.items()},
    }


def _values(contract: Contract, node: Schema) -> list[str]:
    """The allowed values, where only some are allowed."""
    found = contract.follow(node)[1]
    if "enum" in found:
        return [str(value) for value in found["enum"] if value is not None]
    return [value for each in found.get("oneOf", ()) for value in _values(contract, each)]


def row(contract: Contract, path: str, node: Schema, *, required: bool = False) -> PropertyRow:
    found = contract.follow(node)[1]
    description = node.get("description") or found.get("description", "")
    values = _values(contract, node)
    explained = all(f"`{value}`" in description for value in values)
    return PropertyRow(
        path, type_of(contract, node), required, description, () if explained else tuple(values), _limits(found)
    )


def type_of(contract: Contract, node: Schema) -> Markup:
    """`array of Declaration`, `string (uuid) or null`: the names of schemas are links."""
    name, found = contract.follow(node)
    if name is not None:
        return Markup('<a href="{}">{}</a>').format(contract.href(contract.place_of_schema(name)), breakable(name))
    alternatives = found.get("oneOf") or found.get("anyOf")
    if found.get("type") == "array":
        label = Markup("array of {}").format(type_of(contract, found["items"]))
    elif alternatives and "type" not in found:
        label = Markup(" or ").join(type_of(contract, each) for each in alternatives)
    elif "type" in found:
        label = Markup("{}").format(found["type"])
        if "format" in found:
            label += Markup(" ({})").format(found["format"])
    else:
        label = Markup("any")
    return label + " or null" if found.get("nullable") else label


def _described_in_place(node: Schema) -> tuple[Schema, str]:
    """The nested object that the schema describes in place, if any, and its path suffix: `[]` for items of arrays."""
    if "properties" in node:
        return node, ""
    return node.get("items", {}), "[]"


def _limits(node: Mapping[str, Any]) -> str:
    """The other limits, such as ``6 to 20 characters, default `x` ``."""
    parts = []
    # A format says in words what the pattern says, so leave out the pattern.
    if "pattern" in node and "format" not in node:
        parts.append(f"matches `{node['pattern']}`")
    for low, high, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ):
        if low in node and high in node:
            parts.append(f"{node[low]:,} to {node[high]:,}{unit}")
        elif low in node:
            parts.append(f"at least {node[low]:,}{unit}")
        elif high in node:
            parts.append(f"at most {node[high]:,}{unit}")
    if "default" in node and node.get("enum") != [node["default"]]:
        parts.append(f"default `{node['default']}`")
    return ", ".join(parts)


def one_line(text: str) -> str:
    """Markdown of one paragraph on one line, for places without room for more."""
    return " ".join(text.split())
