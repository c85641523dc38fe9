"""Does the client know what the service knows, without requesting more than it needs?"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import pairwise

from mock_server.harness.readiness.judgement import (
    NOT_SEEN,
    Judgement,
    failed,
    passed,
    passed_if_any,
)
from mock_server.harness.v1.readiness.traffic import Observation, Pull, Traffic
from mock_server.rules.moments import format_moment


def full_pull(traffic: Traffic) -> Judgement:
    for pulls in traffic.pulls.values():
        for pull in pulls:
            if pull.since is None and pull.complete:
                return passed(pull.observations)
    return NOT_SEEN


def pages_followed(traffic: Traffic) -> Judgement:
    complete: list[Observation] = []
    stopped: list[Observation] = []
    for pulls in traffic.pulls.values():
        # A client that starts again and reaches the end has lost nothing, so look at the later pulls first.
        finished = _Furthest()
        knows_how = any(pull.complete for pull in pulls)
        for pull in reversed(pulls):
            if pull.complete:
                complete = pull.observations
                finished.add(pull)
            elif not finished.include(pull) and not (knows_how and pull.is_peek):
                stopped += pull.observations
    if stopped:
        return failed(
            "A page as long as `page[per_page]` (100 when left out) has another after it: ask for the next page "
            "until one comes that isn't full. The reading of the list that these requests began never got there.",
            stopped,
        )
    return passed(complete) if complete else NOT_SEEN


class _Furthest:
    """The pull that reaches back furthest, for each choice of cohorts."""

    def __init__(self) -> None:
        self._pulls: dict[frozenset[str] | None, Pull] = {}

    def add(self, pull: Pull) -> None:
        known = self._pulls.get(pull.cohorts)
        if known is None or pull.reaches_back_as_far_as(known):
            self._pulls[pull.cohorts] = pull

    def include(self, pull: Pull) -> bool:
        """Whether one of them contains everything that `pull` would have returned."""
        return any(known.covers(pull) and known.reaches_back_as_far_as(pull) for known in self._pulls.values())


def polls(traffic: Traffic) -> Judgement:
    incremental: list[Observation] = []
    repeated: list[Observation] = []
    for pulls in traffic.pulls.values():
        incremental += [pull.began for pull in pulls if pull.since is not None]
        repeated += [pull.began for pull in _repeated_full_pulls(pulls)]
    if repeated and not incremental:
        return failed(
            "After the first full pull ask only for what changed: `filter[updated_since]` with the moment at which "
            "the pull before began.",
            repeated,
        )
    return passed_if_any(incremental)


def _repeated_full_pulls(pulls: Sequence[Pull]) -> list[Pull]:
    """The pulls that read everything from the beginning again, after an earlier pull had finished it."""
    repeated, finished = [], _Furthest()
    for pull in pulls:
        if pull.since is None and not pull.is_peek:
            if finished.include(pull):
                repeated.append(pull)
            if pull.complete:
                finished.add(pull)
    return repeated


def no_gap(traffic: Traffic) -> Judgement:
    evidence: list[Observation] = []
    gaps: list[tuple[Pull, Pull]] = []
    for pulls in traffic.pulls.values():
        latest: dict[frozenset[str] | None, Pull] = {}
        for pull in pulls:
            if pull.is_peek:
                continue
            # A pull of other cohorts isn't the previous poll.
            earlier = [known for known in latest.values() if known.covers(pull)]
            latest[pull.cohorts] = pull
            if not earlier:
                continue
            before = max(earlier, key=lambda known: known.began.began)
            evidence += [before.began, pull.began]
            if pull.since is not None and pull.since > before.began.moment:
                gaps.append((before, pull))
    if gaps:
        before, pull = gaps[0]
        assert pull.since is not None  # noqa: S101 - that's what makes the gap
        advice = (
            f"Reach back to when the poll before began, not to when it ended or what time it is now: that one began at "
            f"{format_moment(before.began.moment)}, the next asked for what changed since "
            f"{format_moment(pull.since)}. Whatever changed in between is never seen."
        )
        if pull.since > pull.began.moment:
            advice += (
                " That moment hasn't even come by the sandbox's clock: let the sandbox follow the machine's clock, or "
                "take the time from the newest `updated_at` that you have seen."
            )
        return failed(advice, [seen for pair in gaps for seen in (pair[0].began, pair[1].began)])
    return passed_if_any(evidence)


def mostly_incremental(traffic: Traffic) -> Judgement:
    incremental: list[Observation] = []
    repeated: list[Observation] = []
    for pulls in traffic.pulls.values():
        incremental += [pull.began for pull in pulls if pull.since is not None]
        repeated += [pull.began for pull in _repeated_full_pulls(pulls)]
    if not incremental:
        return NOT_SEEN
    # A pull of everything is an exception only if there are at least two polls for each.
    if 2 * len(repeated) > len(incremental):
        return failed(
            f"Pull everything once, and then only now and then: after the first time {len(repeated)} of "
            f"{len(repeated) + len(incremental)} pulls were of everything.",
            repeated,
        )
    return passed(incremental)


def no_repeat(traffic: Traffic) -> Judgement:
    repeated: list[Observation] = []
    lists: list[Observation] = []
    for observations in traffic.by_provider.values():
        lists += [seen for seen in observations if seen.listed is not None]
        for before, seen in pairwise(observations):
            same = seen.listed is not None and before.listed is not None and seen.identity == before.identity
            if same and not _is_next_poll(before, seen) and not traffic.anything_changed(before.ended, seen.began):
                repeated += [before, seen]
    if repeated:
        return failed(
            "Go on to the next page, or, in the next poll, to a later `filter[updated_since]`: these requests for the "
            "same page followed directly upon each other.",
            repeated,
        )
    # One request can't repeat anything.
    return passed(lists) if len(lists) > 1 else NOT_SEEN


def _is_next_poll(before: Observation, seen: Observation) -> bool:
    """Whether time has passed since the same poll. A client repeats a poll as long as it finds nothing newer."""
    shortest = timedelta(seconds=0.1)
    passed = max(timedelta(seconds=seen.began - before.ended), seen.moment - before.moment)
    return seen.parameters.updated_since is not None and passed >= shortest


def sees_changes(traffic: Traffic) -> Judgement:
    latest = {change.participant_id: change for change in traffic.changes}
    found: list[Observation] = []
    missed: list[str] = []
    passed_over: list[Observation] = []
    for provider, observations in traffic.by_provider.items():
        fetched = _fetched(observations, latest.keys())
        pulls = [pull for pull in traffic.pulls[provider] if pull.complete]
        for change in latest.values():
            if provider not in change.providers:
                continue
            seen = fetched.get(change.participant_id)
            if seen and seen.began > change.at:
                found.append(seen)
            elif late := next((pull for pull in pulls if pull.began.began > change.at), None):
                missed.append(change.participant_id)
                passed_over += late.observations
    if missed:
        return failed(
            f"Poll so that nothing is left out, by time or by cohort: a school changed the participant {missed[0]}, "
            "and the client went through the list afterwards without getting the record again.",
            passed_over,
        )
    return passed_if_any(found)


def _fetched(observations: Sequence[Observation], ids: Collection[str]) -> dict[str, Observation]:
    """The latest answer that contained each of `ids`."""
    wanted, found = set(ids), {}
    for seen in observations if wanted else ():
        if not seen.succeeded:
            continue
        if seen.kind == "participants":
            found.update(dict.fromkeys(wanted.intersection(seen.listed or ()), seen))
        elif seen.kind == "participant" and seen.path_id in wanted:
            found[seen.path_id] = seen
    return found


def declarations(traffic: Traffic) -> Judgement:
    return passed_if_any(seen for seen in traffic.of_kind("declarations") if seen.succeeded)
