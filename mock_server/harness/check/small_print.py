"""What clients and the tools between stumble over: encodings, content types, paths outside, and long requests.

The services share these probes, as those of `transport`.
"""

from collections.abc import Callable, Iterable

import httpx

from mock_server.harness.check.bench import JSON, Bench, Sender
from mock_server.harness.check.probes import Probe, probe
from mock_server.harness.check.traffic import response_of
from mock_server.harness.check.transport import UNKNOWN_ID, Manners
from mock_server.harness.exchange import Request

_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPTS = (_BROWSER, "text/html", "application/xml", "application/json", "text/csv", "*/*", "image/png", "")
# Much software takes `gzip;q=0` for a wish for gzip, and clients never send it. So nobody is asked.
_NOT_GZIP = ("identity", "", "br;q=0, identity;q=1")
_NOBODY = "Bearer nobody-has-this-token"
# Longer than any server reads. It may refuse this with any status, but not in HTML.
_LONG = "x" * 20_000


def _request(manners: Manners, own: Sender, kind: str) -> Callable[[dict[str, str]], None]:
    """Sends a request that gets that kind of answer, with further headers."""
    listing = manners.operations.request_line(manners.lists[0], "")[1]
    alone = manners.operations.request_line(manners.single, UNKNOWN_ID)[1]
    method, refusing = manners.operations.request_line(manners.refusing, UNKNOWN_ID)
    content = {"content-type": JSON}

    def send(headers: dict[str, str]) -> None:
        if kind in ("refused", "unreadable"):
            sent = manners.readable(manners.refusing) if kind == "refused" else b"{"
            own.raw(method, refusing, headers={**content, **headers}, content=sent)
        elif kind == "unauthorised":
            own.raw("GET", listing, token=_NOBODY, headers=headers)
        elif kind == "another method":
            own.raw("DELETE", listing, headers=headers)
        else:
            paths = {"a list": listing, "an unknown record": alone, "an unknown path": manners.unknown_paths[0]}
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


def json_for_everybody(manners: Manners) -> Probe:
    @probe("Answers are JSON whatever Accept says, errors included.", portable=True)
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        for kind, status in _KINDS.items():
            send = _request(manners, own, kind)
            for accept in ACCEPTS:
                send({"accept": accept})
                why = f"{kind}, with Accept {accept!r}"
                if kind == "refused":
                    own.refused_among(manners.refused_by(manners.refusing), why)
                else:
                    own.status(status, why)
                came, wanted = own.answered.headers.get("content-type"), manners.json
                own.expect(came == wanted, f"with Accept {accept!r} the answer is {wanted}", f"it is {came}")

    return run


def not_compressed(manners: Manners) -> Probe:
    @probe("Nothing is compressed for a client that doesn't ask for it.", *manners.heads, seed="guide", portable=True)
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        method, target = manners.operations.request_line(operation, "")
        for accepted in _NOT_GZIP:
            own.raw(method, target, headers={"accept-encoding": accepted})
            own.status(200, f"Accept-Encoding is {accepted!r}")
            came = own.answered.headers.get("content-encoding", "identity")
            says = f"with Accept-Encoding {accepted!r} the answer isn't compressed, or such a client can't read it"
            own.expect(came == "identity", says, f"its Content-Encoding is {came}")

    return run


def errors_not_compressed(manners: Manners) -> Probe:
    @probe("Errors aren't compressed for a client that doesn't ask for it.", portable=True)
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        for kind in _KINDS:
            _request(manners, own, kind)({"accept-encoding": "identity"})
            came = own.answered.headers.get("content-encoding", "identity")
            own.expect(came == "identity", f"{kind}: without asking, nothing is compressed", f"it is {came}")

    return run


def outside(manners: Manners, *paths: str) -> Probe:
    @probe("A path outside the API gets 404 in JSON, for browsers too.")
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        for path in paths:
            for accept in (_BROWSER, "*/*", "application/json"):
                own.raw("GET", path, headers={"accept": accept})
                own.status(404, f"the contract has no path {path}")
                came, wanted = own.answered.json, manners.no_such_path
                own.expect(came == wanted, f"the body is {wanted}", f"it is {own.answered.content[:200]!r}")

    return run


def too_long(manners: Manners) -> Probe:
    """No contract can say where a server's limit is. So the status is the server's choice, and isn't counted."""

    @probe("A request that is too long is refused in JSON, not in HTML.", portable=True)
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        listing = manners.operations.request_line(manners.lists[0], "")[1]
        for what, target in (("path", f"{listing}/"), ("query", f"{listing}?filter[cohort]=")):
            headers = {"accept": _BROWSER, "authorization": f"Bearer {own.token}"}
            with httpx.Client(base_url=own.http.base_url, timeout=own.http.timeout) as client:
                answer = response_of(client.get(f"{target}{_LONG}", headers=headers))
            own.last = Request("GET", f"{target}{_LONG[:20]}…", (), headers, None), answer
            own.expect(answer.status < 500, f"a {what} of 20,000 characters causes no fault", f"it is {answer.status}")
            came = answer.headers.get("content-type", "nothing")
            says = f"answers are JSON, also to a {what} of 20,000 characters"
            own.expect("html" not in came and isinstance(answer.json, dict), says, f"it is {came}")

    return run


def the_method_counts(manners: Manners) -> Probe:
    @probe("The method is that of the request line, whatever other headers say.", *manners.lists)
    def run(bench: Bench, operation: str) -> None:
        target = manners.operations.request_line(operation, "")[1]
        for name in ("x-http-method-override", "x-method-override", "x-http-method"):
            bench.own.raw("GET", target, headers={name: "DELETE"})
            bench.own.status(200, f"it is a GET, and {name} isn't in the contract")

    return run


def names_what_is_unreadable(own: Sender, target: str, queries: Iterable[tuple[str, str]], source: str = "") -> None:
    """Raises Broken unless the detail of each 400 names what can't be read: a parameter, or X-With-Server-Date.

    `queries` are queries of `target` with the name of the parameter at fault. `source` begins what the findings say.
    """
    joint = "&" if "?" in target else "?"
    for query, named in queries:
        own.raw("GET", f"{target}{joint}{query}")
        own.status(400, f"the query is {query}")
        came = own.answered.json["errors"][0]["detail"]
        own.expect(named in came, f"{source}the detail about {query} names `{named}`", f"it is {came!r}")
    own.raw("GET", target, headers={"x-with-server-date": "yesterday"})
    own.status(400, "X-With-Server-Date is yesterday")
    came = own.answered.json["errors"][0]["detail"]
    own.expect("x-with-server-date" in came.lower(), f"{source}the detail names X-With-Server-Date", f"it is {came!r}")
