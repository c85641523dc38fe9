"""Finds how two contracts differ: servers, paths, operations, credentials. `messages` compares requests and answers.

Each function names the members of its object that it judges. It reports every other difference as not judged.
"""

from collections.abc import Iterator, Sequence

from mock_server.harness.diff.components import component_changes
from mock_server.harness.diff.difference import Difference, judged
from mock_server.harness.diff.messages import parameter_changes, request_changes, response_changes
from mock_server.harness.diff.versions import WORDS, Node, Versions, shown
from mock_server.http.contract import METHODS

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
    paths, paths_now = versions.old["paths"], versions.new["paths"]
    for path, reference in paths.items():
        item, item_now = versions.follow(reference, paths_now.get(path, {}))
        if path in paths_now:
            yield from versions.beside_references(path, reference, paths_now[path])
            yield from versions.rest(path, item, item_now, _PATH_ITEM)
        for method in METHODS:
            label = f"{method.upper()} {path}"
            if method in item and method not in item_now:
                _check_complete(label, item[method])
                yield judged(True, label, "the operation is gone")
            elif method in item:
                yield from _operation(versions, label, (item, item[method]), (item_now, item_now[method]))
    for path, reference in paths_now.items():
        item, item_now = versions.follow(paths.get(path, {}), reference)
        for method in METHODS:
            if method in item_now and method not in item:
                _check_complete(f"{method.upper()} {path}", item_now[method])
                yield judged(False, f"{method.upper()} {path}", "the operation is new")


def _check_complete(label: str, operation: Node) -> None:
    """Raises KeyError for an operation without answers, which OpenAPI doesn't allow."""
    if not operation.get("responses"):
        raise KeyError(f"responses of {label}")


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
