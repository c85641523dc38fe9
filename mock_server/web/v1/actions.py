"""The forms of v1. They do what schools and the department do, through v1's part of the control API."""

from typing import Final

from mock_server.web.actions import Action, Body, Form, choice, given, people


def _registration(form: Form) -> Body:
    body: Body = given("email")(form)
    trn = form.get("teacher_reference_number")
    body["teacher_reference_number"] = trn
    body["teacher_reference_number_validated"] = choice(form.get("teacher_reference_number_validated", ""))
    body["eligible_for_funding"] = choice(form.get("eligible_for_funding", ""))
    return body


def _new_participant(form: Form) -> Body:
    names = ("provider", "participant_type", "full_name", "email", "cohort", "school_urn", "schedule_identifier")
    return given(*names, "mentor_id")(form)


def _details(form: Form) -> Body:
    body: Body = given("full_name", "email")(form)
    uplifts = {name: choice(form.get(name, "")) for name in ("pupil_premium_uplift", "sparsity_uplift")}
    return body | {name: chosen for name, chosen in uplifts.items() if chosen is not None}


def _mentor(form: Form) -> Body:
    return {"mentor_id": form.get("mentor_id")}


def _transfer(form: Form) -> Body:
    return given("provider", "school_urn", "mentor_id")(form)


ACTIONS: Final[dict[str, Action]] = {
    "add-participant": Action(
        "v1.addParticipant", "v1.participant", "The school has added a participant.", _new_participant
    ),
    "add-people": Action(
        "v1.addPeople",
        "v1.participants",
        "The schools have added them.",
        people("cohorts", "participant_types", "statuses", "training_statuses", "declarations"),
    ),
    "register": Action("v1.registerParticipant", "v1.participant", "The registration is in.", _registration),
    "set-status": Action("v1.setParticipantStatus", "v1.participant", "The school has said so.", given("status")),
    "transfer": Action("v1.transferParticipant", "v1.participant", "The participant has moved.", _transfer),
    "details": Action("v1.updateParticipantDetails", "v1.participant", "The correction is in.", _details),
    "mentor": Action("v1.setParticipantMentor", "v1.participant", "The school has chosen.", _mentor),
    "cohort": Action(
        "v1.amendParticipantCohort",
        "v1.participant",
        "The cohort is amended.",
        given("cohort", "schedule_identifier"),
    ),
    "set-state": Action("v1.setDeclarationState", "v1.participant", "The declaration has moved on.", given("state")),
}
