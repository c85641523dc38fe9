"""Type and status of version 3's transfers: every event is tried, to see what it makes of the transfer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from docs.generator.state_diagram import Arrow, Layout, draw
from docs.generator.v3.people import OTHER, PROVIDER, OneEct
from mock_server.v3.domain.derived import transfer_status, transfer_type

TYPE_LAYOUT: Final = Layout({"unknown": (0, 0), "new_provider": (1, 0), "new_school": (0, 1)}, box_width=114, gap=70)
STATUS_LAYOUT: Final = Layout({"incomplete": (1, 0), "complete": (1, 1)}, box_width=104, gap=0, beside=40)

# Type and status.
Kind = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """What an event makes of a transfer. None stands for no transfer."""

    event: str
    before: Kind | None
    after: Kind | None


def _kind(case: OneEct) -> Kind | None:
    view = case.ect.view_of(PROVIDER)
    shown = view.transfers if view else ()
    return (transfer_type(shown[-1]), transfer_status(shown[-1], case.today)) if shown else None


def _leaving() -> OneEct:
    case = OneEct()
    case.leave(in_days=10)
    return case


def _left() -> OneEct:
    case = _leaving()
    case.pass_days(20)
    return case


def _joining_later() -> OneEct:
    case = _left()
    case.register_elsewhere(PROVIDER, in_days=10)
    return case


# An event, how it happens, and the cases to which it can happen.
_EVENTS: Final[tuple[tuple[str, Callable[[OneEct], None], tuple[Callable[[], OneEct], ...]], ...]] = (
    ("the school reports a last day", lambda case: case.leave(in_days=5), (OneEct,)),
    ("both days have come", lambda case: case.pass_days(60), (_leaving, _joining_later)),
    (
        "another school registers the person with you, from today",
        lambda case: case.register_elsewhere(PROVIDER),
        (OneEct, _left),
    ),
    (
        "another school registers the person with another provider, from today",
        lambda case: case.register_elsewhere(OTHER),
        (OneEct, _left),
    ),
    (
        "another school registers the person with you, from a later day",
        lambda case: case.register_elsewhere(PROVIDER, in_days=10),
        (_left,),
    ),
    ("the person passes the induction", lambda case: case.pass_induction(), (_left,)),
)


def transfer_moves() -> list[Move]:
    moves = []
    for event, happens, cases in _EVENTS:
        for make in cases:
            case = make()
            before = _kind(case)
            happens(case)
            moves.append(Move(event, before, _kind(case)))
    return moves


def type_diagram() -> str:
    labels = {"new_school": "joins with\nthe same provider", "new_provider": "another"}
    pairs = {
        (move.before[0], move.after[0]): None
        for move in transfer_moves()
        if move.before and move.after and move.before[0] != move.after[0]
    }
    arrows = [Arrow(before, after, labels[after]) for before, after in pairs]
    told = "; ".join(f"{before} becomes {after}" for before, after in pairs)
    return draw(
        "transfer-types",
        "Types of a transfer",
        f"A transfer can begin with each type. When another school registers the person, {told}.",
        TYPE_LAYOUT,
        arrows,
        frozenset(TYPE_LAYOUT.places),
    )


def status_diagram() -> str:
    labels = {"complete": "both days\nhave come", "incomplete": "joins another\nschool later"}
    pairs = {
        (move.before[1], move.after[1]): None
        for move in transfer_moves()
        if move.before and move.after and move.before[1] != move.after[1]
    }
    arrows = [Arrow(before, after, labels[after]) for before, after in pairs]
    told = "; ".join(f"{before} becomes {after}" for before, after in pairs)
    text = f"A transfer begins as incomplete or complete. {told}."
    return draw(
        "transfer-states", "Status of a transfer", text, STATUS_LAYOUT, arrows, frozenset({"incomplete", "complete"})
    )
