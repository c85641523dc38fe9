"""Does the client report what happens to its participants, and only once?"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from mock_server.harness.readiness.declarations import slot_of
from mock_server.harness.readiness.judgement import Judgement, failed, passed_if_any
from mock_server.harness.readiness.traffic import Observation, Traffic


def accepted(action: str) -> Callable[[Traffic[Any]], Judgement]:
    """The requirement that the service accepted `action` once."""

    def judge(traffic: Traffic[Any]) -> Judgement:
        return passed_if_any(seen for seen in traffic.of_kind(action) if seen.accepted)

    return judge


def not_repeated(traffic: Traffic[Any]) -> Judgement:
    accepted_once: list[Observation] = []
    repeated: list[Observation] = []
    for observations in traffic.by_provider.values():
        latest: dict[Hashable, tuple[Observation, Hashable]] = {}
        for seen in observations:
            if not seen.writes:
                continue
            place, content = _asked_for(seen)
            before, same = latest.get(place, (None, None))
            if (
                before
                and same == content
                and seen.began > before.ended
                and not traffic.changed_by_school(seen.subject, before.ended, seen.began)
            ):
                repeated += [before, seen]
            if seen.succeeded:
                accepted_once.append(seen)
                latest[place] = seen, content
            # A client may make a voided declaration again.
            if seen.kind == "void" and seen.accepted:
                latest.pop(_declared_slot(seen.record), None)
    if repeated:
        return failed(
            "Keep note of what was accepted, and send it only once: these were sent again although the first answer "
            "had said yes.",
            repeated,
        )
    return passed_if_any(accepted_once)


def _declared_slot(attributes: Mapping[str, Any]) -> Hashable:
    return "declare", *slot_of(attributes)


def _asked_for(seen: Observation) -> tuple[Hashable, Hashable]:
    """What the request would change, and to what. Two equal values in a row mean a repetition."""
    if seen.kind == "declare":
        return _declared_slot(seen.attributes), repr(seen.attributes.get("declaration_date"))
    if seen.kind == "void":
        return ("void", seen.subject), None
    return ("action", seen.subject), (seen.kind, repr(sorted(seen.attributes.items())))
