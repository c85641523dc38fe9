"""The operations of v1. Each calls one use case and serialises its outcome; none parses anything itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from mock_server.http.documents import listing, single
from mock_server.http.exchange import JSON_API, Answer, Listed, Refused
from mock_server.rules.orders import Selection
from mock_server.rules.table import RulesBroken, joined_by_title
from mock_server.service import Call, rules_and_headers, with_refusals
from mock_server.v1 import errors
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.world import World
from mock_server.v1.queries import NO_PARAMETERS, Parameters
from mock_server.v1.records import (
    declaration_json,
    declarations_csv,
    participant_json,
    participants_csv,
)

CSV: Final = "text/csv"

ParticipantCommand = Callable[..., Enrolment]
Handler = Callable[[Call], Answer]
Listable = TypeVar("Listable", Enrolment, Declaration)


# The largest page, in bytes, that we keep for the next request. A journal keeps as much of it anyway.
_KEPT_PAGE: Final = 64 * 1024


def _world(call: Call) -> World:
    world: World = call.world
    return world


def _json(body: bytes, listed: Listed | None = None) -> Answer:
    return Answer(200, body, JSON_API, listed=listed)


def _listing(name: str, select: Callable[[Call], Selection[Listable]], render: Callable[[Listable], bytes]) -> Handler:
    """A list as JSON. Clients that poll repeat their request. While nothing changes, they get the kept answer."""

    def show(call: Call) -> Answer:
        key = (name, call.slug)
        asked = (_world(call).changes, call.parameters)
        kept: tuple[tuple[int, Parameters], Answer] | None = call.pages.get(key)
        if kept is not None and kept[0] == asked:
            return kept[1]
        page = select(call).page(call.parameters.page, call.parameters.per_page)
        answer = _json(listing([record.rendered or render(record) for record in page]), Listed(page))
        if len(answer.body) <= _KEPT_PAGE:
            call.pages[key] = asked, answer
        return answer

    return show


def _participants(call: Call) -> Selection[Enrolment]:
    return _world(call).list_participants(call.slug, call.parameters.cohorts, _since(call))


def _since(call: Call) -> datetime | None:
    """Participants carry whole seconds. The filter must also find changes later in the same second."""
    since: datetime | None = call.parameters.updated_since
    return since and since.replace(microsecond=0)


def list_participants_csv(call: Call) -> Answer:
    enrolments = _participants(call).all()
    return Answer(200, participants_csv(enrolments), content_type=CSV, listed=Listed(enrolments))


def get_participant(call: Call) -> Answer:
    """Here too, a participant who doesn't fit the filters is unknown (rules 5.3)."""
    enrolment = _world(call).enrolment(call.slug, call.path_id)
    if enrolment is None or (call.parameters is not NO_PARAMETERS and not _fits(enrolment, call)):
        raise Refused(errors.NOT_FOUND)
    return _json(single(participant_json(enrolment)))


def _fits(enrolment: Enrolment, call: Call) -> bool:
    cohorts, since = call.parameters.cohorts, _since(call)
    return (cohorts is None or enrolment.participant.cohort in cohorts) and (
        since is None or enrolment.participant.updated_at >= since
    )


def _participant_action(command: ParticipantCommand) -> Callable[[Call], Answer]:
    def act(call: Call) -> Answer:
        enrolment = command(_world(call), call.slug, call.path_id, call.attributes, call.now)
        return _json(single(participant_json(enrolment)))

    return act


def _declarations(call: Call) -> Selection[Declaration]:
    parameters = call.parameters
    return _world(call).list_declarations(call.slug, parameters.participant_id, parameters.updated_since)


def list_declarations_csv(call: Call) -> Answer:
    declarations = _declarations(call).all()
    return Answer(200, declarations_csv(declarations), content_type=CSV, listed=Listed(declarations))


def create_declaration(call: Call) -> Answer:
    assert call.settings is not None  # noqa: S101 - who has a token has a sandbox
    declaration = commands.declare(
        _world(call),
        call.slug,
        call.attributes,
        call.now,
        refuse_copies=call.settings.replay == "refuse",
    )
    return _json(single(declaration_json(declaration)))


def _own_declaration(call: Call) -> Declaration:
    declaration = _world(call).own_declaration(call.slug, call.path_id)
    if declaration is None:
        raise Refused(errors.NOT_FOUND)
    return declaration


def get_declaration(call: Call) -> Answer:
    return _json(single(declaration_json(_own_declaration(call))))


def void_declaration(call: Call) -> Answer:
    declaration = commands.void(_world(call), _own_declaration(call), call.now)
    return _json(single(declaration_json(declaration)))


list_participants = _listing("participants", _participants, participant_json)
list_declarations = _listing("declarations", _declarations, declaration_json)
defer = _participant_action(commands.defer)
resume = _participant_action(commands.resume)
withdraw = _participant_action(commands.withdraw)
change_schedule = _participant_action(commands.change_schedule)

# The use case that answers each operation of the contract.
OPERATIONS: Final[dict[str, Handler]] = {
    "listEcfParticipants": list_participants,
    "listParticipants": list_participants,
    "listEcfParticipantsCsv": list_participants_csv,
    "listParticipantsCsv": list_participants_csv,
    "getEcfParticipant": get_participant,
    "deferEcfParticipant": defer,
    "deferParticipant": defer,
    "resumeEcfParticipant": resume,
    "resumeParticipant": resume,
    "withdrawEcfParticipant": withdraw,
    "withdrawParticipant": withdraw,
    "changeEcfParticipantSchedule": change_schedule,
    "changeParticipantSchedule": change_schedule,
    "createParticipantDeclaration": create_declaration,
    "listParticipantDeclarations": list_declarations,
    "listParticipantDeclarationsCsv": list_declarations_csv,
    "getParticipantDeclaration": get_declaration,
    "voidParticipantDeclaration": void_declaration,
}


def provider_operations(explained_at: Callable[[RulesBroken, Call], str]) -> dict[str, Handler]:
    """OPERATIONS for the contract's application. `explained_at` gives the address to which a refusal links."""
    return with_refusals(OPERATIONS, lambda broken, call: _refusal(broken, explained_at(broken, call)))


def _refusal(refusal: RulesBroken, guide: str) -> Answer:
    """The 422, with one entry for each title. The mock's own headers name the rules and link to their explanation."""
    rules, headers = rules_and_headers(refusal, guide)
    return errors.error_list(422, joined_by_title(refusal.violations), headers, rules)
