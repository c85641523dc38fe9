"""Does the client recover from refusals, limits and faults in the right state?"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise

from mock_server.harness.readiness.judgement import (
    NOT_SEEN,
    Judgement,
    failed,
    not_seen,
    passed,
    passed_if_any,
)
from mock_server.harness.v1.readiness.declarations import is_lost_declaration
from mock_server.harness.v1.readiness.traffic import ACTIONS, Observation, Traffic, readings

# The clocks of a test run are inexact: a request that comes too early by this many seconds is on time.
TOLERANCE = 0.1
# The last pause must exceed the first by this factor. A busy machine may add this many seconds to a pause.
GROWTH = 1.3
SLACK = 0.25

REFUSALS = (400, 422)


def refusal_met(traffic: Traffic) -> Judgement:
    return passed_if_any(seen for seen in traffic.observations if seen.heard and seen.status in REFUSALS)


def refusal_not_repeated(traffic: Traffic) -> Judgement:
    met: list[Observation] = []
    repeated: list[Observation] = []
    for observations in traffic.by_provider.values():
        refused: dict[Hashable, Observation] = {}
        for seen in observations:
            before = refused.get(seen.identity)
            if before and seen.began > before.ended and not _worth_another_try(before, seen, traffic):
                repeated += [before, seen]
            if seen.heard and seen.status in REFUSALS:
                met.append(seen)
                refused[seen.identity] = seen
    if repeated:
        return failed(
            "Don't send again what was refused with 400 or 422: the answer stays the same until something is "
            "different. Show the refusal to somebody, or correct the request.",
            repeated,
        )
    return passed_if_any(met)


def _worth_another_try(refused: Observation, again: Observation, traffic: Traffic) -> bool:
    """Whether something changed since, as the client could know or as the answer shows."""
    if traffic.changed(refused.subject, refused.ended, again.began):
        return True
    return again.accepted and refused.fault is None


def rate_limit(traffic: Traffic) -> Judgement:
    went_on: list[Observation] = []
    too_early: list[Observation] = []
    waiting = False
    for observations in traffic.by_provider.values():
        resumed: Observation | None = None
        # Go backwards, so that the next answer that was no 429 is known.
        for place in range(len(observations) - 1, -1, -1):
            limited = observations[place]
            if limited.status != 429:
                resumed = limited
                continue
            knowing = traffic.place_of_first_knowing(limited, observations)
            early = observations[knowing] if knowing < len(observations) else None
            if early and early.began < limited.ended + (limited.retry_after or 0) - TOLERANCE:
                too_early += [limited, early]
            if resumed:
                went_on += [limited, resumed]
            waiting = waiting or resumed is None
    if too_early:
        return failed(
            "After a 429 send nothing with this token for as many seconds as `Retry-After` says, in all threads and "
            "processes, and then go on where you were.",
            too_early,
        )
    if waiting:
        return not_seen("The client met a 429 and hasn't gone on since.", went_on)
    return passed_if_any(went_on)


def server_fault(traffic: Traffic) -> Judgement:
    grown: list[Observation] = []
    single: list[Observation] = []
    pending = False
    for observations in traffic.by_provider.values():
        chains = _chains(observations)
        looked_up = readings(observations, {attempts[-1].subject for attempts in chains if _failed(attempts[-1])})
        for attempts in chains:
            failures = [seen for seen in attempts if seen.broken]
            if not _recovered(attempts, looked_up):
                if observations[-1].began <= attempts[-1].ended:
                    pending = True
                    continue
                return failed(
                    "Send a request again that met a 5xx or got no answer in time, or look up what became of it: this "
                    "one was given up.",
                    attempts,
                )
            pauses = _pauses(attempts)
            if len(pauses) < 2:
                single += attempts
            elif not _grow(pauses) and not _as_told(failures, pauses):
                return failed(
                    "Let each pause before another try be longer than the one before, such as 1, 2 and 4 seconds; "
                    f"these were {', '.join(f'{pause:.2f}' for pause in pauses)} seconds.",
                    attempts,
                )
            else:
                grown += attempts
    if pending:
        return not_seen("A request met a server fault and hasn't been sent again yet.", grown + single)
    if grown:
        return passed(grown)
    if single:
        return not_seen("Every fault was over at the second try; only a second failure shows that pauses grow.", single)
    return NOT_SEEN


def _chains(observations: Sequence[Observation]) -> list[list[Observation]]:
    """The attempts for each request that met a fault: from the failure to the first answer without one."""
    finished: list[list[Observation]] = []
    under_way: dict[Hashable, list[Observation]] = {}
    for seen in observations:
        key = _retried_as(seen)
        attempts = under_way.get(key)
        # Another requirement covers a lost declaration.
        if attempts is None and (not seen.broken or is_lost_declaration(seen)):
            continue
        if attempts is None:
            attempts = under_way[key] = []
            finished.append(attempts)
        attempts.append(seen)
        if not _failed(seen):
            del under_way[key]
    return finished


def _retried_as(seen: Observation) -> Hashable:
    """A key that all attempts of one request share. A repeated poll may use another start moment."""
    if seen.kind in ("participants", "declarations"):
        asked = seen.parameters
        return seen.kind, asked.cohorts, asked.participant_id, asked.page, asked.per_page
    return seen.identity


def _failed(seen: Observation) -> bool:
    """Whether the client must try this request again."""
    return seen.broken or seen.status == 429


def _recovered(attempts: Sequence[Observation], looked_up: Mapping[str, Sequence[Observation]]) -> bool:
    last = attempts[-1]
    if not _failed(last):
        return True
    # A client that can look up the result need not send the request again.
    latest = looked_up.get(last.subject, ())[-1:]
    return last.kind in (*ACTIONS, "void") and any(seen.began > last.ended for seen in latest)


def _pauses(attempts: Sequence[Observation]) -> list[float]:
    """The seconds between each failure and the next attempt."""
    return [max(0.0, again.began - seen.ended) for seen, again in pairwise(attempts) if seen.broken]


def _grow(pauses: Sequence[float]) -> bool:
    never_shrink = all(later > 0.9 * earlier - SLACK for earlier, later in pairwise(pauses))
    return never_shrink and pauses[-1] > GROWTH * pauses[0] and pauses[-1] - pauses[0] > TOLERANCE / 5


def _as_told(failures: Sequence[Observation], pauses: Sequence[float]) -> bool:
    """Whether the server said each time how long to wait, and the client waited that long."""
    told = [seen.retry_after for seen in failures]
    return all(wait is not None and pause >= wait - TOLERANCE for wait, pause in zip(told, pauses, strict=False))
