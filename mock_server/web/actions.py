"""The page's forms: which control API call each one makes, and how its fields become the call's body.

The page is one more client of the control API. It does and checks nothing that the API doesn't.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson

from mock_server.http.exchange import Answer
from mock_server.service import Service

Form = Mapping[str, str]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """`view` is the key of the view that has the form. A form that succeeds leads back there, and the view says `done`.

    If `stays` is False, the form leads to the list above that view.
    """

    operation_id: str
    view: str
    done: str
    body: Callable[[Form], Body] | None = None
    stays: bool = True


def given(*names: str) -> Callable[[Form], Body]:
    """The fields of these names that the visitor filled in, unchanged."""
    return lambda form: {name: form[name] for name in names if name in form}


def _jump(form: Form) -> Body:
    return {"now": _moment(form["now"])} if "now" in form else {}


def _moment(text: str) -> str:
    # Browsers send no seconds for a full minute.
    return f"{text}:00" if len(text) == len("2021-11-20T09:00") else text


def number(text: str) -> int | str:
    """The number in `text`. Other text stays as it is, and the control API says what is wrong with it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def people(*kinds: str) -> Callable[[Form], Body]:
    """People by the number. A kind that the visitor chose, such as `cohorts`, is the same for all of them."""

    def body(form: Form) -> Body:
        filled = given("provider")(form) | {"count": number(form.get("count", ""))}
        mix = {kind: {form[kind]: 1} for kind in kinds if kind in form}
        return filled | ({"mix": mix} if mix else {})

    return body


def choice(text: str) -> bool | None:
    """True for `yes`, False for `no`, None for anything else."""
    return {"yes": True, "no": False}.get(text)


def _sandbox(form: Form) -> Body:
    body: Body = given("id", "seed", "replay", "statements")(form)
    if "random_seed" in form:
        body["random_seed"] = number(form["random_seed"])
    if "now" in form or "still" in form:
        body["clock"] = _jump(form) | ({"running": False} if "still" in form else {})
    return body | _rate(form)


def _rate(form: Form) -> Body:
    if form.get("rate") == "off":
        return {"rate_limit": None}
    if "requests" in form or "seconds" in form:
        return {"rate_limit": {name: number(form[name]) for name in ("requests", "seconds") if name in form}}
    return {}


def _settings(form: Form) -> Body:
    return given("replay")(form) | _rate(form)


# The faults that the form offers. If the real service has a body for the answer, the fault sends that body.
FAULTS: Final[dict[str, str]] = {
    "unavailable": "503 Service unavailable",
    "error": "500 Internal server error",
    "too-many": "429 Too many requests",
    "lost": "Lost answer: the mock carries the request out, but the client gets a 504",
    "slow": "Late answer: the answer is right, but it takes longer",
}


def _respond(kind: str, form: Form, services: Sequence[Service]) -> Body:
    named = (service for service in services if service.name == form.get("api"))
    errors = next(named, services[0]).errors
    if kind == "too-many":
        answer = errors.retry_later(0)
        return {"respond": {**_copy(answer), "headers": {"Retry-After": form.get("retry_after", "1")}}}
    if kind == "error":
        return {"respond": _copy(errors.internal)}
    if kind == "lost":
        return {"respond": {"status": 504, "body": "Gateway timeout"}, "apply": "after"}
    if kind == "unavailable":
        return {"respond": {"status": 503, "body": "Service unavailable"}}
    return {}


def _copy(answer: Answer) -> Body:
    """The part of a fault that repeats `answer`: JSON as JSON, and text as text."""
    is_json = "json" in (answer.content_type or "")
    return {"status": answer.status, "body": orjson.loads(answer.body) if is_json else answer.body.decode()}


def _fault(services: Sequence[Service], form: Form) -> Body:
    body: Body = {"match": given("api", "operation_id", "path")(form)}
    body |= _respond(form.get("kind", ""), form, services)
    if "times" in form:
        body["times"] = number(form["times"])
    if "delay_ms" in form:
        body["delay_ms"] = number(form["delay_ms"])
    if "percent" in form:
        percent = number(form["percent"])
        body["probability"] = percent / 100 if isinstance(percent, int) else percent
    return body


def core_actions(services: Sequence[Service]) -> dict[str, Action]:
    """The forms that belong to no service, by name."""
    return {
        "jump": Action("setClock", "clock", "The clock shows that moment.", _jump),
        "advance": Action("advanceClock", "clock", "The clock moved on.", given("by")),
        "stop": Action("setClock", "clock", "The clock stands still.", lambda form: {"running": False}),
        "run": Action("setClock", "clock", "The clock runs.", lambda form: {"running": True}),
        "follow": Action("followMachineClock", "clock", "The clock follows the machine."),
        "add-fault": Action("addFault", "faults", "The fault is set.", partial(_fault, services)),
        "remove-fault": Action("removeFault", "faults", "The fault is removed."),
        "clear-faults": Action("clearFaults", "faults", "All faults are removed."),
        "clear-journal": Action("clearRequests", "journal", "The journal is empty."),
        "create": Action("createSandbox", "journal", "This is the new sandbox.", _sandbox),
        "settings": Action("updateSandboxSettings", "sandboxes", "The settings are changed.", _settings),
        "reset": Action("resetSandbox", "sandboxes", "The sandbox is as new."),
        "delete": Action("deleteSandbox", "sandboxes", "The sandbox is deleted."),
    }
