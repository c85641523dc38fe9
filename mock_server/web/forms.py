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

Fields = Mapping[str, str]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """`view` is the key of the view that has the form. A form that succeeds leads back there, and the view says `done`.

    If `stays` is False, the form leads to the list above that view.
    """

    operation_id: str
    view: str
    done: str
    body: Callable[[Fields], Body] | None = None
    stays: bool = True


def given(*names: str) -> Callable[[Fields], Body]:
    """The fields of these names that the visitor filled in, unchanged."""
    return lambda fields: {name: fields[name] for name in names if name in fields}


def _jump(fields: Fields) -> Body:
    return {"now": _moment(fields["now"])} if "now" in fields else {}


def _moment(text: str) -> str:
    # Browsers send no seconds for a full minute.
    return f"{text}:00" if len(text) == len("2021-11-20T09:00") else text


def number(text: str) -> int | str:
    """The number in `text`. Other text stays as it is, and the control API says what is wrong with it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def people(*kinds: str) -> Callable[[Fields], Body]:
    """People by the number. A kind that the visitor chose, such as `cohorts`, is the same for all of them."""

    def body(fields: Fields) -> Body:
        filled = given("provider")(fields) | {"count": number(fields.get("count", ""))}
        mix = {kind: {fields[kind]: 1} for kind in kinds if kind in fields}
        return filled | ({"mix": mix} if mix else {})

    return body


def choice(text: str) -> bool | None:
    """True for `yes`, False for `no`, None for anything else."""
    return {"yes": True, "no": False}.get(text)


def _sandbox(fields: Fields) -> Body:
    body: Body = given("id", "seed", "replay", "statements")(fields)
    if "random_seed" in fields:
        body["random_seed"] = number(fields["random_seed"])
    if "now" in fields or "still" in fields:
        body["clock"] = _jump(fields) | ({"running": False} if "still" in fields else {})
    return body | _rate(fields)


def _rate(fields: Fields) -> Body:
    if fields.get("rate") == "off":
        return {"rate_limit": None}
    if "requests" in fields or "seconds" in fields:
        return {"rate_limit": {name: number(fields[name]) for name in ("requests", "seconds") if name in fields}}
    return {}


def _settings(fields: Fields) -> Body:
    return given("replay")(fields) | _rate(fields)


# The faults that the form offers. If the real service has a body for the answer, the fault sends that body.
FAULTS: Final[dict[str, str]] = {
    "unavailable": "503 Service unavailable",
    "error": "500 Internal server error",
    "too-many": "429 Too many requests",
    "lost": "Lost answer: the mock carries the request out, but the client gets a 504",
    "slow": "Late answer: the answer is right, but it takes longer",
}


def _respond(kind: str, fields: Fields, services: Sequence[Service]) -> Body:
    named = (service for service in services if service.name == fields.get("api"))
    errors = next(named, services[0]).errors
    if kind == "too-many":
        answer = errors.retry_later(0)
        return {"respond": {**_copy(answer), "headers": {"Retry-After": fields.get("retry_after", "1")}}}
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


def _fault(services: Sequence[Service], fields: Fields) -> Body:
    body: Body = {"match": given("api", "operation_id", "path")(fields)}
    body |= _respond(fields.get("kind", ""), fields, services)
    if "times" in fields:
        body["times"] = number(fields["times"])
    if "delay_ms" in fields:
        body["delay_ms"] = number(fields["delay_ms"])
    if "percent" in fields:
        percent = number(fields["percent"])
        body["probability"] = percent / 100 if isinstance(percent, int) else percent
    return body


def core_forms(services: Sequence[Service]) -> dict[str, Form]:
    """The forms that belong to no service, by name."""
    return {
        "jump": Form("setClock", "clock", "The clock shows that moment.", _jump),
        "advance": Form("advanceClock", "clock", "The clock moved on.", given("by")),
        "stop": Form("setClock", "clock", "The clock stands still.", lambda fields: {"running": False}),
        "run": Form("setClock", "clock", "The clock runs.", lambda fields: {"running": True}),
        "follow": Form("followMachineClock", "clock", "The clock follows the machine."),
        "add-fault": Form("addFault", "faults", "The fault is set.", partial(_fault, services)),
        "remove-fault": Form("removeFault", "faults", "The fault is removed."),
        "clear-faults": Form("clearFaults", "faults", "All faults are removed."),
        "clear-journal": Form("clearRequests", "journal", "The journal is empty."),
        "create": Form("createSandbox", "journal", "This is the new sandbox.", _sandbox),
        "settings": Form("updateSandboxSettings", "sandboxes", "The settings are changed.", _settings),
        "reset": Form("resetSandbox", "sandboxes", "The sandbox is as new."),
        "delete": Form("deleteSandbox", "sandboxes", "The sandbox is deleted."),
    }
