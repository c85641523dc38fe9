"""What clients and the tools between stumble over: encodings, content types, details (rules 3, 4)."""

from collections.abc import Callable

import httpx

from mock_server.harness.check.bench import JSON
from mock_server.harness.check.probes import probe
from mock_server.harness.check.traffic import response_of
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.exchange import Request
from mock_server.harness.v1.check.behaviour.transport import CSV_LISTS, LISTS
from mock_server.harness.v1.check.bench import Sender, World
from mock_server.harness.v1.check.contract import CHECK, method_and_path
from mock_server.http.exchange import JSON_API

_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_ACCEPTS = (_BROWSER, "text/html", "application/xml", "application/json", "text/csv", "*/*", "image/png", "")
_NOT_GZIP = ("identity", "", "gzip;q=0", "gzip;q=0, *;q=0.5", "br;q=0, identity;q=1")
_NOBODY = "Bearer nobody-has-this-token"
# Longer than any server reads. It may refuse this with any status, but not in HTML.
_LONG = "x" * 20_000


def _request(own: Sender, kind: str) -> Callable[[dict[str, str]], None]:
    """Sends a request that gets that kind of answer, with further headers."""
    listing = method_and_path("listEcfParticipants", "")[1]
    alone = method_and_path("getEcfParticipant", UNKNOWN_ID)[1]
    method, defer = method_and_path("deferEcfParticipant", UNKNOWN_ID)
    content = {"content-type": JSON}

    def send(headers: dict[str, str]) -> None:
        if kind in ("refused", "unreadable"):
            sent = b'{"data": {"attributes": {}}}' if kind == "refused" else b"{"
            own.raw(method, defer, headers={**content, **headers}, content=sent)
        elif kind == "unauthorised":
            own.raw("GET", listing, token=_NOBODY, headers=headers)
        elif kind == "another method":
            own.raw("DELETE", listing, headers=headers)
        else:
            paths = {"a list": listing, "an unknown record": alone, "an unknown path": "/api/v1/nothing"}
            paths["an unreadable query"] = f"{listing}?page[page]=0"
            own.raw("GET", paths[kind], headers=headers)

    return send


# Each kind of answer, with its status.
_KINDS = {
    "a list": 200,
    "unreadable": 400,
    "an unreadable query": 400,
    "unauthorised": 401,
    "an unknown record": 404,
    "an unknown path": 404,
    "another method": 405,
    "refused": 422,
}


@probe("Answers are JSON whatever Accept says, errors included.", portable=True)
def json_for_everybody(world: World, operation: str) -> None:
    own = world.own
    for kind, status in _KINDS.items():
        send = _request(own, kind)
        for accept in _ACCEPTS:
            send({"accept": accept})
            own.status(status, f"rules 4: Accept is {accept!r}, and the answer is that of {kind}")
            came = own.answered.headers.get("content-type")
            own.expect(came == JSON_API, f"rules 4: with Accept {accept!r} the answer is {JSON_API}", f"it is {came}")


@probe("CSV is CSV whatever Accept says.", *CSV_LISTS, portable=True)
def csv_for_everybody(world: World, operation: str) -> None:
    for accept in _ACCEPTS:
        world.own.raw(*method_and_path(operation, ""), headers={"accept": accept})
        world.own.status(200, f"rules 4: Accept is {accept!r}")
        came = world.own.answered.headers.get("content-type")
        world.own.expect(came == "text/csv", f"with Accept {accept!r} the answer is text/csv", f"it is {came}")


@probe("Nothing is compressed for a client that doesn't ask for it.", *LISTS, *CSV_LISTS, seed="guide", portable=True)
def not_compressed(world: World, operation: str) -> None:
    own = world.own
    method, path = method_and_path(operation, "")
    for accepted in _NOT_GZIP:
        own.raw(method, path, headers={"accept-encoding": accepted})
        own.status(200, f"Accept-Encoding is {accepted!r}")
        came = own.answered.headers.get("content-encoding", "identity")
        says = f"with Accept-Encoding {accepted!r} the answer isn't compressed, or such a client can't read it"
        own.expect(came == "identity", says, f"its Content-Encoding is {came}")


@probe("Errors aren't compressed for a client that doesn't ask for it.", portable=True)
def errors_not_compressed(world: World, operation: str) -> None:
    own = world.own
    for kind in _KINDS:
        _request(own, kind)({"accept-encoding": "identity"})
        came = own.answered.headers.get("content-encoding", "identity")
        own.expect(came == "identity", f"{kind}: without asking, nothing is compressed", f"it is {came}")


_OUTSIDE = (
    "/",
    "/api",
    "/api/v1",
    "/api/v1/",
    "/api/v2/participants/ecf",
    "/api/v1/participants/ecf.json",
    "/api/v1/participants/ecf/",
    "/api/v1/participant-declarations/",
    "/api/v1/participant-declarations.json",
    "/nothing",
    "/index.html",
    "/favicon.ico",
)


