"""Finds how two operations differ in their requests (parameters, bodies) and in their answers (headers, bodies)."""

from collections.abc import Iterator, Sequence
from typing import Any

from mock_server.harness.diff.difference import Difference, judged
from mock_server.harness.diff.schemas import Direction, schema_changes
from mock_server.harness.diff.versions import WORDS, Node, Versions, shown
from mock_server.http.contract import resolve

_PARAMETER = WORDS | {
    *("in", "name", "required", "deprecated", "schema", "content"),
    *("style", "explode", "allowReserved", "allowEmptyValue"),
}
_BODY = WORDS | {"required", "content"}
_RESPONSE = WORDS | {"headers", "content", "links"}
_HEADER = WORDS | {"required", "deprecated", "schema", "content"}
_MEDIA_TYPE = WORDS | {"schema"}

# How each place writes a value, unless the document says otherwise.
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def parameter_changes(versions: Versions, label: str, old: Sequence[Node], new: Sequence[Node]) -> Iterator[Difference]:
    """`old` and `new` are parameters or references to them. If two share name and place, the later one counts."""
    before, after = (
        {(p["in"], p["name"]): (p, reference) for reference in parameters for p in [resolve(document, reference)]}
        for document, parameters in ((versions.old, old), (versions.new, new))
    )
    for place_and_name, (parameter, reference) in before.items():
        where = f"{label}: {' '.join(place_and_name)}"
        if place_and_name not in after:
            yield judged(True, where, "the parameter is gone")
            continue
        is_now, reference_now = after[place_and_name]
        yield from versions.beside_references(where, reference, reference_now)
        yield from _parameter(versions, where, parameter, is_now)
    for place_and_name, (parameter, _) in after.items():
        if place_and_name not in before:
            required = bool(parameter.get("required"))
            what = f"the parameter is new{', and must be sent' if required else ''}"
            yield judged(required, f"{label}: {' '.join(place_and_name)}", what)


def _parameter(versions: Versions, where: str, old: Node, new: Node) -> Iterator[Difference]:
    yield from _required(where, old, new, "it {} be sent")
    yield from _deprecated(where, old, new)
    empty, empty_now = bool(old.get("allowEmptyValue")), bool(new.get("allowEmptyValue"))
    if empty != empty_now:
        yield judged(empty, where, "it may be empty" if empty_now else "it may no longer be empty")
    written, written_now = _writing(old), _writing(new)
    for name in written:
        if written[name] != written_now[name]:
            yield judged(True, where, f"{name} was {shown(written[name])}, is {shown(written_now[name])}")
    yield from _value(versions, where, "sent", old, new)
    yield from versions.rest(where, old, new, _PARAMETER)


def _writing(parameter: Node) -> dict[str, Any]:
    """How the value of a parameter is written."""
    style = parameter.get("style", _STYLES.get(parameter["in"]))
    return {
        "style": style,
        "explode": parameter.get("explode", style == "form"),
        "allowReserved": bool(parameter.get("allowReserved")),
    }


def _value(versions: Versions, where: str, direction: Direction, old: Node, new: Node) -> Iterator[Difference]:
    """The value of a parameter or header: a schema, or a media type with one."""
    if ("content" in old) != ("content" in new):
        ways = {True: "as a media type", False: "as a plain value"}
        yield judged(True, where, f"it was written {ways['content' in old]}, is {ways['content' in new]}")
        return
    yield from schema_changes(versions, where, direction, old.get("schema", {}), new.get("schema", {}))
    yield from _content(versions, where, direction, old.get("content", {}), new.get("content", {}))


def request_changes(versions: Versions, label: str, old: Node | None, new: Node | None) -> Iterator[Difference]:
    """`old` and `new` are bodies, references to them, or None for an operation without one."""
    where = f"{label}: request"
    if old is None or new is None:
        if old is not None:
            yield judged(True, where, "it takes no body any more")
        elif new is not None:
            required = bool(resolve(versions.new, new).get("required"))
            yield judged(required, where, f"it takes a body{', which must be sent' if required else ''}")
        return
    yield from versions.beside_references(where, old, new)
    before, after = versions.follow(old, new)
    yield from _required(where, before, after, "a body {} be sent")
    yield from _content(versions, where, "sent", before.get("content", {}), after.get("content", {}))
    yield from versions.rest(where, before, after, _BODY)


