"""Refusals that the client's own data foretold. A service says in a table which rule what shown data foretells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.harness.readiness.errors import REFUSALS
from mock_server.harness.readiness.judgement import Judgement, failed, passed_if_any
from mock_server.harness.readiness.knowledge import Knowledge, writes_with_knowledge
from mock_server.harness.readiness.traffic import Observation, Traffic


@dataclass(frozen=True, slots=True)
class Foretold:
    """`rules` that a write broke although the client `knew`. `from_time` is the how-manyeth such refusal that fails it.

    `knew` gets the write and what the client had been shown. `what` says what the write was about, for people. The
    first refusal of a run may be a trial, whatever it is about, so that it is never a fault.
    """

    what: str
    rules: frozenset[str]
    knew: Callable[[Any, Any], bool]
    from_time: int = 1


def nothing_foretold(
    table: Sequence[Foretold], nothing: Callable[[], Knowledge]
) -> Callable[[Traffic[Any]], Judgement]:
    """The requirement that the client looks at what it knows before it writes.

    `nothing` makes the knowledge of a client that has been shown nothing.
    """

    def judge(traffic: Traffic[Any]) -> Judgement:
        writes: list[Observation] = []
        for observations in traffic.by_provider.values():
            refused: set[object] = set()
            accepted: set[object] = set()
            found: dict[str, list[Observation]] = {}
            for seen, known in writes_with_knowledge(observations, nothing):
                writes.append(seen)
                if seen.accepted:
                    accepted.add(seen.identity)
                # What a fault made up says nothing, and a repetition is another requirement's concern.
                if (
                    seen.status not in REFUSALS
                    or not seen.heard
                    or seen.fault
                    or seen.identity in refused
                    or seen.identity in accepted
                ):
                    continue
                refused.add(seen.identity)
                entry = _foretold(table, seen, known)
                if entry is not None and not _changed_meanwhile(seen, known, traffic):
                    found.setdefault(entry.what, []).append(seen)
            for entry in table:
                those = found.get(entry.what, [])
                if len(those) >= entry.from_time and len(refused) > 1:
                    return failed(
                        f"Look at what the API has shown you before you write: these requests were about {entry.what}, "
                        "which your own records say.",
                        those,
                    )
        return passed_if_any(writes)

    return judge


def _foretold(table: Sequence[Foretold], seen: Observation, known: Knowledge) -> Foretold | None:
    """The first entry that this refusal is about."""
    broken = set(seen.rules)
    return next((entry for entry in table if entry.rules & broken and entry.knew(seen, known)), None)


def _changed_meanwhile(seen: Observation, known: Knowledge, traffic: Traffic[Any]) -> bool:
    """Whether others changed the record after the client last saw it."""
    return traffic.changed_by_school(seen.subject, known.seen_at.get(seen.subject, 0.0), seen.began)