@probe("A path outside the API gets 404 in JSON, for browsers too.")
def outside(world: World, operation: str) -> None:
    own = world.own
    for path in _OUTSIDE:
        for accept in (_BROWSER, "*/*", "application/json"):
            own.raw("GET", path, headers={"accept": accept})
            own.status(404, f"rules 3: the contract has no path {path}")
            came = own.answered.json
            wanted = {"error": "Resource not Found"}
            own.expect(came == wanted, f"rules 3: the body is {wanted}", f"it is {own.answered.content[:200]!r}")


@probe("A request that is too long is refused in JSON, not in HTML.", portable=True)
def too_long(world: World, operation: str) -> None:
    """No contract can say where a server's limit is. So the status is the server's choice, and isn't counted."""
    own = world.own
    for what, target in (("path", "/api/v1/participants/ecf/"), ("query", "/api/v1/participants/ecf?filter[cohort]=")):
        headers = {"accept": _BROWSER, "authorization": f"Bearer {own.token}"}
        with httpx.Client(base_url=own.http.base_url, timeout=own.http.timeout) as client:
            answer = response_of(client.get(f"{target}{_LONG}", headers=headers))
        own.last = Request("GET", f"{target}{_LONG[:20]}…", (), headers, None), answer
        own.expect(answer.status < 500, f"a {what} of 20,000 characters causes no fault", f"it is {answer.status}")
        came = answer.headers.get("content-type", "nothing")
        says = f"rules 4: answers are JSON, also to a {what} of 20,000 characters"
        own.expect("html" not in came and isinstance(answer.json, dict), says, f"it is {came}")


@probe("The method is that of the request line, whatever other headers say.", *LISTS)
def the_method_counts(world: World, operation: str) -> None:
    path = method_and_path(operation, "")[1]
    for name in ("x-http-method-override", "x-method-override", "x-http-method"):
        world.own.raw("GET", path, headers={name: "DELETE"})
        world.own.status(200, f"it is a GET, and {name} isn't in the contract")


# A query that can't be read, with what the detail must name.
_UNREADABLE = (
    ("filter[updated_since]=yesterday", "filter[updated_since]"),
    ("page[page]=0", "page[page]"),
    ("page[per_page]=many", "page[per_page]"),
    ("filter=abc", "filter"),
    ("page=2", "page"),
)


@probe("The detail of a 400 names the parameter that can't be read.", *LISTS)
def details_of_queries(world: World, operation: str) -> None:
    own, path = world.own, method_and_path(operation, "")[1]
    for query, named in _UNREADABLE:
        answer = own.raw("GET", f"{path}?{query}")
        own.status(400, f"the query is {query}")
        came = answer.json["errors"][0]["detail"]
        own.expect(named in came, f"rules 4: the detail about {query} names `{named}`", f"it is {came!r}")
    answer = own.raw("GET", path, headers={"x-with-server-date": "yesterday"})
    own.status(400, "X-With-Server-Date is yesterday")
    came = answer.json["errors"][0]["detail"]
    own.expect("x-with-server-date" in came.lower(), "rules 4: the detail names X-With-Server-Date", f"it is {came!r}")


# What each operation is asked with, and the attributes at fault, which the details must name as JSON pointers.
_FAULTY = {
    "createParticipantDeclaration": ("declaration_date", "declaration_type", "participant_id", "course_identifier"),
    "deferEcfParticipant": ("reason", "course_identifier"),
    "deferParticipant": ("reason", "course_identifier"),
    "resumeEcfParticipant": ("course_identifier",),
    "resumeParticipant": ("course_identifier",),
    "withdrawEcfParticipant": ("course_identifier",),
    "withdrawParticipant": ("course_identifier",),
    "changeEcfParticipantSchedule": ("course_identifier", "schedule_identifier"),
    "changeParticipantSchedule": ("course_identifier", "schedule_identifier"),
}


@probe("The detail of a 422 names its attribute as a JSON pointer.", *_FAULTY)
def details_of_rules(world: World, operation: str) -> None:
    own = world.own
    errors = own.send(operation, UNKNOWN_ID, body={"data": {"attributes": {}}}).json["errors"]
    own.status(422, "every attribute is missing")
    details = {error["title"]: error["detail"] for error in errors}
    for attribute in _FAULTY[operation]:
        came = details.get(attribute, "missing")
        own.expect(f"#/{attribute}" in came, f"rules 4: the detail about {attribute} names #/{attribute}", f"{came!r}")


assert set(_FAULTY) <= set(CHECK.operations)  # noqa: S101 - a name that no operation has would try nothing

PROBES = (
    json_for_everybody,
    csv_for_everybody,
    not_compressed,
    errors_not_compressed,
    outside,
    too_long,
    the_method_counts,
    details_of_queries,
    details_of_rules,
)
