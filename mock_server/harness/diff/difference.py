"""One change of a contract."""

from dataclasses import dataclass
from typing import Literal

Effect = Literal["breaks", "harmless", "not judged"]


@dataclass(frozen=True, slots=True)
class Difference:
    """`where` names the operation and the place in it; `what` says what changed there.

    A change breaks clients in three cases: a request that was valid is now invalid; an answer may contain what the old
    contract excluded; or a client generated from the contract no longer compiles. A new member of an answer is
    harmless,
    because clients ignore members that they don't know. If no rule covers a difference, it is not judged.
    """

    effect: Effect
    where: str
    what: str


def judged(breaks: bool, where: str, what: str) -> Difference:
    """A change that a rule covers: it breaks clients, or it is harmless."""
    return Difference("breaks" if breaks else "harmless", where, what)
