"""Ways in that no contract has: a token counts only whole, in its header, after its scheme.

The services share these probes, as those of `transport`.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.harness.check.bench import JSON, Bench
from mock_server.harness.check.probes import Probe, probe
from mock_server.harness.check.transport import UNKNOWN_ID, Manners

_QUERIES = ("access_token", "token", "auth_token", "api_key", "bearer_token", "authorization")
_HEADERS = ("x-api-key", "x-auth-token", "x-access-token", "api-key", "proxy-authorization", "x-authorization")
_COOKIES = ("token", "access_token", "session", "Authorization")
_SCHEMES = ("Basic", "Digest", "JWT", "ApiKey", "OAuth", "Negotiate", "Bearers", "Toke")

# What the attempt is, the header Authorization, further headers, and the query.
_Attempt = tuple[str, str, Mapping[str, str], str]


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _attempts(token: str) -> Iterator[_Attempt]:
    for name in _QUERIES:
        yield f"the token is in the query, as {name}", "", {}, f"{name}={token}"
    for name in _HEADERS:
        yield f"the token is in the header {name}", "", {name: token}, ""
        yield f"the token is in the header {name}, after Bearer", "", {name: f"Bearer {token}"}, ""
    for name in _COOKIES:
        yield f"the token is in the cookie {name}", "", {"cookie": f"{name}={token}"}, ""
    for scheme in _SCHEMES:
        yield f"the scheme is {scheme}", f"{scheme} {token}", {}, ""
    yield "there is no scheme", token, {}, ""
    yield "the token is the password of Basic", f"Basic {_encoded(f'user:{token}')}", {}, ""
    yield "the token is the user of Basic", f"Basic {_encoded(f'{token}:')}", {}, ""
    yield "the token is the user of Basic with a password", f"Basic {_encoded(f'{token}:x')}", {}, ""
    for what, wrong in _nearly(token):
        for scheme in ("Bearer", "Token"):
            yield f"{what}, after {scheme}", f"{scheme} {wrong}", {}, ""


def _nearly(token: str) -> Iterator[tuple[str, str]]:
    """Tokens that somebody's token nearly is."""
    yield "the token lacks its last letter", token[:-1]
    yield "the token lacks its first letter", token[1:]
    yield "only the token's first half is sent", token[: len(token) // 2]
    yield "a letter follows the token", f"{token}x"
    yield "more letters follow the token", f"{token}-and-more"
    yield "a letter stands before the token", f"x{token}"
    yield "the token's last letter is another one", token[:-1] + ("a" if token[-1] != "a" else "b")
    yield "the token is sent twice", f"{token}{token}"
    yield "the token is sent twice, after a comma", f"{token},{token}"
    yield "another word follows the token", f"{token} x"
    yield "the token is in quotes", f'"{token}"'
    if token != token.upper():
        yield "the token is in capitals", token.upper()
    if token != token.lower():
        yield "the token is in small letters", token.lower()


def only_whole_tokens(manners: Manners, *operations: str) -> Probe:
    @probe(
        "A token opens nothing unless it is whole, in the header Authorization, after Bearer or Token.",
        *operations,
        portable=True,
    )
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        method, target = manners.operations.request_line(operation, "")
        for what, authorization, headers, query in _attempts(own.token):
            own.raw(method, _asking(target, query), token=authorization, headers=headers)
            own.status(401, f"the contract has no other way in, and {what}")

    return run


def _asking(target: str, query: str) -> str:
    joint = "&" if "?" in target else "?"
    return f"{target}{joint}{query}" if query else target


def every_operation(manners: Manners) -> Probe:
    @probe(
        "Every operation, by HEAD too, needs the token in its header.",
        *manners.operations.with_status("401"),
        portable=True,
    )
    def run(bench: Bench, operation: str) -> None:
        own = bench.own
        method, target = manners.operations.request_line(operation, UNKNOWN_ID)
        methods = (method, "HEAD") if method == "GET" else (method,)
        sent: dict[str, Any] = {"headers": {"content-type": JSON}, "content": b"{}"} if method != "GET" else {}
        for each in methods:
            for what, token, query in (
                ("there is no token", "", ""),
                ("the token is in the query", "", f"access_token={own.token}"),
                ("a letter follows the token", f"Bearer {own.token}x", ""),
                ("the token lacks its last letter", f"Bearer {own.token[:-1]}", ""),
            ):
                own.raw(each, _asking(target, query), token=token, **sent)
                own.status(401, f"{each} {target}: {what}")

    return run
