"""The operations of v3. Each calls one use case and serialises its outcome; none parses anything itself."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from mock_server.http.documents import listing, single
from mock_server.http.exchange import Answer, Identified, Listed, Refused
from mock_server.rules.orders import Selection
from mock_server.rules.table import RulesBroken, grouped_by_title
from mock_server.service import Call, rules_and_headers, with_refusals
from mock_server.v3.domain import commands
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.facts import Attributes
from mock_server.v3.domain.identifiers import canonical_id
from mock_server.v3.domain.lists import BY_CREATION, Listing
from mock_server.v3.domain.records import (
    Declaration,
    DeliveryPartner,
    Partnership,
    SchoolCohort,
    Statement,
    UnfundedMentor,
    View,
)
from mock_server.v3.domain.world import World
from mock_server.v3.errors import JSON, NOT_FOUND, error_list
from mock_server.v3.filters import DeclarationFilter, DeliveryPartnerFilter, ParticipantFilter, PartnershipFilter
from mock_server.v3.queries import Query
from mock_server.v3.records import (
    declaration_json,
    delivery_partner_json,
    participant_json,
    partnership_json,
    school_json,
    statement_json,
    transfers_json,
    unfunded_mentor_json,
)

Handler = Callable[[Call], Answer]
Record = TypeVar("Record")
Listable = TypeVar("Listable", bound=Identified)

# The largest page, in bytes, that we keep for the next request: a hundred participants, the usual page, take 100 KB.
_KEPT_PAGE: Final = 128 * 1024


def _world(call: Call) -> World:
    world: World = call.world
    return world


def _query(call: Call) -> Query:
    query: Query = call.parameters
    return query


def _today(call: Call) -> date:
    return london_day(call.now)


def _found(record: Record | None) -> Record:
    """The record that the path names. Raises Refused with the 404 if there is none (rules 2.7)."""
    if record is None:
        raise Refused(NOT_FOUND)
    return record


def _one(record: bytes) -> Answer:
    return Answer(200, single(record), JSON)


# -- lists -----------------------------------------------------------------------------------------


def _list(
    name: str, select: Callable[[Call], Selection[Listable]], render: Callable[[Call, Listable], bytes]
) -> Handler:
    """A list as JSON. Clients that poll repeat their request. Until a change or tomorrow, they get the kept answer."""

    def show(call: Call) -> Answer:
        key = (name, call.slug)
        asked = (_world(call).changes, _query(call), _today(call))
        kept: tuple[Any, Answer] | None = call.pages.get(key)
        if kept is not None and kept[0] == asked:
            return kept[1]
        page = select(call).page(_query(call).page, _query(call).per_page)
        body = listing([render(call, record) for record in page])
        answer = Answer(200, body, JSON, listed=Listed(page))
        if len(body) <= _KEPT_PAGE:
            call.pages[key] = asked, answer
        return answer

    return show


def _select(call: Call, listed: Listing[Listable], wanted: Any = None) -> Selection[Listable]:
    query = _query(call)
    return listed.select(wanted, query.updated_since, query.sort or BY_CREATION)


class _Updated(Protocol):
    @property
    def updated_at(self) -> datetime: ...


Updatable = TypeVar("Updatable", bound=_Updated)


def _recent(call: Call, records: Sequence[Updatable]) -> Selection[Updatable]:
    """The records that `updated_since` lets through, for short lists."""
    since = _query(call).updated_since
    return Selection([record for record in records if since is None or record.updated_at >= since])


def _participants(call: Call) -> Selection[View]:
    query, world = _query(call), _world(call)
    wanted = None
    if query.cohorts is not None or query.training_status is not None:
        wanted = ParticipantFilter(query.cohorts, query.training_status)
    if query.from_participant_id is None:
        return _select(call, world.list_participants(call.slug), wanted)
    survivor = world.merged.get(query.from_participant_id)
    view = None if survivor is None else survivor.view_of(call.slug)
    if view is None or (wanted is not None and not wanted(view)):
        return Selection([])
    since = query.updated_since
    return Selection([view] if since is None or view.teacher.updated_at >= since else [])


def _transfers(call: Call) -> Selection[View]:
    return _select(call, _world(call).list_transfers(call.slug))


def _declarations(call: Call) -> Selection[Declaration]:
    query, world = _query(call), _world(call)
    wanted = None
    if query.cohorts is not None or query.delivery_partner_ids is not None:
        wanted = DeclarationFilter(query.cohorts, query.delivery_partner_ids)
    if query.participant_ids is None:
        return _select(call, world.list_declarations(call.slug), wanted)
    own = world.declarations_of(call.slug, query.participant_ids)
    return _recent(call, [each for each in own if wanted is None or wanted(each)])


def _partnerships(call: Call) -> Selection[Partnership]:
    query = _query(call)
    wanted = None
    if query.cohorts is not None or query.delivery_partner_ids is not None:
        wanted = PartnershipFilter(query.cohorts, query.delivery_partner_ids)
    return _select(call, _world(call).list_partnerships(call.slug), wanted)


def _schools(call: Call) -> Selection[SchoolCohort]:
    query, world = _query(call), _world(call)
    if query.urn is None:
        return _select(call, world.list_schools(query.cohort))
    school = world.school_by_urn(query.urn)
    record = None if school is None else world.visible_school(query.cohort, school.id)
    return _recent(call, [] if record is None else [record])


def _delivery_partners(call: Call) -> Selection[DeliveryPartner]:
    cohorts = _query(call).cohorts
    wanted = None if cohorts is None else DeliveryPartnerFilter(call.slug, cohorts)
    return _select(call, _world(call).list_delivery_partners(call.slug), wanted)


def _statements(call: Call) -> Selection[Statement]:
    cohorts, own = _query(call).cohorts, _world(call).list_statements(call.slug)
    return _recent(call, [each for each in own if cohorts is None or each.cohort in cohorts])


def _unfunded_mentors(call: Call) -> Selection[UnfundedMentor]:
    return _select(call, _world(call).list_unfunded_mentors(call.slug))


# -- records ---------------------------------------------------------------------------------------


def _view(call: Call) -> View:
    return _found(_world(call).view(call.slug, canonical_id(call.path_id)))


def _participant(call: Call, view: View) -> bytes:
    return participant_json(_world(call), view, _today(call))


def _transfer(call: Call, view: View) -> bytes:
    return transfers_json(_world(call), view, _today(call))


def _declaration(call: Call, declaration: Declaration) -> bytes:
    return declaration_json(_world(call), declaration)


def _partnership(call: Call, partnership: Partnership) -> bytes:
    return partnership_json(partnership, _today(call))


def _school(call: Call, record: SchoolCohort) -> bytes:
    return school_json(record, interested=_world(call).has_expression_of_interest(call.slug, record))


def _delivery_partner(call: Call, partner: DeliveryPartner) -> bytes:
    return delivery_partner_json(partner, call.slug)


def _statement(_call: Call, statement: Statement) -> bytes:
    return statement_json(statement)


def _unfunded_mentor(_call: Call, mentor: UnfundedMentor) -> bytes:
    return unfunded_mentor_json(mentor)


def get_participant(call: Call) -> Answer:
    return _one(_participant(call, _view(call)))


def get_transfer(call: Call) -> Answer:
    view = _view(call)
    return _one(_transfer(call, _found(view if view.transfers else None)))


def get_declaration(call: Call) -> Answer:
    found = _world(call).visible_declaration(call.slug, canonical_id(call.path_id))
    return _one(_declaration(call, _found(found)))


def get_partnership(call: Call) -> Answer:
    return _one(_partnership(call, _own_partnership(call)))


def get_school(call: Call) -> Answer:
    found = _world(call).visible_school(_query(call).cohort, canonical_id(call.path_id))
    return _one(_school(call, _found(found)))


def get_delivery_partner(call: Call) -> Answer:
    found = _world(call).visible_delivery_partner(call.slug, canonical_id(call.path_id))
    return _one(_delivery_partner(call, _found(found)))


def get_statement(call: Call) -> Answer:
    found = _world(call).own_statement(call.slug, canonical_id(call.path_id))
    return _one(_statement(call, _found(found)))


def get_unfunded_mentor(call: Call) -> Answer:
    found = _world(call).unfunded_mentor(call.slug, canonical_id(call.path_id))
    return _one(_unfunded_mentor(call, _found(found)))


# -- writes ----------------------------------------------------------------------------------------


def _own_partnership(call: Call) -> Partnership:
    return _found(_world(call).own_partnership(call.slug, canonical_id(call.path_id)))


def _act(command: Callable[[World, View, Attributes, datetime], View]) -> Handler:
    def act(call: Call) -> Answer:
        return _one(_participant(call, command(_world(call), _view(call), call.attributes, call.now)))

    return act


def create_declaration(call: Call) -> Answer:
    declaration = commands.declare(call.world, call.slug, call.attributes, call.now)
    return _one(declaration_json(call.world, declaration))


def void_declaration(call: Call) -> Answer:
    own = _found(_world(call).own_declaration(call.slug, canonical_id(call.path_id)))
    return _one(_declaration(call, commands.void(_world(call), own, call.now)))


def create_partnership(call: Call) -> Answer:
    return _one(_partnership(call, commands.create_partnership(_world(call), call.slug, call.attributes, call.now)))


def update_partnership(call: Call) -> Answer:
    partnership = commands.update_partnership(_world(call), _own_partnership(call), call.attributes, call.now)
    return _one(_partnership(call, partnership))


# The use case that answers each operation of the contract (rules 2.1).
OPERATIONS: Final[dict[str, Handler]] = {
    "getParticipants": _list("participants", _participants, _participant),
    "getParticipant": get_participant,
    "changeScheduleParticipant": _act(commands.change_schedule),
    "deferParticipant": _act(commands.defer),
    "resumeParticipant": _act(commands.resume),
    "withdrawParticipant": _act(commands.withdraw),
    "getTransfers": _list("transfers", _transfers, _transfer),
    "getTransfer": get_transfer,
    "createDeclaration": create_declaration,
    "getDeclarations": _list("declarations", _declarations, _declaration),
    "getDeclaration": get_declaration,
    "voidDeclaration": void_declaration,
    "getPartnerships": _list("partnerships", _partnerships, _partnership),
    "createPartnership": create_partnership,
    "getPartnership": get_partnership,
    "updatePartnership": update_partnership,
    "getSchools": _list("schools", _schools, _school),
    "getSchool": get_school,
    "getDeliveryPartners": _list("delivery partners", _delivery_partners, _delivery_partner),
    "getDeliveryPartner": get_delivery_partner,
    "getStatements": _list("statements", _statements, _statement),
    "getStatement": get_statement,
    "getUnfundedMentors": _list("unfunded mentors", _unfunded_mentors, _unfunded_mentor),
    "getUnfundedMentor": get_unfunded_mentor,
}


def provider_operations(explained_at: Callable[[RulesBroken, Call], str]) -> dict[str, Handler]:
    """OPERATIONS for the contract's application. `explained_at` gives the address to which a refusal links."""
    return with_refusals(OPERATIONS, lambda broken, call: _refusal(broken, explained_at(broken, call)))


def _refusal(refusal: RulesBroken, guide: str) -> Answer:
    """The 422, with one entry for each complaint. The mock's own headers name the rules and link to a story."""
    rules, headers = rules_and_headers(refusal, guide)
    return error_list(422, grouped_by_title(refusal.violations), headers, rules)
