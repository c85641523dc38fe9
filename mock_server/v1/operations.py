"""The operations of v1: each parses nothing itself, calls one use case, and serialises its outcome."""

from collections.abc import Callable
from typing import Final, TypeVar

from mock_server.http.exchange import Answer, Call, Handler, Listed, Refused
from mock_server.rules.orders import Selection
from mock_server.sandbox.sandboxes import Access
from mock_server.v1 import errors
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.rules import RulesBroken
from mock_server.v1.records import (
    declaration_json,
    declarations_csv,
    listing,
    participant_json,
    participants_csv,
    single,
)

CSV: Final = "text/csv"

ParticipantCommand = Callable[..., Enrolment]
Operation = Callable[[Call, Access], Answer]
Listable = TypeVar("Listable", Enrolment, Declaration)


# The largest page that is kept for when it is asked for again, in bytes; as much as a journal keeps of it anyway.
_KEPT_PAGE: Final = 64 * 1024


def _listing(
    name: str, select: Callable[[Call, Access], Selection[Listable]], render: Callable[[Listable], bytes]
) -> Operation:
    """A list as JSON. Who polls asks the same again and again: while nothing changes, that is the same answer."""

    def show(call: Call, access: Access) -> Answer:
        sandbox, key = access.sandbox, (name, access.provider.slug)
        asked = (sandbox.world.changes, call.parameters)
        kept = sandbox.last_pages.get(key)
        if kept is not None and kept[0] == asked:
            return kept[1]
        page = select(call, access).page(call.parameters.page, call.parameters.per_page)
        answer = Answer(200, listing([record.rendered or render(record) for record in page]), listed=Listed(page))
        if len(answer.body) <= _KEPT_PAGE:
            sandbox.last_pages[key] = asked, answer
        return answer

    return show


def _participants(call: Call, access: Access) -> Selection[Enrolment]:
    parameters = call.parameters
    since = parameters.updated_since
    if since is not None:
        # Records carry whole seconds: what changed later in the same second is to be found as well.
        since = since.replace(microsecond=0)
    return access.sandbox.world.list_participants(access.provider.slug, parameters.cohorts, since)


def list_participants_csv(call: Call, access: Access) -> Answer:
    enrolments = _participants(call, access).all()
    return Answer(200, participants_csv(enrolments), content_type=CSV, listed=Listed(enrolments))


def get_participant(call: Call, access: Access) -> Answer:
    enrolment = access.sandbox.world.enrolment(access.provider.slug, call.path_id)
    if enrolment is None:
        raise Refused(errors.NOT_FOUND)
    return Answer(200, single(participant_json(enrolment)))


def _participant_action(command: ParticipantCommand) -> Callable[[Call, Access], Answer]:
    def act(call: Call, access: Access) -> Answer:
        enrolment = command(access.sandbox.world, access.provider.slug, call.path_id, call.attributes, call.now)
        return Answer(200, single(participant_json(enrolment)))

    return act


def _declarations(call: Call, access: Access) -> Selection[Declaration]:
    parameters = call.parameters
    return access.sandbox.world.list_declarations(
        access.provider.slug, parameters.participant_id, parameters.updated_since
    )


def list_declarations_csv(call: Call, access: Access) -> Answer:
    declarations = _declarations(call, access).all()
    return Answer(200, declarations_csv(declarations), content_type=CSV, listed=Listed(declarations))


def create_declaration(call: Call, access: Access) -> Answer:
    sandbox = access.sandbox
    declaration = commands.declare(
        sandbox.world,
        access.provider.slug,
        call.attributes,
        call.now,
        refuse_copies=sandbox.settings.replay == "refuse",
    )
    return Answer(200, single(declaration_json(declaration)))


def _own_declaration(call: Call, access: Access) -> Declaration:
    declaration = access.sandbox.world.own_declaration(access.provider.slug, call.path_id)
    if declaration is None:
        raise Refused(errors.NOT_FOUND)
    return declaration


def get_declaration(call: Call, access: Access) -> Answer:
    return Answer(200, single(declaration_json(_own_declaration(call, access))))


def void_declaration(call: Call, access: Access) -> Answer:
    declaration = commands.void(access.sandbox.world, _own_declaration(call, access), call.now)
    return Answer(200, single(declaration_json(declaration)))


list_participants = _listing("participants", _participants, participant_json)
list_declarations = _listing("declarations", _declarations, declaration_json)
defer = _participant_action(commands.defer)
resume = _participant_action(commands.resume)
withdraw = _participant_action(commands.withdraw)
change_schedule = _participant_action(commands.change_schedule)

# Which use case answers which operation of the contract.
OPERATIONS: Final[dict[str, Operation]] = {
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


def provider_operations(docs_url: str) -> dict[str, Handler]:
    """OPERATIONS for the contract's application; refusals link into the guide at `docs_url`."""

    def handler(operation: Operation) -> Handler:
        def handle(call: Call) -> Answer:
            try:
                return operation(call, call.granted)
            except RulesBroken as refusal:
                return _refusal(refusal, docs_url)

        return handle

    return {operation_id: handler(operation) for operation_id, operation in OPERATIONS.items()}


def _refusal(refusal: RulesBroken, docs_url: str) -> Answer:
    """422 with an entry a title; the headers, the mock's own, say which rules and where they are explained."""
    rules = tuple(violation.rule.id for violation in refusal.violations)
    guide = f"<{docs_url.rstrip('/')}/ecf-usage/#{refusal.guide}>"
    headers = (("x-mock-rule", ", ".join(rules)), ("link", f'{guide}; rel="help"'))
    return errors.error_list(422, refusal.entries().items(), headers, rules)
