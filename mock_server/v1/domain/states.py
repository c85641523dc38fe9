"""The states of a declaration and the arrows between them; nothing moves along any other.

Payment runs, voiding and the control API all call `check_move`. The docs draw their state diagram
from the same table.
"""

from typing import Final

# Source: the state table of the service's usage guide. `submitted` → `ineligible` is what the
# department does by hand, through the control API.
TRANSITIONS: Final[dict[str, tuple[str, ...]]] = {
    "submitted": ("eligible", "ineligible", "voided"),
    "eligible": ("payable", "voided"),
    "ineligible": ("voided",),
    "payable": ("paid", "voided"),
    "paid": ("awaiting-clawback",),
    "voided": (),
    "awaiting-clawback": ("clawed-back",),
    "clawed-back": (),
}
DECLARATION_STATES: Final = tuple(TRANSITIONS)

# A declaration in one of these states holds its slot: the participant can't have a second one of its type.
LIVE_STATES: Final = frozenset({"submitted", "eligible", "payable", "paid"})

# Only these count towards the deprecated `eligible_for_payment`.
PAYABLE_STATES: Final = frozenset({"eligible", "payable"})

# The state to which voiding moves a declaration. A provider can't void one in a state that isn't here.
VOIDED_AS: Final = {
    "submitted": "voided",
    "eligible": "voided",
    "ineligible": "voided",
    "payable": "voided",
    "paid": "awaiting-clawback",
}

# The state to which a payment run moves each state that waits for one.
NEXT_RUN: Final = {"eligible": "payable", "payable": "paid", "awaiting-clawback": "clawed-back"}


class ForbiddenMove(Exception):
    """The table has no arrow from the declaration's state to the one asked for."""

    def __init__(self, state: str, wanted: str) -> None:
        allowed = TRANSITIONS[state]
        super().__init__(
            f"a declaration that is {state} can't become {wanted}; "
            + (f"it can become {' or '.join(allowed)}" if allowed else "it can't change any more")
        )


def check_move(state: str, wanted: str) -> None:
    """Raises ForbiddenMove unless the table has the arrow."""
    if wanted not in TRANSITIONS[state]:
        raise ForbiddenMove(state, wanted)


def way(state: str, wanted: str) -> tuple[str, ...] | None:
    """The shortest way from `state` to `wanted`, without `state` itself. None if no arrows lead there."""
    ways: dict[str, tuple[str, ...]] = {state: ()}
    waiting = [state]
    for reached in waiting:
        for following in TRANSITIONS[reached]:
            if following not in ways:
                ways[following] = (*ways[reached], following)
                waiting.append(following)
    return ways.get(wanted)
