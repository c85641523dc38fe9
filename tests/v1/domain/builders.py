"""Worlds, participants and requests to begin a test from; refusals and whole worlds as plain data.

A request is a fitting one unless the test says otherwise: `changes` replaces attributes, and
MISSING leaves one out. Moments are written as RFC 3339.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from random import Random
from types import FunctionType
from typing import Any, Final

import pytest

from mock_server.rules.moments import parse_rfc3339
from mock_server.rules.providers import PROVIDERS, Provider
from mock_server.rules.table import RulesBroken, joined_by_title
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Enrolment, Participant, Person
from mock_server.v1.domain.schedules import Statement
from mock_server.v1.domain.world import World


class Leave(Enum):
    OUT = "the attribute isn't sent"


MISSING: Final = Leave.OUT
UNKNOWN_ID: Final = "00000000-0000-4000-8000-000000000000"


def at(text: str) -> datetime:
    """The moment of RFC 3339 text; a date alone is its first moment."""
    moment = parse_rfc3339(text if "T" in text else f"{text}T00:00:00Z")
    assert moment is not None, text
    return moment


ADDED: Final = at("2021-09-01T08:00:00Z")
NOW: Final = at("2021-11-20T09:00:00Z")


def new_world(clock: datetime = NOW, random_seed: int = 1) -> World:
    """No participants yet; the providers `alder`, `birch`, `cedar`, and `dogwood` without ECF."""
    return World(PROVIDERS, random_seed, clock)


def add(
    world: World,
    kind: str = "ect",
    *,
    provider: str = "alder",
    cohort: str = "2021",
    schedule: str = "ecf-standard-september",
    school_urn: str = "100001",
    mentor_id: str | None = None,
    trn: str | None = None,
    validated: bool | None = None,
    eligible: bool | None = None,
    status: str = "active",
    training_status: str = "active",
    now: datetime = ADDED,
) -> Participant:
    """An ECT of the 2021 cohort with `alder`, just added by the school, unless the test says otherwise."""
    return world.add_participant(
        provider=provider,
        participant_type=kind,
        cohort=cohort,
        person=Person("Ada Example", trn, validated, eligible),
        email="ada@example.org",
        school_urn=school_urn,
        schedule_identifier=schedule,
        mentor_id=mentor_id,
        status=status,
        training_status=training_status,
        now=now,
    )


# -- requests ------------------------------------------------------------------------------------

COMMANDS: Final[dict[str, Callable[..., Enrolment]]] = {
    "defer": commands.defer,
    "resume": commands.resume,
    "withdraw": commands.withdraw,
    "change-schedule": commands.change_schedule,
}
FITTING: Final[dict[str, dict[str, Any]]] = {
    "defer": {"reason": "career-break"},
    "resume": {},
    "withdraw": {"reason": "other"},
    # `extended` has no milestone dates, so it fits whatever was declared after 1 September.
    "change-schedule": {"schedule_identifier": "ecf-extended-september", "cohort": "2021"},
    "declare": {
        "declaration_type": "started",
        "declaration_date": "2021-11-20T09:00:00Z",
        "evidence_held": "other",
    },
}
ACTIONS: Final = tuple(FITTING)
# The training status that each action finds nothing wrong with.
BEFORE: Final = {action: "deferred" if action == "resume" else "active" for action in ACTIONS}


def act(
    world: World,
    action: str,
    participant: Participant | str,
    *,
    provider: str = "alder",
    now: datetime | None = None,
    refuse_copies: bool = False,
    **changes: Any,
) -> Any:
    """One request of `provider`: the enrolment that an action changed, or the declaration made."""
    if isinstance(participant, Participant):
        participant_id, course = participant.id, participant.course
    else:
        participant_id, course = participant, "ecf-induction"
    attributes = {"participant_id": participant_id, "course_identifier": course, **FITTING[action], **changes}
    sent = {name: value for name, value in attributes.items() if value is not MISSING}
    moment = now or world.clock
    if action == "declare":
        return commands.declare(world, provider, sent, moment, refuse_copies=refuse_copies)
    return COMMANDS[action](world, provider, participant_id, sent, moment)


def declare(world: World, participant: Participant, **options: Any) -> Declaration:
    """The declaration that `act` makes."""
    declaration = act(world, "declare", participant, **options)
    assert isinstance(declaration, Declaration)
    return declaration


def declaration_in(
    world: World, participant: Participant, state: str, declaration_type: str = "started", **changes: Any
) -> Declaration:
    """A declaration as if it had come to `state` already, past every rule."""
    facts: dict[str, Any] = {
        "provider": participant.current.provider,
        "declaration_date": at("2021-11-20T09:00:00Z"),
        "evidence_held": None if declaration_type == "started" else "other",
        "now": world.clock,
        **changes,
    }
    return world.add_declaration(participant=participant, declaration_type=declaration_type, state=state, **facts)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`titles` and `rules` in the order in which the request was told; `details` by title."""

    titles: list[str]
    rules: list[str]
    details: dict[str, str]
    guide: str


def refused(world: World, action: str, participant: Participant | str, **options: Any) -> Refusal:
    """The refusal of what `act` is told; it must have changed nothing at all."""
    return refusal(world, lambda: act(world, action, participant, **options))


def refusal(world: World, command: Callable[[], object]) -> Refusal:
    before = dump(world)
    with pytest.raises(RulesBroken) as caught:
        command()
    assert dump(world) == before
    broken = caught.value
    details = dict(joined_by_title(broken.violations))
    return Refusal(list(details), [each.rule.id for each in broken.violations], details, broken.guide)


# -- a world as plain data ------------------------------------------------------------------------

Plain = Any


def dump(world: World) -> Plain:
    """Everything that the world holds, private parts included, as nested tuples that compare by value.

    A record met again is its id, so that the dump ends. Caches of renderings are left out: filling
    one is no change.
    """
    met: set[int] = set()

    def plain(thing: Any) -> Plain:
        match thing:
            case None | bool() | int() | str() | datetime():
                return thing
            case Provider() | Person() | Statement() | FunctionType():
                return repr(thing)
            case Random():
                return thing.getstate()
            case dict():
                return [(plain(key), plain(value)) for key, value in thing.items()]
            case list() | tuple():
                return [plain(each) for each in thing]
            case set() | frozenset():
                return sorted(thing)
        if id(thing) in met:
            return type(thing).__name__, getattr(thing, "id", None), getattr(thing, "provider", None)
        met.add(id(thing))
        names = (*getattr(thing, "__slots__", ()), *getattr(thing, "__dict__", ()))
        return type(thing).__name__, [(name, plain(getattr(thing, name))) for name in names if name != "rendered"]

    return plain(world)
