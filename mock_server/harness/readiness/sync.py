"""Does the client know what the service knows, without requesting more than it needs?

Each function takes the name of a list, and returns the requirement for that list.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
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
from mock_server.harness.readiness.pulls import Pull
from mock_server.harness.readiness.traffic import Observation, Traffic
from mock_server.rules.moments import format_moment

AnyTraffic = Traffic[Any]
AnyPull = Pull[Any]
Judge = Callable[[AnyTraffic], Judgement]
Evidence = list[Observation]
Gaps = list[tuple[AnyPull, AnyPull]]

# No record is older than the first cohort. So what changed since is everything.
BEFORE_EVERYTHING: Final = datetime(2021, 6, 1, tzinfo=UTC)
# The shortest time after which the same request is another poll, in seconds. Without `filter[updated_since]` it is
# longer, because such a request may just be the same page twice.
BETWEEN_POLLS: Final = timedelta(seconds=0.1)
BETWEEN_FULL_POLLS: Final = timedelta(seconds=1)


def of_everything(pull: AnyPull) -> bool:
    """Whether the pull asked for every record."""
    return pull.since is None or pull.since <= BEFORE_EVERYTHING


def full_pull(name: str) -> Judge:
    def judge(traffic: AnyTraffic) -> Judgement:
        for pulls in traffic.pulls(name).values():
            for pull in pulls:
                if of_everything(pull) and pull.complete:
                    return passed(pull.observations)
        return NOT_SEEN

    return judge


def pages_followed(name: str) -> Judge:
    def judge(traffic: AnyTraffic) -> Judgement:
        complete: Sequence[Observation] = []
        stopped: Evidence = []
        for pulls in traffic.pulls(name).values():
            # A client that starts again and reaches the end has lost nothing, so look at the later pulls first.
            finished = _Furthest()
            knows_how = any(pull.complete and not pull.whole for pull in pulls)
            for pull in reversed(pulls):
                if pull.complete:
                    complete = pull.observations
                    # A client that reads the pages of JSON needs all of them, even if it also loads the CSV file.
                    if not pull.whole:
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

    return judge


class _Furthest:
    """The pull that reaches back furthest, for each choice of cohorts."""

    def __init__(self) -> None:
        self._pulls: dict[frozenset[str] | None, AnyPull] = {}

    def add(self, pull: AnyPull) -> None:
        known = self._pulls.get(pull.narrowed)
        if known is None or pull.reaches_back_as_far_as(known):
            self._pulls[pull.narrowed] = pull

    def include(self, pull: AnyPull) -> bool:
        """Whether one of them contains everything that `pull` would have returned."""
        return any(known.covers(pull) and known.reaches_back_as_far_as(pull) for known in self._pulls.values())


def _later_pulls(traffic: AnyTraffic, name: str) -> tuple[Evidence, Evidence]:
    """The first requests of the pulls that asked for changes only, and of the full pulls after the first."""
    incremental: Evidence = []
    repeated: Evidence = []
    for pulls in traffic.pulls(name).values():
        incremental += [pull.began for pull in pulls if not of_everything(pull)]
        repeated += [pull.began for pull in _repeated_full_pulls(pulls)]
    return incremental, repeated


def polls(name: str) -> Judge:
    def judge(traffic: AnyTraffic) -> Judgement:
        incremental, repeated = _later_pulls(traffic, name)
        if repeated and not incremental:
            return failed(
                "After the first full pull ask only for what changed: `filter[updated_since]` with the moment at which "
                "the pull before began.",
                repeated,
            )
        return passed_if_any(incremental)

    return judge


def _repeated_full_pulls(pulls: Sequence[AnyPull]) -> list[AnyPull]:
    """The pulls that read everything from the beginning again, after an earlier pull had finished it."""
    repeated, finished = [], _Furthest()
    for pull in pulls:
        if of_everything(pull) and not pull.is_peek:
            if finished.include(pull):
                repeated.append(pull)
            if pull.complete:
                finished.add(pull)
    return repeated


def no_gap(name: str) -> Judge:
    def judge(traffic: AnyTraffic) -> Judgement:
        evidence: Evidence = []
        gaps: Gaps = []
        if given_up := _full_pull_given_up(traffic, name):
            return failed(
                "Move on from a pull only after its last page: this pull of everything met a fault, and no later one "
                "asked for everything again. Whatever was there before is never seen.",
                given_up,
            )
        for pulls in traffic.pulls(name).values():
            latest: dict[frozenset[str] | None, AnyPull] = {}
            for pull in pulls:
                if pull.is_peek:
                    continue
                # A pull of other cohorts isn't the previous poll.
                earlier = [known for known in latest.values() if known.covers(pull)]
                latest[pull.narrowed] = pull
                if not earlier:
                    continue
                before = max(earlier, key=lambda known: known.began.began)
                evidence += [before.began, pull.began]
                if pull.since is not None and pull.since > _covered_until(before):
                    gaps.append((before, pull))
        if not gaps:
            return passed_if_any(evidence)
        before, pull = gaps[0]
        assert pull.since is not None  # noqa: S101 - that's what makes the gap
        advice = (
            f"Reach back to when the poll before began, or to the latest `updated_at` in its list: that one began at "
            f"{format_moment(before.began.moment)}, the next asked for what changed since "
            f"{format_moment(pull.since)}. Whatever changed in between is never seen."
        )
        if pull.since > pull.began.moment:
            advice += (
                " That moment hasn't even come by the sandbox's clock: let the sandbox follow the machine's clock, or "
                "take the time from the newest `updated_at` that you have seen in a list."
            )
        return failed(advice, [seen for pair in gaps for seen in (pair[0].began, pair[1].began)])

    return judge


def _full_pull_given_up(traffic: AnyTraffic, name: str) -> Evidence:
    """A pull of everything that met a fault, and the first poll after it, if nothing of everything followed."""
    for provider, observations in traffic.by_provider.items():
        pulls = traffic.pulls(name).get(provider, ())
        if not pulls or any(of_everything(pull) for pull in pulls):
            continue
        for seen in observations:
            asked = seen.asked
            if asked and asked.list == name and not asked.lookup and asked.since is None and seen.broken:
                return [seen, pulls[-1].began]
    return []


def _covered_until(pull: AnyPull) -> datetime:
    """The latest moment from which the poll after this one may start and miss nothing, as the guide says."""
    began: datetime = pull.began.moment
    newest = pull.newest
    return began if newest is None else max(began, newest)


def mostly_incremental(name: str) -> Judge:
    def judge(traffic: AnyTraffic) -> Judgement:
        incremental, repeated = _later_pulls(traffic, name)
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

    return judge


def no_repeat(traffic: AnyTraffic) -> Judgement:
    """For every list: the same page isn't pulled twice in a row."""
    repeated: Evidence = []
    lists: Evidence = []
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
    polled = seen.asked is not None and seen.asked.since is not None
    passed = max(timedelta(seconds=seen.began - before.ended), seen.moment - before.moment)
    return passed >= (BETWEEN_POLLS if polled else BETWEEN_FULL_POLLS)


