"""The forms of the page: which call of the control API each one makes, and how its fields become the call's body.

Nothing is done or checked here that the control API doesn't do: the page is one more client of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_server.v1.errors import INTERNAL_SERVER_ERROR, retry_later

Form = Mapping[str, str]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """`view` is where the form stands, and where it leads back to; `done` is what is said there then."""

    operation_id: str
    view: str
    done: str
    body: Callable[[Form], Body] | None = None


def _given(*names: str) -> Callable[[Form], Body]:
    """The fields of these names that were filled in, as they are."""
    return lambda form: {name: form[name] for name in names if name in form}


def _jump(form: Form) -> Body:
    return {"now": _moment(form["now"])} if "now" in form else {}


def _moment(text: str) -> str:
    # What browsers send for a full minute has no seconds.
    return f"{text}:00" if len(text) == len("2021-11-20T09:00") else text


def _number(text: str) -> int | str:
    """The control API says what is wrong with a text that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _choice(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _sandbox(form: Form) -> Body:
    body: Body = _given("id", "seed", "replay")(form)
    if "random_seed" in form:
        body["random_seed"] = _number(form["random_seed"])
    if "now" in form or "still" in form:
        body["clock"] = _jump(form) | ({"running": False} if "still" in form else {})
    return body | _rate(form)


def _rate(form: Form) -> Body:
    if form.get("rate") == "off":
        return {"rate_limit": None}
    if "requests" in form or "seconds" in form:
        return {"rate_limit": {name: _number(form[name]) for name in ("requests", "seconds") if name in form}}
    return {}


def _settings(form: Form) -> Body:
    return _given("replay")(form) | _rate(form)


def _registration(form: Form) -> Body:
    body: Body = _given("email")(form)
    trn = form.get("teacher_reference_number")
    body["teacher_reference_number"] = trn
    body["teacher_reference_number_validated"] = _choice(form.get("teacher_reference_number_validated", ""))
    body["eligible_for_funding"] = _choice(form.get("eligible_for_funding", ""))
    return body


def _new_participant(form: Form) -> Body:
    names = ("provider", "participant_type", "full_name", "email", "cohort", "school_urn", "schedule_identifier")
    return _given(*names, "mentor_id")(form)


def _details(form: Form) -> Body:
    body: Body = _given("full_name", "email")(form)
    uplifts = {name: _choice(form.get(name, "")) for name in ("pupil_premium_uplift", "sparsity_uplift")}
    return body | {name: chosen for name, chosen in uplifts.items() if chosen is not None}


def _mentor(form: Form) -> Body:
    return {"mentor_id": form.get("mentor_id")}


def _transfer(form: Form) -> Body:
    return _given("provider", "school_urn", "mentor_id")(form)


# What the form's choice of a fault answers with; the bodies are those of the real service where it has one.
FAULTS: Final[dict[str, str]] = {
    "unavailable": "503 Service unavailable",
    "error": "500 Internal server error",
    "too-many": "429 Too many requests",
    "lost": "Lost answer: it is done, but the client gets a 504",
    "slow": "Late answer: nothing else is wrong",
}


def _respond(kind: str, form: Form) -> Body:
    if kind == "too-many":
        wait = form.get("retry_after", "1")
        answer = retry_later(0)
        headers = {"Retry-After": wait}
        return {"respond": {"status": answer.status, "headers": headers, "body": answer.body.decode()}}
    if kind == "error":
        body = {"error": "Internal server error"}
        return {"respond": {"status": INTERNAL_SERVER_ERROR.status, "body": body}}
    if kind == "lost":
        return {"respond": {"status": 504, "body": "Gateway timeout"}, "apply": "after"}
    if kind == "unavailable":
        return {"respond": {"status": 503, "body": "Service unavailable"}}
    return {}


def _fault(form: Form) -> Body:
    body: Body = {"match": _given("operation_id", "path")(form)} | _respond(form.get("kind", ""), form)
    if "times" in form:
        body["times"] = _number(form["times"])
    if "delay_ms" in form:
        body["delay_ms"] = _number(form["delay_ms"])
    if "percent" in form:
        percent = _number(form["percent"])
        body["probability"] = percent / 100 if isinstance(percent, int) else percent
    return body


# By the last part of the address that a form is sent to.
ACTIONS: Final[dict[str, Action]] = {
    "jump": Action("setClock", "clock", "The clock has jumped.", _jump),
    "advance": Action("advanceClock", "clock", "Time has passed.", _given("by")),
    "stop": Action("setClock", "clock", "The clock stands still.", lambda form: {"running": False}),
    "run": Action("setClock", "clock", "The clock runs.", lambda form: {"running": True}),
    "follow": Action("followMachineClock", "clock", "The clock follows the machine."),
    "add-fault": Action("addFault", "faults", "The fault waits for its requests.", _fault),
    "remove-fault": Action("removeFault", "faults", "The fault is gone."),
    "clear-faults": Action("clearFaults", "faults", "There are no faults any more."),
    "clear-journal": Action("clearRequests", "journal", "The journal is empty."),
    "create": Action("createSandbox", "journal", "This is the new sandbox.", _sandbox),
    "settings": Action("updateSandboxSettings", "sandboxes", "The settings are in force.", _settings),
    "reset": Action("resetSandbox", "sandboxes", "The sandbox is as it was at first."),
    "delete": Action("deleteSandbox", "sandboxes", "The sandbox is gone."),
    "add-participant": Action(
        "v1.addParticipant", "participant", "The school has added a participant.", _new_participant
    ),
    "register": Action("v1.registerParticipant", "participant", "The registration is in.", _registration),
    "set-status": Action("v1.setParticipantStatus", "participant", "The school has said so.", _given("status")),
    "transfer": Action("v1.transferParticipant", "participant", "The participant has moved.", _transfer),
    "details": Action("v1.updateParticipantDetails", "participant", "The correction is in.", _details),
    "mentor": Action("v1.setParticipantMentor", "participant", "The school has chosen.", _mentor),
    "cohort": Action(
        "v1.amendParticipantCohort",
        "participant",
        "The cohort is amended.",
        _given("cohort", "schedule_identifier"),
    ),
    "set-state": Action("v1.setDeclarationState", "participant", "The declaration has moved on.", _given("state")),
}
