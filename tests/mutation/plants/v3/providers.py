"""Answers that show other providers' records, tokens that aren't checked, and input that a server handles badly."""

from dataclasses import replace
from datetime import UTC
from typing import Any

import orjson

from mock_server import gateway
from mock_server.http import query_strings
from mock_server.http.contract import Routes
from mock_server.http.exchange import Answer
from mock_server.rules.orders import Selection
from mock_server.sandbox.rate_limit import RateLimiter
from mock_server.sandbox.sandboxes import Registry, Sandbox
from mock_server.v3 import checks, operations, queries
from mock_server.v3.domain import facts, identifiers, settling
from mock_server.v3.domain.records import Declaration
from mock_server.v3.domain.world import World
from mock_server.v3.service import V3
from tests.mutation.planting import Plant, patched
from tests.mutation.plants.v3.lists import listing


def _any_view(self: World, provider: str, participant_id: str) -> Any:
    teacher = self.teachers.get(participant_id)
    return teacher.views[0] if teacher is not None and teacher.views else None


def _any_of(store: str) -> Any:
    return lambda _: lambda self, provider, id: getattr(self, store).get(id)


def _everybody(original: Any) -> Any:
    """The list has everybody's partnerships."""

    def partnerships(call: Any) -> Any:
        found = [each for slug in call.world.providers for each in call.world.partnership_lists[slug].select().all()]
        return Selection(found)

    return partnerships


def _dead_too(original: Any) -> Any:
    """Others' declarations are seen in every state."""

    def sees_declaration(view: Any, declaration: Declaration) -> bool:
        latest = view.latest(declaration.role)
        return latest is not None

    return sees_declaration


def _service_fees(original: Any) -> Any:
    return lambda self, provider, id: self.statements.get(id)


def _interest_is_enough(original: Any) -> Any:
    """Participants are visible before there is a partnership; the actions find them."""

    def initialise(self: Any, *given: Any) -> None:
        original(self, *given)
        if self.teacher is not None:
            self.trains_in_some_role = True

    return initialise


def _seen_by_visible(original: Any) -> Any:
    return lambda self, provider, id: self.visible_declaration(provider, id)


SECRETS = tuple(
    Plant(f"foreign-{name}", "another provider's record shown", what, plant)
    for name, what, plant in (
        ("participant", "Any participant can be read and reported on.", patched(World, "view", lambda _: _any_view)),
        ("declaration", "Any declaration can be read.", patched(World, "visible_declaration", _any_of("declarations"))),
        ("void", "Whatever can be seen can be voided.", patched(World, "own_declaration", _seen_by_visible)),
        (
            "partnership",
            "Any partnership can be read and changed.",
            patched(World, "own_partnership", _any_of("partnerships")),
        ),
        ("statement", "Any statement can be read.", patched(World, "own_statement", _service_fees)),
        (
            "partner",
            "Any delivery partner can be read.",
            patched(World, "visible_delivery_partner", _any_of("delivery_partners")),
        ),
        ("list", "The list has everybody's partnerships.", listing("getPartnerships", _everybody)),
        ("dead", "Others' dead declarations are shown.", patched(settling, "sees_declaration", _dead_too)),
        (
            "declare",
            "Anybody's participant can be declared for.",
            patched(facts.DeclarationFacts, "__init__", _interest_is_enough),
        ),
        (
            "school",
            "Schools that aren't eligible are shown.",
            patched(settling, "is_visible", lambda _: lambda record: True),
        ),
    )
)


def _any_token(original: Any) -> Any:
    def access(self: Registry, token: bytes) -> Any:
        return original(self, token) or self.default.accesses[0]

    return access


def _lax_token(original: Any) -> Any:
    """Accepts the last word of the header as the token, whatever the scheme."""
    return lambda authorization: (authorization or b"").rpartition(b" ")[2]


def _bearer_only(original: Any) -> Any:
    def bearer_token(authorization: bytes | None) -> bytes:
        token: bytes = original(authorization)
        return b"" if (authorization or b"").lower().startswith(b"token ") else token

    return bearer_token


TOKENS = tuple(
    Plant(f"token-{name}", "token not checked", what, plant)
    for name, what, plant in (
        ("any", "Any token is good.", patched(Registry, "access", _any_token)),
        ("scheme", "Any scheme is good.", patched(gateway, "bearer_token", _lax_token)),
        ("word", "The scheme Token is unknown.", patched(gateway, "bearer_token", _bearer_only)),
    )
)