def sees_changes(name: str, what: str, whose: str, kinds: Collection[str] = ()) -> Judge:
    """The requirement that every change of a `what` was fetched. `whose` is who made it, for people.

    `kinds` are the requests whose answers show the change. Without them, every answer does that shows the record.
    """

    def judge(traffic: AnyTraffic) -> Judgement:
        latest = {change.participant_id: change for change in traffic.changes if change.kind == what}
        found: Evidence = []
        missed: list[str] = []
        passed_over: Evidence = []
        for provider, observations in traffic.by_provider.items():
            asked = [seen for seen in observations if not kinds or seen.kind in kinds]
            fetched = _fetched(asked, latest.keys())
            pulls = [pull for pull in traffic.pulls(name).get(provider, ()) if pull.complete]
            for change in latest.values():
                if provider not in change.providers:
                    continue
                seen = fetched.get(change.participant_id)
                if seen and seen.began > change.at:
                    found.append(seen)
                elif late := _went_through_without(pulls, change.at):
                    missed.append(change.participant_id)
                    passed_over += late.observations
        if missed:
            return failed(
                f"Poll so that nothing is left out, by time, page or cohort: {whose} changed the {what} {missed[0]}, "
                "and the client went through the list afterwards without getting the record again.",
                passed_over,
            )
        if not found:
            return not_seen(f"Poll after {whose} has changed something about a {what}.")
        return passed(found)

    return judge


