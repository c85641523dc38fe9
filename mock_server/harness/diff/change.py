"""One change of a contract."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """`where` names the operation and the place in it; `what` says what changed there.

    A change breaks clients when a request that was good is good no more, when an answer may hold what the old
    contract excluded, or when a client generated from it no longer compiles.
    """

    breaking: bool
    where: str
    what: str