def response_changes(versions: Versions, label: str, old: Node, new: Node) -> Iterator[Difference]:
    """`old` and `new` hold responses, or references to them, by status."""
    # YAML reads a status without quotes as a number.
    before, after = ({str(status): response for status, response in responses.items()} for responses in (old, new))
    for status in before:
        where = f"{label}: {status}"
        if status in after:
            yield from _response(versions, where, before[status], after[status])
        else:
            yield _status(where, status, "the status is gone")
    for status in after:
        if status not in before:
            yield _status(f"{label}: {status}", status, "the status is new")


def _status(where: str, status: str, what: str) -> Difference:
    """A change of a success breaks clients: they wait for one that never comes, or get one that they don't know.

    A change of a refusal is harmless.
    """
    if not status.isdecimal():
        # `default` and `2XX` stand for statuses that the document doesn't name.
        return Difference("not judged", where, what)
    return judged(status[0] in "123", where, what)


def _response(versions: Versions, where: str, old: Node, new: Node) -> Iterator[Difference]:
    yield from versions.beside_references(where, old, new)
    before, after = versions.follow(old, new)
    yield from _headers(versions, where, before.get("headers", {}), after.get("headers", {}))
    yield from _content(versions, where, "received", before.get("content", {}), after.get("content", {}))
    if not versions.same(before.get("links", {}), after.get("links", {})):
        # Links tell tools which requests may follow. They change no request and no answer.
        yield judged(False, where, "its links changed")
    yield from versions.rest(where, before, after, _RESPONSE)


def _headers(versions: Versions, where: str, before: Node, after: Node) -> Iterator[Difference]:
    for name, reference in before.items():
        was, is_now = versions.follow(reference, after.get(name, {}))
        if name not in after:
            yield judged(bool(was.get("required")), where, f"the header {name} is gone")
            continue
        place = f"{where} {name}"
        yield from versions.beside_references(place, reference, after[name])
        if bool(was.get("required")) != bool(is_now.get("required")):
            must = "must" if is_now.get("required") else "need not"
            yield judged(bool(was.get("required")), where, f"the header {name} {must} be there")
        yield from _deprecated(place, was, is_now)
        yield from _value(versions, place, "received", was, is_now)
        yield from versions.rest(place, was, is_now, _HEADER)
    for name in after:
        if name not in before:
            yield judged(False, where, f"the header {name} is new")


def _content(versions: Versions, where: str, direction: Direction, before: Node, after: Node) -> Iterator[Difference]:
    if before and not after and direction == "received":
        yield judged(True, where, "it has no body any more")
        return
    for media_type in before:
        if media_type not in after:
            yield judged(True, where, f"the content type {media_type} is gone")
        else:
            place = f"{where} {media_type} "
            yield from _media(versions, place, direction, before[media_type], after[media_type])
    if len(before) == len(after) == 1 and before.keys() != after.keys():
        # The same value in another type, such as JSON that is now called application/json.
        (was,), (is_now,) = before.values(), after.values()
        yield from _media(versions, f"{where} ", direction, was, is_now)
    for media_type in after:
        if media_type not in before:
            # Clients may get an answer of a type that they have never seen.
            yield judged(direction == "received", where, f"the content type {media_type} is new")


def _media(versions: Versions, where: str, direction: Direction, old: Node, new: Node) -> Iterator[Difference]:
    yield from schema_changes(versions, where, direction, old.get("schema", {}), new.get("schema", {}))
    yield from versions.rest(where, old, new, _MEDIA_TYPE)


def _required(where: str, old: Node, new: Node, sentence: str) -> Iterator[Difference]:
    was, is_now = bool(old.get("required")), bool(new.get("required"))
    if was != is_now:
        yield judged(is_now, where, sentence.format("must" if is_now else "need not"))


def _deprecated(where: str, old: Node, new: Node) -> Iterator[Difference]:
    was, is_now = bool(old.get("deprecated")), bool(new.get("deprecated"))
    if was != is_now:
        yield judged(False, where, "it is deprecated" if is_now else "it is no longer deprecated")