def _went_through_without(pulls: Sequence[AnyPull], at: float) -> AnyPull | None:
    """A pull after the moment `at` that should have shown what changed then.

    A client may poll cohort after cohort. So a pull of some cohorts counts when the same cohorts come up again.
    """
    seen: set[frozenset[str] | None] = set()
    for pull in pulls:
        if pull.began.began > at:
            if pull.narrowed is None or pull.narrowed in seen:
                return pull
            seen.add(pull.narrowed)
    return None


def _fetched(observations: Sequence[Observation], ids: Collection[str]) -> dict[str, Observation]:
    """The latest answer that showed each of `ids`."""
    wanted, found = set(ids), {}
    for seen in observations if wanted else ():
        if not seen.succeeded or seen.method == "HEAD":
            continue
        found.update(dict.fromkeys(wanted.intersection(seen.listed or ()), seen))
        # A record that the client read, or that came in the answer to its own write.
        if (shown := str(seen.record.get("id"))) in wanted:
            found[shown] = seen
    return found


def listed(name: str) -> Judge:
    """The requirement that the client reads this list."""

    def judge(traffic: AnyTraffic) -> Judgement:
        return passed_if_any(
            seen
            for seen in traffic.observations
            if seen.asked is not None and seen.asked.list == name and seen.succeeded and seen.provider
        )

    return judge


def loses_nothing(name: str, judge: Judge) -> Judge:
    """`judge`, which also passes a client that has read the list and hasn't lost anything."""
    has_listed = listed(name)

    def judged(traffic: AnyTraffic) -> Judgement:
        found = judge(traffic)
        return found if found.verdict != "not_seen" else has_listed(traffic)

    return judged


def each_of(judge_of: Callable[[str], Judge], *lists: str) -> Judge:
    """The requirement that `judge_of` makes, for several lists: the first one that fails fails it."""
    judges = [judge_of(name) for name in lists]

    def judge(traffic: AnyTraffic) -> Judgement:
        found = [each(traffic) for each in judges]
        failing = [each for each in found if each.verdict == "failed"]
        seen = [each for each in found if each.verdict == "passed"]
        return (failing or seen or [NOT_SEEN])[0]

    return judge


def two_windows(name: str) -> Judge:
    """The requirement that a poll reaches back to the beginning of the last poll but one."""

    def judge(traffic: AnyTraffic) -> Judgement:
        overlapping: Evidence = []
        short: Evidence = []
        for pulls in traffic.pulls(name).values():
            read = [pull for pull in pulls if not pull.is_peek and pull.narrowed is None]
            for first, _second, third in zip(read, read[1:], read[2:], strict=False):
                if third.since is not None:
                    (overlapping if third.since <= first.began.moment else short).append(third.began)
        if short:
            return failed(
                "Start each poll at the beginning of the last successful poll but one: these began later than that.",
                short,
            )
        return passed_if_any(overlapping)

    return judge


def after_restart(name: str, what: str, whose: str) -> Judge:
    """The requirement that a client that is started again finds what changed while it was off."""
    sees = sees_changes(name, what, whose)

    def judge(traffic: AnyTraffic) -> Judgement:
        since = traffic.after_restart()
        return NOT_SEEN if since is None else sees(since)

    return judge
