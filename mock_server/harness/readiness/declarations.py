"""Does the client declare what it is paid for, each thing once, and take back what was wrong?"""

from collections.abc import Callable, Sequence
from typing import Any

from mock_server.harness.readiness.judgement import NOT_SEEN, Judgement, failed, passed, passed_if_any
from mock_server.harness.readiness.traffic import Observation, Traffic
from mock_server.rules.moments import parse_rfc3339


def accepted(declaration_type: str) -> Callable[[Traffic], Judgement]:
    """The requirement that a declaration of this type was accepted."""

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
    """The requirement that voiding a declaration brought it into `state`."""

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
        for place, lost in enumerate(observations):
            if not is_lost_declaration(lost):
                continue
            later = [seen for seen in observations[place + 1 :] if seen.began > lost.ended]
            if not later:
                return NOT_SEEN
            judgement = _after_losing(lost, later)
            if judgement.verdict == "failed":
                return judgement
            resolved += [lost, *(seen for seen in later if seen.id in judgement.evidence)]
    return passed_if_any(resolved)


def is_lost_declaration(seen: Observation) -> bool:
    """Whether a declaration was made and the client doesn't know."""
    return seen.kind == "declare" and seen.accepted and not seen.heard


def _after_losing(lost: Observation, later: Sequence[Observation]) -> Judgement:
    """What the client did about a declaration whose answer it lost."""
    id, slot = lost.record.get("id"), _slot(lost)
    again = [seen for seen in later if seen.kind == "declare" and _slot(seen) == slot]
    copies = [seen for seen in again if _moment(seen) == _moment(lost)]
    looked_up = (
        seen
        for seen in later
        if seen.succeeded and (id in (seen.listed or ()) or (seen.kind == "declaration" and seen.path_id == id))
    )
    # In a sandbox that refuses copies the refusal says so just as well.
    heard_copies = (seen for seen in copies if seen.heard and seen.status in (200, 422))
    found_out = min((*looked_up, *heard_copies), key=lambda seen: seen.ended, default=None)
    # Once it knows, a client may void the declaration and make another one.
    others = [seen for seen in again if seen not in copies and (found_out is None or seen.began < found_out.ended)]
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
    twice = [seen for seen in copies if seen.accepted and seen.record.get("id") != id]
    if twice and found_out not in copies:
        return failed(
            "One declaration was made without the client knowing, and then a second one like it: when you find that "
            "it is there, keep it.",
            [lost, *twice],
        )
    return passed([lost, found_out])


def _slot(seen: Observation) -> tuple[Any, ...]:
    attributes = seen.attributes
    return seen.subject, repr(attributes.get("course_identifier")), repr(attributes.get("declaration_type"))


def _moment(seen: Observation) -> object:
    date = seen.attributes.get("declaration_date")
    return parse_rfc3339(date) if isinstance(date, str) else None
