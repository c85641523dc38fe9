"""How two contracts differ: operations, parameters, bodies, answers. Descriptions and examples don't count."""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.harness.diff.change import Change
from mock_server.harness.diff.schemas import Direction, Versions, schema_changes
from mock_server.http.contract import Operation, operations, resolve


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every change, in the order of the old document; the same change at many places is listed at each."""
    versions = Versions(old, new)
    before = {_label(operation): operation for operation in operations(old)}
    after = {_label(operation): operation for operation in operations(new)}
    found: list[Change] = []
    for label, operation in before.items():
        if label not in after:
            found.append(Change(True, label, "the operation is gone"))
        else:
            found += _operation(versions, label, operation, after[label])
    found += [Change(False, label, "the operation is new") for label in after if label not in before]
    return found


def _label(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _operation(versions: Versions, label: str, old: Operation, new: Operation) -> Iterator[Change]:
    if old.id != new.id:
        yield Change(True, label, f"its operation id was {old.id}, is {new.id}: generated clients lose a method")
    was, is_now = old.definition.get("deprecated", False), new.definition.get("deprecated", False)
    if was != is_now:
        yield Change(False, label, "it is deprecated" if is_now else "it is no longer deprecated")
    security = [o.definition.get("security", d.get("security")) for o, d in ((old, versions.old), (new, versions.new))]
    if security[0] != security[1]:
        yield Change(bool(security[1]), label, "it asks for other credentials")
    yield from _parameters(versions, label, old, new)
    yield from _request_body(versions, label, old, new)
    yield from _responses(versions, label, old, new)


def _parameters(versions: Versions, label: str, old: Operation, new: Operation) -> Iterator[Change]:
    before = {(p["in"], p["name"]): p for p in old.parameters}
    after = {(p["in"], p["name"]): p for p in new.parameters}
    for (place, name), parameter in before.items():
        where = f"{label}: {place} {name}"
        found = after.get((place, name))
        if found is None:
            yield Change(True, where, "the parameter is gone")
            continue
        if bool(found.get("required")) != bool(parameter.get("required")):
            yield Change(
                bool(found.get("required")), where, f"it {'must' if found.get('required') else 'need not'} be sent"
            )
        yield from schema_changes(versions, where, "sent", parameter["schema"], found["schema"])
        defaults = [
            resolve(d, p["schema"]).get("default") for d, p in ((versions.old, parameter), (versions.new, found))
        ]
        if defaults[0] != defaults[1]:
            yield Change(True, where, f"without it {defaults[0]} was meant, {defaults[1]} is")
    for (place, name), parameter in after.items():
        if (place, name) not in before:
            required = bool(parameter.get("required"))
            yield Change(
                required, f"{label}: {place} {name}", f"the parameter is new{', and must be sent' if required else ''}"
            )


def _request_body(versions: Versions, label: str, old: Operation, new: Operation) -> Iterator[Change]:
    where = f"{label}: request"
    before = resolve(versions.old, old.definition.get("requestBody"))
    after = resolve(versions.new, new.definition.get("requestBody"))
    if before is None or after is None:
        if before is not None:
            yield Change(True, where, "it takes no body any more")
        elif after is not None:
            required = bool(after.get("required"))
            yield Change(required, where, f"it takes a body{', which must be sent' if required else ''}")
        return
    if bool(before.get("required")) != bool(after.get("required")):
        yield Change(
            bool(after.get("required")), where, f"a body {'must' if after.get('required') else 'need not'} be sent"
        )
    yield from _content(versions, where, "sent", before.get("content", {}), after.get("content", {}))


def _responses(versions: Versions, label: str, old: Operation, new: Operation) -> Iterator[Change]:
    before, after = old.definition["responses"], new.definition["responses"]
    for status in before:
        where = f"{label}: {status}"
        if status not in after:
            # Who waits for a success that never comes is broken; for a refusal, not.
            yield Change(status.startswith("2"), where, "the status is gone")
            continue
        was, is_now = resolve(versions.old, before[status]), resolve(versions.new, after[status])
        yield from _headers(versions, where, was.get("headers", {}), is_now.get("headers", {}))
        yield from _content(versions, where, "received", was.get("content", {}), is_now.get("content", {}))
    for status in after:
        if status not in before:
            yield Change(status.startswith("2"), f"{label}: {status}", "the status is new")


def _headers(versions: Versions, where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, reference in before.items():
        was = resolve(versions.old, reference)
        if name not in after:
            yield Change(bool(was.get("required")), where, f"the header {name} is gone")
            continue
        is_now = resolve(versions.new, after[name])
        if was.get("required") and not is_now.get("required"):
            yield Change(True, where, f"the header {name} need not be there")
        yield from schema_changes(versions, f"{where} {name}", "received", was["schema"], is_now["schema"])
    for name in after:
        if name not in before:
            yield Change(False, where, f"the header {name} is new")


def _content(
    versions: Versions, where: str, direction: Direction, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    if before and not after and direction == "received":
        yield Change(True, where, "it has no body any more")
        return
    for media_type in before:
        if media_type not in after:
            yield Change(True, where, f"the content type {media_type} is gone")
        else:
            was, is_now = before[media_type].get("schema", {}), after[media_type].get("schema", {})
            yield from schema_changes(versions, f"{where} {media_type} ", direction, was, is_now)
    for media_type in after:
        if media_type not in before:
            # An answer of a type that clients have never seen may reach them.
            yield Change(direction == "received", where, f"the content type {media_type} is new")
