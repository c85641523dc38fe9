"""What a provider writes with the client that openapi-python-client generates; run with base URL and token.

It prints what it saw, a line each, for the test to compare.
"""

import datetime
import sys

from lead_providers import AuthenticatedClient
from lead_providers.api.ecf_participants import defer_ecf_participant, list_ecf_participants
from lead_providers.api.participant_declarations import create_participant_declaration, void_participant_declaration
from lead_providers.models import (
    CourseIdentifier,
    DeferReason,
    ECFParticipantDeferAttributes,
    ECFParticipantDeferRequest,
    ECFParticipantDeferRequestData,
    ECFParticipantStartedDeclaration,
    ErrorResponse,
    MultipleECFParticipantsResponse,
    ParticipantDeclarationRequest,
    ParticipantDeclarationRequestData,
    ParticipantDeclarationResponse,
    SingleParticipantDeclarationResponse,
    StartedDeclarationType,
)

base_url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=base_url, token=token)

listed = list_ecf_participants.sync(client=client, filtercohort="2021", pagepage=1, pageper_page=1)
assert isinstance(listed, MultipleECFParticipantsResponse)
print("listed", len(listed.data))
following = list_ecf_participants.sync(client=client, filtercohort="2021", pagepage=2, pageper_page=1)
assert isinstance(following, MultipleECFParticipantsResponse)
print("another on page 2", following.data[0].id != listed.data[0].id)
participant = listed.data[0]

request = ECFParticipantDeferRequest(
    data=ECFParticipantDeferRequestData(
        attributes=ECFParticipantDeferAttributes(
            reason=DeferReason.CAREER_BREAK, course_identifier=CourseIdentifier.ECF_INDUCTION
        )
    )
)
deferred = defer_ecf_participant.sync(participant.id, client=client, body=request)
print("deferred", deferred.data.attributes.training_status)
refused = defer_ecf_participant.sync(participant.id, client=client, body=request)
assert isinstance(refused, ErrorResponse)
print("refused", [str(error.title) for error in refused.errors])

declared = create_participant_declaration.sync(
    client=client,
    body=ParticipantDeclarationRequest(
        data=ParticipantDeclarationRequestData(
            attributes=ECFParticipantStartedDeclaration(
                participant_id=participant.id,
                declaration_type=StartedDeclarationType.STARTED,
                declaration_date=datetime.datetime(2021, 9, 20, 9, tzinfo=datetime.UTC),
                course_identifier=CourseIdentifier.ECF_INDUCTION,
            )
        )
    ),
)
assert isinstance(declared, ParticipantDeclarationResponse)
print("declared", declared.data.attributes.declaration_type)
voided = void_participant_declaration.sync(declared.data.id, client=client)
assert isinstance(voided, SingleParticipantDeclarationResponse)
print("voided", voided.data.attributes.state)
