"""Finds how two contracts differ: servers, paths, operations, credentials. `messages` compares requests and answers.

Each function names the members of its object that it judges. It reports every other difference as not judged.
"""

from collections.abc import Iterator, Sequence

from mock_server.harness.diff.components import component_changes
from mock_server.harness.diff.difference import Difference, judged
from mock_server.harness.diff.messages import parameter_changes, request_changes, response_changes
from mock_server.harness.diff.pairing import Pairing, Route
from mock_server.harness.diff.versions import WORDS, Node, Versions, shown
from mock_server.http.contract import METHODS, resolve

_DOCUMENT = WORDS | {"info", "servers", "paths", "components", "security", "tags"}
_INFO = WORDS | {"title", "version", "contact", "license", "termsOfService"}
_PATH_ITEM = WORDS | {"parameters", "servers", *METHODS}
_OPERATION = WORDS | {
    *("operationId", "deprecated", "security", "servers", "tags"),
    *("parameters", "requestBody", "responses"),
}

# If a document names no server, the address of the document is the server.
_NO_SERVERS = ({"url": "/"},)


def changes(old: Node, new: Node) -> list[Difference]:
    """Every change, in the order of the old document. A change that occurs in many places is listed for each.

    Raises:
        UnusableReference: nothing can follow a `$ref`.
        KeyError, TypeError, AttributeError: one of the two is no OpenAPI document.
    """
    versions = Versions(old, new)
    return [
        *versions.rest("the document", old, new, _DOCUMENT),
        *versions.rest("info", old.get("info", {}), new.get("info", {}), _INFO),
        *_servers(versions, "the document", old.get("servers"), new.get("servers")),
        *_paths(versions),
        *component_changes(versions),
    ]


def _servers(
    versions: Versions, where: str, old: Sequence[Node] | None, new: Sequence[Node] | None
) -> Iterator[Difference]:
    before, after = ({server["url"]: server for server in servers or _NO_SERVERS} for servers in (old, new))
    for url in before:
        if url not in after:
            yield judged(True, where, f"the server {url} is gone")
        else:
            yield from versions.rest(f"{where}: server {url}", before[url], after[url], WORDS | {"url"})
    for url in after:
        if url not in before:
            yield judged(False, where, f"the server {url} is new")
    first, first_now = next(iter(before)), next(iter(after))
    if first != first_now and first in after:
        yield judged(True, where, f"the first server was {first}, is {first_now}: generated clients call that one")


def _paths(versions: Versions) -> Iterator[Difference]:
    pairing = Pairing(versions.old, versions.new)
    if pairing.prefixes:
        before, after = pairing.prefixes
        yield judged(True, "the document", f"every path began with {before}, begins with {after}")
    paths, paths_now = versions.old["paths"], versions.new["paths"]
    for path, reference in paths.items():
        path_now = pairing.path(path)
        item, item_now = versions.follow(reference, paths_now.get(path_now, {}))
        if path_now in paths_now:
            yield from versions.beside_references(path, reference, paths_now[path_now])
            yield from versions.rest(path, item, item_now, _PATH_ITEM)
        for method in METHODS:
            if method in item:
                yield from _old_operation(versions, pairing, Route(method, path), item)
    for place in pairing.added:
        _check_complete(place, _item(versions.new, place)[place.method])
        yield judged(False, str(place), "the operation is new")


def _old_operation(versions: Versions, pairing: Pairing, place: Route, item: Node) -> Iterator[Difference]:
    """What became of an operation. `item` is the object of its path."""
    label = str(place)
    became = pairing.same_place(place)
    if became is None:
        if became := pairing.moved(place):
            yield judged(True, label, f"the operation moved to {became}")
        elif became := pairing.nearest(place):
            yield judged(True, label, f"the operation is gone, and {became} is the nearest to it")
        else:
            _check_complete(place, item[place.method])
            yield judged(True, label, "the operation is gone")
            return
    item_now = _item(versions.new, became)
    yield from _operation(versions, label, (item, item[place.method]), (item_now, item_now[became.method]))


def _item(document: Node, place: Route) -> Node:
    found: Node = resolve(document, document["paths"][place.path])
    return found


def _check_complete(place: Route, operation: Node) -> None:
    """Raises KeyError for an operation without answers, which OpenAPI doesn't allow."""
    if not operation.get("responses"):
        raise KeyError(f"responses of {place}")


def _operation(versions: Versions, label: str, old: tuple[Node, Node], new: tuple[Node, Node]) -> Iterator[Difference]:
    """`old` and `new` are each the item of the path and the operation itself."""
    (item, before), (item_now, after) = old, new
    if before.get("operationId") != after.get("operationId"):
        ids = f"was {shown(before.get('operationId'))}, is {shown(after.get('operationId'))}"
        yield judged(True, label, f"its operation id {ids}: generated clients lose a method")
    if before.get("tags", []) != after.get("tags", []):
        tags = f"were {shown(before.get('tags'))}, are {shown(after.get('tags'))}"
        yield judged(True, label, f"its tags {tags}: generated clients group methods by them")
    deprecated, deprecated_now = bool(before.get("deprecated")), bool(after.get("deprecated"))
    if deprecated != deprecated_now:
        yield judged(False, label, "it is deprecated" if deprecated_now else "it is no longer deprecated")
    if any("servers" in each for each in (item, before, item_now, after)):
        servers, servers_now = (
            operation.get("servers") or path.get("servers") or document.get("servers")
            for document, path, operation in ((versions.old, *old), (versions.new, *new))
        )
        yield from _servers(versions, label, servers, servers_now)
    yield from _security(versions, label, before, after)
    # A parameter of the operation replaces the same parameter of its path.
    parameters = [[*path.get("parameters", ()), *own.get("parameters", ())] for path, own in (old, new)]
    yield from parameter_changes(versions, label, *parameters)
    yield from request_changes(versions, label, before.get("requestBody"), after.get("requestBody"))
    yield from response_changes(versions, label, before["responses"], after["responses"])
    yield from versions.rest(label, before, after, _OPERATION)


def _security(versions: Versions, label: str, old: Node, new: Node) -> Iterator[Difference]:
    """Each way to authenticate must still work, and must ask for no more than before."""
    before, after = (
        _ways_in(operation.get("security", document.get("security")))
        for document, operation in ((versions.old, old), (versions.new, new))
    )
    if before != after:
        breaks = not all(any(way <= known for way in after) for known in before)
        yield judged(breaks, label, "it asks for other credentials")


def _ways_in(security: Sequence[Node] | None) -> list[frozenset[tuple[str, str]]]:
    """The alternatives, each as the schemes and scopes that it needs. Without any, no credentials are needed."""
    ways = [
        frozenset((scheme, scope) for scheme, scopes in way.items() for scope in ["", *scopes])
        for way in security or ({},)
    ]
    return sorted(ways, key=sorted)
