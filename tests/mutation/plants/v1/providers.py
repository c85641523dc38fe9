"""Answers that show other providers' records, and tokens that the server doesn't check."""

from typing import Any

from mock_server import gateway
from mock_server.http.exchange import Refused
from mock_server.rules.orders import Selection
from mock_server.sandbox.sandboxes import Registry
from mock_server.service import Call
from mock_server.v1 import checks, errors
from mock_server.v1.domain.facts import Facts
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.world import World
from tests.mutation.planting import (
    Plant,
    patched,
)


def _any_enrolment(self: World, provider: str, participant_id: str) -> Enrolment | None:
    participant = self.participants.get(participant_id)
    return participant.current if participant else None


def _any_declaration(self: World, provider: str, declaration_id: str) -> Declaration | None:
    return self.declarations.get(declaration_id)


def _everybody(original: Any) -> Any:
    def list_participants(self: World, provider: str, *filters: Any) -> Any:
        found = [e for slug in self.providers for e in original(self, slug, *filters).all()]
        return Selection(found)

    return list_participants


def _shows_declarations_to_everybody(self: World, declaration: Declaration) -> None:
    for enrolment in declaration.participant.enrolments:
        listed = self._declaration_lists[enrolment.provider]
        if declaration not in listed:
            listed.add(declaration)


def _related(original: Any) -> Any:
    def initialise(self: Facts, *given: Any) -> None:
        original(self, *given)
        if self.participant and self.found:
            self.related, self.own_enrolment = True, self.own_enrolment or self.participant.current

    return initialise


SECRETS = tuple(
    Plant(f"foreign-{name}", "another provider's record shown", what, plant)
    for name, what, plant in (
        ("participant", "Any participant can be read.", patched(World, "enrolment", lambda _: _any_enrolment)),
        (
            "declaration",
            "Any declaration can be read and voided.",
            patched(World, "own_declaration", lambda _: _any_declaration),
        ),
        ("list", "The list has everybody's participants.", patched(World, "list_participants", _everybody)),
        ("action", "Anybody's participant can be reported on.", patched(Facts, "__init__", _related)),
        (
            "dead",
            "A transfer shows dead declarations too, and later ones to the old provider.",
            patched(World, "_show_declaration", lambda _: _shows_declarations_to_everybody),
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


def _no_contract_needed(self: checks.ProviderChecks, call: Call) -> None:
    if call.provider is None:
        raise Refused(errors.UNAUTHORISED)


TOKENS = tuple(
    Plant(f"token-{name}", "token not checked", what, plant)
    for name, what, plant in (
        ("any", "Any token is good.", patched(Registry, "access", _any_token)),
        ("scheme", "Any scheme is good.", patched(gateway, "bearer_token", _lax_token)),
        (
            "contract",
            "Nobody asks for an ECF contract.",
            patched(checks.ProviderChecks, "security", lambda _: _no_contract_needed),
        ),
    )
)
