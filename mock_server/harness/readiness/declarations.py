"""Does the client declare each thing that earns payment, once, and void what was wrong?"""

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final

from mock_server.harness.readiness.errors import is_lost_creation
from mock_server.harness.readiness.judgement import (
    NOT_SEEN,
    Judgement,
    failed,
    not_seen,
    passed,
    passed_if_any,
)
from mock_server.harness.readiness.traffic import Observation, Traffic, readings
from mock_server.rules.moments import parse_rfc3339

# Participant, course and type.
Slot = tuple[str, str, str]


def accepted(declaration_type: str) -> Callable[[Traffic[Any]], Judgement]:
    """The requirement that the service accepted a declaration of this type."""

    def judge(traffic: Traffic[Any]) -> Judgement:
        return passed_if_any(
            seen
            for seen in traffic.of_kind("declare")
            if seen.accepted and seen.record.get("declaration_type") == declaration_type
        )

    return judge


def id_stored(traffic: Traffic[Any]) -> Judgement:
    made = {seen.record.get("id"): seen for seen in reversed(traffic.of_kind("declare")) if seen.succeeded}
    for used in traffic.of_kind("declaration", "void"):
        declaration = made.get(used.subject)
        if declaration and used.began > declaration.ended:
            return passed([declaration, used])
    return NOT_SEEN


def voided_as(state: str) -> Callable[[Traffic[Any]], Judgement]:
    """The requirement that voiding a declaration moved it to `state`.

    A client can't help it when the world changed just before its request. So a correct request counts, too, that a
    fault refused on purpose.
    """

    def judge(traffic: Traffic[Any]) -> Judgement:
        return passed_if_any(
            seen
            for seen in traffic.of_kind("void")
            if (seen.accepted and seen.record.get("state") == state) or _refused_by_surprise(seen)
        )

    return judge


def _refused_by_surprise(seen: Observation) -> bool:
    """Whether a fault refused a request that keeps the contract."""
    return seen.fault is not None and seen.status == 422 and seen.heard and not seen.problems


def future_milestone(traffic: Traffic[Any]) -> Judgement:
    shifted = [seen for seen in traffic.of_kind("declare") if seen.accepted and seen.shifted]
    ahead = [seen for seen in shifted if seen.moment > traffic.clock_at(seen)]
    if shifted and not ahead:
        return not_seen("These declarations set `X-With-Server-Date` to the past. Set a moment to come.", shifted)
    return passed_if_any(ahead)


# At most this share of the requests carries X-With-Server-Date, once there are so many requests.
SHIFTED_SHARE: Final = 0.5
SHIFTED_FROM: Final = 10
# Nor do all declarations carry it, once there are so many.
SHIFTED_DECLARATIONS: Final = 5


def server_date_for_trials(traffic: Traffic[Any]) -> Judgement:
    """A client that sends the header with everything never learns what its requests do today."""
    asked = [seen for seen in traffic.observations if seen.provider is not None]
    shifted = [seen for seen in asked if seen.shifted]
    if len(shifted) >= SHIFTED_FROM and len(shifted) > SHIFTED_SHARE * len(asked):
        return failed(
            f"Send `X-With-Server-Date` only where you try out another moment: {len(shifted)} of {len(asked)} requests "
            "carried it, so that none of them shows what the service does today.",
            shifted,
        )
    declared = [seen for seen in traffic.of_kind("declare") if seen.accepted]
    if len(declared) >= SHIFTED_DECLARATIONS and all(seen.shifted for seen in declared):
        return failed(
            "Send `X-With-Server-Date` only where you try out another moment: every declaration carried it, so that "
            "none of them shows what the service does today.",
            declared,
        )
    return passed_if_any(asked)


def zone_given(traffic: Traffic[Any]) -> Judgement:
    """A moment without a zone counts as UTC, which is an hour off in summer."""
    dated = [seen for seen in traffic.of_kind("declare") if isinstance(seen.attributes.get("declaration_date"), str)]
    without = [
        seen for seen in dated if seen.accepted and not _ZONE.search(str(seen.attributes["declaration_date"]).strip())
    ]
    if without:
        return failed(
            "End each `declaration_date` with its zone, such as `2021-11-20T09:00:00Z`: these dates had none.", without
        )
    return passed_if_any(dated)


_ZONE: Final = re.compile(r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)$")

# The same slot may be declared this often: once, and once more after the first was void.
DECLARED_AT_MOST: Final = 2


def not_in_a_loop(traffic: Traffic[Any]) -> Judgement:
    """Declaring and voiding the same thing in turn."""
    made = [seen for seen in traffic.of_kind("declare") if seen.accepted]
    by_slot: dict[Hashable, dict[str, Observation]] = {}
    for seen in made:
        # A copy of a declaration gets the record that exists, so it makes nothing.
        by_slot.setdefault((seen.provider, _slot(seen)), {}).setdefault(_id(seen), seen)
    for declared in by_slot.values():
        if len(declared) > DECLARED_AT_MOST:
            return failed(
                f"Find out why the same thing was declared {len(declared)} times and voided in between: a declaration "
                "is made once, and at most once more after the first was wrong.",
                declared.values(),
            )
    return passed_if_any(made)


def one_after_lost_answer(traffic: Traffic[Any]) -> Judgement:
    resolved: list[Observation] = []
    for observations in traffic.by_provider.values():
        all_lost = [seen for seen in observations if seen.kind == "declare" and is_lost_creation(seen)]
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


def _slot(seen: Observation) -> Slot:
    return slot_of(seen.attributes)


def slot_of(attributes: Mapping[str, Any]) -> Slot:
    """A participant has at most one live declaration for each of these."""
    participant_id, course, declaration_type = (
        str(attributes.get(name)) for name in ("participant_id", "course_identifier", "declaration_type")
    )
    return participant_id.lower(), course, declaration_type


def _moment(seen: Observation) -> object:
    date = seen.attributes.get("declaration_date")
    return parse_rfc3339(date) if isinstance(date, str) else None
