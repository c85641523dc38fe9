"""One change of a contract."""

from dataclasses import dataclass
from typing import Literal

Effect = Literal["breaks", "harmless", "not judged"]


@dataclass(frozen=True, slots=True)
class Difference:
    """`where` names the operation and the place in it; `what` says what changed there.

    A change breaks clients when a request that was good is good no more, when an answer may hold what the old
    contract excluded, or when a client generated from it no longer compiles. A new member of an answer is harmless:
    clients pass over members that they don't know. A difference that no rule here knows is not judged.
    """

    effect: Effect
    where: str
    what: str


def judged(breaks: bool, where: str, what: str) -> Difference:
    """A change that a rule knows: it breaks clients, or it is harmless."""
    return Difference("breaks" if breaks else "harmless", where, what)
