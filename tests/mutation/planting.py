"""Plants a fault by its name, in the running process only, so that no file ever changes."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson

from mock_server.gateway import Gateway, Served
from mock_server.http.exchange import Answer
from mock_server.rules.table import Rule, Table
from mock_server.service import Call


@dataclass(frozen=True, slots=True)
class Plant:
    """One fault. `kind` is its category, `what` describes it in a sentence, `plant` puts it in place."""

    name: str
    kind: str
    what: str
    plant: Callable[[], None]


def answers(change: Callable[[Call, Answer], Answer]) -> Callable[[], None]:
    """Plants a change of every answer of the service, except those of the rate limit."""

    def plant() -> None:
        original = Gateway._answer

        async def changed(self: Gateway, served: Served, call: Call, scope: Any, receive: Any) -> Answer:
            return change(call, await original(self, served, call, scope, receive))

        Gateway._answer = changed  # type: ignore[method-assign]

    return plant


def records(change: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
    """Plants a change in the attributes of every record of every JSON answer."""

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status != 200 or "json" not in (answer.content_type or ""):
            return answer
        document = orjson.loads(answer.body)
        data = document["data"]
        for record in data if isinstance(data, list) else [data]:
            change(record["attributes"])
        return replace(answer, body=orjson.dumps(document))

    return answers(changed)


def csv_text(change: Callable[[str], str]) -> Callable[[], None]:
    """Plants a change in every CSV answer."""

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.content_type != "text/csv":
            return answer
        return replace(answer, body=change(answer.body.decode()).encode())

    return answers(changed)


def status(before: int, after: int, *operations: str) -> Callable[[], None]:
    """Plants another status where one of the operations answers `before`. Without operations it applies to all."""

    def changed(call: Call, answer: Answer) -> Answer:
        wanted = answer.status == before and (not operations or call.operation_id in operations)
        return replace(answer, status=after) if wanted else answer

    return answers(changed)


# A rule's check gets the facts and the result of the rule's own check.
ChangedCheck = Callable[[Any, str | None], str | None]


def rule_check(catalogue: Mapping[str, Rule[Any]], id: str, check: ChangedCheck) -> Callable[[], None]:
    """Plants another check in a rule of the service's catalogue."""

    def plant() -> None:
        original = catalogue[id].check
        object.__setattr__(catalogue[id], "check", lambda facts: check(facts, original(facts)))
        # A table holds the checks of its rules, so that it asks them faster.
        for table in [each for each in gc.get_objects() if isinstance(each, Table)]:
            table.__init__(*table.rows)  # type: ignore[misc]

    return plant


def dropped(catalogue: Mapping[str, Rule[Any]], id: str) -> Plant:
    """The fault that the server no longer asks this rule."""
    change = rule_check(catalogue, id, lambda _, said: None)
    return Plant(f"dropped-{id}", "a rule dropped", f"Nobody asks about {id}.", change)


def patched(owner: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Plants `make(original)` in place of an attribute of a class or a module."""

    def plant() -> None:
        setattr(owner, name, make(getattr(owner, name)))

    return plant


def moved(owner: type, name: str, by: timedelta) -> Callable[[], None]:
    """Plants another moment in a property of `owner`: `by` later. None stays None."""

    def make(original: Any) -> Any:
        return property(lambda self: (moment := original.fget(self)) and moment + by)

    return patched(owner, name, make)
