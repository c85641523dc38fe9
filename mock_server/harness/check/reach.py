"""How far a change reaches: which records of a bench's two providers differ afterwards."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mock_server.harness.check.bench import OWN, PEER, Bench

# Each record's attributes, by its provider, its list and its id.
Everything = Mapping[tuple[str, str, str], Mapping[str, Any]]


def everything(bench: Bench, lists: Sequence[str]) -> Everything:
    """What both providers read in the lists now."""
    return {
        (provider, name, record["id"]): record["attributes"]
        for provider, sender in ((OWN, bench.own), (PEER, bench.other))
        for name in lists
        for record in sender.records(name)
    }


def reaches_only(bench: Bench, lists: Sequence[str], before: Everything, ids: Collection[str], says: str) -> None:
    """Raises Broken, about the exchange that changed something, unless only these records differ afterwards.

    `before` is what both providers read in the lists before the change. `says` is the promise.
    """
    own, blamed = bench.own, bench.own.last
    after = everything(bench, lists)
    own.last = blamed or own.last
    for provider, name, id in {**before, **after}:
        old, new = before.get((provider, name, id)), after.get((provider, name, id))
        if id in ids or old == new:
            continue
        if old is None or new is None:
            came = f"{name} of {provider} {'has lost' if new is None else 'now also has'} {id}"
        else:
            came = f"in {name} of {provider}, {id} has " + ", ".join(
                f"{each} = {new[each]!r} instead of {old[each]!r}" for each in new if new[each] != old.get(each)
            )
        own.expect(False, says, came)
