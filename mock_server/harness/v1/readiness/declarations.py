"""Does the client declare each thing that earns payment, once, and void what was wrong?"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from mock_server.harness.readiness.judgement import NOT_SEEN, Judgement, failed, passed, passed_if_any
from mock_server.harness.v1.readiness.traffic import Observation, Traffic, readings
from mock_server.rules.moments import parse_rfc3339


def accepted(declaration_type: str) -> Callable[[Traffic], Judgement]:
    """The requirement that the service accepted a declaration of this type."""

    def judge(traffic: Traffic) -> Judgement:
        return passed_if_any(
            seen
            for seen in traffic.of_kind("declare")
            if seen.accepted and seen.record.get("declaration_type") == declaration_type
        )

    return judge


def id_stored(traffic: Traffic) -> Judgement:
    made = {seen.record.get("id"): seen for seen in reversed(traffic.of_kind("declare")) if seen.succeeded}
    for used in traffic.of_kind("declaration", "void"):
        declaration = made.get(used.path_id)
        if declaration and used.began > declaration.ended:
            return passed([declaration, used])
    return NOT_SEEN


def voided_as(state: str) -> Callable[[Traffic], Judgement]:
    """The requirement that voiding a declaration moved it to `state`."""

    def judge(traffic: Traffic) -> Judgement:
        return passed_if_any(
            seen for seen in traffic.of_kind("void") if seen.accepted and seen.record.get("state") == state
        )

    return judge


def future_milestone(traffic: Traffic) -> Judgement:
    return passed_if_any(seen for seen in traffic.of_kind("declare") if seen.accepted and seen.shifted)


def one_after_lost_answer(traffic: Traffic) -> Judgement:
    resolved: list[Observation] = []
    for observations in traffic.by_provider.values():
        all_lost = [seen for seen in observations if is_lost_declaration(seen)]
        looked_up = readings(observations, {_id(lost) for lost in all_lost})
        tries: dict[Hashable, list[Observation]] = {}
        for seen in observations if all_lost else ():
            if seen.kind == "declare":
                tries.setdefault(_slot(seen), []).append(seen)
        found_out: dict[Hashable, Observation] = {}
        for lost in all_lost:
            if observations[-1].began <= lost.ended:
                return NOT_SEEN
            copy = _slot(lost), _moment(lost), _id(lost)
            # If a client loses several copies, one look shows it all of them.
            if copy not in found_out or found_out[copy].began <= lost.ended:
                result = _after_losing(
                    lost, _sent_after(lost, tries[_slot(lost)]), _sent_after(lost, looked_up.get(_id(lost), ()))
                )
                if isinstance(result, Judgement):
                    return result
                found_out[copy] = result
            resolved += [lost, found_out[copy]]
    return passed_if_any(resolved)


def _sent_after(lost: Observation, observations: Sequence[Observation]) -> Sequence[Observation]:
    return observations[bisect_right(observations, lost.ended, key=lambda seen: seen.began) :]


def is_lost_declaration(seen: Observation) -> bool:
    """Whether the service recorded a declaration without the client learning it."""
    return seen.kind == "declare" and seen.accepted and not seen.heard


def _after_losing(
    lost: Observation, again: Sequence[Observation], looked_up: Sequence[Observation]
) -> Observation | Judgement:
    """How the client learned of a declaration whose answer it lost, or what it did wrong.

    `again` are its later attempts to make the same declaration. `looked_up` are the later answers that showed it this
    one.
    """
    copies = [seen for seen in again if _moment(seen) == _moment(lost)]
    # In a sandbox that refuses copies, the refusal tells the client just as well.
    heard_copies = (seen for seen in copies if seen.heard and seen.status in (200, 422))
    found_out = min((*looked_up, *heard_copies), key=lambda seen: seen.ended, default=None)
    # Once the client knows of the declaration, it may void it and make another.
    others = [
        seen for seen in again if _moment(seen) != _moment(lost) and (found_out is None or seen.began < found_out.ended)
    ]
    if others:
        return failed(
            "When the answer to a declaration is lost, send an exact copy, date included, or look among the "
            "declarations whether it is there: the declaration was made, and this client then tried to make another.",
            [lost, *others],
        )
    if found_out is None:
        return failed(
            "Don't forget a declaration whose answer was lost: send an exact copy, or look whether it is among the "
            "declarations. It was made, and this client doesn't know.",
            [lost],
        )
    twice = [seen for seen in copies if seen.accepted and _id(seen) != _id(lost)]
    if twice and found_out not in copies:
        return failed(
            "One declaration was made without the client knowing, and then a second one like it: when you find that "
            "it is there, keep it.",
            [lost, *twice],
        )
    return found_out


def _id(declared: Observation) -> str:
    return str(declared.record.get("id"))


def _slot(seen: Observation) -> tuple[Any, ...]:
    attributes = seen.attributes
    return seen.subject, repr(attributes.get("course_identifier")), repr(attributes.get("declaration_type"))


def _moment(seen: Observation) -> object:
    date = seen.attributes.get("declaration_date")
    return parse_rfc3339(date) if isinstance(date, str) else None
