"""A contract's links: which links there are, and how to follow one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mock_server.harness.check.bench import Sender
from mock_server.harness.check.conformance import ResponseCheck
from mock_server.harness.exchange import Request, Response
from mock_server.http.contract import resolve
from mock_server.http.json_pointer import at

_EXPRESSION = "$"


def links_of(check: ResponseCheck, operation: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(status, name, link) for each link of the operation's answers."""
    for status, answer in check.operations[operation].definition["responses"].items():
        for name, link in resolve(check.document, answer).get("links", {}).items():
            yield status, name, resolve(check.document, link)


def walk(own: Sender, operation: str, *names: str, wait: Callable[[], None] = lambda: None) -> None:
    """Follows the links of these names, starting at the answer to `operation`. Before each it waits."""
    walked = [operation]
    for name in names:
        wait()
        link = next(link for _, found, link in links_of(own.traffic.check, walked[-1]) if found == name)
        follow(own, walked[-1], name, link)
        walked.append(link["operationId"])
    own.traffic.chains[tuple(walked)] += 1


def follow(own: Sender, operation: str, name: str, link: Mapping[str, Any]) -> None:
    """Sends the request that `link` makes from the last exchange. The server must accept it."""
    assert own.last is not None  # noqa: S101 - there was an answer with this link
    request, response = own.last
    own.expect(response.status == 200, f"{operation} answers 200, and so has the link {name}", "it doesn't")
    parameters = {key: _evaluated(value, request, response) for key, value in link.get("parameters", {}).items()}
    id = parameters.pop("id", None)
    own.send(link["operationId"], id, query=parameters, body=_evaluated(link.get("requestBody"), request, response))
    own.status(200, f"the link {name} of {operation}")
    own.traffic.tried[operation].links[f"200 {name}"] += 1


def _evaluated(value: Any, request: Request, response: Response) -> Any:
    """`value` with each runtime expression replaced by the value that it points to."""
    if isinstance(value, Mapping):
        return {name: _evaluated(item, request, response) for name, item in value.items()}
    if isinstance(value, str) and value.startswith(_EXPRESSION):
        source, _, pointer = value.partition("#")
        return at(pointer, request.json if source == "$request.body" else response.json)
    return value
