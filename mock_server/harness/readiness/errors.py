"""Does the client recover from refusals, limits and faults in the right state?"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from mock_server.harness.readiness.judgement import (
    NOT_SEEN,
    Judgement,
    failed,
    not_seen,
    passed,
    passed_if_any,
)
from mock_server.harness.readiness.traffic import Observation, Traffic, readings

# The clocks of a test run are inexact: a request that comes too early by this many seconds is on time.
TOLERANCE = 0.1
REFUSALS: Final = (400, 422)
# To a write, this is a refusal, too: nobody is there.
NOT_FOUND: Final = 404

# What hurts a failing server is a client that knocks again at once, or again and again after the same short pause.
# Pauses drawn by lot ("full jitter") are short now and then, and needn't grow from one draw to the next.
# After two failures or more of one request, the pauses add up to at least this many seconds …
ENOUGH_IN_ALL: Final = 0.2
# … and they aren't all the same pause, give or take this share and this many seconds, shorter than that.
SHORTEST_STEADY_PAUSE: Final = 0.3
SAME_SHARE: Final = 0.05
SAME_SECONDS: Final = 0.01
# In words, for the requirement's text.
MEASURE: Final = (
    f"After two failures or more, the pauses add up to {ENOUGH_IN_ALL} seconds at least, and a pause that stays the "
    f"same is {SHORTEST_STEADY_PAUSE} seconds long at least"
)


def refusal_met(traffic: Traffic[Any]) -> Judgement:
    return passed_if_any(seen for seen in traffic.observations if seen.heard and seen.status in REFUSALS)


def refusal_not_repeated(traffic: Traffic[Any]) -> Judgement:
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
            elif seen.heard and seen.writes and seen.status == NOT_FOUND:
                refused[seen.identity] = seen
    if repeated:
        return failed(
            "Don't send again what was refused with 400, 404 or 422: the answer stays the same until something is "
            "different. Show the refusal to somebody, or correct the request.",
            repeated,
        )
    return passed_if_any(met)


def _worth_another_try(refused: Observation, again: Observation, traffic: Traffic[Any]) -> bool:
    """Whether something changed since, as the client could know or as the answer shows."""
    if traffic.changed(refused.subject, refused.ended, again.began):
        return True
    return again.accepted and refused.fault is None


def rate_limit(traffic: Traffic[Any]) -> Judgement:
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


def server_fault(traffic: Traffic[Any]) -> Judgement:
    patient: list[Observation] = []
    single: list[Observation] = []
    single_pauses: list[float] = []
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
                single_pauses += pauses
            elif _hammers(pauses) and not _as_told(failures, pauses):
                return failed(
                    f"Pause before you try again, such as 1, 2 and 4 seconds. {MEASURE}; these pauses were "
                    f"{', '.join(f'{pause:.2f}' for pause in pauses)} seconds.",
                    attempts,
                )
            else:
                patient += attempts
    if pending:
        return not_seen("A request met a server fault and hasn't been sent again yet.", patient + single)
    # A client that requests pages in parallel may meet several faults at once, each of another page.
    if patient or (len(single_pauses) > 1 and sum(single_pauses) >= ENOUGH_IN_ALL):
        return passed(patient + single)
    if single:
        return not_seen("Every fault was over at the second try; only a second failure shows the pauses.", single)
    return NOT_SEEN


def _chains(observations: Sequence[Observation]) -> list[list[Observation]]:
    """The attempts for each request that met a fault: from the failure to the first answer without one."""
    finished: list[list[Observation]] = []
    under_way: dict[Hashable, list[Observation]] = {}
    for seen in observations:
        key = _retried_as(seen)
        attempts = under_way.get(key)
        # Another requirement covers a creation whose answer got lost.
        if attempts is None and (not seen.broken or is_lost_creation(seen)):
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
    asked = seen.asked
    if asked is not None and not asked.lookup:
        return seen.method, asked.list, asked.narrowed, asked.whole, asked.page, asked.per_page
    return seen.identity


def is_lost_creation(seen: Observation) -> bool:
    """Whether the service created a record without the client learning it."""
    return seen.writes and seen.method == "POST" and seen.accepted and not seen.heard


def _failed(seen: Observation) -> bool:
    """Whether the client must try this request again."""
    return seen.broken or seen.status == 429


def _recovered(attempts: Sequence[Observation], looked_up: Mapping[str, Sequence[Observation]]) -> bool:
    last = attempts[-1]
    if not _failed(last):
        return True
    # A client that can look up the result need not send the request again.
    latest = looked_up.get(last.subject, ())[-1:]
    return last.writes and last.method == "PUT" and any(seen.began > last.ended for seen in latest)


def _pauses(attempts: Sequence[Observation]) -> list[float]:
    """The seconds between each failure and the next attempt."""
    return [max(0.0, again.began - seen.ended) for seen, again in pairwise(attempts) if seen.broken]


def _hammers(pauses: Sequence[float]) -> bool:
    shortest, longest = min(pauses), max(pauses)
    steady = longest - shortest <= SAME_SHARE * longest + SAME_SECONDS
    return sum(pauses) < ENOUGH_IN_ALL or (steady and longest < SHORTEST_STEADY_PAUSE)


def _as_told(failures: Sequence[Observation], pauses: Sequence[float]) -> bool:
    """Whether the server said each time how long to wait, and the client waited that long."""
    told = [seen.retry_after for seen in failures]
    return all(wait is not None and pause >= wait - TOLERANCE for wait, pause in zip(told, pauses, strict=False))
