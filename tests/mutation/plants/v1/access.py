"""Ways in that the contract doesn't have: tokens in other places, tokens that are nearly right, other schemes."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from mock_server.gateway import Gateway
from mock_server.http.exchange import Answer, bearer_token
from mock_server.sandbox.sandboxes import Access, Registry
from mock_server.service import Call
from tests.mutation.planting import Plant, answers, patched
from tests.mutation.plants.v1.lying import CSV_LISTS, Plantable


def _another_place(token: Callable[[Any, dict[bytes, bytes]], str | None]) -> Plantable:
    """Where the header Authorization opens nothing, the token may come from another place of the request."""

    def make(original: Any) -> Any:
        async def provider_request(self: Gateway, scope: Any, receive: Any, send: Any) -> None:
            headers = dict(scope["headers"])
            if self._registry.access(bearer_token(headers.get(b"authorization"))) is None:
                given = token(scope, headers)
                if given is not None:
                    others = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
                    scope = {**scope, "headers": [*others, (b"authorization", f"Bearer {given}".encode())]}
            await original(self, scope, receive, send)

        return provider_request

    return patched(Gateway, "_provider_request", make)


def _in_query(*names: str) -> Plantable:
    def token(scope: Any, _: dict[bytes, bytes]) -> str | None:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return next((query[name] for name in names if name in query), None)

    return _another_place(token)


def _in_header(name: str) -> Plantable:
    def token(_: Any, headers: dict[bytes, bytes]) -> str | None:
        value = headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    return _another_place(token)


def _in_cookie(_: Any, headers: dict[bytes, bytes]) -> str | None:
    name, _, value = headers.get(b"cookie", b"").decode("latin-1").partition("=")
    return value if name in ("token", "access_token") else None


def _basic(_: Any, headers: dict[bytes, bytes]) -> str | None:
    scheme, _, value = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        user, _, password = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return None
    return password or user


def _scheme(*schemes: str) -> Plantable:
    def token(_: Any, headers: dict[bytes, bytes]) -> str | None:
        scheme, _, value = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        return value if scheme.lower() in schemes else None

    return _another_place(token)


def _bare(_: Any, headers: dict[bytes, bytes]) -> str | None:
    return headers.get(b"authorization", b"").decode("latin-1")


def _nearly(fits: Callable[[bytes, bytes], bool]) -> Plantable:
    def make(original: Any) -> Any:
        def access(self: Registry, token: bytes) -> Access | None:
            found: Access | None = original(self, token)
            if found is None and token:
                found = next((known for right, known in self._accesses.items() if fits(right, token)), None)
            return found

        return access

    return patched(Registry, "access", make)


def _let_in(who: Callable[[Any], bool]) -> Plantable:
    """Requests without any token are served, as the first provider's of the latest sandbox."""

    def make(original: Any) -> Any:
        async def provider_request(self: Gateway, scope: Any, receive: Any, send: Any) -> None:
            headers = dict(scope["headers"])
            if b"authorization" not in headers and who(scope):
                right = next(reversed(self._registry._accesses))
                sandbox = self._registry._accesses[right].sandbox
                token = sandbox.accesses[0].token
                scope = {**scope, "headers": [*scope["headers"], (b"authorization", f"Bearer {token}".encode())]}
            await original(self, scope, receive, send)

        return provider_request

    return patched(Gateway, "_provider_request", make)


def _no_403(call: Call, answer: Answer) -> Answer:
    """A provider without an ECF contract gets an empty CSV list."""
    shown = answer.status == 403 and call.operation_id in CSV_LISTS
    return Answer(200, b"", "text/csv") if shown else answer


def _no_403_single(call: Call, answer: Answer) -> Answer:
    missing = answer.status == 403 and call.operation_id == "getEcfParticipant"
    return Answer(404, b'{"error": "Resource not Found"}', "application/vnd.api+json") if missing else answer


ACCESS = tuple(
    Plant(f"access-{name}", "a way in that shouldn't be", what, plant)
    for name, what, plant in (
        ("query", "A token in the query is good.", _in_query("access_token", "token")),
        ("query-rails", "A token in the query is good, under a longer name.", _in_query("auth_token", "api_key")),
        ("header", "A token in X-Api-Key is good.", _in_header("x-api-key")),
        ("cookie", "A token in a cookie is good.", _another_place(_in_cookie)),
        ("basic", "A token is good as a password.", _another_place(_basic)),
        ("scheme", "A token is good after other schemes.", _scheme("jwt", "apikey", "digest", "oauth")),
        ("bare", "A token is good without a scheme.", _another_place(_bare)),
        ("prefix", "A token's first half is good.", _nearly(lambda right, t: len(t) > 5 and right.startswith(t))),
        ("longer", "A token with more letters is good.", _nearly(lambda right, t: t.startswith(right))),
        ("case", "A token's case doesn't matter.", _nearly(lambda right, t: right.lower() == t.lower())),
        ("quoted", "A token in quotes is good.", _nearly(lambda right, t: t.strip(b'"') == right)),
        ("head", "HEAD needs no token.", _let_in(lambda scope: scope["method"] == "HEAD")),
        ("csv", "CSV needs no token.", _let_in(lambda scope: scope["path"].endswith(".csv"))),
        ("contract-csv", "Without an ECF contract a CSV list is empty.", answers(_no_403)),
        ("contract-single", "Without an ECF contract a participant is unknown.", answers(_no_403_single)),
    )
)
