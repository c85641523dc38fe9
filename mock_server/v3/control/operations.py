"""The operations of `openapi/control-v3.yaml`; `CONTROL` is their table."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from mock_server.control.problems import ControlCall
from mock_server.http.exchange import Answer
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v3.control import organisations, people
from mock_server.v3.control.finding import conflict
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.world import World

Handler = Callable[[Sandbox, World, ControlCall], Answer]


def _possible(handler: Handler) -> Handler:
    """The handler. If the world can't make the change, it answers 409."""

    @wraps(handler)
    def handle(sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
        try:
            return handler(sandbox, world, call)
        except Impossible as refused:
            raise conflict(refused.reason) from refused

    return handle


_HANDLERS: Final[dict[str, Handler]] = {
    "listProviders": organisations.list_providers,
    "updateProvider": organisations.update_provider,
    "listCohorts": organisations.list_cohorts,
    "updateCohort": organisations.update_cohort,
    "listSandboxSchools": organisations.list_schools,
    "addSchool": organisations.add_school,
    "getSandboxSchool": organisations.get_school,
    "updateSchool": organisations.update_school,
    "listSandboxDeliveryPartners": organisations.list_delivery_partners,
    "addDeliveryPartner": organisations.add_delivery_partner,
    "updateDeliveryPartner": organisations.update_delivery_partner,
    "listSandboxPartnerships": organisations.list_partnerships,
    "addPartnership": organisations.add_partnership,
    "listSandboxStatements": organisations.list_statements,
    "addStatement": organisations.add_statement,
    "updateStatement": organisations.update_statement,
    "deleteStatement": organisations.delete_statement,
    "listSandboxParticipants": people.list_participants,
    "getSandboxParticipant": people.get_participant,
    "register": people.register,
    "addPeople": people.add_people,
    "updateDetails": people.update_details,
    "updateInduction": people.update_induction,
    "updateFunding": people.update_funding,
    "updateTraining": people.update_training,
    "updateMentor": people.update_mentor,
    "addDeparture": people.add_departure,
    "undoRegistration": people.undo_registration,
    "mergeParticipants": people.merge_participants,
    "listSandboxDeclarations": people.list_declarations,
    "getSandboxDeclaration": people.get_declaration,
    "setDeclarationState": people.set_declaration_state,
}
CONTROL: Final[dict[str, Handler]] = {id: _possible(handler) for id, handler in _HANDLERS.items()}
