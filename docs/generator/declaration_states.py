"""The states of declarations of either service: the picture, and the words under it."""

from collections.abc import Collection, Mapping
from typing import Final

from docs.generator.state_diagram import Arrow, Layout, draw

# The next states of each state.
Moves = Mapping[str, tuple[str, ...]]

_PLACES: Final = {
    "submitted": (0, 0),
    "eligible": (0, 1),
    "ineligible": (1, 1),
    "payable": (0, 2),
    "voided": (1, 2),
    "paid": (0, 3),
    "awaiting-clawback": (0, 4),
    "clawed-back": (0, 5),
}


def layout(states: Collection[str]) -> Layout:
    return Layout({name: place for name, place in _PLACES.items() if name in states}, box_width=138, gap=26)


def diagram(moves: Moves, voided_as: Mapping[str, str], labels: Mapping[str, str], first: Collection[str]) -> str:
    """The picture as SVG. Voids are dashed; `labels` has a label for the other arrows to a state.

    `first` are the states of a new declaration.
    """
    arrows = [
        Arrow(source, target, "", dashed=True)
        if voided_as.get(source) == target
        else Arrow(source, target, labels.get(target, ""))
        for source, targets in moves.items()
        for target in targets
    ]
    text = f"A new declaration is {' or '.join(state for state in moves if state in first)}. {told(moves)}."
    return draw("declaration-states", "States of a declaration", text, layout(moves), arrows, frozenset(first))


def told(moves: Moves) -> str:
    """The moves in words."""
    return "; ".join(f"{source} can become {' or '.join(targets)}" for source, targets in moves.items() if targets)
