"""The forms of v1. They do what schools and the department do, through v1's part of the control API."""

from typing import Final

from mock_server.web.forms import Body, Fields, Form, choice, given, people


def _registration(fields: Fields) -> Body:
    body: Body = given("email")(fields)
    trn = fields.get("teacher_reference_number")
    body["teacher_reference_number"] = trn
    body["teacher_reference_number_validated"] = choice(fields.get("teacher_reference_number_validated", ""))
    body["eligible_for_funding"] = choice(fields.get("eligible_for_funding", ""))
    return body


def _new_participant(fields: Fields) -> Body:
    names = ("provider", "participant_type", "full_name", "email", "cohort", "school_urn", "schedule_identifier")
    return given(*names, "mentor_id")(fields)


def _details(fields: Fields) -> Body:
    body: Body = given("full_name", "email")(fields)
    uplifts = {name: choice(fields.get(name, "")) for name in ("pupil_premium_uplift", "sparsity_uplift")}
    return body | {name: chosen for name, chosen in uplifts.items() if chosen is not None}


def _mentor(fields: Fields) -> Body:
    return {"mentor_id": fields.get("mentor_id")}


def _transfer(fields: Fields) -> Body:
    return given("provider", "school_urn", "mentor_id")(fields)


FORMS: Final[dict[str, Form]] = {
    "add-participant": Form(
        "v1.addParticipant", "v1.participant", "The school has added a participant.", _new_participant
    ),
    "add-people": Form(
        "v1.addPeople",
        "v1.participants",
        "The schools have added them.",
        people("cohorts", "participant_types", "statuses", "training_statuses", "declarations"),
    ),
    "register": Form("v1.registerParticipant", "v1.participant", "The registration is in.", _registration),
    "set-status": Form("v1.setParticipantStatus", "v1.participant", "The school has said so.", given("status")),
    "transfer": Form("v1.transferParticipant", "v1.participant", "The participant has moved.", _transfer),
    "details": Form("v1.updateParticipantDetails", "v1.participant", "The correction is in.", _details),
    "mentor": Form("v1.setParticipantMentor", "v1.participant", "The school has chosen.", _mentor),
    "cohort": Form(
        "v1.amendParticipantCohort",
        "v1.participant",
        "The cohort is amended.",
        given("cohort", "schedule_identifier"),
    ),
    "set-state": Form("v1.setDeclarationState", "v1.participant", "The declaration has moved on.", given("state")),
}
