"""What a provider writes with the client that openapi-python-client generates of v3; run with base URL and token.

It prints what it saw, a line each, for the test to compare.
"""

import datetime
import sys

from lead_providers import AuthenticatedClient
from lead_providers.api.delivery_partners import get_delivery_partners
from lead_providers.api.participant_declarations import create_declaration, void_declaration
from lead_providers.api.participants import get_participants
from lead_providers.api.partnerships import create_partnership
from lead_providers.api.schools import get_schools
from lead_providers.api.statements import get_statement
from lead_providers.models import (
    DeclarationCreateRequest,
    DeclarationCreateRequestData,
    DeclarationPost2024ECTStartedAttributes,
    DeclarationResponse,
    DeliveryPartnersResponse,
    ECTCourseIdentifier,
    EvidenceHeldPost2024,
    ParticipantsResponse,
    PartnershipCreateAttributes,
    PartnershipCreateRequest,
    PartnershipCreateRequestData,
    PartnershipResponse,
    SchoolsResponse,
    StartedDeclarationType,
    StatementResponse,
    UnprocessableContentResponse,
)

base_url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=base_url, token=token)

schools = get_schools.sync(client=client, filtercohort="2025", pageper_page=10, sort="-updated_at")
assert isinstance(schools, SchoolsResponse)
[school] = [each for each in schools.data if each.attributes.expression_of_interest]
print("interested", school.attributes.induction_tutor_name)
partners = get_delivery_partners.sync(client=client, filtercohort="2025")
assert isinstance(partners, DeliveryPartnersResponse)

request = PartnershipCreateRequest(
    data=PartnershipCreateRequestData(
        attributes=PartnershipCreateAttributes(
            cohort="2025", school_id=school.id, delivery_partner_id=partners.data[0].id
        )
    )
)
confirmed = create_partnership.sync(client=client, body=request)
assert isinstance(confirmed, PartnershipResponse)
print("confirmed", confirmed.data.attributes.participants_currently_training)
refused = create_partnership.sync(client=client, body=request)
assert isinstance(refused, UnprocessableContentResponse)
print("refused", [str(error.title) for error in refused.errors])

participants = get_participants.sync(client=client, filterupdated_since="2026-02-10T09:00:00Z")
assert isinstance(participants, ParticipantsResponse)
[participant] = participants.data
[enrolment] = participant.attributes.ecf_enrolments
print("appeared", enrolment.participant_status, enrolment.withdrawal, enrolment.working_pattern)

declared = create_declaration.sync(
    client=client,
    body=DeclarationCreateRequest(
        data=DeclarationCreateRequestData(
            attributes=DeclarationPost2024ECTStartedAttributes(
                participant_id=participant.id,
                declaration_type=StartedDeclarationType.STARTED,
                declaration_date=datetime.datetime(2025, 9, 15, 9, tzinfo=datetime.UTC),
                course_identifier=ECTCourseIdentifier.ECF_INDUCTION,
                evidence_held=EvidenceHeldPost2024.TRAINING_EVENT_ATTENDED,
            )
        )
    ),
)
assert isinstance(declared, DeclarationResponse)
print("declared", declared.data.attributes.state, declared.data.attributes.evidence_held)
assert declared.data.attributes.statement_id is not None
statement = get_statement.sync(declared.data.attributes.statement_id, client=client)
assert isinstance(statement, StatementResponse)
print("statement", statement.data.attributes.month, statement.data.attributes.year)
voided = void_declaration.sync(declared.data.id, client=client)
assert isinstance(voided, DeclarationResponse)
print("voided", voided.data.attributes.state, voided.data.attributes.statement_id)