def _ascii_queries(original: Any) -> Any:
    return lambda text: str(original(text).encode("ascii").decode())


def _stripping(original: Any) -> Any:
    """Assumes that every value except null is text."""

    def read_attributes(*sent: Any) -> dict[str, Any]:
        found: dict[str, Any] = original(*sent)
        return {name: value and value.strip() for name, value in found.items()}

    return read_attributes


def _for_granted(body: bytes, content_type: Any, media_types: Any, known: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(body)["data"]["attributes"]
    return found


def _any_type(original: Any) -> Any:
    return lambda body, _, media_types, known: original(body, b"application/json", media_types, known)


def _empty_is_fine(original: Any) -> Any:
    """A body without any known name goes on to the rules."""
    return lambda body, content_type, media_types, known: original(body, content_type, media_types)


def _one_more(original: Any) -> Any:
    def initialise(self: RateLimiter, rate: Any) -> None:
        original(self, rate and replace(rate, requests=rate.requests + 1))

    return initialise


def _no_limit(original: Any) -> Any:
    return lambda headers, receive, limits: original(headers, receive, replace(limits, max_bytes=1 << 40))


def _forgiving_date(original: Any) -> Any:
    def read_server_date(headers: Any) -> Any:
        try:
            return original(headers)
        except Exception:
            return None

    return read_server_date


def _moves_the_clock(original: Any) -> Any:
    def moment(self: Sandbox, shifted: Any = None) -> Any:
        if shifted is not None:
            self.clock.set(shifted, None)
        return original(self, shifted)

    return moment


def _in_utc(original: Any) -> Any:
    """A date without a zone is UTC's."""

    def moment(text: str, zone: Any) -> Any:
        return original(text, UTC)

    return moment


def _strict_ids() -> None:
    for module in (operations, facts, queries, checks, identifiers):
        if hasattr(module, "canonical_id"):
            module.canonical_id = lambda text: text  # type: ignore[attr-defined]


ODD_INPUT = (
    tuple(
        Plant(f"crash-{name}", "crash on odd input", what, plant)
        for name, what, plant in (
            ("query", "A query that isn't ASCII is a fault.", patched(query_strings, "_decoded", _ascii_queries)),
            (
                "number",
                "A page number is read by int().",
                patched(queries, "whole_number", lambda _: int),
            ),
            ("scalar", "A number for an attribute is a fault.", patched(checks, "read_attributes", _stripping)),
            ("body", "A body without data is a fault.", patched(checks, "read_attributes", lambda _: _for_granted)),
        )
    )
    + tuple(
        Plant(f"limit-{name}", "a limit that isn't kept", what, plant)
        for name, what, plant in (
            ("rate", "One request more than the limit is served.", patched(RateLimiter, "__init__", _one_more)),
            ("size", "A body may be as large as it likes.", patched(checks, "receive_body", _no_limit)),
            (
                "retry",
                "429 says nothing of when to come back.",
                lambda: object.__setattr__(
                    V3.errors, "retry_later", lambda seconds: Answer(429, b"Retry later\n", "text/plain")
                ),
            ),
            (
                "methods",
                "Allow has one method only.",
                patched(Routes, "methods", lambda original: lambda self, path: original(self, path)[:1]),
            ),
        )
    )
    + tuple(
        Plant(f"form-{name}", "a form of request that is taken or refused wrongly", what, plant)
        for name, what, plant in (
            ("type", "Any content type is read as JSON.", patched(checks, "read_attributes", _any_type)),
            (
                "empty",
                "A body without a known attribute goes on to the rules.",
                patched(checks, "read_attributes", _empty_is_fine),
            ),
            (
                "date",
                "An unreadable X-With-Server-Date is passed over.",
                patched(checks, "read_server_date", _forgiving_date),
            ),
            ("date-stays", "X-With-Server-Date moves the clock.", patched(Sandbox, "moment", _moves_the_clock)),
            (
                "date-ignored",
                "X-With-Server-Date is ignored.",
                patched(Sandbox, "moment", lambda original: lambda self, _=None: original(self)),
            ),
            ("date-zone", "A date in X-With-Server-Date is UTC's.", patched(queries, "_moment", _in_utc)),
            ("ids", "Ids must be written in one way.", _strict_ids),
            ("first", "The body is looked at before the partnership.", lambda: checks.FINDS_FIRST.clear()),
        )
    )
)
