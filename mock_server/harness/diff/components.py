"""Finds how the components of two contracts differ, where no operation shows it.

The comparison of operations includes everything that they refer to. Three things remain: the names of schemas, which
generated clients use; the security schemes; and components that no operation uses.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.harness.diff.difference import Difference, judged
from mock_server.harness.diff.versions import Node, Versions, not_judged
from mock_server.http.contract import resolve

# `bearerFormat` is a hint for people.
_SECURITY_WORDS = frozenset({"description", "bearerFormat"})


def component_changes(versions: Versions) -> Iterator[Difference]:
    """Every change of the components that no operation shows."""
    components, components_now = versions.old.get("components", {}), versions.new.get("components", {})
    used = _reached(versions.old) | _reached(versions.new)
    for kind in dict.fromkeys([*components, *components_now]):
        before, after = components.get(kind, {}), components_now.get(kind, {})
        if kind == "examples":
            continue
        for name in dict.fromkeys([*before, *after]):
            where = f"components/{kind}/{name}"
            if kind == "securitySchemes":
                yield from _security_scheme(versions, where, before.get(name), after.get(name))
            elif kind == "schemas" and name not in after:
                yield judged(True, where, "the schema is gone: generated clients lose its name")
            elif f"#/{where}" in used or versions.same(before.get(name), after.get(name)):
                continue
            elif name not in before:
                yield judged(False, where, "it is new, and no operation uses it")
            else:
                yield not_judged(where, "what no operation uses", before[name], after.get(name))


def _security_scheme(versions: Versions, where: str, old: Node | None, new: Node | None) -> Iterator[Difference]:
    if old is None:
        yield judged(False, where, "the security scheme is new")
    elif new is None:
        yield judged(True, where, "the security scheme is gone")
    else:
        before, after = (
            {name: value for name, value in scheme.items() if name not in _SECURITY_WORDS}
            for scheme in versions.follow(old, new)
        )
        if not versions.same(before, after):
            yield judged(True, where, "clients prove who they are in another way")


def _reached(document: Node) -> set[str]:
    """The references that the paths of a document lead to, directly or through other references."""
    reached: set[str] = set()
    waiting: list[Any] = [document["paths"]]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        if isinstance(node, Mapping):
            seen.add(id(node))
            waiting += node.values()
            for reference in _references(node):
                reached.add(reference)
                waiting.append(resolve(document, {"$ref": reference}))
        elif isinstance(node, list):
            seen.add(id(node))
            waiting += node
    return reached


def _references(node: Node) -> Iterator[str]:
    reference = node.get("$ref")
    if isinstance(reference, str) and not reference.startswith("#/components/examples/"):
        yield reference
    mapping = node.get("mapping")
    if isinstance(mapping, Mapping) and isinstance(node.get("propertyName"), str):
        # A discriminator's target may also be the bare name of a schema.
        targets = [target for target in mapping.values() if isinstance(target, str)]
        yield from (target if target.startswith("#/") else f"#/components/schemas/{target}" for target in targets)
