"""The forms of v3: what schools, the department and the appropriate body do, through v3's part of the control API.

A form leaves out its empty fields. But if the field showed the present value, an empty field means none.
"""

from collections.abc import Callable
from typing import Any, Final

from mock_server.web.forms import Body, Fields, Form, choice, given, number, people

# The choice that stands for JSON's null.
NONE: Final = "none"


def _or_none(*names: str) -> Callable[[Fields], Body]:
    """Fields that show the present value: an empty one becomes null."""
    return lambda fields: {name: fields.get(name) for name in names}


def _decided(*names: str) -> Callable[[Fields], Body]:
    """The fields that say `yes` or `no`, as booleans. It leaves out undecided ones."""
    return lambda fields: {name: decided for name in names if (decided := choice(fields.get(name, ""))) is not None}


def _numbers(*names: str) -> Callable[[Fields], Body]:
    return lambda fields: {name: number(fields[name]) for name in names if name in fields}


def _nullable(*names: str) -> Callable[[Fields], Body]:
    """The fields that the visitor chose; the choice `none` becomes null."""
    return lambda fields: {name: None if fields[name] == NONE else fields[name] for name in names if name in fields}


def _all(*parts: Callable[[Fields], Body]) -> Callable[[Fields], Body]:
    def body(fields: Fields) -> Body:
        whole: Body = {}
        for part in parts:
            whole |= part(fields)
        return whole

    return body


def _no_trn(fields: Fields) -> Body:
    return {"teacher_reference_number": None} if "no_trn" in fields else {}


def _email(fields: Fields) -> Body:
    return {"email": {"role": fields.get("role"), "value": fields.get("value")}}


def _reopened(fields: Fields) -> Body:
    return {"finished_on": None, "outcome": None} if "reopened" in fields else {}


def _teacher_register(fields: Fields) -> Body:
    return {"register": _all(given("started_on", "completed_on"), _decided("exempt"))(fields)}


def _eligible(fields: Fields) -> Body:
    return {"eligible": True} if "eligible" in fields else {}


def _no_funding_end(fields: Fields) -> Body:
    return {"mentor_funding_end_date": None} if "no_end" in fields else {}


def _uplift(fields: Fields) -> Body:
    row: Any = _decided("pupil_premium", "sparsity")(fields)
    return {"uplifts": {fields.get("cohort", ""): row}}


def _frozen(fields: Fields) -> Body:
    text = fields.get("payments_frozen_at")
    # Browsers send no time zone, and no seconds for a full minute.
    if text is not None and len(text) in (len("2026-02-10T09:00"), len("2026-02-10T09:00:00")):
        text = f"{text}:00"[: len("2026-02-10T09:00:00")] + "Z"
    return {"payments_frozen_at": text}


def _cohorts(fields: Fields) -> Body:
    """The years of one field, such as `2024, 2025`."""
    return {"cohorts": fields.get("cohorts", "").replace(",", " ").split()}


def _works_with(fields: Fields) -> Body:
    cohorts = [fields["cohort"]] if "cohort" in fields else []
    return {"works_with": {fields["provider"]: cohorts}} if "provider" in fields else {}


_PLACE: Final = ("partnership", "delivery_partner_id", "cohort", "schedule_identifier")
_REGISTRATION: Final = _all(
    given("role", "participant_id", "full_name", "teacher_reference_number", "email", "school_urn", "provider"),
    given(*_PLACE, "started_on", "working_pattern", "mentor_id"),
    _no_trn,
)
_FUNDING: Final = _all(
    given("role", "mentor_funding_end_date", "mentor_ineligible_for_funding_reason"),
    _eligible,
    _no_funding_end,
    _nullable("frozen_year"),
)
_TUTOR: Final = ("induction_tutor_name", "induction_tutor_email", "contact_email")
_FLAGS: Final = ("enabled", "mentor_funding", "detailed_evidence", "uplift_fees")


def _of_person(operation_id: str, done: str, body: Callable[[Fields], Body] | None = None) -> Form:
    return Form(f"v3.{operation_id}", "v3.person", done, body)


FORMS: Final[dict[str, Form]] = {
    "register": _of_person("register", "The school has registered them.", _REGISTRATION),
    "add-people": Form(
        "v3.addPeople",
        "v3.people",
        "The schools have registered them.",
        people("cohorts", "roles", "training_statuses", "declarations"),
    ),
    "details": _of_person(
        "updateDetails",
        "The correction is in.",
        _all(given("full_name", "working_pattern"), _or_none("teacher_reference_number")),
    ),
    "email": _of_person("updateDetails", "The address is changed.", _email),
    "induction": _of_person(
        "updateInduction",
        "The appropriate body has said so.",
        _all(given("started_on", "finished_on", "outcome"), _reopened),
    ),
    "teacher-register": _of_person("updateInduction", "The register says so now.", _teacher_register),
    "funding": _of_person("updateFunding", "The department has noted it.", _FUNDING),
    "training": _of_person(
        "updateTraining", "The training has changed.", _all(given("role", *_PLACE), _nullable("provider"))
    ),
    "mentor": _of_person("updateMentor", "The school has chosen.", _all(_or_none("mentor_id"), given("from"))),
    "departure": _of_person("addDeparture", "The school has reported it.", given("role", "on", "school_urn")),
    "undo": _of_person("undoRegistration", "The registration is undone."),
    "merge": _of_person("mergeParticipants", "The two are one now.", given("into")),
    "set-state": _of_person("setDeclarationState", "The declaration has moved on.", given("state")),
    "add-school": Form(
        "v3.addSchool",
        "v3.school",
        "This is the new school.",
        _all(given("urn", "name", *_TUTOR), _decided("eligible")),
    ),
    "school": Form(
        "v3.updateSchool", "v3.school", "The school has changed.", _all(_decided("eligible"), _or_none(*_TUTOR))
    ),
    "uplift": Form("v3.updateSchool", "v3.school", "The uplifts are noted.", _uplift),
    "add-partnership": Form(
        "v3.addPartnership",
        "v3.school",
        "They work together now.",
        given("provider", "school_urn", "delivery_partner_id", "cohort"),
    ),
    "add-statement": Form(
        "v3.addStatement",
        "v3.statement",
        "This is the new statement.",
        _all(given("provider", "cohort", "fee_type", "deadline_date", "payment_date"), _numbers("month", "year")),
    ),
    "statement": Form(
        "v3.updateStatement", "v3.statement", "The statement has changed.", given("deadline_date", "payment_date")
    ),
    "statement-status": Form("v3.updateStatement", "v3.statement", "The statement has moved on.", given("status")),
    "delete-statement": Form("v3.deleteStatement", "v3.statement", "The statement is gone.", stays=False),
    "cohort": Form(
        "v3.updateCohort",
        "v3.cohorts",
        "The cohort has changed.",
        _all(given("started_on", "finished_on"), _decided(*_FLAGS), _frozen),
    ),
    "close-cohort": Form(
        "v3.updateCohort", "v3.cohorts", "The cohort is closed.", _all(lambda fields: {"enabled": False}, _frozen)
    ),
    "provider": Form("v3.updateProvider", "v3.cohorts", "The provider's contracts have changed.", _cohorts),
    "add-delivery-partner": Form(
        "v3.addDeliveryPartner", "v3.cohorts", "There is a new delivery partner.", _all(given("name"), _works_with)
    ),
}
